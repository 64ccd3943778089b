"""Everybody weighs the best few offers of each class, whatever the length of the menu."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.calendar import LAST_OBSERVED_MONTH
from sim.developers import observed_menu
from sim.offers import CLOSED, Terms
from sim.outcomes import REGIONS, TASK_IDS
from sim.parameters import Parameters
from sim.population import CN, ENTERPRISE, SEGMENTS, SELF_HOSTER, STARTUP, TASKS, US
from sim.shortlist import (
    CELLS,
    EDGE,
    NEVER,
    ROOM,
    SLOT_STARTS,
    SLOTS,
    Shortlists,
    base_utility,
    task_thresholds,
)
from tests.markets import FIXED, MONTH, PLAIN, Good, climate, lists_of, menu_of
from tests.worlds import on_but

P = Parameters()


def cell(region: int = US, segment: int = STARTUP, task: int = 0) -> int:
    return (region * len(SEGMENTS) + segment) * len(TASK_IDS) + task


def listed(lists: Shortlists, k: int, at: int) -> list[int]:
    """Return the rows a cell considers of one class, best first."""
    rows = lists.row[at, SLOT_STARTS[k] : SLOT_STARTS[k + 1]]
    return rows[rows >= 0].tolist()


def test_of_each_class_the_best_are_considered_best_first() -> None:
    prices = [1.0 + (7 * k % 23) for k in range(20)]
    menu = menu_of(*[Good(price=price) for price in prices])
    best = sorted(range(20), key=lambda k: prices[k])[: ROOM[CLOSED]]
    for at in (cell(), cell(segment=ENTERPRISE, task=3)):
        assert listed(lists_of(menu), CLOSED, at) == best


def test_of_two_equal_offers_the_earlier_row_comes_first() -> None:
    menu = menu_of(*[Good() for _ in range(12)])
    assert listed(lists_of(menu), CLOSED, cell()) == list(range(ROOM[CLOSED]))


def test_no_offer_left_out_is_worth_more_than_one_considered() -> None:
    menu = observed_menu(LAST_OBSERVED_MONTH, P.market, Terms())
    now = climate(thresholds=task_thresholds(P.developers, LAST_OBSERVED_MONTH, 0.0))
    lists = lists_of(menu, P.developers, now)
    price = np.log(menu.paid + P.developers.other_cost_usd_per_mtok).T
    worth = base_utility(menu, now, P.developers) - P.developers.price_sensitivity * np.repeat(
        price, CELLS // len(REGIONS), axis=0
    )
    for at in range(0, CELLS, 7):
        for k in range(len(ROOM)):
            block = np.arange(menu.starts[k], menu.starts[k + 1])
            held = listed(lists, k, at)
            out = np.setdiff1d(block, held)
            reach = out[worth[at, out] > -1e8]
            assert len(held) == lists.filled[at, k]
            assert len(held) == ROOM[k] or not reach.size
            if reach.size:
                assert worth[at, held].min() >= worth[at, reach].max() - 1e-5


def test_slots_that_cannot_be_filled_are_empty_and_come_last() -> None:
    lists = lists_of(menu_of(Good(), Good(origin="CN", open=True), terms=Terms()))
    filled = lists.row >= 0
    for k in range(len(ROOM)):
        own = filled[:, SLOT_STARTS[k] : SLOT_STARTS[k + 1]]
        assert (np.diff(own.astype(int), axis=1) <= 0).all()
        np.testing.assert_array_equal(own.sum(axis=1), lists.filled[:, k])
    assert (lists.base[~filled] == NEVER).all()
    assert (lists.lab[~filled] == -1).all()
    assert lists.row.shape == (CELLS, SLOTS)


def test_what_a_region_cannot_reach_is_not_considered_there() -> None:
    lists = lists_of(menu_of(Good(), Good(open=True)))
    assert listed(lists, CLOSED, cell(US)) == [0]
    assert listed(lists, CLOSED, cell(CN)) == []


def test_non_commercial_weights_are_considered_by_self_hosters_alone() -> None:
    lists = lists_of(menu_of(Good(open=True, noncommercial=True), terms=Terms()))
    considered = (lists.row >= 0).any(axis=1).reshape(len(REGIONS), len(SEGMENTS), -1)
    assert considered[:, SELF_HOSTER].all()
    assert not np.delete(considered, SELF_HOSTER, axis=1).any()


def base(good: Good, at: int = 0, **told: object) -> float:
    """Return what an offer is worth to a cell but for price, trust and habit, quality apart."""
    p = told.pop("p", PLAIN)
    menu = menu_of(good, terms=Terms())
    value = base_utility(menu, climate(**told), p)[at, 0]
    reach = (good.eci - 130.0) / p.quality_spread_eci
    return float(value) - p.quality_weight / (1.0 + math.exp(-reach))


def test_the_closed_premium_fades_with_distance_to_the_frontier_and_grows_in_enterprises() -> None:
    premium, many = PLAIN.closed_premium, PLAIN.enterprise_premium_multiplier
    assert base(Good()) == pytest.approx(premium, abs=1e-5)
    assert base(Good(), cell(segment=ENTERPRISE)) == pytest.approx(premium * many, abs=1e-5)
    assert base(Good(), cell(segment=SELF_HOSTER)) == pytest.approx(0.0, abs=1e-5)
    pair = menu_of(Good(eci=140.0), Good(eci=140.0 + PLAIN.premium_efold_eci))
    for on, kept in ((on_but(), premium / math.e), (on_but("frontier_following"), premium)):
        now = climate(on, thresholds=np.full(6, -1e3))  # every model does every task fully
        value = float(base_utility(pair, now, PLAIN)[0, 0])
        assert value - PLAIN.quality_weight == pytest.approx(kept, abs=1e-5)


def test_age_terms_and_further_hosts_take_from_what_an_offer_is_worth() -> None:
    hosts = (1.0 - PLAIN.host_variety) * math.log(3.0)
    opened = Good(open=True)
    assert base(opened) == pytest.approx(-hosts, abs=1e-5)
    old = replace(opened, released=MONTH - 5)
    assert base(old) == pytest.approx(-hosts - 5 * PLAIN.age_decay, abs=1e-5)
    bound = replace(opened, restrictive=True)
    assert base(bound) == pytest.approx(-hosts - PLAIN.licence_cost, abs=1e-5)
    assert base(bound, cell(segment=SELF_HOSTER)) == pytest.approx(-hosts, abs=1e-5)
    assert base(bound, on=on_but("licence_cost")) == pytest.approx(-hosts, abs=1e-5)


def test_an_ecosystem_is_worth_something_on_open_models_alone() -> None:
    ecosystem = np.full(64, 0.4)
    assert base(Good(), ecosystem=ecosystem) == pytest.approx(base(Good()), abs=1e-5)
    gained = base(Good(open=True), ecosystem=ecosystem) - base(Good(open=True))
    assert gained == pytest.approx(0.4, abs=1e-5)


def test_control_is_worth_something_to_self_hosters_and_on_devices() -> None:
    menu = menu_of(Good(open=True), terms=Terms())
    value = base_utility(menu, climate(), PLAIN)
    own = np.flatnonzero(menu.own)[0]
    for at, times in (
        (cell(), 0.0),
        (cell(task=EDGE), 1.0),
        (cell(segment=SELF_HOSTER), 1.0),
        (cell(segment=SELF_HOSTER, task=EDGE), 2.0),
    ):
        gained = float(value[at, own] - value[at, 0])
        assert gained == pytest.approx(times * PLAIN.control_value, abs=1e-5)


def test_hosting_oneself_costs_the_fixed_cost_of_ones_own_volume_on_top() -> None:
    fixed = np.arange(FIXED.size, dtype=float)
    menu = menu_of(Good(open=True), Good(origin="CN", open=True), Good(), terms=Terms())
    table = lists_of(menu, fixed=fixed).own_price
    own = np.flatnonzero(menu.own)
    np.testing.assert_allclose(table[own], np.log(menu.price[own, None] + fixed), rtol=1e-6)
    assert not table[~menu.own].any()


def test_a_stop_of_chinese_releases_makes_chinese_open_models_a_year_weaker_and_older() -> None:
    goods = Good(origin="CN", open=True), Good(origin="CN"), Good(open=True)
    lists = lists_of(menu_of(*goods))

    def quality(eci: float) -> float:
        return PLAIN.quality_weight / (1.0 + math.exp(-(eci - 130.0) / PLAIN.quality_spread_eci))

    lost = quality(140.0) - quality(130.0) + 12.0 * PLAIN.age_decay
    slots = np.flatnonzero(lists.row[0] >= 0)
    kept, maker = lists.stop[0, slots], lists.lab[0, slots]
    np.testing.assert_allclose(kept[maker == 0], math.exp(-lost), rtol=1e-5)
    assert (kept[maker != 0] == 1.0).all()
    assert set(maker.tolist()) == {0, 1, 2}


def test_tasks_want_more_every_year_to_today_and_follow_the_frontier_afterwards() -> None:
    p = P.developers
    start = np.array([task.threshold_eci for task in TASKS])
    drift = {"frontier": p.task_drift_frontier, "general": p.task_drift_general, "none": 0.0}
    yearly = np.array([drift[task.drift] for task in TASKS])
    np.testing.assert_allclose(task_thresholds(p, 0, 0.0), start)
    np.testing.assert_allclose(task_thresholds(p, 12, 0.0), start + yearly)
    today = task_thresholds(p, LAST_OBSERVED_MONTH, 0.0)
    later = task_thresholds(p, LAST_OBSERVED_MONTH + 24, 10.0)
    np.testing.assert_allclose(later - today, 10.0 * p.task_follows_frontier * (yearly > 0.0))
    still = task_thresholds(p, LAST_OBSERVED_MONTH + 24, 10.0, follow=False)
    np.testing.assert_allclose(still, today)
