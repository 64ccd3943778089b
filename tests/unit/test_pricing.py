"""What makers charge: cost and mark-up, held down by good open models and up by short chips."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim import pricing
from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.market import MarketParameters
from sim.mechanisms import On
from sim.pricing import KH100E_MONTH_MUSD, LEAST_MARKUP, MOST_SCARCITY
from sim.shelf import Shelf
from tests.firms import labs_of, line_of, shelf_of
from tests.worlds import on_but

P = DeveloperParameters()
MARKET = MarketParameters()
TASKS = np.array([162.0, 165.0, 156.0, 108.0, 152.0, 101.0])
FRONTIER, LOW_TIER, GOOD_OPEN = 170.0, 150.0, 160.0


def wanted(
    cost: float,
    elasticity: float,
    served: float = 1.0,
    ceiling: float = math.inf,
    *,
    scarcity: bool = True,
) -> float:
    return float(
        pricing.wanted_prices(
            np.array([cost]), elasticity, np.array([served]), np.array([ceiling]), scarcity
        )[0]
    )


def leaving(
    eci: float, open_price: float, premium: float = 0.0, open_eci: float = GOOD_OPEN
) -> float:
    """Return the price at which the last customer of a closed model leaves it."""
    price, rival = np.array([open_price]), np.array([open_eci])
    return float(
        pricing.leaving_prices(np.array([eci]), np.array([premium]), rival, price, TASKS, P)[0]
    )


@pytest.mark.parametrize(("elasticity", "markup"), [(1.5, 3.0), (2.0, 2.0), (4.0, 4.0 / 3.0)])
def test_alone_in_its_market_a_maker_charges_cost_times_e_over_e_minus_1(
    elasticity: float, markup: float
) -> None:
    assert wanted(3.0, elasticity) == pytest.approx(3.0 * markup)


def test_a_ceiling_below_the_mark_up_binds_and_one_above_it_does_not() -> None:
    assert wanted(3.0, 2.0, ceiling=4.0) == 4.0
    assert wanted(3.0, 2.0, ceiling=7.0) == 6.0


def test_no_maker_sells_below_cost_and_five_per_cent() -> None:
    assert wanted(3.0, 2.0, ceiling=0.1) == pytest.approx(3.0 * LEAST_MARKUP)


@pytest.mark.parametrize("elasticity", [1.2, 2.0, 4.0])
def test_short_chips_raise_the_price_by_the_share_served_to_minus_one_over_e(
    elasticity: float,
) -> None:
    usual = wanted(3.0, elasticity)
    assert wanted(3.0, elasticity, 0.25) == pytest.approx(usual * 0.25 ** (-1.0 / elasticity))
    assert wanted(3.0, elasticity, 0.25, scarcity=False) == usual
    assert wanted(3.0, elasticity, 0.0) == wanted(3.0, elasticity, MOST_SCARCITY)


def test_a_closed_model_no_better_than_an_open_one_cannot_charge_more() -> None:
    assert leaving(GOOD_OPEN, 0.7) == pytest.approx(0.7)
    worth = math.exp(1.1 / P.price_sensitivity)  # a premium of 1.1 util, in price
    assert leaving(GOOD_OPEN, 0.7, premium=1.1) == pytest.approx(0.7 * worth)


def test_the_best_of_the_open_offers_sets_the_ceiling() -> None:
    eci, price = np.array([GOOD_OPEN, GOOD_OPEN]), np.array([5.0, 0.7])
    own, none = np.array([GOOD_OPEN]), np.zeros(1)
    assert pricing.leaving_prices(own, none, eci, price, TASKS, P)[0] == pytest.approx(0.7)


def test_a_flagship_keeps_the_customers_of_the_hardest_task() -> None:
    hardest = P.quality_weight * max(
        1.0 / (1.0 + math.exp(-(FRONTIER - task) / P.quality_spread_eci))
        - 1.0 / (1.0 + math.exp(-(GOOD_OPEN - task) / P.quality_spread_eci))
        for task in TASKS
    )
    assert leaving(FRONTIER, 0.7) == pytest.approx(0.7 * math.exp(hardest / P.price_sensitivity))


class Seller:
    """A flagship and a cheap closed model of one lab, at $8 and $1, beside a good open model."""

    def __init__(self, served: float = 1.0) -> None:
        labs = labs_of("US", "CN")
        line = line_of(labs, 2)
        self.shelf: Shelf = shelf_of(line, 0, 2, 5)
        self.shelf.eci[[0, 2, 5]] = FRONTIER, LOW_TIER, GOOD_OPEN
        self.shelf.cost[[0, 2, 5]] = 4.0, 0.5, 0.1
        self.shelf.price[[0, 2, 5]] = 8.0, 1.0, 0.18
        self.served = np.array([served, 1.0])

    def months(self, n: int, on: On, **market: Any) -> np.ndarray:
        """Return the prices of flagship, cheap and open model after n months of still costs."""
        told = MarketParameters(**market)
        for _ in range(n):
            pricing.reprice(self.shelf, self.served, TASKS, P, told, 2.0, on)
        return self.shelf.price[[0, 2, 5]]


STILL = on_but("cost_decline")


def test_good_enough_open_models_press_cheap_closed_ones_and_not_the_flagship() -> None:
    flagship, cheap, _ = Seller().months(120, STILL)
    assert flagship == pytest.approx(8.0)
    assert cheap < 0.8
    assert cheap >= LEAST_MARKUP * 0.5 - 1e-9
    free = Seller().months(120, on_but("cost_decline", "good_enough"))
    np.testing.assert_allclose(free[:2], [8.0, 1.0])


def test_only_weights_that_others_may_host_press_closed_prices() -> None:
    seller = Seller()
    seller.shelf.noncommercial[5] = True
    np.testing.assert_allclose(seller.months(120, STILL)[:2], [8.0, 1.0])


def test_prices_move_part_of_the_way_each_month_in_logarithms() -> None:
    seller = Seller()
    seller.shelf.price[0] = 32.0
    on = on_but("cost_decline", "good_enough")
    moved = [seller.months(1, on, price_adjustment=0.5)[0] for _ in range(2)]
    assert moved == pytest.approx([16.0, 8.0 * math.sqrt(2.0)])


def test_short_chips_raise_the_prices_of_the_lab_that_is_short_alone() -> None:
    flagship, _, opened = Seller(served=0.25).months(200, on_but("cost_decline", "good_enough"))
    assert flagship == pytest.approx(16.0)
    assert opened == pytest.approx(0.18)
    for off in ("scarcity_rent", "capacity_cap"):
        on = on_but("cost_decline", "good_enough", off)
        assert Seller(served=0.25).months(200, on)[0] == pytest.approx(8.0)


def test_an_open_models_list_price_follows_its_cost() -> None:
    seller = Seller()
    seller.shelf.price[5] = 9.0
    assert seller.months(200, STILL)[2] == pytest.approx(0.1 * MARKET.open_list_over_cost)


def test_serving_costs_fall_by_the_assumed_rate_a_year_and_stand_still_when_switched_off() -> None:
    seller = Seller()
    seller.months(12, on_but(), cost_decline=0.4)
    np.testing.assert_allclose(seller.shelf.cost[[0, 2, 5]], [2.4, 0.3, 0.06])
    seller.months(12, STILL, cost_decline=0.4)
    np.testing.assert_allclose(seller.shelf.cost[[0, 2, 5]], [2.4, 0.3, 0.06])


def test_what_is_not_on_sale_keeps_its_price() -> None:
    seller = Seller()
    seller.months(5, STILL)
    assert (seller.shelf.price[[1, 3, 4, 6, 7]] == 1.0).all()


def test_capacity_is_the_rent_of_the_chips_that_serve_developers() -> None:
    chips = np.array([100.0, 0.0])
    np.testing.assert_allclose(pricing.capacity_musd(chips, 0.35), [35.0 * KH100E_MONTH_MUSD, 0.0])
