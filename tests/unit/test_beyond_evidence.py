"""The page says which of the moved levers stand where no real policy has been."""

from __future__ import annotations

import pytest

from sim.levers import LEVERS, Lever
from sim.scenario import load_scenario
from tests.worlds import scenario
from views.beyond import beyond, outside, warning


def test_the_status_quo_is_never_beyond_the_evidence() -> None:
    assert warning(load_scenario("status_quo")) == ""
    assert not any(beyond(lever, lever.default) for lever in LEVERS)


def test_a_lever_moved_within_its_evidence_is_not_named() -> None:
    assert outside(scenario(start=48, us_open_funding=80.0)) == []


def test_a_lever_beyond_it_is_named_with_its_value() -> None:
    words = warning(scenario(start=48, us_open_funding=80.0, us_open_liability=300.0))
    assert "US liability for open frontier releases at $300\xa0M" in words
    assert "funding" not in words
    assert "together" not in words


def test_of_several_the_combination_is_said_to_be_without_precedent_too() -> None:
    decoupling = load_scenario("full_decoupling")
    words = warning(decoupling)
    assert "nobody has seen them together" in words
    assert words.startswith(f"{len(outside(decoupling))} levers")
    assert len(outside(decoupling)) > 3


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.id)
def test_the_evidence_of_a_lever_lies_in_its_range(lever: Lever) -> None:
    low, high = lever.evidence
    assert lever.low <= low <= high <= lever.high
