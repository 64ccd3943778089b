"""Bands are scored as the literature says, and rivals see what came before and nothing else."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from sim.backtest import hindcast, nested_logit, rivals
from sim.backtest.rivals import Z90
from sim.backtest.scoring import Band, Scored, summary
from sim.calendar import month_index
from sim.observation import Target, fit_targets, held_out_targets

PLAIN = Target(
    id="now",
    facts=("F001",),
    supply="observed",
    outcome="open_share_tokens",
    group="router",
    other_outcome="",
    other_group="",
    operation="plain",
    start=36,
    end=36,
    statistic="mean",
    value=0.3,
    measurement_sd=0.02,
    discrepancy_sd=0.05,
    scale="share",
    note="",
)


def target(name: str, month: int, value: float, **changes: object) -> Target:
    return dataclasses.replace(PLAIN, id=name, start=month, end=month, value=value, **changes)


def band(low: float, high: float) -> Band:
    """Return a band whose 50 % part is the middle half of its 90 % part."""
    width = high - low
    return Band(low, low + width / 4, (low + high) / 2, high - width / 4, high)


def test_inside_a_band_the_score_is_its_width_in_units_of_the_error() -> None:
    scored = Scored(band(0.0, 4.0), recorded=2.0, unit=0.5)
    assert (scored.in_50, scored.in_90, scored.bias) == (True, True, 0.0)
    assert scored.interval_score == pytest.approx((2.0 + 4.0) / 2.0 / 0.5)


def test_outside_it_each_unit_costs_two_over_the_miss_rate() -> None:
    scored = Scored(band(0.0, 4.0), recorded=5.0, unit=1.0)
    assert (scored.in_50, scored.in_90, scored.bias) == (False, False, -3.0)
    half, most = 2.0 + 2.0 / 0.5 * 2.0, 4.0 + 2.0 / 0.1 * 1.0
    assert scored.interval_score == pytest.approx((half + most) / 2.0)


def test_a_summary_counts_and_averages_and_says_nothing_of_no_facts() -> None:
    scored = [Scored(band(0.0, 4.0), recorded, 1.0) for recorded in (2.0, 3.5, 5.0)]
    told = summary(scored)
    assert told["facts"] == 3
    assert told["coverage_50"] == pytest.approx(1 / 3)
    assert told["coverage_90"] == pytest.approx(2 / 3)
    assert told["interval_score"] == pytest.approx(np.mean([s.interval_score for s in scored]))
    assert summary([])["coverage_90"] is None


def test_bands_leave_out_futures_without_a_value() -> None:
    draws = np.array([1.0, np.nan, 2.0, 3.0, np.nan])
    assert Band.of(draws).median == 2.0


def test_errors_of_the_record_widen_the_futures_and_shares_stay_shares() -> None:
    same = np.full(500, 0.02)
    drawn = hindcast.with_errors(PLAIN, same, 7)
    assert drawn.min() == 0.0
    free = hindcast.with_errors(dataclasses.replace(PLAIN, scale="ECI"), same, 7)
    assert free.std() == pytest.approx(PLAIN.sd, rel=0.05)
    np.testing.assert_array_equal(
        free, hindcast.with_errors(dataclasses.replace(PLAIN, scale="ECI"), same, 7)
    )


def test_the_last_value_is_the_last_before_and_drifts_with_time() -> None:
    past = [target("a", 12, 0.1), target("b", 24, 0.2), target("later", 48, 0.9)]
    other = target("elsewhere", 35, 0.7, group="gateway")
    drift = rivals.drifts(past[:2])
    assert drift == {"share": pytest.approx(0.1)}  # one step of a year, pooled
    found = rivals.last_value(PLAIN, [*past, other], drift)
    assert found is not None
    assert found.median == 0.2
    spread = math.hypot(0.1, PLAIN.measurement_sd)
    assert found.high90 - found.median == pytest.approx(Z90 * spread)
    assert rivals.last_value(PLAIN, [other], drift) is None


def test_a_trend_of_shares_is_straight_in_log_odds() -> None:
    odds = [-2.0, -1.5, -1.0]
    past = [target(f"t{k}", 12 * k, 1.0 / (1.0 + math.exp(-value))) for k, value in enumerate(odds)]
    found = rivals.trend(PLAIN, past, {})
    assert found is not None
    assert found.median == pytest.approx(1.0 / (1.0 + math.exp(0.5)))
    assert rivals.trend(PLAIN, past[:1], {}) is None


def test_other_trends_are_straight() -> None:
    past = [target(f"t{k}", 12 * k, 10.0 + k, scale="ECI") for k in range(3)]
    found = rivals.trend(dataclasses.replace(PLAIN, scale="ECI"), past, {})
    assert found is not None
    assert found.median == pytest.approx(13.0)


def test_the_nested_logit_fits_a_share_that_follows_its_drivers() -> None:
    truth = np.array([-1.0, 0.0, 0.0, 1.5, 0.4])  # constant of the router, gap, price ratio
    months = range(14, 35, 2)
    row = nested_logit._row
    past = []
    for month in months:
        asked = target(f"m{month}", month, 0.5)
        share = 1.0 / (1.0 + math.exp(-float(row("open", asked) @ truth)))
        past.append(dataclasses.replace(asked, value=share))
    found = nested_logit.nested_logit(PLAIN, past)
    assert found is not None
    wanted = 1.0 / (1.0 + math.exp(-float(row("open", PLAIN) @ truth)))
    assert found.median == pytest.approx(wanted, abs=0.03)
    assert nested_logit.nested_logit(PLAIN, past[:2]) is None
    assert nested_logit.nested_logit(target("x", 36, 0.1, outcome="hhi"), past) is None


def test_rivals_see_fitted_facts_alone_and_of_those_only_earlier_ones() -> None:
    fitted, last = fit_targets(), month_index("2026-05")
    assert max(t.end for t in fitted) <= last
    for asked in (*fitted, *held_out_targets()):
        before = rivals.earlier(asked, fitted)
        assert (before.month < asked.end).all()
    changed = [dataclasses.replace(t, value=0.999 * t.value) if t.end >= 36 else t for t in fitted]
    early = next(t for t in fitted if t.id == "release_mix_us_2025h1")
    assert rivals.last_value(early, fitted, {}) == rivals.last_value(early, changed, {})
