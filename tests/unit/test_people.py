"""Trust begins as assumed, and moves only where people, places and rules let it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest

from sim import people
from sim.assumptions.trust import TrustParameters
from sim.chance import Dice
from sim.parameters import Parameters
from sim.people import CONDITIONAL, INDIFFERENT, REFUSES, Trust
from sim.population import CN, ENTERPRISE, PUBLIC, Population, build_population
from tests.worlds import on_but

N = 4000
DICE = Dice(1, 0)
P = TrustParameters()


@lru_cache
def streams() -> Population:
    world = Parameters()
    return build_population(DICE, world.developers, P, world.market, N)


def years(
    n: int,
    *,
    use: float = 0.5,
    gap: float = 0.0,
    assurance: float = 0.0,
    p: TrustParameters = P,
    off: tuple[str, ...] = (),
) -> list[Trust]:
    """Return trust at the start and after each of n years; a share `use` uses Chinese models."""
    who = streams()
    trust = people.initial_trust(who, p, DICE)
    uses_chinese = np.arange(N) % 100 < 100 * use
    history = [trust]
    for month in range(12 * n):
        trust = replace(
            trust, maker=trust.maker.copy(), host=trust.host.copy(), cleared=trust.cleared.copy()
        )
        people.meet(trust, who, uses_chinese, gap, assurance, month, DICE, p, on_but(*off))
        if month % 12 == 11:
            history.append(trust)
    return history


def test_aversion_begins_as_each_type_has_it_and_chinese_streams_have_none() -> None:
    who, trust = streams(), people.initial_trust(streams(), P, DICE)
    foreign = who.region != CN
    for kind, maker, host in (
        (REFUSES, P.refuser_aversion, P.host_aversion),
        (CONDITIONAL, P.maker_aversion, P.host_aversion),
        (INDIFFERENT, 0.0, 0.0),
    ):
        members = foreign & (who.type == kind)
        assert members.any()
        assert set(trust.maker[members]) == {maker}
        assert set(trust.host[members]) == {host}
    assert not trust.maker[~foreign].any()
    assert not trust.host[~foreign].any()


def test_few_abroad_and_everybody_in_china_are_cleared_at_the_start() -> None:
    who, trust = streams(), people.initial_trust(streams(), P, DICE)
    assert trust.cleared[who.region == CN].all()
    slow = np.isin(who.segment, [ENTERPRISE, PUBLIC])
    early = trust.cleared[(who.region != CN) & ~slow].mean()
    late = trust.cleared[(who.region != CN) & slow].mean()
    assert early == pytest.approx(P.cleared_at_start, abs=0.015)
    assert late < early


def test_clearance_is_never_taken_back_and_spreads_faster_in_start_ups() -> None:
    slow = np.isin(streams().segment, [ENTERPRISE, PUBLIC])
    history = years(2, gap=10.0)
    for before, after in pairwise(history):
        assert (after.cleared >= before.cleared).all()
        assert after.cleared.sum() > before.cleared.sum()
    assert history[-1].cleared[slow].mean() < history[-1].cleared[~slow].mean()


def test_a_smaller_gap_to_the_frontier_clears_everybody_a_larger_one_clears() -> None:
    near, far = (years(1, gap=gap)[-1].cleared for gap in (2.0, 12.0))
    assert (near >= far).all()
    assert near.sum() > far.sum()


def test_with_clearance_off_nobody_is_ever_cleared_who_was_not_at_the_start() -> None:
    first, *_, last = years(2, off=("clearance_spread",))
    np.testing.assert_array_equal(last.cleared, first.cleared)
    assert (last.maker < first.maker).any()


def test_an_infinitely_large_gap_clears_nobody() -> None:
    first, last = years(1, gap=np.inf)
    np.testing.assert_array_equal(last.cleared, first.cleared)


def test_aversion_only_falls_and_that_of_refusers_not_below_its_floor() -> None:
    history = years(4, use=1.0)
    for before, after in pairwise(history):
        assert (after.maker <= before.maker).all()
    refusers = (streams().type == REFUSES) & (streams().region != CN)
    assert set(history[-1].maker[refusers]) == {P.refuser_floor}
    assert history[-1].maker[~refusers].max() < 0.01


def test_a_floor_above_the_aversion_raises_nobodys_aversion() -> None:
    odd = replace(P, refuser_aversion=1.5, refuser_floor=4.0)
    first, last = years(1, use=1.0, p=odd)
    assert (last.maker <= first.maker).all()


def test_where_nobody_uses_chinese_models_aversion_stays() -> None:
    first, last = years(1, use=0.0)
    np.testing.assert_array_equal(last.maker, first.maker)
    np.testing.assert_array_equal(last.host, first.host)


def test_peers_change_aversion_to_makers_and_never_to_hosts() -> None:
    first, last = years(1, use=1.0)
    assert (last.maker < first.maker).any()
    np.testing.assert_array_equal(last.host, first.host)


def test_assurance_lowers_aversion_but_not_below_the_floor_of_refusers() -> None:
    first, *_, last = years(4, use=0.0, assurance=0.1)
    np.testing.assert_allclose(last.host, first.host * 0.9**48)
    refusers = (streams().type == REFUSES) & (streams().region != CN)
    assert last.maker[refusers].min() == P.refuser_floor
