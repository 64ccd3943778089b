"""Choices become orders, orders become money, and each dollar goes where it belongs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import simpy

from sim import bookkeeping
from sim.beginning import new_world
from sim.bookkeeping import (
    EXPOSURE_SCALE_ECI,
    N_REGIONS,
    Buyers,
    Month,
    orders_at,
    orders_of,
    price_tables,
)
from sim.offers import Menu, Terms
from sim.outcomes import ORIGINS
from sim.population import EU, SCALES, US
from sim.world import World
from tests.firms import labs_of
from tests.markets import Good, menu_of
from tests.worlds import order_with, scenario, series, unfolded

ELASTICITY = 0.2
FIXED = np.arange(SCALES, dtype=np.float64)
# Rows: a closed model; an open one at its maker, at a third party, and on one's own machines.
MENU = menu_of(Good(4.0), Good(2.0, open=True), terms=Terms())
CLOSED, MAKER, THIRD, OWN = (int(MENU.rows[k]) for k in (0, 3, 4, 5))


def buyers(menu: Menu = MENU, **changes: Any) -> Buyers:
    """Return three American streams of 10, 20 and 40 Mtok a month, the last of them at scale 5."""
    price, shrink = price_tables(menu.price, menu.paid, menu.own, FIXED, ELASTICITY)
    plain = Buyers(
        volume=np.array([10.0, 20.0, 40.0]),
        region=np.full(3, US),
        scale=np.array([0, 0, 5]),
        place=np.zeros(3, dtype=np.int64),
        task=np.zeros(3, dtype=np.int64),
        own=menu.own,
        eci=menu.eci,
        price=price,
        shrink=shrink,
    )
    return plain._replace(**changes)


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


NOBODY = rows(-1, -1, -1)


def test_a_stream_buys_its_volume_at_what_it_pays_fewer_where_that_is_dear() -> None:
    orders = orders_of(rows(CLOSED, MAKER, OWN), NOBODY, buyers(), 1.5, 0.4)
    own = float(MENU.price[OWN]) + 5.0
    paid = np.array([4.0, 2.0, own])
    tokens = np.array([10.0, 20.0, 40.0]) * 1.5 * paid**-ELASTICITY
    np.testing.assert_allclose(orders.tokens, tokens)
    np.testing.assert_allclose(orders.spend, tokens * paid / 1e6)
    assert orders.primary == 3


def test_a_second_model_takes_its_share_of_the_volume_and_adds_none() -> None:
    flat = buyers(shrink=np.ones_like(buyers().shrink))
    orders = orders_of(rows(CLOSED, MAKER, -1), rows(MAKER, MAKER, CLOSED), flat, 1.0, 0.4)
    assert orders.stream.tolist() == [0, 1, 0]
    assert orders.row.tolist() == [CLOSED, MAKER, MAKER]
    np.testing.assert_allclose(orders.tokens, [6.0, 20.0, 4.0])


def test_the_orders_of_some_offers_keep_their_order_and_their_tokens() -> None:
    first, second = rows(CLOSED, MAKER, MAKER), rows(MAKER, MAKER, CLOSED)
    every = orders_of(first, second, buyers(), 1.0, 0.4)
    at = np.arange(MENU.size) == MAKER
    some = orders_at(first, second, buyers(), 1.0, 0.4, at)
    assert (some.stream.tolist(), some.primary) == ([1, 2, 0], 2)
    assert some.row.tolist() == [MAKER] * 3
    assert some.tokens.tobytes() == every.tokens[every.row == MAKER].tobytes()
    assert some.spend.tobytes() == every.spend[every.row == MAKER].tobytes()


def test_who_uses_nothing_buys_nothing() -> None:
    orders = orders_of(NOBODY, NOBODY, buyers(), 1.0, 0.4)
    assert orders.tokens.size == orders.primary == 0


def test_sums_of_orders_are_those_of_the_orders_one_by_one() -> None:
    who = buyers(place=np.array([0, 3, 7]), task=np.array([0, 2, 2]))
    row, second = rows(CLOSED, MAKER, OWN), rows(MAKER, -1, CLOSED)
    orders = orders_of(row, second, who, 1.2, 0.4)
    bought, used = bookkeeping.sums_of_orders(row, second, who, 1.2, 0.4)
    assert bought[0].sum() == pytest.approx(orders.tokens.sum())
    assert bought[1].sum() == orders.primary == 3
    assert bought[2].sum() == pytest.approx(orders.spend.sum())
    assert bought[0, MAKER, 0] == pytest.approx(orders.tokens[3])
    assert used[2, 0] == pytest.approx(orders.tokens[[1, 2, 4]].sum())
    np.testing.assert_allclose(used[:, 1], used[:, 0] * 140.0)


def test_prices_are_by_region_for_the_hosted_and_by_scale_for_self_hosters() -> None:
    menu = menu_of(Good(4.0), Good(2.0, open=True), terms=Terms(tariff=0.5))
    table, shrink = price_tables(menu.price, menu.paid, menu.own, FIXED, ELASTICITY)
    assert table[CLOSED, US] == 4.0
    assert table[CLOSED, EU] == 6.0
    np.testing.assert_allclose(table[OWN, N_REGIONS:], menu.price[OWN] + FIXED)
    np.testing.assert_allclose(shrink[CLOSED, :N_REGIONS], menu.paid[CLOSED] ** -ELASTICITY)
    np.testing.assert_allclose(shrink[OWN, N_REGIONS:], table[OWN, N_REGIONS:] ** -ELASTICITY)


def test_only_use_at_the_makers_interface_needs_the_makers_chips() -> None:
    tokens = np.full((MENU.size, 2), 3e6)
    needed = bookkeeping.chips_by_lab(MENU, tokens, 3)
    np.testing.assert_allclose(needed, [6.0 * MENU.chips[CLOSED], 6.0 * MENU.chips[MAKER], 0.0])


def earned(menu: Menu = MENU, *, served: float = 1.0, complements: bool = True) -> Month:
    """Return a month in which each offer sells a trillion tokens; lab 1 has a cloud."""
    labs = labs_of("US", "US", complement=[0.0, 0.3], served=served)
    return bookkeeping.earned(menu, np.full((menu.size, 1), 1e6), labs, 2, 2.0, 1.8, complements)


def test_makers_earn_price_less_cost_at_their_own_interface_alone() -> None:
    month = earned()
    np.testing.assert_allclose(month.first_party, [4.0, 2.0])
    np.testing.assert_allclose(month.profit, [4.0 - 2.0, 2.0 - 2.0 / 1.8])
    np.testing.assert_allclose(month.sold, [4.0, 2.0])


def test_use_elsewhere_feeds_complements_where_the_mechanism_is_on() -> None:
    elsewhere = float(MENU.price[THIRD] + MENU.price[OWN])
    np.testing.assert_allclose(earned().ecosystem, [0.0, elsewhere])
    np.testing.assert_allclose(earned().elsewhere, [0.0, elsewhere])
    np.testing.assert_allclose(earned().complement, [0.0, 0.3 * elsewhere])
    assert not earned(complements=False).complement.any()


def test_terms_bring_their_share_of_what_hosts_charge_and_nothing_from_self_hosters() -> None:
    bound = menu_of(Good(4.0), Good(2.0, open=True, terms=0.2), terms=Terms())
    month = earned(bound)
    assert month.licence[1] == pytest.approx(0.2 * float(bound.price[THIRD]))
    assert month.profit[1] - earned().profit[1] == pytest.approx(month.licence[1])


def test_rent_is_what_a_short_lab_charges_above_its_usual_mark_up() -> None:
    dear = MENU._replace(price=MENU.price * 1.5)
    assert not earned(dear).rent.any()
    np.testing.assert_allclose(earned(dear, served=0.8).rent, [2.0, 1.0])


def test_prices_are_summed_by_distance_to_the_frontier_and_the_cheapest_that_will_do_is_found() -> (
    None
):
    goods = [Good(9.0, 170.0), Good(3.0, 160.0), Good(2.0, 150.0), Good(0.5, 149.0, open=True)]
    menu = menu_of(*goods, terms=Terms())
    tokens = np.full((menu.size, 1), 10.0)
    cheapest, tier = bookkeeping.price_levels(menu, tokens)
    hosted = float(menu.price[~menu.own & menu.open].min())
    np.testing.assert_allclose(cheapest, [hosted, hosted, 2.0])
    np.testing.assert_allclose(tier[2], 1.0)
    np.testing.assert_allclose(tier[3], [9.0, 3.0, 2.0])
    np.testing.assert_allclose(tier[1], 20.0)  # price over cost is 2 throughout


def misuse(**best: float) -> float:
    """Return exposure in month 20, when the best open model of a year ago had 140 ECI."""
    world: World = new_world(scenario(), simpy.Environment(), seed=1, replicate=0, streams=200)
    world.ledger.best[8, 0, 1] = best.get("old", 140.0)
    world.best[0] = best["closed"], best["open"]
    gap = world.p.state.jailbreak_gap_eci
    return bookkeeping.exposure(world.best, world.ledger.best, 20, gap, 1.0)


def test_exposure_is_what_weights_add_to_what_could_be_had_anyway() -> None:
    added = 100.0 * (1.0 - math.exp(-5.0 / EXPOSURE_SCALE_ECI))
    assert misuse(open=150.0, closed=155.0) == pytest.approx(added)  # 155 less 10 of safeguards
    assert misuse(open=145.0, closed=120.0) == pytest.approx(added)  # beside old weights
    assert misuse(open=140.0, closed=120.0) == 0.0
    assert misuse(open=-np.inf, closed=150.0) == 0.0


def test_third_countries_host_for_themselves_only_where_a_tariff_makes_it_pay() -> None:
    free, taxed = (
        unfolded(
            scenario(until="2026-12", foreign_api_tariff=tariff),
            streams=200,
            served_by="reference",
        )
        for tariff in (0.0, 0.5)
    )
    assert series(free, "host_share", "OTHER")[-1] < 0.001
    assert series(taxed, "host_share", "OTHER")[-1] > 0.01


def test_no_maker_of_the_rest_of_the_world_is_taken_for_a_host_of_third_countries() -> None:
    seen = []

    def look(world: World) -> None:
        seen.append(bool(world.ledger.thirds_at_home[world.month]))
        assert world.menu is not None
        seen.append(bool((world.menu.origin == ORIGINS.index("OTHER")).any()))

    told = scenario(until="2025-12")
    unfolded(told, streams=200, served_by="reference", order=order_with(look))
    assert not any(seen[0::2])
    assert any(seen[1::2])
