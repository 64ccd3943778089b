"""What makes two runs the same run: a hash of everything that can move a number.

Model version, data files, levers that leave the status quo, assumptions that leave their
defaults, mechanisms off, supply, shocks, horizon, seed, replicates and streams enter. Names, titles
and stories do not: they change no result. Nor does it matter whether compiled code served the run.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from sim.calendar import month_label
from sim.parameters import ASSUMPTIONS
from sim.scenario import Scenario
from sim.version import MODEL_VERSION

DATA = Path(__file__).resolve().parent / "data"
DATA_SUFFIXES = (".csv",)  # what a run reads; results kept beside it, as JSON, change no result
_DIGITS = 12


def run_id(scenario: Scenario, *, seed: int, replicates: int, streams: int) -> str:
    """Return "fc-" and twelve hexadecimal digits; equal ids stand for byte-equal tables."""
    told = {
        "model": MODEL_VERSION,
        "data": data_digest(),
        "levers": {
            key: [_plain(setting.value), month_label(setting.start), setting.phase_in_months]
            for key, setting in scenario.changed_levers().items()
        },
        "assumptions": changed_assumptions(scenario),
        "off": sorted(set(scenario.off)),
        "supply": scenario.supply,
        "worlds": scenario.worlds,
        "shocks": sorted(
            [s.kind, month_label(s.month), s.months, _plain(s.size), s.lab] for s in scenario.shocks
        ),
        "horizon": month_label(scenario.horizon),
        "seed": int(seed),
        "replicates": int(replicates),
        "streams": int(streams),
    }
    # json writes floats by repr, the shortest text that reads back to the same number.
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f"fc-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"


def changed_assumptions(scenario: Scenario) -> dict[str, float]:
    """Return the assumptions that differ from their defaults, in declared order."""
    return {
        key: _plain(scenario.assumptions[key])
        for key, declared in ASSUMPTIONS.items()
        if key in scenario.assumptions and scenario.assumptions[key] != declared.default
    }


@cache
def data_digest() -> str:
    """Return a digest of every data file, by sorted name and bytes; read once a process."""
    digest = hashlib.sha256()
    for path in sorted(DATA.rglob("*"), key=lambda p: p.relative_to(DATA).as_posix()):
        name = path.relative_to(DATA).as_posix()
        if not path.is_file() or path.suffix not in DATA_SUFFIXES:
            continue
        content = path.read_bytes()
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _plain(value: float) -> float:
    """Return the value with minus zero written as zero, since the two run alike."""
    return float(value) + 0.0
