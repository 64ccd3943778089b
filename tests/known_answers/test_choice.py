"""Choice gives the answers of the logit formula where these can be worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from sim import choice
from sim.assumptions.developers import DeveloperParameters
from sim.chance import Dice, Purpose
from sim.choice import FORBIDDEN, LARGEST_LOSS, PENALTIES, Choices, Choosers
from sim.ledger import sums
from sim.offers import CLOSED, CN_MAKER, CN_SELF, CN_THIRD, Menu, Terms
from sim.shortlist import NEVER
from tests.markets import ECI, MONTH, PLAIN, Good, choosers, climate, lists_of, menu_of

ALPHA = PLAIN.price_sensitivity
BINARY = 1.0 / (1.0 + (1.0 / 3.0) ** ALPHA)  # of an offer at $1 beside one at $3
QUALITY = PLAIN.quality_weight / (1.0 + math.exp(-(ECI - 130.0) / PLAIN.quality_spread_eci))


def chosen(
    menu: Menu, who: Choosers, p: DeveloperParameters = PLAIN, growth: float = 10.0
) -> Choices:
    return choice.choose(lists_of(menu, p, climate(growth=growth)), who)


def shares(menu: Menu, p: DeveloperParameters = PLAIN, n: int = 20_000) -> np.ndarray:
    """Return the share of each maker, by inverting the distribution on a grid."""
    row = chosen(menu, choosers(n), p).row
    return np.bincount(menu.lab[row], minlength=menu.lab.max() + 1) / n


def priced(*prices: float, origin: str = "US") -> Menu:
    return menu_of(*[Good(price, origin=origin) for price in prices])


def log_odds(share: np.ndarray) -> float:
    return math.log(share[0] / share[1])


def penalty(n: int, *classes: int, size: float = FORBIDDEN) -> np.ndarray:
    """Return what these classes of offers lose in the eyes of n streams."""
    table = np.zeros((len(PENALTIES), n), dtype=np.float32)
    table[[PENALTIES.index(k) for k in classes]] = size
    return table


def test_two_offers_share_demand_as_the_binary_logit_says() -> None:
    np.testing.assert_allclose(shares(priced(1.0, 3.0)), [BINARY, 1.0 - BINARY], atol=1e-4)


def test_who_only_picks_takes_what_who_also_weighs_takes() -> None:
    n, dice = 3000, Dice(1, 0)
    ids = np.arange(n, dtype=np.uint64)
    menu = menu_of(*[Good(1.0 + k, origin=origin) for k in range(6) for origin in ("US", "CN")])
    lists = lists_of(menu, PLAIN, climate(growth=10.0))
    who = choosers(
        n,
        first=dice.uniform(Purpose.CHOICE, ids, MONTH),
        second=dice.uniform(Purpose.SECOND_CHOICE, ids, MONTH),
        penalty=penalty(n, CN_MAKER, size=2.0),
    )
    made, (row, second) = choice.choose(lists, who), choice.pick(lists, who)
    np.testing.assert_array_equal(row, made.row)
    np.testing.assert_array_equal(second, made.second)
    assert len(set(row)) > 6
    closed = lists._replace(base=np.full_like(lists.base, NEVER))
    assert (choice.pick(closed, who)[0] == -1).all()


def test_streams_drawn_by_chance_choose_as_the_logit_says_within_four_standard_errors() -> None:
    n, menu, dice = 200_000, priced(1.0, 3.0), Dice(1, 0)
    ids = np.arange(n, dtype=np.uint64)
    first = dice.uniform(Purpose.CHOICE, ids, MONTH)
    second = dice.uniform(Purpose.SECOND_CHOICE, ids, MONTH)
    picked = chosen(menu, choosers(n, first=first, second=second))
    error = math.sqrt(BINARY * (1.0 - BINARY) / n)
    for row in (picked.row, picked.second):
        assert abs(np.mean(menu.lab[row] == 0) - BINARY) < 4.0 * error
    both = np.mean((menu.lab[picked.row] == 0) & (menu.lab[picked.second] == 0))
    assert both == pytest.approx(BINARY**2, abs=0.005)  # the second choice is another draw


def test_the_odds_between_two_offers_do_not_depend_on_a_third() -> None:
    pair, three = shares(priced(1.0, 3.0)), shares(priced(1.0, 3.0, 2.0))
    assert three[2] > 0.2
    assert log_odds(three) == pytest.approx(log_odds(pair), abs=1e-3)


def test_doubling_a_price_lowers_the_log_odds_by_alpha_times_ln_2() -> None:
    fall = log_odds(shares(priced(2.0, 3.0))) - log_odds(shares(priced(1.0, 3.0)))
    assert fall == pytest.approx(-ALPHA * math.log(2.0), abs=1e-3)


def test_the_log_sum_is_the_log_of_the_sum_of_exponentials() -> None:
    prices = (1.0, 3.0, 0.4)
    u = [QUALITY + PLAIN.closed_premium - ALPHA * math.log(price) for price in prices]
    picked = chosen(priced(*prices), choosers(3))
    np.testing.assert_allclose(picked.log_sum, math.log(sum(map(math.exp, u))), rtol=1e-6)


def staying(n: int, saved: float) -> np.ndarray:
    return np.full(n, saved, dtype=np.float32)


def test_nobody_leaves_an_incumbent_that_is_prohibitively_costly_to_leave() -> None:
    menu, n = priced(1.0, 3.0, 0.1), 10_000
    family = np.arange(n) % 3
    free = chosen(menu, choosers(n))
    held = chosen(menu, choosers(n, family=family, loyalty=staying(n, 60.0)))
    assert (menu.lab[free.row] != family).any()
    np.testing.assert_array_equal(menu.lab[held.row], family)
    np.testing.assert_array_equal(menu.lab[held.second], family)


def test_a_switching_cost_multiplies_the_odds_of_staying_by_its_exponential() -> None:
    menu, n = priced(2.0, 2.0), 20_000
    family = np.zeros(n, dtype=np.int64)
    first = chosen(menu, choosers(n, family=family, loyalty=staying(n, 1.3))).row
    stay = np.mean(menu.lab[first] == 0)
    assert math.log(stay / (1 - stay)) == pytest.approx(1.3, abs=1e-3)


def test_an_incumbent_no_longer_on_the_market_counts_as_none() -> None:
    menu, n = priced(1.0, 3.0), 1000
    gone = np.full(n, 7, dtype=np.int64)
    picked = chosen(menu, choosers(n, family=gone, loyalty=staying(n, 1.3)))
    np.testing.assert_array_equal(picked.row, chosen(menu, choosers(n)).row)


TWO = (Good(5.0), Good(0.1, origin="CN", open=True))


def test_whoever_is_banned_and_complies_uses_no_chinese_model() -> None:
    n, menu = 2000, menu_of(*TWO, terms=Terms())
    free = chosen(menu, choosers(n))
    hosted = chosen(menu, choosers(n, penalty=penalty(n, CN_MAKER, CN_THIRD)))
    banned = chosen(menu, choosers(n, penalty=penalty(n, CN_MAKER, CN_THIRD, CN_SELF)))
    assert set(free.row.tolist()) == set(range(menu.size))
    assert set(hosted.row.tolist()) == {0, menu.size - 1}
    assert set(banned.row.tolist()) | set(banned.second.tolist()) == {0}


def test_a_stream_to_which_nothing_is_open_uses_nothing_and_loses_nothing() -> None:
    n, menu = 50, menu_of(TWO[1], terms=Terms())
    picked = chosen(menu, choosers(n, penalty=penalty(n, CN_MAKER, CN_THIRD, CN_SELF)))
    assert (picked.row == -1).all()
    assert (picked.second == -1).all()
    assert np.isnan(picked.log_sum).all()
    assert not (picked.ban + picked.stop + picked.gate).any()


def test_those_who_must_buy_trusted_open_models_do_so() -> None:
    n = 2000
    menu = menu_of(Good(1.0), Good(9.0, open=True), Good(0.1, origin="CN", open=True))
    bound = penalty(n, CLOSED, CN_MAKER, CN_THIRD, CN_SELF)
    bound[:, ::2] = 0.0
    picked = menu.lab[chosen(menu, choosers(n, penalty=bound)).row]
    assert (picked[1::2] == 1).all()
    assert set(picked[::2].tolist()) == {0, 1, 2}


def test_aversion_lowers_the_log_odds_of_a_chinese_maker_by_its_size() -> None:
    n, menu = 20_000, menu_of(Good(), Good(origin="CN"))
    averse = chosen(menu, choosers(n, penalty=penalty(n, CN_MAKER, size=0.7)))
    share = sums(menu.lab[averse.row], np.ones(n), 2)
    assert log_odds(share) == pytest.approx(0.7, abs=1e-3)


@pytest.mark.parametrize(("variety", "worth"), [(0.0, 1.0), (0.5, math.sqrt(2.0)), (1.0, 2.0)])
def test_a_second_host_adds_what_variety_between_hosts_is_worth(
    variety: float, worth: float
) -> None:
    menu = menu_of(Good(open=True), Good())
    assert menu.size == 3  # the open model is listed by its maker and by a third party
    assert np.ptp(menu.paid) == pytest.approx(0.0)
    p = replace(PLAIN, host_variety=variety, closed_premium=0.0)
    assert log_odds(shares(menu, p)) == pytest.approx(math.log(worth), abs=1e-3)


def test_a_self_hoster_pays_for_its_own_scale() -> None:
    fixed = np.zeros(32)
    fixed[1] = 6.0
    menu = menu_of(Good(open=True), Good(), terms=Terms())
    lists = lists_of(menu, fixed=fixed)
    used = [
        np.mean(menu.own[choice.choose(lists, choosers(4000, scale=np.full(4000, k))).row])
        for k in (0, 1)
    ]
    price = float(menu.price[menu.own][0])
    u = np.log(used[0] / (1 - used[0])) - np.log(used[1] / (1 - used[1]))
    assert u == pytest.approx(ALPHA * math.log((price + 6.0) / price), abs=0.02)


def test_what_a_ban_takes_is_the_log_of_the_share_that_is_left() -> None:
    menu = menu_of(Good(1.0), Good(3.0, origin="CN"))
    picked = chosen(menu, choosers(4))
    np.testing.assert_allclose(picked.ban, -math.log(BINARY), rtol=1e-5)
    assert not picked.stop.any()  # the Chinese model is closed: no release of weights stops
    np.testing.assert_allclose(picked.gate, -math.log(1.0 - BINARY), rtol=1e-5)


def test_what_a_stop_takes_is_that_of_models_a_year_older_and_weaker() -> None:
    menu = menu_of(Good(1.0), Good(3.0, origin="CN", open=True))
    picked = chosen(menu, choosers(4), growth=0.0)
    weight = [math.exp(PLAIN.closed_premium)]  # with the same quality and host variety apart
    hosts = (1.0 - PLAIN.host_variety) * math.log(2.0)
    weight += [2.0 * math.exp(-ALPHA * math.log(3.0) - hosts)]
    left = weight[0] + weight[1] * math.exp(-12.0 * PLAIN.age_decay)
    np.testing.assert_allclose(picked.stop, math.log(sum(weight) / left), rtol=1e-4)


def test_losing_everything_is_a_loss_of_ten_utils_and_no_more() -> None:
    picked = chosen(menu_of(Good(origin="CN")), choosers(4))
    np.testing.assert_allclose(picked.ban, LARGEST_LOSS)


@pytest.mark.parametrize("n", [1, 255, 256, 257])
def test_the_number_of_streams_that_choose_does_not_matter(n: int) -> None:
    many = choosers(600)
    few = choosers(n)._replace(first=many.first[:n], second=many.second[:n])
    for all_of_them, some in zip(
        chosen(priced(1.0, 3.0), many), chosen(priced(1.0, 3.0), few), strict=True
    ):
        np.testing.assert_array_equal(all_of_them[:n], some)


def test_uniforms_at_the_ends_still_find_an_offer() -> None:
    ends = np.array([1e-17, 1.0 - 1e-16])
    menu = menu_of(*[Good(1.0 + k % 3) for k in range(20)], *TWO, terms=Terms())
    picked = chosen(menu, choosers(2, first=ends, second=ends[::-1].copy()))
    assert ((picked.row >= 0) & (picked.row < menu.size)).all()
