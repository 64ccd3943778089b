"""Who offers which model to whom, and what policy adds to the price."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from sim.assumptions.market import MarketParameters
from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.offers import (
    FIRST_PARTY,
    GATE_BAND_ECI,
    HOST_SELF,
    HOST_US,
    ORIGIN_CN,
    SELF_HOSTED,
    SERVED_FROM,
    THIRD_PARTY,
    Menu,
    Terms,
    build_menu,
)
from sim.outcomes import ORIGINS
from sim.population import ALIGNED, CN, EU, NONALIGNED, US
from sim.supply import fresh_shelf, stock_observed

P = MarketParameters()
MONTHS = [month_index("2023-08"), month_index("2025-01"), LAST_OBSERVED_MONTH]
NOT_CHINA = [US, EU, ALIGNED, NONALIGNED]


@lru_cache
def menu_of(
    month: int = LAST_OBSERVED_MONTH,
    levy: float = 0.0,
    tariff: float = 0.0,
    shut: bool = False,
    self_hosting: bool = True,
) -> Menu:
    """Return the offers of an observed month under some policy."""
    shelf = fresh_shelf()
    stock_observed(shelf, month)
    return build_menu(shelf, month, P, Terms(levy, tariff, shut, self_hosting))


@pytest.fixture(params=MONTHS)
def menu(request: pytest.FixtureRequest) -> Menu:
    """The offers of one of several months without any policy."""
    return menu_of(request.param)


def kinds_by_model(menu: Menu) -> dict[int, set[int]]:
    return {model: set(menu.kind[menu.model == model]) for model in np.unique(menu.model)}


def test_a_closed_model_is_offered_by_its_maker_and_by_nobody_else(menu: Menu) -> None:
    closed = np.flatnonzero(~menu.open)
    assert closed.size
    assert (menu.kind[closed] == FIRST_PARTY).all()
    assert np.unique(menu.model[closed]).size == closed.size
    np.testing.assert_array_equal(
        menu.host[closed], menu.origin[closed][:, None] * np.ones(5, dtype=int)
    )


def test_open_weights_are_offered_by_maker_third_parties_and_oneself(menu: Menu) -> None:
    kinds = kinds_by_model(menu)
    commercial = np.unique(menu.model[menu.open & ~menu.noncommercial])
    assert commercial.size
    for model in commercial:
        assert kinds[model] == {FIRST_PARTY, THIRD_PARTY, SELF_HOSTED}


def test_non_commercial_weights_have_no_third_party_host() -> None:
    menu = menu_of(month_index("2023-08"))
    models = np.unique(menu.model[menu.noncommercial])
    assert models.size
    kinds = kinds_by_model(menu)
    for model in models:
        assert kinds[model] == {FIRST_PARTY, SELF_HOSTED}


def test_without_self_hosting_only_hosted_offers_are_left(menu: Menu) -> None:
    month = int((menu.age + fresh_shelf().released[menu.model])[0])
    hosted = menu_of(month, self_hosting=False)
    assert not hosted.self_hosted.any()
    assert hosted.size == (~menu.self_hosted).sum()
    np.testing.assert_array_equal(hosted.model, menu.model[~menu.self_hosted])


def test_foreign_services_are_not_open_in_china(menu: Menu) -> None:
    foreign = menu.first_party & (menu.origin != ORIGIN_CN)
    assert foreign.any()
    assert not menu.open_to[foreign, CN].any()
    assert menu.open_to[~foreign, CN].all()
    assert menu.open_to[:, NOT_CHINA].all()


def test_third_parties_serve_each_region_from_the_host_that_serves_it(menu: Menu) -> None:
    third, own = menu.kind == THIRD_PARTY, menu.self_hosted
    assert (menu.host[third] == SERVED_FROM).all()
    assert (menu.host[own] == HOST_SELF).all()


def test_the_gate_shuts_out_foreigners_from_us_closed_models_near_the_frontier_only() -> None:
    free, shut = menu_of(), menu_of(shut=True)
    near = free.eci >= free.eci.max() - GATE_BAND_ECI
    us_closed = ~free.open & (free.origin == HOST_US)
    assert (us_closed & near).any()
    assert (us_closed & ~near).any()
    lost = free.open_to & ~shut.open_to
    assert not lost[:, US].any()
    np.testing.assert_array_equal(lost[:, [EU, ALIGNED, NONALIGNED]].T, [us_closed & near] * 3)
    assert not (shut.open_to & ~free.open_to).any()


def test_the_gate_touches_neither_open_weights_nor_other_makers_however_capable() -> None:
    shelf = fresh_shelf()
    stock_observed(shelf, LAST_OBSERVED_MONTH)
    shelf.eci[:] = 160.0
    shut = build_menu(shelf, LAST_OBSERVED_MONTH, P, Terms(0.0, 0.0, True, True))
    us_closed = ~shut.open & (shut.origin == HOST_US)
    np.testing.assert_array_equal(shut.open_to[:, EU], ~us_closed)


def test_a_levy_on_closed_models_is_paid_for_them_outside_china_and_for_nothing_else() -> None:
    free, levied = menu_of(), menu_of(levy=0.2)
    dearer = np.outer(~free.open, np.arange(5) != CN)
    np.testing.assert_allclose(levied.paid / free.paid, 1.0 + 0.2 * dearer)
    np.testing.assert_array_equal(levied.price, free.price)


def test_a_tariff_is_paid_for_inference_from_abroad_and_for_nothing_else() -> None:
    free, taxed = menu_of(), menu_of(tariff=0.25)
    ratio = taxed.paid / free.paid
    for origin, region in (("US", US), ("CN", CN), ("EU", EU)):
        first = free.first_party & (free.origin == ORIGINS.index(origin))
        away = [r for r in (US, CN, EU) if r != region]
        assert first.any()
        np.testing.assert_allclose(ratio[first, region], 1.0)
        np.testing.assert_allclose(ratio[np.ix_(first, away)], 1.25)
    third = free.kind == THIRD_PARTY
    np.testing.assert_allclose(ratio[third][:, [US, CN, EU]], 1.0)
    np.testing.assert_allclose(ratio[third][:, [ALIGNED, NONALIGNED]], 1.25)
    np.testing.assert_allclose(ratio[free.self_hosted], 1.0)
    np.testing.assert_array_equal(taxed.price, free.price)


def test_levy_and_tariff_add_up() -> None:
    free, both = menu_of(), menu_of(levy=0.2, tariff=0.25)
    row = np.flatnonzero(~free.open & (free.origin == HOST_US))[0]
    np.testing.assert_allclose(both.paid[row] / free.paid[row], [1.2, 1.25, 1.45, 1.45, 1.45])


def test_third_parties_charge_serving_cost_and_a_mark_up(menu: Menu) -> None:
    third = menu.kind == THIRD_PARTY
    np.testing.assert_allclose(menu.price[third], menu.cost[third] * (1.0 + P.host_markup))
    assert (menu.price > 0).all()
    assert (menu.cost > 0).all()


def test_chinese_offers_are_one_block_at_the_end_of_the_menu() -> None:
    menu = menu_of()
    chinese = menu.origin == ORIGIN_CN
    assert 0 < menu.cn < menu.cn_abroad < menu.cn_self < menu.size
    np.testing.assert_array_equal(chinese, menu.places >= menu.cn)
    np.testing.assert_array_equal(
        chinese & menu.first_party, chinese & (menu.places < menu.cn_abroad)
    )
    np.testing.assert_array_equal(chinese & menu.self_hosted, menu.places >= menu.cn_self)


def test_rows_find_every_offer_and_nothing_else(menu: Menu) -> None:
    np.testing.assert_array_equal(menu.rows[menu.model, menu.kind], menu.places)
    assert (menu.rows >= 0).sum() == menu.size
    assert (menu.rows[-1] == -1).all()


def test_copies_count_the_offers_of_a_model(menu: Menu) -> None:
    for model, kinds in kinds_by_model(menu).items():
        assert (menu.copies[menu.model == model] == len(kinds)).all()


def test_an_empty_shelf_is_an_empty_menu() -> None:
    menu = menu_of(0, shut=True)
    assert menu.size == menu.cn == menu.cn_self == 0
    assert menu.open_to.shape == (0, 5)
