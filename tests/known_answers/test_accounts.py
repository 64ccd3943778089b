"""Shares, concentration, dependence and lags of ledgers small enough to work out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.accounts import STOCK_CN_KH100E, STOCK_REST_KH100E, lag_months, outcomes
from sim.catalogue import load_labs
from sim.ledger import (
    HARMS,
    LAB_LINES,
    OPEN_FIRST_PARTY_LINE,
    SELF_LINE,
    THIRD_PARTY_LINE,
    Ledger,
    new_ledger,
)
from sim.outcomes import BLOCS, HOSTS, ORIGINS, ROW, TASK_IDS, TIERS, WEIGHTINGS
from sim.population import REGION_VOLUME, ROUTER_MIX, SEGMENT_VOLUME

TOKENS, CHOICE, SPEND = range(len(WEIGHTINGS))
US, CN, EU, ALIGNED = range(4)  # as regions
STARTUP, ENTERPRISE = 0, 1
NEVER = -np.inf


def told(book: Ledger, releases: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Return the outcomes of a ledger by "outcome group", shape (months,)."""
    months = book.served.size
    none = np.zeros((len(ORIGINS), months, 2))
    frontiers = 100.0 + np.arange(months)
    counted = none if releases is None else releases
    series = outcomes(book, counted, 0.5 * counted, frontiers, np.ones(5))
    return {f"{name} {group}": series[row] for (name, group), row in ROW.items()}


def accounts(
    *purchases: tuple[tuple[int, ...], int, int, float, float],
    labs: int = 4,
    thirds_at_home: bool = False,
) -> dict[str, float]:
    """Return the outcomes of one month by "outcome group".

    A purchase is (ledger lines, region, segment, tokens in Mtok, spend in $M) of one stream.
    """
    book = new_ledger(1, labs)
    book.served[:], book.thirds_at_home[:] = True, thirds_at_home
    for lines, region, segment, tokens, spend in purchases:
        for weighting, amount in ((TOKENS, tokens), (CHOICE, 1.0), (SPEND, spend)):
            book.bought[0, weighting, list(lines), region, segment] += amount
    return {name: float(values[0]) for name, values in told(book).items()}


def bloc(name: str) -> int:
    return BLOCS.index(name)


def closed_by(lab: int) -> tuple[int, ...]:
    return (bloc("US closed"), LAB_LINES + 2 * lab)


def open_by(lab: int, line: int, origin: str = "CN") -> tuple[int, ...]:
    return (bloc(f"{origin} open"), line, LAB_LINES + 2 * lab + 1)


AT_MAKER, AT_THIRD, AT_HOME = (
    open_by(0, line) for line in (OPEN_FIRST_PARTY_LINE + CN, THIRD_PARTY_LINE, SELF_LINE)
)


@pytest.mark.parametrize("makers", [1, 2, 4])
def test_the_concentration_of_equal_makers_is_one_over_their_number(makers: int) -> None:
    sold = accounts(*[(closed_by(lab), US, STARTUP, 7.0, 1.0) for lab in range(makers)])
    assert sold["hhi maker"] == pytest.approx(1.0 / makers)


def test_concentration_is_the_sum_of_squared_shares() -> None:
    sold = accounts(
        (closed_by(0), US, STARTUP, 6.0, 1.0),
        (closed_by(1), US, STARTUP, 3.0, 1.0),
        (closed_by(2), US, STARTUP, 1.0, 1.0),
    )
    assert sold["hhi maker"] == pytest.approx(0.36 + 0.09 + 0.01)
    assert sold["hhi host"] == pytest.approx(1.0)


def test_a_makers_open_and_closed_models_are_two_families_of_one_maker() -> None:
    sold = accounts(
        (closed_by(0), US, STARTUP, 6.0, 1.0),
        (open_by(0, THIRD_PARTY_LINE, "US"), US, STARTUP, 4.0, 1.0),
    )
    assert sold["hhi maker"] == pytest.approx(1.0)
    assert sold["hhi family"] == pytest.approx(0.36 + 0.16)


def test_tokens_choices_and_dollars_each_have_their_own_share() -> None:
    sold = accounts(
        (AT_MAKER, US, STARTUP, 30.0, 1.0),
        (closed_by(1), US, STARTUP, 5.0, 12.0),
        (closed_by(1), US, ENTERPRISE, 5.0, 12.0),
    )
    assert sold["cn_open_share_tokens world"] == pytest.approx(30.0 / 40.0)
    assert sold["cn_open_share_choice world"] == pytest.approx(1.0 / 3.0)
    assert sold["cn_open_share_spend world"] == pytest.approx(1.0 / 25.0)
    assert sold["cn_open_share_tokens router"] == pytest.approx(30.0 / 35.0)
    assert sold["cn_open_share_tokens enterprise"] == 0.0
    assert np.isnan(sold["cn_open_share_tokens EU"])


def test_the_router_sees_start_ups_in_the_mix_of_its_own_users() -> None:
    sold = accounts((AT_MAKER, CN, STARTUP, 2.0, 1.0), (closed_by(1), US, STARTUP, 2.0, 1.0))
    chinese, american = (ROUTER_MIX[k] / REGION_VOLUME[k] for k in (CN, US))
    assert sold["cn_open_share_tokens router"] == pytest.approx(chinese / (chinese + american))


def test_a_gateway_sees_start_ups_and_enterprises_in_equal_parts_and_nobody_in_china() -> None:
    sold = accounts(
        (AT_THIRD, US, STARTUP, SEGMENT_VOLUME[STARTUP], 1.0),
        (closed_by(1), US, ENTERPRISE, SEGMENT_VOLUME[ENTERPRISE], 1.0),
        (AT_MAKER, CN, STARTUP, 9.0, 1.0),
    )
    assert sold["cn_open_share_tokens gateway"] == pytest.approx(0.5)


def test_inference_runs_where_its_host_is() -> None:
    purchases = (
        (AT_MAKER, US, STARTUP, 1.0, 1.0),
        (AT_THIRD, EU, STARTUP, 2.0, 1.0),
        (AT_THIRD, ALIGNED, STARTUP, 4.0, 1.0),
        (AT_HOME, EU, STARTUP, 3.0, 1.0),
    )
    for at_home, where in ((False, "US"), (True, "OTHER")):
        expected = dict.fromkeys(HOSTS, 0.0) | {"CN": 0.1, "EU": 0.2, "SELF": 0.3, where: 0.4}
        sold = accounts(*purchases, thirds_at_home=at_home)
        for host in HOSTS:
            assert sold[f"host_share {host}"] == pytest.approx(expected[host])


def test_leverage_counts_what_a_country_hosts_and_attraction_what_it_made() -> None:
    sold = accounts(
        (AT_MAKER, EU, STARTUP, 1.0, 1.0),
        (AT_HOME, EU, STARTUP, 1.0, 3.0),
        (closed_by(1), EU, STARTUP, 2.0, 6.0),
        (closed_by(1), US, STARTUP, 90.0, 90.0),  # at home: not foreign
    )
    assert sold["attraction CN"] == pytest.approx(2.0 / 94.0)
    assert sold["attraction US"] == pytest.approx(0.5)
    assert sold["leverage CN"] == pytest.approx(1.0 / 100.0)
    assert sold["leverage US"] == pytest.approx(0.6)


def test_self_hosted_tokens_are_not_in_the_price_paid_for_hosted_ones() -> None:
    sold = accounts(
        (open_by(0, OPEN_FIRST_PARTY_LINE + US, "US"), US, STARTUP, 2e6, 1.0),
        (open_by(0, SELF_LINE, "US"), US, STARTUP, 2e6, 8.0),
        (closed_by(1), US, STARTUP, 1e6, 5.0),
    )
    assert sold["price_paid_usd_per_mtok open"] == pytest.approx(0.5)
    assert sold["price_paid_usd_per_mtok closed"] == pytest.approx(5.0)
    assert sold["spend_musd_per_month world"] == pytest.approx(14.0)
    assert sold["tokens_trillion_per_month world"] == pytest.approx(5.0)


def one_month() -> Ledger:
    book = new_ledger(1, 4)
    book.served[:] = True
    return book


def test_a_loss_is_told_as_the_price_cut_that_would_make_up_for_it() -> None:
    book = one_month()
    book.welfare[0, 0, EU] = 10.0
    book.harm[0, HARMS.index("ban"), EU] = 10.0 * math.log(2.0)  # a loss of ln 2 in price
    book.harm[0, HARMS.index("gate")] = np.nan
    sold = told(book)
    assert sold["harm_ban EU"][0] == pytest.approx(0.5)
    assert sold["harm_stop EU"][0] == 0.0
    assert np.isnan(sold["harm_gate EU"][0])
    assert np.isnan(sold["harm_ban US"][0])  # nobody chose there


def test_surplus_is_the_mean_over_volume() -> None:
    book = one_month()
    book.welfare[0, :, US] = 1.0, 4.0, 5.0
    book.welfare[0, :, EU] = 3.0, 0.0, 3.0
    sold = told(book)
    assert sold["surplus_util world"][0] == pytest.approx(1.0)
    assert sold["surplus_no_aversion_util world"][0] == pytest.approx(2.0)
    assert sold["surplus_util US"][0] == pytest.approx(4.0)


def test_served_demand_and_scarcity_rent_are_shares_of_what_was_asked_and_earned() -> None:
    book = one_month()
    book.demanded[0], book.supplied[0] = [8.0, 0.0, 2.0, 1.0], [6.0, 0.0, 2.0, 1.0]
    book.revenue[0], book.rent[0] = [10.0, 0.0, 1.0, 1.0], [3.0, 0.0, 0.0, 0.0]
    sold = told(book)
    assert sold["capacity_served US"][0] == 0.75
    assert np.isnan(sold["capacity_served CN"][0])
    assert sold["scarcity_rent US"][0] == 0.3
    assert sold["scarcity_rent EU"][0] == 0.0


def test_prices_of_closed_models_are_told_by_their_distance_to_the_frontier() -> None:
    book = one_month()
    book.tier[0] = np.array([[10.0, 0, 4], [25.0, 0, 5], [2.0, 1, 3], [18.0, 3, 3]])
    sold = told(book)
    over_cost = [sold[f"closed_price_over_cost {tier}"][0] for tier in TIERS]
    np.testing.assert_array_equal(over_cost, [2.5, np.nan, 1.25])  # nothing sold of the middle
    assert [sold[f"closed_price_usd_per_mtok {tier}"][0] for tier in TIERS] == [9.0, 3.0, 1.0]


def test_trust_is_a_mean_over_streams_and_derivatives_are_shares() -> None:
    book = one_month()
    book.cleared[0], book.aversion[0] = 0.5, 0.25
    book.derived[0] = [1.0, 3.0, 0.0, 0.0]
    sold = told(book)
    assert sold["cleared_share US"][0] == 0.5
    assert sold["aversion_left EU"][0] == 0.25
    assert sold["derivative_share CN"][0] == 0.75


def test_chinas_share_of_compute_is_that_of_the_stock_when_labs_have_what_they_have_today() -> None:
    book = one_month()
    for lab in load_labs():
        held = lab.training_compute_kh100e + lab.inference_compute_kh100e
        book.compute[0, ORIGINS.index(lab.origin)] += held
    stock = STOCK_CN_KH100E / (STOCK_CN_KH100E + STOCK_REST_KH100E)
    assert told(book)["compute_cn_share world"][0] == pytest.approx(stock)


def test_the_open_share_of_releases_is_that_of_the_last_twelve_months() -> None:
    releases = np.zeros((len(ORIGINS), 14, 2))
    releases[US, 0] = [0.0, 3.0]
    releases[US, 5] = [1.0, 0.0]
    share = told(new_ledger(14, 4), releases)["open_release_share US"]
    assert share[[0, 5, 11, 12]].tolist() == [1.0, 0.75, 0.75, 0.0]
    rated = told(new_ledger(14, 4), releases)["benchmarked_open_release_share US"]
    np.testing.assert_array_equal(rated, share)
    assert np.isnan(told(new_ledger(14, 4))["open_release_share US"]).all()


def test_gaps_and_the_vacuum_are_told_between_the_best_models() -> None:
    book = one_month()
    book.best[0] = [[150.0, 140.0], [NEVER, 146.0], [NEVER, NEVER], [NEVER, 143.0]]
    sold = told(book)
    assert sold["open_closed_gap_eci world"][0] == 4.0
    assert sold["trusted_open_vacuum_eci world"][0] == 3.0
    assert sold["frontier_eci CN open"][0] == 146.0
    assert np.isnan(sold["frontier_eci CN closed"][0])


def test_the_diffusion_lag_is_that_of_the_average_token() -> None:
    book = new_ledger(8, 4)
    book.used_eci[7, 0] = 2.0, 2.0 * 103.5  # the frontier had 103.5 in month 4
    lag = told(book)
    assert lag[f"diffusion_lag_months {TASK_IDS[0]}"][7] == 3.0
    assert np.isnan(lag[f"diffusion_lag_months {TASK_IDS[1]}"][7])


@pytest.mark.parametrize(
    ("leader", "follower", "lag"),
    [
        # the follower reaches 2 in month 3, which the leader held from month 1
        ([1, 2, 3, 4], [0, 0, 1, 2], [0, 1, 2, 2]),
        ([1, 1, 1, 1], [1, 1, 1, 1], [0, 1, 2, 3]),  # the leader stands still and is not passed
        ([1, 1, 1, 1], [2, 2, 2, 2], [0, 0, 0, 0]),  # the follower leads
        ([NEVER, 1, 2, 3], [NEVER, NEVER, 1, 3], [np.nan, np.nan, 1, 0]),
    ],
)
def test_the_lag_counts_months_since_the_leader_held_what_the_follower_holds(
    leader: list[float], follower: list[float], lag: list[float]
) -> None:
    found = lag_months(np.array(leader, dtype=float), np.array(follower, dtype=float))
    np.testing.assert_array_equal(found, lag)
