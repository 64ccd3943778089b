"""Who offers which model to whom, and what policy adds to the price."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from sim.assumptions.market import MarketParameters
from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.developers import observed_menu
from sim.offers import (
    CLASSES,
    CN_MAKER,
    FIRST_PARTY,
    FRONTIER_OPEN_ECI,
    GATE_BAND_ECI,
    HOME_HOST,
    HOST_OTHER,
    HOST_SELF,
    HOST_US,
    LOCAL_HOST_PREMIUM,
    ORIGIN_CN,
    SELF_HOSTED,
    THIRD_PARTY,
    Menu,
    Terms,
)
from sim.outcomes import ORIGINS
from sim.population import ALIGNED, CN, EU, NONALIGNED, US
from tests.markets import MONTH, Good, menu_of, stock_of

P = MarketParameters()
MONTHS = [month_index("2023-08"), month_index("2025-01"), LAST_OBSERVED_MONTH]
NOT_CHINA = [US, EU, ALIGNED, NONALIGNED]
THIRDS = [ALIGNED, NONALIGNED]
SERVED_FROM = np.where(np.isin(np.arange(5), THIRDS), HOST_US, HOME_HOST)


def today(
    month: int = LAST_OBSERVED_MONTH,
    *,
    levy: float = 0.0,
    tariff: float = 0.0,
    shut: bool = False,
    self_hosting: bool = True,
    delay: float = 0.0,
    supply: float = 1.0,
) -> Menu:
    """Return the offers of an observed month under some policy."""
    return _today(month, Terms(levy, tariff, shut, self_hosting, delay, supply))


@lru_cache
def _today(month: int, terms: Terms) -> Menu:
    return observed_menu(month, P, terms)


@pytest.fixture(params=MONTHS)
def menu(request: pytest.FixtureRequest) -> Menu:
    """The offers of one of several months without any policy."""
    return today(request.param)


def kinds_by_model(menu: Menu) -> dict[int, set[int]]:
    return {int(k): set(menu.kind[menu.version == k].tolist()) for k in np.unique(menu.version)}


def test_a_closed_model_is_offered_by_its_maker_and_by_nobody_else(menu: Menu) -> None:
    closed = np.flatnonzero(~menu.open)
    assert closed.size
    assert (menu.kind[closed] == FIRST_PARTY).all()
    assert np.unique(menu.version[closed]).size == closed.size
    np.testing.assert_array_equal(menu.host[closed], np.tile(menu.origin[closed][:, None], 5))


def test_open_weights_are_offered_by_maker_third_parties_and_oneself(menu: Menu) -> None:
    kinds = kinds_by_model(menu)
    commercial = np.unique(menu.version[menu.open & ~menu.noncommercial])
    assert commercial.size
    for model in commercial.tolist():
        assert kinds[model] == {FIRST_PARTY, THIRD_PARTY, SELF_HOSTED}


def test_non_commercial_weights_have_no_third_party_host() -> None:
    early = today(month_index("2023-08"))
    models = np.unique(early.version[early.noncommercial])
    assert models.size
    kinds = kinds_by_model(early)
    for model in models.tolist():
        assert kinds[model] == {FIRST_PARTY, SELF_HOSTED}


def test_without_self_hosting_only_hosted_offers_are_left(menu: Menu) -> None:
    hosted = menu_of(Good(open=True), Good(), terms=Terms(self_hosting=False))
    both = menu_of(Good(open=True), Good(), terms=Terms())
    assert not hosted.own.any()
    assert hosted.size == both.size - 1
    assert menu.own.any()


def test_weights_whose_maker_has_left_are_still_hosted_by_others() -> None:
    left = menu_of(Good(open=True, at_maker=False), terms=Terms())
    assert sorted(left.kind.tolist()) == [THIRD_PARTY, SELF_HOSTED]


def test_foreign_services_are_not_open_in_china(menu: Menu) -> None:
    foreign = menu.first & (menu.origin != ORIGIN_CN)
    assert foreign.any()
    assert not menu.open_to[foreign, CN].any()
    assert menu.open_to[~foreign, CN].all()
    assert menu.open_to[:, NOT_CHINA].all()


def test_third_parties_serve_each_region_from_the_host_that_serves_it(menu: Menu) -> None:
    assert (menu.host[menu.kind == THIRD_PARTY] == SERVED_FROM).all()
    assert (menu.host[menu.own] == HOST_SELF).all()


def test_the_gate_shuts_out_foreigners_from_us_closed_models_near_the_frontier_only() -> None:
    free, shut = today(), today(shut=True)
    near = free.eci >= free.frontier - GATE_BAND_ECI
    us_closed = ~free.open & (free.origin == HOST_US)
    assert (us_closed & near).any()
    assert (us_closed & ~near).any()
    np.testing.assert_array_equal(free.gated, us_closed & near)
    lost = free.open_to & ~shut.open_to
    assert not lost[:, US].any()
    np.testing.assert_array_equal(lost[:, [EU, ALIGNED, NONALIGNED]].T, [us_closed & near] * 3)
    assert not (shut.open_to & ~free.open_to).any()


def test_the_gate_touches_neither_open_weights_nor_other_makers_however_capable() -> None:
    best = [Good(origin=origin, open=opened) for origin in ORIGINS for opened in (False, True)]
    shut = menu_of(*best, terms=Terms(gate_shut=True))
    np.testing.assert_array_equal(shut.open_to[:, EU], shut.open | (shut.origin != HOST_US))


def test_a_levy_on_closed_models_is_paid_for_them_outside_china_and_for_nothing_else() -> None:
    free, levied = today(), today(levy=0.2)
    dearer = np.outer(~free.open, np.arange(5) != CN)
    np.testing.assert_allclose(levied.paid / free.paid, 1.0 + 0.2 * dearer)
    np.testing.assert_array_equal(levied.price, free.price)


def test_a_tariff_is_paid_for_inference_from_abroad_and_for_nothing_else() -> None:
    free, taxed = today(), today(tariff=0.05)
    ratio = taxed.paid / free.paid
    for origin, region in (("US", US), ("CN", CN), ("EU", EU)):
        first = free.first & (free.origin == ORIGINS.index(origin))
        away = [r for r in (US, CN, EU) if r != region]
        assert first.any()
        np.testing.assert_allclose(ratio[first, region], 1.0)
        np.testing.assert_allclose(ratio[np.ix_(first, away)], 1.05)
    third = free.kind == THIRD_PARTY
    np.testing.assert_allclose(ratio[third][:, [US, CN, EU]], 1.0)
    np.testing.assert_allclose(ratio[third][:, THIRDS], 1.05)
    np.testing.assert_allclose(ratio[free.own], 1.0)
    np.testing.assert_array_equal(taxed.price, free.price)


def test_levy_and_tariff_add_up() -> None:
    free, both = today(), today(levy=0.2, tariff=0.25)
    row = np.flatnonzero(~free.open & (free.origin == HOST_US))[0]
    np.testing.assert_allclose(both.paid[row] / free.paid[row], [1.2, 1.25, 1.45, 1.45, 1.45])


@pytest.mark.parametrize(
    ("tariff", "supply", "factor", "host"),
    [
        (0.05, 1.0, 1.05, HOST_US),  # dearer by the tariff, but cheaper than hosting at home
        (0.25, 1.0, 1.0 + LOCAL_HOST_PREMIUM, HOST_OTHER),
        (0.25, 0.4, 1.25, HOST_US),  # hosting at home would cost 1.4: chips are short
        (0.60, 0.4, 1.0 + LOCAL_HOST_PREMIUM + 0.5 * 0.6, HOST_OTHER),
    ],
)
def test_third_countries_take_the_cheaper_of_a_host_in_america_and_one_at_home(
    tariff: float, supply: float, factor: float, host: int
) -> None:
    free, taxed = today(), today(tariff=tariff, supply=supply)
    third = free.kind == THIRD_PARTY
    np.testing.assert_allclose((taxed.paid / free.paid)[third][:, THIRDS], factor)
    assert (taxed.host[third][:, THIRDS] == host).all()
    np.testing.assert_allclose((taxed.paid / free.paid)[third][:, [US, CN, EU]], 1.0)


def test_third_parties_charge_serving_cost_and_a_mark_up(menu: Menu) -> None:
    third = menu.kind == THIRD_PARTY
    np.testing.assert_allclose(menu.price[third], menu.cost[third] * (1.0 + P.host_markup))
    assert (menu.price > 0).all()
    assert (menu.cost > 0).all()


def test_hosts_pass_a_licences_share_of_their_price_on() -> None:
    free, bound = (menu_of(Good(open=True, terms=share)) for share in (0.0, 0.2))
    third = free.kind == THIRD_PARTY
    np.testing.assert_allclose(bound.price[third], free.price[third] / 0.8)
    np.testing.assert_array_equal(bound.price[~third], free.price[~third])
    assert bound.restrictive.all()
    np.testing.assert_array_equal(bound.terms, 0.2 * third)


@pytest.mark.parametrize(
    ("age", "delay", "reaches"), [(0, 1.0, False), (1, 1.0, True), (0, 0.0, True)]
)
def test_europe_waits_for_frontier_weights_that_others_host(
    age: int, delay: float, reaches: bool
) -> None:
    best = Good(open=True, released=MONTH - age)
    far = Good(open=True, released=MONTH - age, eci=best.eci - FRONTIER_OPEN_ECI - 1.0)
    menu = menu_of(best, far, terms=Terms(eu_delay_months=delay))
    waiting = (menu.version == 0) & ~menu.first
    np.testing.assert_array_equal(menu.open_to[:, EU], ~waiting | reaches)
    assert menu.open_to[:, [US, ALIGNED, NONALIGNED]].all()


def test_chinese_weights_withheld_are_hosted_and_run_in_china_only() -> None:
    kept = Good(origin="CN", open=True, withheld=True)
    menu = menu_of(kept, Good(origin="CN", open=True), terms=Terms())
    in_china = np.arange(5) == CN
    for row in range(menu.size):
        everywhere = menu.version[row] == 1 or menu.first[row]
        np.testing.assert_array_equal(menu.open_to[row], in_china | everywhere)


def test_rows_stand_in_the_order_of_the_classes(menu: Menu) -> None:
    assert len(menu.starts) == len(CLASSES) + 1
    assert (menu.starts[0], menu.starts[-1]) == (0, menu.size)
    own, hosted = menu.kind == SELF_HOSTED, menu.kind != SELF_HOSTED
    chinese = menu.origin == ORIGIN_CN
    members = (
        ~menu.open & ~chinese,
        menu.open & ~chinese & hosted,
        ~chinese & own,
        chinese & menu.first,
        chinese & (menu.kind == THIRD_PARTY),
        chinese & own,
    )
    for k, member in enumerate(members):
        rows = np.zeros(menu.size, dtype=bool)
        rows[menu.starts[k] : menu.starts[k + 1]] = True
        np.testing.assert_array_equal(rows, member)
    assert menu.cn == menu.starts[CN_MAKER]


def test_rows_find_every_offer_and_nothing_else(menu: Menu) -> None:
    places = menu.rows[menu.version * 3 + menu.kind]
    np.testing.assert_array_equal(places, np.arange(menu.size))
    assert (menu.rows >= 0).sum() == menu.size
    assert (menu.rows[-3:] == -1).all()  # where the heir -1 points to


def test_copies_count_the_offers_of_a_model(menu: Menu) -> None:
    for model, kinds in kinds_by_model(menu).items():
        assert (menu.copies[menu.version == model] == len(kinds)).all()


def test_age_is_counted_from_release_and_the_frontier_is_the_best_on_sale() -> None:
    menu = menu_of(Good(released=MONTH - 7, eci=150.0), Good(eci=140.0))
    assert menu.age.tolist() == [7.0, 0.0]
    assert menu.frontier == 150.0


def test_an_empty_shelf_is_an_empty_menu() -> None:
    assert stock_of().version.size == 0
    menu = menu_of(terms=Terms(gate_shut=True))
    assert menu.size == menu.cn == 0
    assert menu.open_to.shape == (0, 5)
    assert menu.frontier == -np.inf
