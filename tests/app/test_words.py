"""Numbers are said as a reader would say them, and axes are round and steady."""

from __future__ import annotations

import math

import pytest

from sim.wording import digits, futures, measure, month_words
from views.pictures import LARGE, SMALL, axis, change_axis
from views.tables import apart


@pytest.mark.parametrize(
    ("unit", "stored", "said"),
    [
        ("share", 0.2345, "23\xa0%"),
        ("share", 0.012, "1.2\xa0%"),
        ("ECI", 6.31, "6.3\xa0ECI"),
        ("$ per million tokens", 0.5234, "$0.52"),
        ("$M per month", 26416.0, "$26\xa0bn"),
        ("months", 1.0, "1\xa0month"),
        ("share", math.nan, "none"),
    ],
)
def test_a_number_is_said_with_its_unit(unit: str, stored: float, said: str) -> None:
    assert measure(unit).say(stored) == said


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (0.05, "+5\xa0points"),
        (-0.05, "−5\xa0points"),
        (-0.0073, "−0.7\xa0points"),
        (0.0, "0\xa0points"),
    ],
)
def test_a_change_of_a_share_is_counted_in_points(stored: float, said: str) -> None:
    assert measure("share").say_change(stored) == said


def test_a_minus_sign_is_a_minus_sign() -> None:
    assert digits(-3.0) == "−3"


def test_futures_are_counted_out_of_a_hundred() -> None:
    assert futures(53, 64) == "83 of 100 futures"


def test_a_month_is_said_in_words() -> None:
    assert month_words(48) == "Jan 2027"


def test_an_axis_holds_its_values_and_does_not_move_with_small_changes() -> None:
    shown = LARGE[0]
    assert axis(shown, 0.0, 31.0) == axis(shown, 0.0, 37.0) == (0.0, 40.0)
    assert change_axis(-3.0, 11.0) == (-4.0, 20.0)
    assert all(axis(p, math.nan, math.nan) == (0.0, 1.0) for p in (*LARGE, *SMALL))


def test_labels_are_pushed_apart_and_stay_on_the_chart() -> None:
    placed = apart([10.0, 10.5, 40.0], gap=5.0, low=0.0, high=40.0)
    assert placed == [10.0, 15.0, 40.0]
    assert apart([39.0, 40.0], gap=5.0, low=0.0, high=40.0) == [35.0, 40.0]
