"""The long studies whose results ship with the model: kept as JSON, each with what made it.

claims     the ten experiments           python -m sim claims --twice --prior --keep
backtest   the model beside the record   python -m sim backtest --keep
recovery   made-up records fitted        python -m sim calibrate --synthetic --keep
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sim.documents import to_json
from sim.version import MODEL_VERSION

Name = Literal["claims", "backtest", "recovery"]

FOLDER = Path(__file__).resolve().parent / "data" / "studies"
KEEP = "keep the result as the one the app shows"


@dataclass(frozen=True)
class Study:
    """What a study found, by which model, and the command that makes it again."""

    found: Any
    model_version: str
    command: str

    @property
    def of_today(self) -> bool:
        """Whether it was made by the model that runs."""
        return self.model_version == MODEL_VERSION


def keep(name: Name, found: object, command: str) -> Path:
    """Write what a study found, and return where."""
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / f"{name}.json"
    written = to_json({"model_version": MODEL_VERSION, "command": command, "found": found})
    file.write_text(written + "\n", encoding="utf-8")
    return file


def kept(name: Name) -> Study | None:
    """Return the shipped study of that name, None if it was never made."""
    file = FOLDER / f"{name}.json"
    if not file.is_file():
        return None
    raw = json.loads(file.read_text(encoding="utf-8"))
    return Study(raw["found"], raw["model_version"], raw["command"])
