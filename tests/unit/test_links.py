"""A link holds what differs from its preset, reopens it exactly, and is never trusted."""

from __future__ import annotations

import itertools

import pytest

from sim import links
from sim.declare import InputError
from sim.run_id import run_id
from sim.scenario import LeverSetting, Scenario, load_scenario, preset_names, with_changes

PAIRS = list(itertools.product(preset_names(), repeat=2))


def number(scenario: Scenario) -> str:
    return run_id(scenario, seed=1, replicates=4, streams=4000)


@pytest.mark.parametrize(("name", "base"), PAIRS)
def test_any_preset_can_be_told_as_a_change_of_any_other(name: str, base: str) -> None:
    scenario = load_scenario(name)
    told = links.encode(scenario, load_scenario(base))
    assert number(links.decode(told)) == number(scenario)


def test_a_preset_by_itself_is_a_short_link() -> None:
    preset = load_scenario("fear_lockdown")
    assert links.encode(preset, preset) == {"s": "fear_lockdown"}


def test_a_link_keeps_start_phase_in_assumptions_and_mechanisms() -> None:
    base = load_scenario("status_quo")
    scenario = with_changes(
        base,
        levers={"us_foreign_model_ban": LeverSetting(0.9, 50, 12)},
        assumptions={"spillover": 0.08},
        off=("ecosystem",),
        horizon=95,
    )
    told = links.encode(scenario, base)
    assert told == {
        "s": "status_quo",
        "l": "us_foreign_model_ban:0.9@2027-03+12",
        "a": "spillover:0.08",
        "x": "ecosystem",
        "h": "2030-12",
    }
    assert number(links.decode(told)) == number(scenario)


def test_a_plus_sign_that_became_a_space_is_read_as_it_was_meant() -> None:
    told = links.decode({"l": "us_foreign_model_ban:0.9@2027-03 12"})
    assert told.levers["us_foreign_model_ban"] == LeverSetting(0.9, 50, 12)


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"s": "../../etc/passwd"}, "is not a preset"),
        ({"l": "us_foreign_model_ban:7"}, "out of range"),
        ({"l": "us_foreign_model_ban:nan"}, "not a finite number"),
        ({"l": "us_foreign_model_bam:0.5"}, "did you mean 'us_foreign_model_ban'"),
        ({"l": "us_foreign_model_ban"}, "write NAME:VALUE"),
        ({"l": "us_foreign_model_ban:0.5@2099-01"}, "not a month"),
        ({"a": "spillover:-3"}, "out of range"),
        ({"x": "gravity"}, "unknown mechanism"),
        ({"h": "soon"}, "not a month"),
        ({"l": "x" * 5000}, "too long"),
    ],
)
def test_what_is_wrong_with_a_link_is_said_in_one_line(params: dict[str, str], named: str) -> None:
    with pytest.raises(InputError) as caught:
        links.decode(params)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)
