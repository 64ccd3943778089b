"""`python -m sim brief`: the same words as the other commands, and bad input told before a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.brief.exports import FORMATS
from sim.cli import main

SMALL = "--replicates 2 --streams 200 --until 2027-06 --date 2026-11-25 --workers 1".split()


def test_one_scenario_is_told_against_the_status_quo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "brief.html"
    assert main(["brief", "fear_lockdown", "--out", str(out), *SMALL]) == 0
    page = out.read_text(encoding="utf-8")
    assert "Fear and lockdown against Status quo" in page
    assert "25 November 2026" in page
    assert "Fear and lockdown" in capsys.readouterr().out


def test_a_folder_is_filled_with_the_formats_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "all"
    command = ["brief", "status_quo", "american_open_push", "--out", str(out), "--format", "all"]
    options = ["--title", "Push", "--question", "Does it help?", "--template", "five", "--quiet"]
    assert main([*command, *options, *SMALL]) == 0
    endings = {path.suffix.removeprefix(".") for path in out.iterdir()}
    assert endings == set(FORMATS)
    page = (out / "brief.html").read_text(encoding="utf-8")
    assert "<h1>Push</h1>" in page
    assert "Does it help?" in page


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["status_quo", "--out", "x.exe"], "--out: 'x.exe' has no known extension"),
        (["status_quo", "--out", "nowhere/x.pdf"], "--out: there is no folder 'nowhere'"),
        (["status_quoo", "--out", "x.pdf"], "did you mean 'status_quo'"),
        (
            ["status_quo", "--out", "x", "--format", "pptx,odp"],
            "--format: 'odp'; allowed all, pptx",
        ),
        (["status_quo", "--out", "x.pdf", "--template", "tan"], "did you mean 'ten'"),
        (["status_quo", "--out", "x.pdf", "--pictures", "a.b"], "picture: 'a.b' is not one"),
        (["status_quo", "--out", "x.pdf", "--date", "today"], "write a day as YYYY-MM-DD"),
        (["status_quo", "--out", "x.pdf", "--link", "file:///"], "write an http or https address"),
        (["status_quo", "--out", "x.pdf", "--title", "t" * 200], "title: 200 characters"),
        (["status_quo"] * 7 + ["--out", "x.pdf"], "scenarios: 7 given; allowed 1 to 6"),
        (["status_quo"], "--out"),
    ],
)
def test_bad_input_ends_with_one_line_before_anything_runs(
    arguments: list[str],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["brief", *arguments]) == 2
    told = capsys.readouterr()
    assert named in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert list(tmp_path.iterdir()) == []


def test_runs_are_kept_unless_the_caller_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTIER_COMMONS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    command = ["brief", "status_quo", "--out", str(tmp_path / "brief.csv"), "--quiet", *SMALL]
    assert main([*command, "--no-cache"]) == 0
    assert not list(tmp_path.glob("cache/runs/**/*.parquet"))
    assert main(command) == 0
    assert len(list(tmp_path.glob("cache/runs/**/*.parquet"))) == 1
