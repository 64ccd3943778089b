"""What `compare --attribute` prints, tells as JSON, and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.attribution_report import parse_series
from sim.cli import main
from sim.declare import InputError

QUICK = "--replicates 3 --streams 200 --until 2023-12 --workers 1 --no-cache".split()
LEVERS = """
us_foreign_model_ban = { value = 0.9, start = "2023-05" }
closed_price_levy = { value = 0.3, start = "2023-05" }
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(tmp_path / "saved.sqlite"))
    path = tmp_path / "package.toml"
    path.write_text(f'title = "Package"\n[levers]{LEVERS}', encoding="utf-8")
    return str(path)


def refused(capsys: Captured, *argv: str) -> str:
    assert main(["compare", *argv, *QUICK]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    return printed.err


def test_shares_are_printed_below_the_comparison(capsys: Captured, package: str) -> None:
    asked = ["--attribute", "hhi:host", "--attribute", "cn_open_share_tokens", "--month", "2023-11"]
    assert main(["compare", "status_quo", package, *QUICK, *asked]) == 0
    printed = capsys.readouterr().out
    assert "What did it: package less status_quo, 2023-11" in printed
    assert "Exact: all 4 coalitions of 2 levers in each of 3 futures (6 runs beside" in printed
    assert "Concentration (HHI), host" in printed
    assert printed.count("All together") == 2
    assert printed.count("together beyond what each does alone") == 2


def test_the_same_is_told_as_json_and_adds_up(capsys: Captured, package: str) -> None:
    asked = ["--attribute", "cn_open_share_tokens:world", "--json"]
    assert main(["compare", "status_quo", package, *QUICK, *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"scenarios", "levers", "outcomes", "differences", "attribution"} <= set(told)
    (found,) = told["attribution"]
    assert (found["group"], found["month"], found["method"]) == ("world", "2023-12", "exact")
    assert {bar["lever"] for bar in found["shares"]} == {
        "us_foreign_model_ban",
        "closed_price_levy",
    }
    assert sum(bar["share"] for bar in found["shares"]) == pytest.approx(found["effect"], abs=1e-9)
    (row,) = (
        row
        for row in told["differences"]
        if (row["outcome"], row["group"], row["month"])
        == ("cn_open_share_tokens", "world", "2023-12")
    )
    assert found["effect"] == pytest.approx(row["difference_mean"], abs=1e-12)
    months = found["by_month"]["us_foreign_model_ban"]
    assert months[:4] == [0.0] * 4
    assert len(found["interactions"]) == 1


def test_the_key_is_there_though_nobody_asked(capsys: Captured, package: str) -> None:
    assert main(["compare", "status_quo", package, *QUICK, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["attribution"] is None


def test_orders_are_sampled_on_demand_and_said_to_be(capsys: Captured, package: str) -> None:
    asked = ["--attribute", "hhi", "--orders", "2", "--attribute-futures", "2", "--json"]
    assert main(["compare", "status_quo", package, *QUICK, *asked]) == 0
    (found,) = json.loads(capsys.readouterr().out)["attribution"]
    assert (found["method"], found["orders"], found["replicates"]) == ("sampled", 2, 2)
    assert found["interactions"] == []


def test_what_cannot_be_shared_out_is_refused_before_anything_runs(
    capsys: Captured, package: str
) -> None:
    two = ["status_quo", package]
    assert "outcome" in refused(capsys, *two, "--attribute", "hhj")
    assert "3 scenarios; allowed two" in refused(capsys, *two, package, "--attribute", "hhi")
    assert "group of hhi" in refused(capsys, *two, "--attribute", "hhi:moon")
    assert "month: '2040-01'" in refused(capsys, *two, "--attribute", "hhi", "--month", "2040-01")
    assert "--orders: needs --attribute" in refused(capsys, *two, "--orders", "2")
    assert "--month: needs --attribute" in refused(capsys, *two, "--month", "2023-05")
    assert "orders: 'x' is not a whole number" in refused(
        capsys, *two, "--attribute", "hhi", "--orders", "x"
    )
    assert "differ in no lever" in refused(capsys, "status_quo", "status_quo", "--attribute", "hhi")


def test_a_series_without_a_group_is_that_of_the_headline() -> None:
    assert parse_series("cn_open_share_tokens") == ("cn_open_share_tokens", "world")
    assert parse_series("cleared_share") == ("cleared_share", "US")
    with pytest.raises(InputError, match="outcome"):
        parse_series("hhj:maker")
