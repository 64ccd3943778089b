"""Rules bind the streams they cover, and a wider rule binds all whom a narrower one does."""

from __future__ import annotations

import numpy as np
import pytest

from sim import Scenario, policy
from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.market import MarketParameters
from sim.assumptions.trust import TrustParameters
from sim.calendar import month_index
from sim.chance import Dice
from sim.policy import Bound
from sim.population import ALIGNED, CN, EU, NONALIGNED, PUBLIC, US, build_population
from sim.scenario import LeverSetting

DICE = Dice(1, 0)
WHO = build_population(DICE, DeveloperParameters(), TrustParameters(), 8000, 1.0)
P = MarketParameters(ban_compliance_hosted=0.9, ban_compliance_self=0.6)
MONTH = month_index("2024-01")  # no ban and no purchase rule in the status quo


def scenario(**levers: float) -> Scenario:
    settings = {name: LeverSetting(value, start=0) for name, value in levers.items()}
    return Scenario("rules", "Rules", levers=settings)


def rulebook(**levers: float) -> policy.Rulebook:
    return policy.build_rulebook(scenario(**levers), DICE, WHO)


def bound(**levers: float) -> Bound:
    return policy.bound(rulebook(**levers), WHO, P, MONTH)


def share(of: np.ndarray, region: int) -> float:
    return float(of[WHO.region == region].mean())


def test_without_rules_nobody_is_bound() -> None:
    free = bound()
    assert not (free.ban_hosted | free.ban_self | free.only_trusted).any()


def test_a_ban_binds_as_many_as_it_covers_and_comply() -> None:
    banned = bound(us_foreign_model_ban=0.5)
    assert share(banned.ban_hosted, US) == pytest.approx(0.5 * 0.9, abs=0.03)
    assert share(banned.ban_self, US) == pytest.approx(0.5 * 0.6, abs=0.03)
    assert not banned.ban_hosted[WHO.region != US].any()


def test_the_eu_ban_binds_in_the_eu_alone() -> None:
    banned = bound(eu_foreign_model_ban=0.8)
    assert share(banned.ban_hosted, EU) == pytest.approx(0.8 * 0.9, abs=0.03)
    assert not banned.ban_hosted[WHO.region != EU].any()


def test_third_countries_follow_the_us_ban_and_never_china_or_the_eu() -> None:
    banned = bound(us_foreign_model_ban=0.8, third_country_alignment=0.5)
    assert share(banned.ban_hosted, ALIGNED) == pytest.approx(0.4 * 0.9, abs=0.03)
    assert share(banned.ban_hosted, NONALIGNED) == pytest.approx(0.1 * 0.9, abs=0.03)
    assert share(banned.ban_hosted, CN) == share(banned.ban_hosted, EU) == 0.0
    alone = bound(third_country_alignment=1.0)
    assert not alone.ban_hosted.any()


def test_a_wider_ban_binds_everybody_a_narrower_one_does() -> None:
    narrow, wide = bound(us_foreign_model_ban=0.3), bound(us_foreign_model_ban=0.6)
    for rule in ("ban_hosted", "ban_self"):
        assert (getattr(wide, rule) >= getattr(narrow, rule)).all()
        assert getattr(wide, rule).sum() > getattr(narrow, rule).sum()


def test_whoever_stops_running_banned_weights_also_stops_using_them_hosted() -> None:
    banned = bound(us_foreign_model_ban=1.0)
    assert (banned.ban_hosted >= banned.ban_self).all()


def test_purchase_rules_bind_public_bodies_outside_china_alone() -> None:
    rules = bound(trusted_open_procurement=1.0)
    public = (WHO.segment == PUBLIC) & (WHO.region != CN)
    np.testing.assert_array_equal(rules.only_trusted, public)
    half = bound(trusted_open_procurement=0.5)
    assert half.only_trusted[public].mean() == pytest.approx(0.5, abs=0.06)
    assert not half.only_trusted[~public].any()


@pytest.mark.parametrize(("months_a_year", "share_shut"), [(0.0, 0.0), (3.0, 0.25), (12.0, 1.0)])
def test_the_gate_is_shut_as_often_as_its_months_a_year(
    months_a_year: float, share_shut: float
) -> None:
    rules = rulebook(us_frontier_gate=months_a_year)
    futures = [Dice(1, replicate) for replicate in range(400)]
    shut = [policy.terms(rules, dice, MONTH).gate_shut for dice in futures]
    assert np.mean(shut) == pytest.approx(share_shut, abs=0.08)
    assert np.mean(shut) == share_shut or 0.0 < share_shut < 1.0


def test_a_gate_shut_more_often_is_shut_whenever_a_rarer_one_is() -> None:
    rare, often = rulebook(us_frontier_gate=2.0), rulebook(us_frontier_gate=6.0)
    for month in range(100):
        shut = [policy.terms(rules, DICE, month).gate_shut for rules in (rare, often)]
        assert shut[1] >= shut[0]


def test_levies_tariffs_and_self_hosting_reach_the_market_as_set() -> None:
    terms = policy.terms(rulebook(closed_price_levy=0.3, foreign_api_tariff=0.2), DICE, MONTH)
    assert (terms.levy_closed, terms.tariff, terms.self_hosting) == (0.3, 0.2, True)
    off = Scenario("off", "Off", off=("self_hosting",))
    assert not policy.terms(policy.build_rulebook(off, DICE, WHO), DICE, MONTH).self_hosting
