"""Who chooses this month: the new, the curious, and those whose offer is gone or forbidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import crowd as crowds
from sim.chance import Dice, Purpose
from sim.choice import FORBIDDEN, PENALTIES, Choosers
from sim.crowd import BANNED_HOSTED, BANNED_SELF, ONLY_TRUSTED, Crowd, Held, Pulse, Rules
from sim.offers import (
    CLOSED,
    CN_MAKER,
    CN_SELF,
    CN_THIRD,
    FIRST_PARTY,
    SELF_HOSTED,
    THIRD_PARTY,
    Menu,
    Terms,
)
from sim.population import CN, EU, US
from tests.markets import Good, menu_of

N = 4000
DICE = Dice(1, 0)
IDS = np.arange(N, dtype=np.uint64)
NO_RULES = Rules(np.zeros(5), 0.9, 0.6, 0.0)
QUIET = Pulse(np.zeros(4), np.zeros(4), np.full(4, 1.5), 11, 12, 13)
# A closed American model, an open American and an open Chinese one, versions 0 to 2.
MARKET = menu_of(Good(), Good(open=True), Good(origin="CN", open=True), terms=Terms())
SAME = np.stack([np.array([0, 1, 2, -1])] * 2)


def crowd_of(n: int = N, **changes: Any) -> Crowd:
    """Return American start-ups, all cleared and without aversion, with keyed ranks."""
    ids, zero = IDS[:n], np.zeros(n, dtype=np.int64)
    plain = Crowd(
        region=zero,
        segment=zero,
        cell=zero,
        alpha=np.ones(n, dtype=np.float32),
        scale=zero,
        ids=ids,
        public=np.zeros(n, dtype=np.bool_),
        coverage_rank=DICE.uniform(Purpose.BAN_COVERAGE, ids),
        compliance_rank=DICE.uniform(Purpose.BAN_COMPLIANCE, ids),
        procurement_rank=DICE.uniform(Purpose.PROCUREMENT, ids),
        maker=np.zeros(n),
        host=np.zeros(n),
        cleared=np.ones(n, dtype=np.bool_),
    )
    return plain._replace(**changes)


def using(version: int, kind: int, n: int = N, second: tuple[int, int] = (-1, -1)) -> Held:
    """Return n streams that use one version at one kind of host, and a second model if told."""
    told = (version, kind, -1, *second, -1)
    return Held(*(np.full(n, value, dtype=np.int64) for value in told))


def stirred(
    held: Held,
    *,
    who: Crowd | None = None,
    menu: Menu = MARKET,
    heirs: np.ndarray = SAME,
    rules: Rules = NO_RULES,
    pulse: Pulse = QUIET,
) -> tuple[np.ndarray, Choosers]:
    return crowds.stir(who or crowd_of(held.version.size), held, heirs, menu, rules, pulse)


def row(version: int, kind: int, menu: Menu = MARKET) -> int:
    return int(menu.rows[3 * version + kind])


@pytest.mark.parametrize("rule", [BANNED_HOSTED, BANNED_SELF])
def test_a_wider_ban_binds_everybody_a_narrower_one_does(rule: int) -> None:
    who = crowd_of()
    narrow, wide = (
        crowds.bound(who, NO_RULES._replace(coverage=np.full(5, share))) & rule > 0
        for share in (0.3, 0.6)
    )
    assert (wide >= narrow).all()
    assert 0 < narrow.sum() < wide.sum() < N


def test_a_ban_binds_as_many_as_it_covers_and_comply_in_its_region_alone() -> None:
    region = np.arange(N) % 2 * EU
    coverage = np.zeros(5)
    coverage[US] = 0.5
    bits = crowds.bound(crowd_of(region=region), NO_RULES._replace(coverage=coverage))
    american = region == US
    assert not bits[~american].any()
    for rule, comply in ((BANNED_HOSTED, 0.9), (BANNED_SELF, 0.6)):
        assert (bits[american] & rule > 0).mean() == pytest.approx(0.5 * comply, abs=0.03)


def test_whoever_stops_running_banned_weights_also_stops_using_them_hosted() -> None:
    bits = crowds.bound(crowd_of(), NO_RULES._replace(coverage=np.ones(5)))
    assert ((bits & BANNED_HOSTED > 0) >= (bits & BANNED_SELF > 0)).all()


def test_purchase_rules_bind_public_bodies_alone() -> None:
    who = crowd_of(public=np.arange(N) % 4 == 0)
    bits = crowds.bound(who, NO_RULES._replace(procurement=0.5))
    assert set(bits[~who.public].tolist()) == {0}
    assert (bits[who.public] == ONLY_TRUSTED).mean() == pytest.approx(0.5, abs=0.05)


def test_bans_forbid_chinese_models_and_purchase_rules_all_that_is_not_trusted_and_open() -> None:
    forbids = crowds.forbidding(MARKET)
    hosted, own = BANNED_HOSTED | ONLY_TRUSTED, BANNED_SELF | ONLY_TRUSTED
    wanted = {
        (0, FIRST_PARTY): ONLY_TRUSTED,
        (1, FIRST_PARTY): 0,
        (1, THIRD_PARTY): 0,
        (1, SELF_HOSTED): 0,
        (2, FIRST_PARTY): hosted,
        (2, THIRD_PARTY): hosted,
        (2, SELF_HOSTED): own,
    }
    assert {offer: int(forbids[row(*offer)]) for offer in wanted} == wanted
    assert len(wanted) == MARKET.size


def test_who_is_content_stays_and_does_not_choose() -> None:
    held = using(2, THIRD_PARTY)
    now, _ = stirred(held)
    assert now.size == 0
    assert (held.row == row(2, THIRD_PARTY)).all()


def test_users_follow_the_heir_at_the_same_kind_of_host() -> None:
    heirs = np.array([[1, 1, 1, -1], [0, 1, 2, -1]])
    for kind, heir in ((FIRST_PARTY, 1), (THIRD_PARTY, 2), (SELF_HOSTED, 2)):
        held = using(2, kind)
        now, _ = stirred(held, heirs=heirs)
        assert now.size == 0
        assert (held.row == row(heir, kind)).all()


def test_where_weights_are_no_longer_hosted_their_users_go_to_the_maker() -> None:
    gone = np.array([[1, 1, 0, -1], [-1, -1, -1, -1]])
    held = using(2, THIRD_PARTY)
    now, _ = stirred(held, heirs=gone)
    assert now.size == 0
    assert (held.row == row(0, FIRST_PARTY)).all()


def test_who_has_no_heir_or_uses_nothing_must_choose() -> None:
    for held in (using(2, FIRST_PARTY), using(-1, -1)):
        now, who = stirred(held, heirs=np.full((2, 4), -1))
        assert now.tolist() == list(range(N))
        assert (who.family == -1).all()
        assert not who.loyalty.any()


def test_a_ban_makes_its_users_choose_again_and_others_not() -> None:
    ban = NO_RULES._replace(coverage=np.full(5, 0.5))
    bits = crowds.bound(crowd_of(), ban)
    for kind, rule in ((THIRD_PARTY, BANNED_HOSTED), (SELF_HOSTED, BANNED_SELF)):
        now, who = stirred(using(2, kind), rules=ban)
        np.testing.assert_array_equal(now, np.flatnonzero(bits & rule))
        assert (who.family == 2).all()  # moving within the maker's family costs nothing
    assert stirred(using(1, THIRD_PARTY), rules=ban)[0].size == 0


def test_a_second_model_that_is_forbidden_is_dropped() -> None:
    ban = NO_RULES._replace(coverage=np.ones(5), hosted=1.0)
    held = using(1, FIRST_PARTY, second=(2, THIRD_PARTY))
    now, _ = stirred(held, rules=ban)
    assert now.size == 0
    assert (held.second_row == -1).all()
    kept = using(1, FIRST_PARTY, second=(2, THIRD_PARTY))
    stirred(kept)
    assert (kept.second_row == row(2, THIRD_PARTY)).all()


def test_an_offer_out_of_reach_is_left() -> None:
    in_china = crowd_of(region=np.full(N, CN))
    assert stirred(using(0, FIRST_PARTY), who=in_china)[0].size == N
    assert stirred(using(1, SELF_HOSTED), who=in_china)[0].size == 0


def test_as_many_choose_as_are_new_or_reconsider_and_the_new_have_no_incumbent() -> None:
    pulse = QUIET._replace(new=np.full(4, 0.2), hazard=np.full(4, 0.3))
    now, who = stirred(using(1, FIRST_PARTY), pulse=pulse)
    assert now.size / N == pytest.approx(0.2 + 0.8 * 0.3, abs=0.03)
    fresh = who.family == -1
    assert fresh.sum() / N == pytest.approx(0.2, abs=0.025)
    assert set(who.family[~fresh].tolist()) == {1}
    assert set(who.loyalty[~fresh].tolist()) == {1.5}
    assert not who.loyalty[fresh].any()


def test_segments_have_paces_of_their_own() -> None:
    segment = np.arange(N) % 4
    pulse = QUIET._replace(hazard=np.array([0.0, 1.0, 0.0, 0.5]))
    now, _ = stirred(using(1, FIRST_PARTY), who=crowd_of(segment=segment), pulse=pulse)
    counts = np.bincount(segment[now], minlength=4)
    assert counts[[0, 1, 2]].tolist() == [0, N // 4, 0]
    assert counts[3] == pytest.approx(N / 8, rel=0.1)


def test_a_higher_hazard_moves_everybody_a_lower_one_moves() -> None:
    few, many = (
        stirred(using(1, FIRST_PARTY), pulse=QUIET._replace(hazard=np.full(4, share)))[0]
        for share in (0.1, 0.3)
    )
    assert np.isin(few, many).all()
    assert few.size < many.size


def lost(k: int, **told: Any) -> float:
    """Return what one class of offers loses in the eyes of one stream."""
    one = {"maker": 1.0, "host": 0.5, "cleared": True, "bits": 0} | told
    table = crowds.penalties(
        np.array([one["maker"]]),
        np.array([one["host"]]),
        np.array([one["cleared"]]),
        np.array([one["bits"]], dtype=np.uint8),
    )
    return float(table[PENALTIES.index(k), 0])


def test_distrust_of_makers_counts_everywhere_and_of_hosts_at_the_chinese_maker_alone() -> None:
    assert [lost(k) for k in PENALTIES] == [0.0, 1.5, 1.0, 1.0]


@pytest.mark.parametrize(
    ("told", "forbidden"),
    [
        ({"cleared": False}, {CN_MAKER, CN_THIRD, CN_SELF}),
        ({"bits": BANNED_HOSTED}, {CN_MAKER, CN_THIRD}),
        ({"bits": BANNED_SELF}, {CN_SELF}),
        ({"bits": ONLY_TRUSTED}, {CLOSED, CN_MAKER, CN_THIRD, CN_SELF}),
        ({}, set()),
    ],
)
def test_what_is_forbidden_or_not_cleared_cannot_be_taken(
    told: dict[str, Any], forbidden: set[int]
) -> None:
    assert {k for k in PENALTIES if lost(k, **told) >= FORBIDDEN} == forbidden


def test_what_is_used_outlives_the_menu_and_nothing_stays_nothing() -> None:
    held = using(-1, -1, 3)
    held.row[:], held.second_row[:] = [2, -1, 0], [-1, 1, 0]
    crowds.remember(held, np.array([7, 8, 9]), np.array([0, 1, 2]))
    assert held.version.tolist() == [9, -1, 7]
    assert held.kind.tolist() == [2, -1, 0]
    assert held.second_version.tolist() == [-1, 8, 7]
    assert held.second_kind.tolist() == [-1, 1, 0]


def test_a_stream_without_a_version_chooses_whatever_kind_of_host_it_had() -> None:
    held = using(-1, THIRD_PARTY, 5, second=(-1, SELF_HOSTED))
    now, _ = stirred(held)
    assert now.tolist() == [0, 1, 2, 3, 4]
    assert (held.row == -1).all()
    assert (held.second_row == -1).all()
