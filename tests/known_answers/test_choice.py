"""Choice gives the answers of the logit formula where these can be worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim import choice
from sim.assumptions.developers import DeveloperParameters
from sim.assumptions.market import MarketParameters
from sim.chance import Dice, Purpose
from sim.choice import Choices, Choosers
from sim.ledger import sums
from sim.offers import HOST_US, ORIGIN_CN, Menu, Terms, build_menu
from sim.population import STARTUP
from sim.supply import fresh_shelf

MONTH = 30
ECI = 140.0
ALPHA = 1.1
THRESHOLDS = np.full(6, 130.0)
PLAIN = DeveloperParameters(other_cost_usd_per_mtok=0.0)
# A third party charges what the maker does, so that hosts of one model differ in nothing.
SAME_PRICE = MarketParameters(host_markup=0.8, open_list_over_cost=1.8)


def menu_of(
    *prices: float,
    is_open: tuple[bool, ...] | None = None,
    origin: tuple[int, ...] | None = None,
    self_hosting: bool = False,
) -> Menu:
    """Return a menu of new, equally capable models, each by a maker of its own."""
    n = len(prices)
    shelf = fresh_shelf()
    shelf.count = 0
    shelf.noncommercial[:] = shelf.limited[:] = False
    shelf.add(
        lab=np.arange(n),
        origin=np.array(origin or [HOST_US] * n),
        is_open=np.array(is_open or [False] * n),
        restrictive=np.zeros(n, dtype=bool),
        eci=np.full(n, ECI),
        month=MONTH,
        price=np.array(prices),
        withheld=np.zeros(n, dtype=bool),
    )
    return build_menu(shelf, MONTH, SAME_PRICE, Terms(0.0, 0.0, False, self_hosting))


def choosers(n: int, **changes: object) -> Choosers:
    """Return American start-ups that trust everybody and have used nothing so far."""
    zero, no = np.zeros(n, dtype=np.float32), np.zeros(n, dtype=bool)
    plain = Choosers(
        cell=np.zeros(n, dtype=np.int64),
        region=np.zeros(n, dtype=np.int64),
        alpha=np.full(n, ALPHA, dtype=np.float32),
        fixed_usd_per_mtok=zero,
        maker=zero,
        host=zero,
        cleared=~no,
        ban_hosted=no,
        ban_self=no,
        only_trusted=no,
        loyalty=np.zeros(n, dtype=np.int64),
    )
    return replace(plain, **changes)


def grid(n: int) -> np.ndarray:
    """Return n evenly spaced uniforms."""
    return (np.arange(n) + 0.5) / n


def chosen(
    menu: Menu, who: Choosers, uniforms: np.ndarray, p: DeveloperParameters = PLAIN
) -> Choices:
    base = choice.base_utility(menu, p, THRESHOLDS, np.zeros(menu.size))
    return choice.draw(choice.utilities(menu, base, who, p), uniforms, uniforms[::-1])


def shares(menu: Menu, p: DeveloperParameters = PLAIN, n: int = 20_000) -> np.ndarray:
    """Return the share of each maker, by inverting the distribution on a grid."""
    first = chosen(menu, choosers(n), grid(n), p).first
    return np.bincount(menu.lab[first], minlength=menu.lab.max() + 1) / n


def logit(share: np.ndarray) -> float:
    return math.log(share[0] / share[1])


def test_two_offers_share_demand_as_the_binary_logit_says() -> None:
    expected = 1.0 / (1.0 + (1.0 / 3.0) ** ALPHA)
    np.testing.assert_allclose(shares(menu_of(1.0, 3.0)), [expected, 1 - expected], atol=1e-4)


def test_streams_drawn_by_chance_choose_as_the_logit_says_within_four_standard_errors() -> None:
    n, menu = 200_000, menu_of(1.0, 3.0)
    uniforms = Dice(1, 0).uniform(Purpose.CHOICE, np.arange(n, dtype=np.uint64), MONTH)
    picked = chosen(menu, choosers(n), uniforms)
    expected = 1.0 / (1.0 + (1.0 / 3.0) ** ALPHA)
    error = math.sqrt(expected * (1.0 - expected) / n)
    for row in (picked.first, picked.second):
        assert abs(np.mean(menu.lab[row] == 0) - expected) < 4.0 * error


def test_the_odds_between_two_offers_do_not_depend_on_a_third() -> None:
    pair, three = shares(menu_of(1.0, 3.0)), shares(menu_of(1.0, 3.0, 2.0))
    assert three[2] > 0.2
    assert logit(three) == pytest.approx(logit(pair), abs=1e-3)


def test_doubling_a_price_lowers_the_log_odds_by_alpha_times_ln_2() -> None:
    fall = logit(shares(menu_of(2.0, 3.0))) - logit(shares(menu_of(1.0, 3.0)))
    assert fall == pytest.approx(-ALPHA * math.log(2.0), abs=1e-3)


def test_the_log_sum_is_the_log_of_the_sum_of_exponentials() -> None:
    prices = (1.0, 3.0, 0.4)
    quality = PLAIN.quality_weight / (1.0 + math.exp(-(ECI - 130.0) / PLAIN.quality_spread_eci))
    u = [quality + PLAIN.closed_premium - ALPHA * math.log(price) for price in prices]
    picked = chosen(menu_of(*prices), choosers(3), grid(3))
    np.testing.assert_allclose(picked.log_sum, math.log(sum(map(math.exp, u))), rtol=1e-6)


def test_nobody_leaves_an_incumbent_that_is_prohibitively_costly_to_leave() -> None:
    menu, n = menu_of(1.0, 3.0, 0.1), 10_000
    stuck = replace(PLAIN, switching_startup=60.0)
    family = np.arange(n) % 3
    code = choice.loyalty_code(family, np.full(n, STARTUP), menu)
    free = chosen(menu, choosers(n), grid(n), stuck)
    held = chosen(menu, choosers(n, loyalty=code), grid(n), stuck)
    assert (menu.lab[free.first] != family).any()
    np.testing.assert_array_equal(menu.lab[held.first], family)
    np.testing.assert_array_equal(menu.lab[held.second], family)


def test_a_switching_cost_multiplies_the_odds_of_staying_by_its_exponential() -> None:
    menu, n = menu_of(2.0, 2.0), 20_000
    code = choice.loyalty_code(np.zeros(n, dtype=np.int64), np.full(n, STARTUP), menu)
    first = chosen(menu, choosers(n, loyalty=code), grid(n)).first
    stay = np.mean(menu.lab[first] == 0)
    assert math.log(stay / (1 - stay)) == pytest.approx(PLAIN.switching_startup, abs=1e-3)


def test_an_incumbent_no_longer_on_the_market_counts_as_none() -> None:
    menu = menu_of(1.0, 3.0)
    gone, none = np.array([7]), np.array([-1])
    segment = np.array([STARTUP])
    assert choice.loyalty_code(gone, segment, menu) == choice.loyalty_code(none, segment, menu)


def test_whoever_is_banned_and_complies_uses_no_chinese_model() -> None:
    n, yes = 2000, np.ones(2000, dtype=bool)
    menu = menu_of(5.0, 0.1, is_open=(False, True), origin=(0, ORIGIN_CN), self_hosting=True)
    free = chosen(menu, choosers(n), grid(n))
    hosted = chosen(menu, choosers(n, ban_hosted=yes), grid(n))
    banned = chosen(menu, choosers(n, ban_hosted=yes, ban_self=yes), grid(n))
    assert set(free.first) == set(range(menu.size))
    assert set(hosted.first) == {0, menu.size - 1}
    assert set(banned.first) | set(banned.second) == {0}


def test_a_stream_to_which_nothing_is_open_uses_nothing() -> None:
    n, yes = 50, np.ones(50, dtype=bool)
    menu = menu_of(0.1, is_open=(True,), origin=(ORIGIN_CN,), self_hosting=True)
    picked = chosen(menu, choosers(n, ban_hosted=yes, ban_self=yes), grid(n))
    assert (picked.first == -1).all()
    assert (picked.second == -1).all()
    assert np.isnan(picked.log_sum).all()


def test_uncleared_streams_never_choose_a_chinese_model() -> None:
    n = 2000
    menu = menu_of(5.0, 0.1, is_open=(False, True), origin=(0, ORIGIN_CN), self_hosting=True)
    picked = chosen(menu, choosers(n, cleared=np.arange(n) % 2 == 0), grid(n))
    uses_chinese = menu.origin[picked.first] == ORIGIN_CN
    assert uses_chinese[::2].any()
    assert not uses_chinese[1::2].any()


def test_those_who_must_buy_trusted_open_models_do_so() -> None:
    n = 2000
    menu = menu_of(1.0, 9.0, 0.1, is_open=(False, True, True), origin=(0, 0, ORIGIN_CN))
    bound = np.arange(n) % 2 == 1
    picked = chosen(menu, choosers(n, only_trusted=bound), grid(n))
    assert (menu.lab[picked.first][bound] == 1).all()
    assert set(menu.lab[picked.first][~bound]) == {0, 1, 2}


def test_aversion_lowers_the_log_odds_of_a_chinese_maker_by_its_size() -> None:
    n = 20_000
    menu = menu_of(2.0, 2.0, origin=(0, ORIGIN_CN))
    averse = chosen(menu, choosers(n, maker=np.full(n, 0.7, dtype=np.float32)), grid(n))
    abroad = chosen(menu, choosers(n, host=np.full(n, 1.3, dtype=np.float32)), grid(n))
    for picked, size in ((averse, 0.7), (abroad, 1.3)):
        share = sums(menu.lab[picked.first], np.ones(n), 2)
        assert logit(share) == pytest.approx(size, abs=1e-3)


@pytest.mark.parametrize(("variety", "worth"), [(0.0, 1.0), (0.5, math.sqrt(2.0)), (1.0, 2.0)])
def test_a_second_host_adds_what_variety_between_hosts_is_worth(
    variety: float, worth: float
) -> None:
    menu = menu_of(2.0, 2.0, is_open=(True, False))
    assert menu.size == 3  # the open model is listed by its maker and by a third party
    assert np.ptp(menu.paid) == pytest.approx(0.0)
    p = replace(PLAIN, host_variety=variety, closed_premium=0.0)
    assert logit(shares(menu, p)) == pytest.approx(math.log(worth), abs=1e-3)
