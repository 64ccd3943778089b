"""A scenario of an older model opens with what this one still knows, and says what is gone."""

from __future__ import annotations

import pytest

from sim.older import read_older
from sim.scenario import MAX_TITLE, load_scenario, scenario_to_toml, table_from_toml


def test_a_scenario_this_model_knows_reads_as_it_is() -> None:
    scenario = load_scenario("fear_lockdown")
    raw = table_from_toml(scenario_to_toml(scenario), "fear_lockdown")
    assert read_older(raw, "fear_lockdown") == (scenario, ())


def test_only_what_is_gone_or_no_longer_allowed_is_left_out() -> None:
    raw = {
        "title": "Old",
        "gone_section": {"a": 1},
        "levers": {"gone": 1, "us_foreign_model_ban": 0.5, "us_open_funding": -1},
        "assumptions": {"spillover": 0.08, "gone": 2, "quality_weight": "high"},
        "off": ["ecosystem", "gravity", 7],
        "shocks": [{"kind": "incident", "month": "2027-01"}, {"kind": "flood"}, "rain"],
        "horizon": "1999-01",
        "supply": "simulated",
    }
    scenario, left_out = read_older(raw, "old")
    assert set(scenario.levers) == {"us_foreign_model_ban"}
    assert scenario.assumptions == {"spillover": 0.08}
    assert scenario.off == ("ecosystem",)
    assert [shock.kind for shock in scenario.shocks] == ["incident"]
    assert (scenario.supply, scenario.horizon) == ("simulated", 119)
    for gone in ("'gone'", "us_open_funding", "quality_weight", "gravity", "flood", "rain", "1999"):
        assert any(gone in line for line in left_out), gone
    assert any("gone_section" in line for line in left_out)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"title": 7, "story": []},
        {"title": "x" * 10_000, "story": "y" * 10_000},
        {"levers": 3, "assumptions": [], "off": "all", "shocks": {}},
        {"levers": {"us_foreign_model_ban": {"value": {"value": {}}}}},
        {"levers": {"us_foreign_model_ban": 10**5000}},
        {"shocks": [{"kind": "incident", "month": "2027-01"}] * 50},
        {"off": [[["deep"]]], "horizon": {}, "supply": []},
    ],
)
def test_whatever_an_older_file_holds_it_opens(raw: dict[str, object]) -> None:
    scenario, left_out = read_older(raw, "old")
    assert 1 <= len(scenario.title) <= MAX_TITLE
    assert all(line.isprintable() for line in left_out)


def test_a_long_list_of_what_is_gone_is_cut() -> None:
    raw = {"levers": {f"gone_{n}": n for n in range(500)}}
    assert len(read_older(raw, "old")[1]) <= 50
