"""Levers are declared in a way that a slider, a report and a sceptic can rely on."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.declare import InputError
from sim.levers import BY_ID, DEFAULT_START, LEVERS, Lever, Policy, lever
from sim.parameters import ASSUMPTIONS

EACH = pytest.mark.parametrize("declared", LEVERS, ids=lambda declared: declared.id)


@EACH
def test_the_default_lies_in_the_range(declared: Lever) -> None:
    assert declared.low <= declared.default <= declared.high
    assert declared.low < declared.high
    assert declared.check(declared.default) == declared.default


@EACH
def test_landmarks_rise_within_the_range_and_say_what_they_mean(declared: Lever) -> None:
    low, middle, high = (value for value, _ in declared.landmarks)
    assert declared.low <= low < middle < high <= declared.high
    assert all(words.strip() for _, words in declared.landmarks)


@EACH
def test_evidence_covers_part_of_the_range_and_the_default(declared: Lever) -> None:
    low, high = declared.evidence
    assert declared.low <= low <= high <= declared.high
    assert low <= declared.default <= high


@EACH
def test_history_is_in_the_past_in_order_and_ends_at_the_default(declared: Lever) -> None:
    months = [month_index(month) for month, _ in declared.history]
    assert months == sorted(set(months))
    assert all(0 <= month <= LAST_OBSERVED_MONTH for month in months)
    assert all(declared.low <= value <= declared.high for _, value in declared.history)
    path = declared.status_quo(DEFAULT_START + 1)
    assert path[LAST_OBSERVED_MONTH] == path[-1] == declared.default


@EACH
def test_the_status_quo_takes_each_step_of_history_in_its_month(declared: Lever) -> None:
    path = declared.status_quo(LAST_OBSERVED_MONTH + 1)
    for month, value in declared.history:
        assert path[month_index(month)] == value
    steps = np.flatnonzero(np.diff(path)) + 1
    assert set(steps) <= {month_index(month) for month, _ in declared.history}


@EACH
def test_a_slider_reaches_the_whole_range_in_whole_steps(declared: Lever) -> None:
    steps = (declared.high - declared.low) / declared.step
    assert steps == pytest.approx(round(steps))
    assert 4 <= steps <= 200


@EACH
def test_a_value_outside_the_range_is_refused_with_the_name_of_the_lever(declared: Lever) -> None:
    for value in (declared.low - 1.0, declared.high + 1.0, float("nan"), True, "much"):
        with pytest.raises(InputError, match=re.escape(declared.id)):
            declared.check(value)


def test_every_lever_says_who_moves_it_what_it_does_and_where_the_numbers_come_from() -> None:
    for declared in LEVERS:
        for text in ("id", "label", "unit", "meaning", "source", "actor", "acts_on"):
            assert getattr(declared, text).strip(), (declared.id, text)
        assert declared.confidence in {"evidence", "estimate", "assumption"}


def test_no_two_levers_and_no_lever_and_assumption_share_a_name() -> None:
    assert len(BY_ID) == len(LEVERS)
    assert not set(BY_ID) & set(ASSUMPTIONS)
    assert len({declared.label for declared in LEVERS}) == len(LEVERS)


def test_the_record_of_a_months_policy_names_the_levers_in_their_order() -> None:
    assert Policy._fields == tuple(declared.id for declared in LEVERS)


def test_a_misspelt_lever_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="us_foreign_model_ban"):
        lever("us_foreign_model_bann")
