"""What opening a product brings and costs its maker, term by term, by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim import openness
from sim.assumptions.labs import LabParameters
from sim.assumptions.market import MarketParameters
from sim.assumptions.release import ReleaseParameters
from sim.labs import Labs
from sim.levers import BY_ID
from sim.mechanisms import On
from sim.openness import (
    BURDENS,
    COMMUNITY,
    COMPLEMENTS,
    FLOP_AT_ECI_126,
    FRONTIER_BAND_ECI,
    LARGEST_LEAD_ECI,
    LEAK,
    LICENCE_COST_MUSD,
    NO_LICENCE,
    OWN,
    PRESSURE,
    SUPPORT,
    TERMS,
    Decision,
    Stakes,
)
from sim.pricing import KH100E_MONTH_MUSD
from sim.shelf import NOT_DUE, Line
from tests.firms import labs_of, line_of, shelf_of
from tests.worlds import on_but, policy

P = ReleaseParameters()
MARKET = MarketParameters()
RESEARCH = LabParameters()
ALL = on_but()
FREE = policy(us_open_funding=0.0, cn_open_support=0.0, eu_open_funding=0.0, eu_open_burden=0.0)


def stakes(n: int, sales: float = 10.0, use: float = 4.0, margin: float = 0.5) -> Stakes:
    """Return $10 M a month at stake in each of n products, $4 M of use elsewhere, half margin."""
    return Stakes(np.full(n, sales), np.full(n, use), np.full(n, margin))


def gains(
    labs: Labs,
    line: Line,
    *,
    at: Stakes | None = None,
    levers: Any = FREE,
    p: ReleaseParameters = P,
    market: MarketParameters = MARKET,
    flop: float = 25.0,
    best_open: float = 160.0,
    capacity: float = 1.0,
    on: On = ALL,
) -> np.ndarray:
    """Return the terms of the gain from opening, shape (TERMS, products)."""
    n = line.lab.size
    return openness.gain_terms(
        labs,
        line,
        at or stakes(n),
        levers,
        p,
        market,
        np.full(n, flop),
        best_open,
        np.full(labs.size, capacity),
        on,
    )


def gain(term: int, origin: str = "US", *, lab: dict[str, Any] | None = None, **told: Any) -> float:
    """Return one term for the only product of one lab."""
    labs = labs_of(origin, **(lab or {}))
    return float(gains(labs, line_of(labs), **told)[term, 0])


def test_opening_costs_own_sales_but_for_those_kept_at_the_margin_of_open_models() -> None:
    kept = P.own_api_retention * (1.0 - 1.0 / MARKET.open_list_over_cost)
    assert gain(OWN) == pytest.approx(12.0 * 10.0 * (kept - 0.5))
    thin = stakes(1, margin=0.1)  # thinner than open margins: those are not earned either
    assert gain(OWN, at=thin) == pytest.approx(12.0 * 10.0 * (P.own_api_retention - 1.0) * 0.1)


def test_use_elsewhere_feeds_complements() -> None:
    assert gain(COMPLEMENTS) == 0.0
    cloud = {"complement": 0.3}
    assert gain(COMPLEMENTS, lab=cloud) == pytest.approx(12.0 * 0.3 * 4.0)
    assert gain(COMPLEMENTS, lab=cloud, on=on_but("complements")) == 0.0


def test_reputation_is_worth_money_and_mostly_for_the_flagship() -> None:
    labs = labs_of("US")
    line = line_of(labs, 2, weight=[0.6, 0.4])
    wanted = [0.6 * P.community_value_musd, 0.4 * P.community_value_musd]
    np.testing.assert_allclose(gains(labs, line)[COMMUNITY], wanted)
    assert not gains(labs, line, on=on_but("reputation"))[COMMUNITY].any()


@pytest.mark.parametrize(
    ("origin", "lever"),
    [("US", "us_open_funding"), ("CN", "cn_open_support"), ("EU", "eu_open_funding")],
)
def test_public_support_goes_to_the_countrys_own_labs_and_is_shared_by_the_open_ones(
    origin: str, lever: str
) -> None:
    labs = labs_of(origin, origin, origin, "OTHER", openness=[1.0, 0.6, 0.0, 1.0])
    levers = FREE._replace(**{lever: 90.0})
    support = gains(labs, line_of(labs), levers=levers)[SUPPORT]
    np.testing.assert_allclose(support, [540.0, 540.0, 540.0, 0.0])


def test_liability_burdens_american_frontier_models_and_eu_duties_everybodys() -> None:
    labs = labs_of("US", "CN", "US", capability=[160.0, 160.0, 160.0 - FRONTIER_BAND_ECI - 1.0])
    levers = FREE._replace(us_open_liability=100.0, eu_open_burden=7.0)
    np.testing.assert_allclose(
        gains(labs, line_of(labs), levers=levers)[BURDENS], [-107.0, -7.0, 0.0]
    )


def test_a_licence_costs_american_makers_of_models_above_the_threshold() -> None:
    levers = FREE._replace(us_open_licence_threshold=26.0)
    for origin, flop, cost in (("US", 26.0, 5.0), ("US", 25.9, 0.0), ("CN", 27.0, 0.0)):
        assert gain(BURDENS, origin, levers=levers, flop=flop) == pytest.approx(-cost)
    assert LICENCE_COST_MUSD == 5.0


def test_the_end_of_the_levers_range_is_no_licence_however_large_the_model() -> None:
    assert BY_ID["us_open_licence_threshold"].high == NO_LICENCE
    for threshold, cost in ((NO_LICENCE, 0.0), (NO_LICENCE - 0.1, LICENCE_COST_MUSD)):
        levers = FREE._replace(us_open_licence_threshold=threshold)
        assert gain(BURDENS, levers=levers, flop=29.0) == pytest.approx(-cost)


@pytest.mark.parametrize(
    ("best_open", "lead"),
    [(160.0, 0.0), (170.0, 0.0), (150.0, 10.0), (100.0, LARGEST_LEAD_ECI), (-np.inf, 0.0)],
)
def test_weights_ahead_of_the_best_open_model_teach_rivals(best_open: float, lead: float) -> None:
    wanted = -12.0 * 10.0 * P.leak_share * lead / 10.0
    assert gain(LEAK, best_open=best_open) == pytest.approx(wanted)
    assert gain(LEAK, best_open=best_open, on=on_but("spillovers")) == 0.0


@pytest.mark.parametrize(("cash", "years"), [(1200.0, 1.0), (6000.0, 5.0), (-50.0, 0.25)])
def test_the_less_cash_is_left_the_more_opening_presses(cash: float, years: float) -> None:
    wanted = -P.monetisation_pressure / years
    assert gain(PRESSURE, lab={"cash": cash, "burn": 100.0}) == pytest.approx(wanted)


def test_without_commercial_retreat_neither_sales_nor_cash_matter() -> None:
    for term in (OWN, PRESSURE):
        assert gain(term) < 0.0
        assert gain(term, on=on_but("commercial_retreat")) == 0.0


def closed_profit(elasticity: float, capacity: float, on: On = ALL) -> float:
    """Return what a closed product earns when nothing at all is earned on it once it is open."""
    no_open_margin = replace(MARKET, open_list_over_cost=1.0)
    p = replace(P, demand_elasticity=elasticity)
    return -gain(OWN, p=p, market=no_open_margin, capacity=capacity, on=on)


@pytest.mark.parametrize(("elasticity", "cost"), [(1.1, 0.06), (4.0, 0.41)])
def test_half_the_capacity_costs_6_per_cent_near_unit_elasticity_and_41_at_4(
    elasticity: float, cost: float
) -> None:
    lost = 1.0 - closed_profit(elasticity, 0.5) / closed_profit(elasticity, 1.0)
    assert lost == pytest.approx(cost, abs=0.006)
    assert lost == pytest.approx(1.0 - 0.5 ** (1.0 - 1.0 / elasticity))


def push(elasticity: float, capacity: float, on: On = ALL) -> float:
    """Return by how much short capacity raises the gain from opening, $M a year."""
    p = replace(P, demand_elasticity=elasticity)
    return gain(OWN, p=p, capacity=capacity, on=on) - gain(OWN, p=p, on=on)


def test_short_chips_push_towards_opening_where_demand_is_elastic_and_hardly_where_not() -> None:
    inelastic, elastic, very = (push(e, 0.5) for e in (1.2, 3.0, 4.0))
    assert 0.0 < inelastic < elastic < very
    assert inelastic < 0.35 * very
    assert push(1.2, 0.2) < push(3.0, 0.2) < push(4.0, 0.2)


def test_without_scarcity_rent_every_customer_turned_away_is_lost_whatever_the_elasticity() -> None:
    on = on_but("scarcity_rent")
    for elasticity in (1.2, 4.0):
        assert closed_profit(elasticity, 0.5, on) == pytest.approx(
            0.5 * closed_profit(elasticity, 1.0, on)
        )


def test_without_a_capacity_cap_chips_do_not_matter() -> None:
    assert push(4.0, 0.1, on_but("capacity_cap")) == 0.0


def test_opening_lets_others_serve_what_the_maker_cannot() -> None:
    kept = P.own_api_retention * (1.0 - 1.0 / MARKET.open_list_over_cost)
    served = 0.5 ** (1.0 - 1.0 / P.demand_elasticity)  # half is more than the part kept: all served
    assert gain(OWN, capacity=0.5) == pytest.approx(120.0 * (kept - 0.5 * served))


def test_training_compute_is_that_of_gpt_4_ten_times_more_for_13_5_eci_and_less_each_year() -> None:
    def flop(eci: float, month: int) -> float:
        return float(openness.log10_flop(np.array([eci]), month, 13.5, 3.0)[0])

    assert flop(126.0, 2) == FLOP_AT_ECI_126
    assert flop(139.5, 2) == pytest.approx(FLOP_AT_ECI_126 + 1.0)
    assert flop(126.0, 14) == pytest.approx(FLOP_AT_ECI_126 - math.log10(3.0))


def test_sales_at_stake_are_those_of_a_closed_product_and_more_of_an_open_one() -> None:
    labs = labs_of("US", members=10.0)
    line = line_of(labs, 2, opened=[False, True])
    shelf = shelf_of(line, 0, 3, price=4.0, cost=1.0)
    sold, elsewhere = np.array([70.0, 0.0, 0.0, 7.0]), np.array([0.0, 0.0, 0.0, 90.0])
    at = openness.stakes(labs, line, shelf, sold, elsewhere, P, ALL)
    kept = P.own_api_retention
    np.testing.assert_allclose(at.closed_sales, [7.0, 0.7 / kept])
    np.testing.assert_allclose(at.ecosystem, [(1.0 - kept) * 7.0, 9.0])
    np.testing.assert_allclose(at.margin, [0.75, 1.0 / P.demand_elasticity])


def test_with_price_collapse_off_the_margin_is_that_of_release_however_prices_fell() -> None:
    labs = labs_of("US")
    line = line_of(labs)
    shelf = shelf_of(line, 0, price=1.1, cost=1.0)
    for on, margin in ((ALL, 0.1 / 1.1), (on_but("price_collapse"), 1.0 / P.demand_elasticity)):
        at = openness.stakes(labs, line, shelf, np.ones(2), np.zeros(2), P, on)
        assert at.margin[0] == pytest.approx(margin)


@pytest.mark.parametrize(("inference", "share"), [(1000.0, 1.0), (1.0, 0.1), (0.0, 0.01)])
def test_capacity_is_the_rent_of_the_chips_over_what_demand_would_need(
    inference: float, share: float
) -> None:
    labs = labs_of("US", inference=inference)
    line = line_of(labs, 2)
    shelf = shelf_of(line, 0, 2, price=4.0, chips=2.0)
    needed = KH100E_MONTH_MUSD / 0.1  # the rent of ten thousand chips, in two products
    at = stakes(2, sales=needed)
    assert openness.capacities(labs, line, shelf, at, 1.0)[0] == pytest.approx(share)


def test_peers_are_active_domestic_labs_and_their_last_flagship_tells() -> None:
    labs = labs_of("CN", "CN", "CN", "CN", "US", active=[True, True, True, False, True])
    line = line_of(labs, 2)
    line.opened[[2, 5, 6]] = True  # flagship of lab 1, a small model of lab 2, the lab that left
    np.testing.assert_allclose(openness.peers_open(labs, line)[[0, 1, 2, 4]], [0.5, 0.0, 0.5, 0.0])


def test_a_peer_whose_weights_are_still_to_follow_counts_as_open() -> None:
    labs = labs_of("CN", "CN")
    line = line_of(labs, weights_due=[NOT_DUE, 61.0])
    assert openness.peers_open(labs, line).tolist() == [1.0, 0.0]


def test_habit_and_the_last_release_make_the_odds_a_lab_starts_from() -> None:
    odds = openness.anchor(np.array([True, True, False, False]), np.array([1.0, 0.0, 1.0, 0.0]))
    chance = 1.0 / (1.0 + np.exp(-odds))
    np.testing.assert_allclose(chance, [0.95, 0.75, 0.25, 0.01])


class Maker:
    """One lab with one product that sells for 5 $M a month, and the month it began to decide."""

    def __init__(self, **lab: Any) -> None:
        self.labs = labs_of("US", "US", **lab)
        self.line = line_of(self.labs, anchor=-1.0)
        self.shelf = shelf_of(self.line, 0, 2, price=4.0, cost=2.0, chips=1.0)
        self.peers_start = np.full(2, np.nan)
        self.first = self.weigh()

    def weigh(self, levers: Any = FREE, on: On = ALL, sales: float = 5.0) -> Decision:
        sold = np.array([sales, 0.0, sales, 0.0])
        return openness.weigh(
            *(self.labs, self.line, self.shelf, sold, np.zeros(4), 50, levers, FREE),
            *(RESEARCH, P, MARKET, 155.0, self.peers_start, on),
        )


def odds(decision: Decision) -> float:
    chance = decision.chance[0]
    return math.log(chance / (1.0 - chance))


def test_a_lab_goes_on_as_it_did_while_nothing_changes() -> None:
    assert odds(Maker().first) == pytest.approx(-1.0)
    assert odds(Maker().weigh()) == pytest.approx(-1.0)


def test_a_change_of_the_gain_moves_the_log_odds_by_its_size_over_the_noise() -> None:
    maker = Maker()
    decision = maker.weigh(FREE._replace(us_open_liability=90.0))
    scale = P.choice_temperature_musd + P.stakes_noise * 12.0 * 5.0
    assert decision.scale[0] == pytest.approx(scale)
    assert odds(decision) == pytest.approx(-1.0 - 90.0 / scale)


def test_a_lever_in_force_when_a_lab_begins_to_decide_acts_at_once() -> None:
    maker = Maker()
    maker.line.base[:] = np.nan  # as new
    assert odds(maker.weigh(FREE._replace(us_open_liability=90.0))) < -1.0


def test_peers_that_open_draw_a_lab_along_and_peers_that_close_draw_it_back() -> None:
    maker = Maker()
    maker.line.opened[1] = True
    assert odds(maker.weigh()) == pytest.approx(-1.0 + P.peer_weight)
    assert odds(maker.weigh(on=on_but("peer_cascade"))) == pytest.approx(-1.0)
    maker.line.opened[1] = False
    assert odds(maker.weigh()) == pytest.approx(-1.0)


def test_the_terms_of_a_decision_are_all_there_and_a_strong_pull_is_not_a_certainty() -> None:
    decision = Maker().weigh(FREE._replace(us_open_liability=1e6))
    assert decision.terms.shape == (len(TERMS), 2)
    assert 0.0 < decision.chance[0] < 1e-20
