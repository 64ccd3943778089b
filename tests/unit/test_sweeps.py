"""The sweep of levers runs, draws its curves, and calls a turn a turn."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.__main__ import main
from benchmarks.commands import levers

Captured = pytest.CaptureFixture[str]

SMALL = "levers --points 2 --replicates 2 --streams 200 --workers 1 --quiet".split()


def curve(*means: float) -> pd.DataFrame:
    rows = {"lever": "a", "value": range(len(means)), "outcome": "b", "mean": means}
    return pd.DataFrame(rows)


def test_a_lever_is_swept_told_and_drawn(tmp_path: Path, capsys: Captured) -> None:
    out, drawn = tmp_path / "levers.csv", tmp_path / "levers.svg"
    named = ["--only", "us_foreign_model_ban", "--out", str(out), "--picture", str(drawn)]
    assert main(SMALL + named) == 0
    table = pd.read_csv(out)
    assert len(table) == 2 * len(levers.OUTCOMES)
    assert sorted(set(table["value"])) == [0.0, 1.0]
    use = table[table["outcome"] == "cn_open_share_tokens world"].set_index("value")["mean"]
    assert use[1.0] < use[0.0]
    assert "us_foreign_model_ban" in drawn.read_text(encoding="utf-8")
    assert capsys.readouterr().out == "No curve turns.\n"


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--points", "1"], "points: 1; allowed 2 to 100"),
        (["--points", "x"], "points: 'x' is not a whole number"),
        (["--only", "us_foregn_model_ban"], "did you mean 'us_foreign_model_ban'?"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused_in_one_line(
    capsys: Captured, argv: list[str], told: str
) -> None:
    assert main([*SMALL, *argv]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1


def test_a_curve_turns_when_it_rises_and_falls_by_more_than_a_quarter_of_its_range() -> None:
    assert levers.turns(curve(0.0, 1.0, 0.5)) == ["turns: b over a: 0, 1, 0.5"]
    assert levers.turns(curve(0.0, 1.0, 0.9)) == []
    assert levers.turns(curve(0.2, 0.2, 0.2)) == []
