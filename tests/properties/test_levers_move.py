"""Every lever moves an outcome in the direction its landmarks say, in paired futures.

The table is chosen from what a lever says it acts on; the sign must hold in at least seven of eight
futures, in which no lab changes its mind and generations are alike: that is chance, and eight
futures are few. The long test has all chance, and more futures. Levers that hardly matter in this
model are looked at early, before what they changed is lost in what else has come to differ between
the futures.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from sim.calendar import month_index
from sim.levers import BY_ID, LEVERS
from tests.worlds import Floats, future, scenario, series

UNTIL = "2031-12"
START, FIRST = month_index("2027-01"), month_index("2028-01")
FUTURES, STREAMS, MOST = 8, 1000, 7


@dataclass(frozen=True)
class Move:
    """A lever moved to a landmark, and the sign of what that does to the mean of an outcome from
    `first` on; `beside` are levers without which it has nothing to act on. `most` of `futures` have
    the sign."""

    lever: str
    value: float
    outcome: str
    group: str
    sign: int
    beside: tuple[tuple[str, float], ...] = field(default=())
    first: int = FIRST
    last: int = 10**6
    futures: int = FUTURES
    most: float = MOST / FUTURES

    def __str__(self) -> str:
        return f"{self.lever}-{self.outcome}-{self.group}"


LICENCES = (("us_open_licence_threshold", 25.0),)
A_BAN = (("us_foreign_model_ban", 0.9),)
A_TARIFF = (("foreign_api_tariff", 0.25),)
YEAR = {"first": month_index("2027-06"), "last": month_index("2028-06")}
NEXT = {"first": month_index("2028-01"), "last": month_index("2029-01")}
MOVES = (
    Move("chip_export_controls", 0.95, "compute_cn_share", "world", -1),
    Move("chip_export_controls", 0.95, "frontier_eci", "CN open", -1),
    Move("export_control_leakage", 0.4, "compute_cn_share", "world", 1),
    Move("export_control_leakage", 0.4, "frontier_eci", "CN open", 1),
    Move("third_country_chip_supply", 0.5, "compute_cn_share", "world", 1),
    Move("third_country_chip_supply", 0.5, "host_share", "OTHER", -1, beside=A_TARIFF),
    Move("us_open_licence_threshold", 25.0, "licensing_queue", "US", 1),
    Move("us_open_licence_threshold", 25.0, "frontier_eci", "US open", -1),
    Move("licensing_reviewers", 2.0, "licensing_wait_months", "US", 1, beside=LICENCES),
    Move("licensing_reviewers", 2.0, "frontier_eci", "US open", -1, beside=LICENCES),
    Move("us_open_liability", 300.0, "open_release_share", "US", -1),
    Move("us_open_liability", 300.0, "trusted_open_vacuum_eci", "world", 1),
    Move("us_frontier_gate", 12.0, "us_share_tokens", "EU", -1),
    Move("us_frontier_gate", 12.0, "leverage", "US", -1),
    Move("us_foreign_model_ban", 0.9, "cn_open_share_tokens", "US", -1),
    Move("us_open_funding", 800.0, "open_release_share", "US", 1),
    Move("us_open_funding", 800.0, "frontier_eci", "US open", 1),
    Move("us_public_compute", 400.0, "frontier_eci", "US open", 1, **NEXT),
    Move("api_know_your_customer", 0.8, "frontier_eci", "CN open", -1, **YEAR),
    Move("cn_open_support", 300.0, "open_release_share", "CN", 1),
    Move("cn_weight_export_limits", 1.0, "cn_open_share_tokens", "US", -1),
    Move("cn_weight_export_limits", 1.0, "attraction", "CN", -1),
    Move("cn_foreign_chip_refusal", 1.0, "compute_cn_share", "world", -1),
    Move("eu_open_burden", 15.0, "open_release_share", "CN", -1, futures=32, most=0.7),  # weak
    Move("eu_open_delay", 6.0, "open_share_tokens", "EU", -1),
    Move("eu_foreign_model_ban", 0.9, "cn_open_share_tokens", "EU", -1),
    Move("eu_open_funding", 400.0, "frontier_eci", "EU any", 1),
    Move("eu_open_funding", 400.0, "open_release_share", "EU", 1, **YEAR),
    Move("third_country_alignment", 1.0, "cn_open_share_tokens", "ALIGNED", -1, beside=A_BAN),
    Move("third_country_alignment", 1.0, "cn_open_share_tokens", "NONALIGNED", -1, beside=A_BAN),
    Move("trusted_open_procurement", 0.9, "bloc_share_tokens", "US open", 1),
    Move("assurance_scheme", 0.08, "aversion_left", "US", -1),
    Move("assurance_scheme", 0.08, "attraction", "CN", 1),
    Move("closed_price_levy", 0.6, "price_paid_usd_per_mtok", "closed", 1),
    Move("closed_price_levy", 0.6, "open_share_tokens", "EU", 1),
    Move("foreign_api_tariff", 0.25, "price_paid_usd_per_mtok", "closed", 1),
    Move("foreign_api_tariff", 0.25, "host_share", "OTHER", 1),
)


def means(
    move: Move,
    *,
    moved: bool,
    futures: int = FUTURES,
    streams: int = STREAMS,
    quiet: bool = True,
) -> Floats:
    """Return the mean of the outcome in each future, shape (futures,)."""
    levers = dict(move.beside) | ({move.lever: move.value} if moved else {})
    off = ("changes_of_mind",) if quiet else ()
    alike = {"generation_spread": 0.0} if quiet else {}
    told = scenario(until=UNTIL, start=START, off=off, assumptions=alike, **levers)
    window = slice(move.first, move.last)
    values = [
        series(future(told, replicate=k, streams=streams), move.outcome, move.group)[window]
        for k in range(futures)
    ]
    return np.array([value[~np.isnan(value)].mean() for value in values])


@pytest.mark.parametrize("move", MOVES, ids=str)
def test_a_lever_moves_what_it_acts_on_in_the_direction_its_landmarks_say(move: Move) -> None:
    moved, usual = (means(move, moved=on, futures=move.futures) for on in (True, False))
    effect = move.sign * (moved - usual)
    assert effect.mean() > 0.0
    assert (effect > 0.0).mean() >= move.most


@pytest.mark.long
@pytest.mark.parametrize("move", MOVES, ids=str)
def test_in_more_and_larger_futures_the_direction_is_the_same(move: Move) -> None:
    size = {"futures": 32, "streams": 4000}
    moved, usual = (means(move, moved=on, quiet=False, **size) for on in (True, False))
    effect = move.sign * (moved - usual)
    assert effect.mean() > 0.0
    assert (effect > 0.0).mean() >= 0.75


@pytest.mark.xfail(
    reason="a release counts as open from the decision on, though its weights may never come out: "
    "with two reviewers three in a hundred do, and the open share of releases does not move"
)
def test_licences_lower_the_open_share_of_american_releases() -> None:
    licence = Move("us_open_licence_threshold", 25.0, "open_release_share", "US", -1)
    few = (("licensing_reviewers", 2.0),)
    effect = means(replace(licence, beside=few), moved=True) - means(licence, moved=False)
    assert (effect < 0.0).sum() >= MOST


def test_every_lever_is_in_the_table_at_a_landmark_of_its_own() -> None:
    assert {move.lever for move in MOVES} == {lever.id for lever in LEVERS}
    for move in MOVES:
        lever = BY_ID[move.lever]
        assert move.value in {value for value, _ in lever.landmarks}
        assert move.value != lever.default
