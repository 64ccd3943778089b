"""Levers follow their history and the scenario, and become rules that bind whom they cover."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from sim import developers
from sim import policy as policies
from sim.beginning import new_world
from sim.calendar import month_index
from sim.chance import Dice, Purpose
from sim.crowd import BANNED_HOSTED, BANNED_SELF, ONLY_TRUSTED, bound
from sim.levers import LEVERS
from sim.offers import Terms
from sim.population import ALIGNED, CN, EU, NONALIGNED, PUBLIC, US
from sim.world import World
from tests.worlds import policy, scenario

DICE = Dice(1, 0)
NONE = {"us_foreign_model_ban": 0.0, "eu_foreign_model_ban": 0.0, "trusted_open_procurement": 0.0}
WORLD = new_world(
    scenario(assumptions={"ban_compliance_hosted": 0.9, "ban_compliance_self": 0.6}),
    simpy.Environment(),
    seed=1,
    replicate=0,
    streams=8000,
)


def binding(**levers: float) -> np.ndarray:
    """Return which rules bind each stream, as bits, with these levers and no others."""
    WORLD.policy = policy(**NONE | levers)
    return bound(WORLD.crowd, developers._rules(WORLD))


def share(bits: np.ndarray, rule: int, region: int, world: World = WORLD) -> float:
    return float((bits[world.who.region == region] & rule > 0).mean())


def test_without_rules_nobody_is_bound() -> None:
    assert not binding().any()


def test_a_ban_binds_as_many_as_it_covers_and_comply() -> None:
    bits = binding(us_foreign_model_ban=0.5, third_country_alignment=0.0)
    assert share(bits, BANNED_HOSTED, US) == pytest.approx(0.5 * 0.9, abs=0.03)
    assert share(bits, BANNED_SELF, US) == pytest.approx(0.5 * 0.6, abs=0.03)
    assert not bits[WORLD.who.region != US].any()


def test_the_eu_ban_binds_in_the_eu_alone() -> None:
    bits = binding(eu_foreign_model_ban=0.8)
    assert share(bits, BANNED_HOSTED, EU) == pytest.approx(0.8 * 0.9, abs=0.03)
    assert not bits[WORLD.who.region != EU].any()


def test_third_countries_follow_the_us_ban_and_never_china_or_the_eu() -> None:
    bits = binding(us_foreign_model_ban=0.8, third_country_alignment=0.5)
    assert share(bits, BANNED_HOSTED, ALIGNED) == pytest.approx(0.4 * 0.9, abs=0.03)
    assert share(bits, BANNED_HOSTED, NONALIGNED) == pytest.approx(0.1 * 0.9, abs=0.03)
    assert share(bits, BANNED_HOSTED, CN) == share(bits, BANNED_HOSTED, EU) == 0.0
    assert not binding(third_country_alignment=1.0).any()


def test_purchase_rules_bind_public_bodies_outside_china_alone() -> None:
    public = (WORLD.who.segment == PUBLIC) & (WORLD.who.region != CN)
    np.testing.assert_array_equal(binding(trusted_open_procurement=1.0) == ONLY_TRUSTED, public)
    half = binding(trusted_open_procurement=0.5)
    assert (half[public] == ONLY_TRUSTED).mean() == pytest.approx(0.5, abs=0.06)
    assert not half[~public].any()


def terms(month: int = 12, dice: Dice = DICE, **levers: float) -> Terms:
    return policies.terms(policy(**levers), dice, month, self_hosting=True)


@pytest.mark.parametrize(("months_a_year", "share_shut"), [(0.0, 0.0), (3.0, 0.25), (12.0, 1.0)])
def test_the_gate_is_shut_as_often_as_its_months_a_year(
    months_a_year: float, share_shut: float
) -> None:
    futures = [Dice(1, replicate) for replicate in range(400)]
    shut = [terms(dice=dice, us_frontier_gate=months_a_year).gate_shut for dice in futures]
    draws = [dice.one(Purpose.GATE, 0, 12) for dice in futures]
    assert shut == [draw < share_shut for draw in draws]


def test_a_gate_shut_more_often_is_shut_whenever_a_rarer_one_is() -> None:
    for month in range(100):
        rare, often = (terms(month, us_frontier_gate=gate).gate_shut for gate in (2.0, 6.0))
        assert often >= rare


def test_levies_tariffs_delays_and_supply_reach_the_market_as_set() -> None:
    told = terms(
        closed_price_levy=0.3,
        foreign_api_tariff=0.2,
        eu_open_delay=4.0,
        third_country_chip_supply=0.6,
    )
    assert (told.levy_closed, told.tariff, told.self_hosting) == (0.3, 0.2, True)
    assert (told.eu_delay_months, told.third_country_supply) == (4.0, 0.6)
    assert not policies.terms(policy(), DICE, 12, self_hosting=False).self_hosting


def test_the_rulebook_holds_every_lever_of_every_month() -> None:
    told = scenario(start=30, us_open_liability=100.0, chip_export_controls=0.1)
    paths = policies.lever_paths(told)
    assert len(paths) == told.n_months
    for lever in LEVERS:
        path = [getattr(month, lever.id) for month in paths]
        np.testing.assert_array_equal(path, told.path(lever.id))


def test_the_status_quo_knows_nothing_of_the_scenario() -> None:
    told = scenario(start=0, us_open_liability=100.0)
    book = policies.build_rulebook(told, DICE, WORLD.who)
    assert {month.us_open_liability for month in book.status_quo} == {0.0}
    assert {month.us_open_liability for month in book.paths} == {100.0}
    bans = [month.us_foreign_model_ban for month in book.status_quo]
    assert bans[month_index("2025-01")] == 0.0
    assert bans[month_index("2025-02")] == 0.02
