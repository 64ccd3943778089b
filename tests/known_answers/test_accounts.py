"""Shares, concentration and lags of ledgers small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.accounts import lag_months, outcomes
from sim.ledger import LAB_LINES, OPEN_FIRST_PARTY_LINE, SELF_LINE, THIRD_PARTY_LINE, new_ledger
from sim.outcomes import BLOCS, HOSTS, ORIGINS, REGIONS, ROW, WEIGHTINGS

TOKENS, CHOICE, SPEND = range(len(WEIGHTINGS))
US, CN, EU = 0, 1, 2  # as regions
STARTUP, ENTERPRISE = 0, 1
NEVER = -np.inf


def accounts(
    *purchases: tuple[tuple[int, ...], int, int, float, float], labs: int = 4
) -> dict[str, float]:
    """Return the outcomes of one month by "outcome group".

    A purchase is (ledger lines, region, segment, tokens in Mtok, spend in $M) of one stream.
    """
    book = new_ledger(1, labs)
    book.served[:] = True
    for lines, region, segment, tokens, spend in purchases:
        for weighting, amount in ((TOKENS, tokens), (CHOICE, 1.0), (SPEND, spend)):
            book.bought[0, weighting, list(lines), region, segment] += amount
    series = outcomes(book, np.zeros((len(ORIGINS), 1, 2)), np.ones(len(REGIONS)))
    return {f"{name} {group}": series[row, 0] for (name, group), row in ROW.items()}


def bloc(name: str) -> int:
    return BLOCS.index(name)


def closed_by(lab: int) -> tuple[int, ...]:
    return (bloc("US closed"), LAB_LINES + lab)


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


def test_tokens_choices_and_dollars_each_have_their_own_share() -> None:
    open_weights = (bloc("CN open"), OPEN_FIRST_PARTY_LINE + CN, LAB_LINES + 1)
    sold = accounts(
        (open_weights, US, STARTUP, 30.0, 1.0),
        (closed_by(0), US, STARTUP, 5.0, 12.0),
        (closed_by(0), US, ENTERPRISE, 5.0, 12.0),
    )
    assert sold["cn_open_share_tokens world"] == pytest.approx(30.0 / 40.0)
    assert sold["cn_open_share_choice world"] == pytest.approx(1.0 / 3.0)
    assert sold["cn_open_share_spend world"] == pytest.approx(1.0 / 25.0)
    assert sold["cn_open_share_tokens router"] == pytest.approx(30.0 / 35.0)
    assert sold["cn_open_share_tokens enterprise"] == 0.0
    assert np.isnan(sold["cn_open_share_tokens EU"])


def test_inference_runs_where_its_host_is() -> None:
    cn_open = bloc("CN open")
    sold = accounts(
        ((cn_open, OPEN_FIRST_PARTY_LINE + CN, LAB_LINES), US, STARTUP, 1.0, 1.0),
        ((cn_open, THIRD_PARTY_LINE, LAB_LINES), EU, STARTUP, 2.0, 1.0),
        ((cn_open, THIRD_PARTY_LINE, LAB_LINES), US, STARTUP, 4.0, 1.0),
        ((cn_open, SELF_LINE, LAB_LINES), EU, STARTUP, 3.0, 1.0),
    )
    expected = {"US": 0.4, "CN": 0.1, "EU": 0.2, "OTHER": 0.0, "SELF": 0.3}
    for host in HOSTS:
        assert sold[f"host_share {host}"] == pytest.approx(expected[host])


def test_leverage_counts_what_a_country_hosts_and_attraction_what_it_made() -> None:
    cn_open = bloc("CN open")
    sold = accounts(
        ((cn_open, OPEN_FIRST_PARTY_LINE + CN, LAB_LINES), EU, STARTUP, 1.0, 1.0),
        ((cn_open, SELF_LINE, LAB_LINES), EU, STARTUP, 1.0, 3.0),
        (closed_by(1), EU, STARTUP, 2.0, 6.0),
        (closed_by(1), US, STARTUP, 90.0, 90.0),  # at home: not foreign
    )
    assert sold["attraction CN"] == pytest.approx(2.0 / 94.0)
    assert sold["attraction US"] == pytest.approx(0.5)
    assert sold["leverage CN"] == pytest.approx(1.0 / 100.0)
    assert sold["leverage US"] == pytest.approx(0.6)


def test_self_hosted_tokens_are_not_in_the_price_paid_for_hosted_ones() -> None:
    us_open = bloc("US open")
    sold = accounts(
        ((us_open, OPEN_FIRST_PARTY_LINE + US, LAB_LINES), US, STARTUP, 2e6, 1.0),
        ((us_open, SELF_LINE, LAB_LINES), US, STARTUP, 2e6, 8.0),
        (closed_by(1), US, STARTUP, 1e6, 5.0),
    )
    assert sold["price_paid_usd_per_mtok open"] == pytest.approx(0.5)
    assert sold["price_paid_usd_per_mtok closed"] == pytest.approx(5.0)
    assert sold["spend_musd_per_month world"] == pytest.approx(14.0)
    assert sold["tokens_trillion_per_month world"] == pytest.approx(5.0)


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
