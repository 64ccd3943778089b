"""Studies that ship: what is kept is read back, with what made it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import studies
from sim.version import MODEL_VERSION


def test_a_study_is_read_back_with_its_model_and_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studies, "FOLDER", tmp_path / "studies")
    assert studies.kept("claims") is None
    studies.keep("claims", [{"claim": 1, "effect": float("nan")}], "python -m sim claims")
    study = studies.kept("claims")
    assert study is not None
    assert study.found == [{"claim": 1, "effect": None}]
    assert (study.model_version, study.of_today) == (MODEL_VERSION, True)
    assert study.command == "python -m sim claims"


@pytest.mark.parametrize("name", ["claims", "backtest", "recovery"])
def test_every_shipped_study_was_made_by_the_model_that_ships(name: studies.Name) -> None:
    study = studies.kept(name)
    assert study is not None
    assert study.of_today
