"""How scenarios differ: future by future, and what that saves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import InputError, LeverSetting, Result, Scenario, compare, compare_scenarios, run
from sim.calendar import month_index
from sim.compare import difference_bands, paired_difference
from sim.documents import compare_document, to_json
from sim.outcomes import SERIES
from sim.pairing import reductions, variance_reduction
from sim.report import HEADLINES, compare_text, times
from sim.result import quantiles

WORLD = Scenario("world", "World", horizon=month_index("2024-06"))
BAN = Scenario(
    "ban",
    "Ban",
    levers={"us_foreign_model_ban": LeverSetting(0.9, start=6)},
    horizon=WORLD.horizon,
)
SMALL: dict[str, Any] = {"replicates": 5, "streams": 200}


@pytest.fixture(scope="module")
def result() -> Result:
    return run(WORLD, **SMALL, workers=1)


def made(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Result:
    """Return a result with given values in every series, shape (replicates,)."""
    shape = (len(values), len(SERIES), WORLD.n_months)
    return Result(WORLD, 1, 200, "fc-made", np.broadcast_to(values[:, None, None], shape))


def test_a_scenario_does_not_differ_from_itself(result: Result) -> None:
    told = compare(result, result)
    assert not told.differences[1].any()
    summary = told.summary()
    exact = summary[["difference", "difference_low90", "difference_high90", "difference_mean"]]
    assert (exact == 0.0).all(axis=None)
    assert (summary["share_positive"] == 0.0).all()


def test_policy_moves_nothing_before_it_starts() -> None:
    told = compare_scenarios([WORLD, BAN], replicates=3, streams=200, workers=1)
    assert not told.differences[1][:, :, :6].any()
    assert np.nanmax(np.abs(told.differences[1][:, :, 6:])) > 0.0


def test_only_the_levers_that_differ_are_listed() -> None:
    told = compare_scenarios([WORLD, BAN], replicates=1, streams=200, workers=1)
    levers = told.lever_differences()
    assert levers["lever"].tolist() == ["us_foreign_model_ban"] * 2
    assert levers["scenario"].tolist() == ["world", "ban"]
    assert levers["start"].tolist() == [None, "2023-07"]
    assert levers["value"].tolist() == [0.0, 0.9]


def test_a_difference_counts_the_futures_in_which_it_is_positive() -> None:
    base, other = made(np.array([1.0, 1.0, 1.0, 1.0])), made(np.array([3.0, 2.0, 0.5, 1.0]))
    row = compare(base, other).summary(months=["2024-01"], outcomes=["hhi"]).iloc[-1]
    assert (row["share_positive"], row["share_negative"], row["n"]) == (0.5, 0.25, 4)
    assert row["difference"] == 0.5
    assert row["difference_mean"] == 0.625
    assert row["standard_error"] == pytest.approx(np.std([2, 1, -0.5, 0], ddof=1) / 2)


def test_what_exists_in_neither_scenario_does_not_differ() -> None:
    base, other = np.array([np.nan, np.nan, 1.0]), np.array([np.nan, 2.0, 4.0])
    difference = paired_difference(other, base)
    assert difference[[0, 2]].tolist() == [0.0, 3.0]
    assert np.isnan(difference[1])
    assert difference_bands(difference[:, None])["n"].tolist() == [2]


def test_bands_are_those_of_the_futures_in_which_a_value_exists() -> None:
    values = np.array([[1.0, np.nan, 5.0], [2.0, np.nan, np.nan], [4.0, np.nan, 7.0]])
    (median,) = quantiles(values, [0.5])
    np.testing.assert_array_equal(median, [2.0, np.nan, 6.0])


def test_bands_of_whole_futures_are_those_numpy_gives(result: Result) -> None:
    whole = result.series("open_share_tokens", "world")
    expected = np.quantile(whole, [0.05, 0.25, 0.5, 0.95], axis=0)
    np.testing.assert_array_equal(quantiles(whole, [0.05, 0.25, 0.5, 0.95]), expected)


def test_scenarios_of_one_name_are_told_apart(result: Result) -> None:
    assert compare(result, result, result).labels == ["world", "world (2)", "world (3)"]


def test_runs_on_other_futures_are_not_compared(result: Result) -> None:
    with pytest.raises(InputError, match="replicates is 5 in 'world' but 1"):
        compare(result, run(WORLD, replicates=1, streams=200, workers=1))
    with pytest.raises(InputError, match="needs two or more"):
        compare(result)


def test_pairing_saves_what_the_variances_say() -> None:
    values, base = np.array([3.0, 5.0, 4.0, 8.0]), np.array([1.0, 2.0, 2.0, 5.0])
    # variances 14/3 and 3; differences 2, 3, 2, 3 with variance 1/3
    assert variance_reduction(values, base) == pytest.approx((14 / 3 + 3) / (1 / 3))


def test_pairing_saves_nothing_where_futures_have_nothing_in_common() -> None:
    values, base = np.array([1.0, 1.0, 3.0, 3.0]), np.array([1.0, 3.0, 1.0, 3.0])
    assert variance_reduction(values, base) == pytest.approx(1.0)


def test_a_difference_that_is_the_same_in_all_futures_has_no_error() -> None:
    values = np.array([1.0, 2.0, 4.0])
    assert variance_reduction(values + 0.5, values) == float("inf")
    assert np.isnan(variance_reduction(np.ones(3), np.zeros(3)))
    assert np.isnan(variance_reduction(np.array([1.0, np.nan]), np.array([1.0, 2.0])))


def test_futures_in_which_only_one_has_a_value_do_not_count() -> None:
    values, base = np.array([1.0, 2.0, 9.0, 4.0]), np.array([1.0, 1.0, np.nan, 4.0])
    known = ~np.isnan(base)
    assert variance_reduction(values, base) == variance_reduction(values[known], base[known])


def test_a_comparison_tells_what_pairing_saved() -> None:
    told = compare_scenarios([WORLD, BAN], **SMALL, workers=1)
    rows = reductions(told, HEADLINES)
    assert [(row["outcome"], row["group"]) for row in rows] == list(HEADLINES)
    assert {(row["scenario"], row["month"]) for row in rows} == {("ban", "2024-06")}
    assert to_json(compare_document(told, HEADLINES)["variance_reduction"]) == to_json(rows)
    text = compare_text(told)
    assert "independent seeds" in text
    line = next(line for line in text.splitlines() if line.startswith("Open models, token share"))
    assert line.endswith(times(rows[2]["variance_reduction"]))


def test_a_variance_reduction_is_written_as_a_reader_wants_it() -> None:
    assert times(2.345) == "2.3x"
    assert times(1234.5) == "1,234x"
    assert times(float("inf")) == "no error"
    assert times(float("nan")) == "none"
