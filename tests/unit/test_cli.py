"""What the command line prints, writes and refuses; it never shows a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import Scenario, __version__, run
from sim.cli import main
from sim.export import spreadsheet_safe, write_table
from sim.outcomes import SERIES
from sim.report import HEADLINES, change, number
from sim.result import COLUMNS
from sim.store import Store

QUICK = "--replicates 2 --streams 200 --until 2023-12 --workers 1 --no-cache".split()
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "saved.sqlite"
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(path))
    return path


def refused(capsys: Captured, *argv: str) -> str:
    """Return the one line on stderr with which a command line is refused."""
    assert main(list(argv)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.endswith("\n")
    assert len(printed.err.splitlines()) == 1
    return printed.err


def test_every_lever_is_listed_with_its_unit_range_and_source(capsys: Captured) -> None:
    assert main(["levers"]) == 0
    printed = capsys.readouterr().out
    assert "us_foreign_model_ban: 0 to 1, default 0.05 (share of US volume covered)" in printed
    assert "Source: policy timeline" in printed
    assert main(["levers", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert {"lever", "unit", "low", "high", "default", "landmarks", "source"} <= set(first)


def test_a_run_prints_a_short_table_and_nothing_on_stderr(capsys: Captured) -> None:
    assert main(["run", "status_quo", *QUICK]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "2 futures, 200 streams, seed 1, to 2023-12" in printed.out
    assert len(printed.out.splitlines()) < 30


def test_a_run_tells_the_same_as_json(capsys: Captured) -> None:
    options = ["--set", "us_foreign_model_ban=0.5@2023-03+2", "--assume", "quality_weight=7"]
    assert main(["run", "status_quo", *QUICK, *options, "--off", "ecosystem", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["scenario", "run_id", "version", "settings", "outcomes"]
    lever = {"value": 0.5, "start": "2023-03", "phase_in_months": 2}
    assert told["scenario"]["levers"] == {"us_foreign_model_ban": lever}
    assert told["scenario"]["assumptions"] == {"quality_weight": 7.0}
    assert told["scenario"]["off"] == ["ecosystem"]
    assert told["version"] == __version__
    assert {row["month"] for row in told["outcomes"]} == {"2023-12"}
    assert len(told["outcomes"]) == len(SERIES)


def test_a_quiet_run_prints_nothing(capsys: Captured) -> None:
    assert main(["run", "status_quo", *QUICK, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_scenario_compared_with_itself_differs_by_zero(capsys: Captured) -> None:
    assert main(["compare", "status_quo", "status_quo", *QUICK, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"scenarios", "levers", "outcomes", "differences", "run_ids", "version"} <= set(told)
    assert told["levers"] == []
    assert {row["difference"] for row in told["differences"]} == {0.0}
    assert {row["scenario"] for row in told["differences"]} == {"status_quo (2)"}


def test_a_comparison_names_the_levers_that_differ(capsys: Captured, tmp_path: Path) -> None:
    ban = tmp_path / "ban.toml"
    ban.write_text("title = 'Ban'\n[levers]\nus_foreign_model_ban = {value=0.9, start='2023-06'}")
    assert main(["compare", "status_quo", str(ban), *QUICK]) == 0
    printed = capsys.readouterr().out
    assert "ban against status_quo, 2023-12" in printed
    assert "us_foreign_model_ban" in printed
    assert "of 2" in printed


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        ([], "COMMAND"),
        (["rnu"], "invalid choice: 'rnu'"),
        (["forecast"], "invalid choice: 'forecast'"),
        (["run"], "SCENARIO"),
        (["run", "staus_quo"], "did you mean 'status_quo'"),
        (["run", "status_quo", "--replicate", "2"], "unrecognized arguments"),
        (["run", "status_quo", "one\ntwo"], "unrecognized arguments"),
        (["run", "status_quo", "--set"], "expected one argument"),
        (["run", "status_quo", "--set", "us_foreign_model_ban=1.7"], "1.7 is out of range"),
        (["run", "status_quo", "--set", "us_model_ban=1"], "mean 'us_foreign_model_ban'"),
        (["run", "status_quo", "--set", "us_foreign_model_ban=.5@2022-01"], "2022-01"),
        (["run", "status_quo", "--assume", "quality_weigth=6"], "mean 'quality_weight'"),
        (["run", "status_quo", "--off", "spillover"], "mean 'spillovers'"),
        (["run", "status_quo", "--replicates", "0"], "replicates: 0; allowed 1 to 10000"),
        (["run", "status_quo", "--replicates", "many"], "replicates: 'many'; allowed"),
        (["run", "status_quo", "--streams", "100"], "streams: 100; allowed 200 to 1000000"),
        (["run", "status_quo", "--seed", "-1"], "seed: -1; allowed 0 to 2147483647"),
        (["run", "status_quo", "--seed", "1.5"], "seed: '1.5'; allowed"),
        (["run", "status_quo", "--seed", "9" * 5000], "seed: "),
        (["run", "status_quo", "--workers", "0"], "workers: 0; allowed 1 to 256"),
        (["run", "status_quo", "--until", "2022-12"], "until: '2022-12' is not a month"),
        (["run", "status_quo", "--until", "soon"], "until: 'soon' is not a month"),
        (["run", "status_quo", "--supply", "magic"], "supply: 'magic'; allowed observed"),
        (["run", "status_quo", "--out", "table.xlsx"], "allowed .parquet, .csv, .json"),
        (["run", "status_quo", "--out", "/no/such/table.csv"], "there is no folder '/no/such'"),
        (["run", "status_quo", "--out", "/proc/table.csv"], "/proc"),
        (["run", "x" * 5000], "cannot be read"),
        (["run", "\udcff"], "unknown scenario"),
        (["run", "/"], "unknown scenario '/'"),
        (["compare", "status_quo"], "required: B"),
        (["compare", "status_quo", "staus_quo"], "did you mean 'status_quo'"),
    ],
)
def test_bad_input_is_named_in_one_line(capsys: Captured, argv: list[str], told: str) -> None:
    message = refused(capsys, *argv, *(QUICK if "/proc/table.csv" in argv else []))
    assert told in message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\x00\xff\xfe\x01", "UTF-8"),
        (b"title = 'A'\ntitle = 'B'", "not valid TOML"),
        (b"title = 'A'\nspeed = 3", "unknown key 'speed'"),
        (b"title = 'A'\nhorizon = '2022-12'", "horizon: '2022-12'"),
        (b"title = 'A'\n[levers]\nus_foreign_model_ban={value=.5}", "not valid TOML"),
        (b"title='A'\n[levers]\nus_foreign_model_ban={value=0.5,start='2021-01'}", "2021-01"),
        (b"a = " + b"[" * 50_000, "not valid TOML"),
        (b"#" * 50_000_000, "too large"),
    ],
)
def test_a_bad_file_is_named_in_one_line(
    capsys: Captured, tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    message = refused(capsys, "run", str(path))
    assert "mine.toml" in message or "mine" in message
    assert told in message


def test_scenarios_with_other_ends_are_compared_only_up_to_a_common_one(
    capsys: Captured, tmp_path: Path
) -> None:
    short = tmp_path / "short.toml"
    short.write_text("title = 'Short'\nhorizon = '2023-06'")
    assert "set --until" in refused(capsys, "compare", "status_quo", str(short))
    assert main(["compare", "status_quo", str(short), *QUICK]) == 0


def test_a_saved_scenario_is_found_by_its_name(capsys: Captured, own_store: Path) -> None:
    assert "unknown scenario 'My ban'" in refused(capsys, "run", "My ban")
    assert not own_store.exists()
    Store(str(own_store)).save(Scenario("a", "A saved ban"), "My ban")
    assert main(["run", "my BAN", *QUICK]) == 0
    assert "A saved ban (My ban)" in capsys.readouterr().out


def test_a_store_that_cannot_be_read_is_named_in_one_line(
    capsys: Captured, own_store: Path
) -> None:
    own_store.write_bytes(b"not a database, but long enough to be taken for one" * 50)
    assert "saved scenarios cannot be used" in refused(capsys, "run", "My ban")


def test_a_table_is_byte_equal_for_any_number_of_workers(tmp_path: Path) -> None:
    for workers in ("1", "2"):
        out = str(tmp_path / f"{workers}.csv")
        assert main(["run", "status_quo", *QUICK, "--workers", workers, "--out", out]) == 0
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_the_three_kinds_of_table_say_the_same(tmp_path: Path) -> None:
    for kind in ("csv", "json", "parquet"):
        out = str(tmp_path / f"table.{kind}")
        assert main(["compare", "status_quo", "status_quo", *QUICK, "--out", out, "--quiet"]) == 0
    csv = pd.read_csv(tmp_path / "table.csv")
    parquet = pd.read_parquet(tmp_path / "table.parquet")
    rows = pd.DataFrame(json.loads((tmp_path / "table.json").read_text(encoding="utf-8")))
    assert tuple(csv.columns) == tuple(rows.columns) == tuple(parquet.columns) == COLUMNS
    assert len(csv) == 2 * 2 * len(SERIES) * 12
    for name in COLUMNS:
        for other in (rows[name], parquet[name]):
            expected, found = csv[name].to_numpy(), other.to_numpy()
            if name == "value":
                np.testing.assert_array_equal(expected, found.astype(float))
            else:
                assert expected.tolist() == found.tolist()
    assert set(parquet["scenario"]) == {"status_quo", "status_quo (2)"}
    assert list(tmp_path.glob(".*")) == []


def test_the_table_is_that_of_the_result(tmp_path: Path) -> None:
    result = run(Scenario("a", "A", horizon=11), replicates=2, streams=200, workers=1)
    write_table(tmp_path / "a.csv", [("a", result)])
    csv = pd.read_csv(tmp_path / "a.csv")
    for name in COLUMNS:
        expected, found = result.frame[name].to_numpy(), csv[name].to_numpy()
        if name == "value":
            np.testing.assert_array_equal(expected, found)
        else:
            assert expected.tolist() == found.tolist()


def test_a_name_that_a_spreadsheet_would_run_is_disarmed(tmp_path: Path) -> None:
    for name in ("=1+1", "+1", "-1", "@SUM(A1)"):
        assert spreadsheet_safe(name) == f"'{name}"
    result = run(Scenario("a", "A", horizon=0), replicates=1, streams=200, workers=1)
    write_table(tmp_path / "a.csv", [('=HYPERLINK("http://x","y")', result)])
    line = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[1]
    assert line.startswith('"\'=HYPERLINK(""http://x"",""y"")",0,2023-01,')


def test_an_existing_table_survives_a_write_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    out = tmp_path / "table.csv"
    out.write_text("the old table")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    message = refused(capsys, "run", "status_quo", *QUICK, "--quiet", "--out", str(out))
    assert "No space left on device" in message
    assert out.read_text() == "the old table"
    assert list(tmp_path.glob(".*")) == []


def test_version_and_help_end_well(capsys: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"frontier-commons {__version__}\n"
    assert main(["run", "--help"]) == 0
    assert "--replicates" in capsys.readouterr().out


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"set -o pipefail; {sys.executable} -m sim levers | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "United States\n"
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="sends a Unix signal")
def test_an_interrupted_run_ends_with_130_and_one_line() -> None:
    options = "run status_quo --replicates 5000 --workers 2 --no-cache".split()
    with subprocess.Popen(
        [sys.executable, "-m", "sim", *options],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # a shell ignores the signal for what it runs in the background, and that is inherited
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        time.sleep(2.5)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
        assert process.stderr is not None
        assert process.stderr.read() == "error: interrupted\n"
        assert process.wait(timeout=10) == 130


def test_numbers_are_written_as_a_reader_wants_them() -> None:
    assert number(0.1234, "share") == "12.3 %"
    assert number(12345.6, "$M per month") == "12,346"
    assert number(0.0123, "months") == "0.0123"
    assert number(float("nan"), "share") == "none"
    assert change(0.1, "share of foreign spend") == "+10.0 pt"
    assert change(-2.0, "months") == "-2.00"


def test_the_headline_numbers_are_outcomes_of_the_model() -> None:
    assert set(HEADLINES) <= set(SERIES)
