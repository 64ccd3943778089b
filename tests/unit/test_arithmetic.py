"""Exponentials and logarithms are right to the last digits and rise wherever they should."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.arithmetic import (
    HIGHEST,
    LOWEST,
    exp,
    exp_one,
    exp_single,
    log,
    log_one,
    logistic,
    logistic_one,
)
from sim.shortlist import SLOTS

EXPONENTS = np.concatenate([np.linspace(-700.0, 700.0, 20_001), np.linspace(-1.0, 1.0, 20_001)])
POSITIVE = np.concatenate(
    [10.0 ** np.linspace(-300.0, 300.0, 20_001), 1.0 + np.linspace(-0.4, 1.0, 20_001)]
)
TOLERANCE = 1e-15


def worst(found: np.ndarray, exact: np.ndarray) -> float:
    """Return the largest relative error."""
    safe = np.where(exact == 0.0, 1.0, exact)
    return float(np.max(np.abs(found - exact) / np.abs(safe)))


def test_the_exponential_is_that_of_the_c_library_to_fifteen_digits() -> None:
    exact = np.array([math.exp(x) for x in EXPONENTS])
    assert worst(exp(EXPONENTS), exact) < TOLERANCE


def test_the_logarithm_is_that_of_the_c_library_to_fifteen_digits() -> None:
    exact = np.array([math.log(x) for x in POSITIVE])
    assert worst(log(POSITIVE), exact) < TOLERANCE


def test_one_number_gets_the_bits_it_would_get_among_many() -> None:
    some = slice(None, None, 97)
    assert [exp_one(float(x)) for x in EXPONENTS[some]] == exp(EXPONENTS)[some].tolist()
    assert [log_one(float(x)) for x in POSITIVE[some]] == log(POSITIVE)[some].tolist()
    reach = np.linspace(-50.0, 50.0, 101)
    assert [logistic_one(float(x)) for x in reach] == logistic(reach).tolist()


def test_whole_numbers_have_the_values_everybody_knows() -> None:
    assert exp_one(0.0) == 1.0
    assert log_one(1.0) == 0.0
    assert logistic_one(0.0) == 0.5


def test_the_exponential_is_held_where_it_would_leave_the_range_of_numbers() -> None:
    assert exp(np.array([-1e9, 1e9])).tolist() == [exp_one(LOWEST), exp_one(HIGHEST)]
    assert exp_one(-math.inf) == exp_one(LOWEST)


@pytest.mark.parametrize("function", [exp, logistic])
def test_a_larger_number_never_has_a_smaller_exponential(function: type[exp]) -> None:
    for middle in (0.0, 0.5 * math.log(2.0), 1.5 * math.log(2.0), 30.0):
        near = middle + np.linspace(-1e-9, 1e-9, 2001)
        assert (np.diff(function(near)) >= 0.0).all()
    assert (np.diff(function(np.linspace(-30.0, 30.0, 5001))) > 0.0).all()


def test_a_larger_number_never_has_a_smaller_logarithm() -> None:
    for middle in (1.0, math.sqrt(0.5), math.sqrt(2.0), 1e6):
        near = middle * (1.0 + np.linspace(-1e-9, 1e-9, 2001))
        assert (np.diff(log(near)) >= 0.0).all()
    assert (np.diff(log(10.0 ** np.linspace(-20.0, 20.0, 5001))) > 0.0).all()


def test_logarithm_and_exponential_undo_each_other() -> None:
    x = np.linspace(-300.0, 300.0, 4001)
    np.testing.assert_allclose(log(exp(x)), x, rtol=1e-15, atol=1e-15)


def single(*values: float) -> np.ndarray:
    """Return exponentials in single precision; the function eats its argument."""
    return exp_single(np.array(values, dtype=np.float32))


def test_in_single_precision_the_exponential_is_right_to_seven_digits() -> None:
    x = np.linspace(-87.0, 80.0, 30_001).astype(np.float32)
    exact = np.exp(x.astype(np.float64))
    assert worst(exp_single(x.copy()).astype(np.float64), exact) < 2e-7


def test_in_single_precision_everything_below_minus_88_is_exactly_nothing() -> None:
    assert not single(-88.0, -89.0, -1e9, -np.inf).any()
    assert single(-87.0)[0] > 0.0
    assert single(0.0)[0] == 1.0


def test_in_single_precision_a_larger_number_never_has_a_smaller_exponential() -> None:
    x = np.linspace(-90.0, 90.0, 50_001).astype(np.float32)
    assert (np.diff(exp_single(x)) >= 0.0).all()


def test_the_weights_of_a_full_shortlist_can_be_summed_in_single_precision() -> None:
    best = single(1e9, 81.0)
    assert best[0] == best[1]
    assert np.isfinite(best[0] * np.float32(SLOTS))
