"""What serving, hosting oneself and demand come to, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.assumptions.market import MarketParameters
from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.developers import observed_menu
from sim.ledger import demand_index
from sim.offers import Terms, self_hosting_cost
from sim.supply import observed

P = MarketParameters(
    gpu_usd_per_hour=2.7,
    self_host_tokens_per_second=1500.0,
    self_host_utilisation=0.5,
    cost_decline=0.35,
    chip_cost_share=0.6,
    open_list_over_cost=2.0,
    demand_growth=3.0,
    demand_growth_halflife_years=2.0,
)
JULY_2025 = month_index("2025-07")


def test_a_rented_chip_at_2_70_dollars_serving_2_7_million_tokens_an_hour_costs_1_dollar() -> None:
    dense_70b, half_the_price = self_hosting_cost(np.array([0.8, 0.4]), JULY_2025, P)
    assert dense_70b == pytest.approx(1.0)
    assert half_the_price == pytest.approx(0.5)


def test_hosting_oneself_gets_cheaper_with_hardware() -> None:
    price = np.array([0.8])
    assert self_hosting_cost(price, JULY_2025 + 24, P)[0] == pytest.approx(0.65**2)


def test_serving_cost_is_a_share_of_the_launch_price_and_falls_every_year() -> None:
    record, month = observed(), month_index("2025-06")
    menu = observed_menu(month, P, Terms())
    years = (month - record.released[menu.version]) / 12.0
    share = np.where(menu.open, 1.0 / P.open_list_over_cost, P.chip_cost_share)
    cost = record.launch_price[menu.version] * share * 0.65**years
    hosted = ~menu.own
    assert years.max() > 1.0
    np.testing.assert_allclose(menu.cost[hosted], cost[hosted])


def test_demand_triples_in_a_year_and_its_growth_halves_every_half_life() -> None:
    assert demand_index(P, JULY_2025) == 1.0
    assert demand_index(P, JULY_2025 + 12) == pytest.approx(3.0)
    growth = [
        np.log(demand_index(P, month + 24) / demand_index(P, month))
        for month in range(LAST_OBSERVED_MONTH, LAST_OBSERVED_MONTH + 72, 24)
    ]
    assert growth[1] == pytest.approx(growth[0] / 2.0)
    assert growth[2] == pytest.approx(growth[0] / 4.0)
    # ln 3 a year, fading at ln 2 / 2 a year, amounts over all time to ln 3 x 2 / ln 2.
    total = np.log(demand_index(P, 4000) / demand_index(P, LAST_OBSERVED_MONTH))
    assert total == pytest.approx(np.log(3.0) * 2.0 / np.log(2.0))
