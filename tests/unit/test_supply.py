"""Makers list few models, none of which another beats, and users of the rest know their heir."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.chance import Dice, Purpose
from sim.offers import ORIGIN_CN, Terms, build_menu
from sim.parameters import Parameters
from sim.supply import (
    LISTED_CLOSED,
    LISTED_OPEN,
    MAX_AGE_MONTHS,
    MAX_LAG_ECI,
    Shelf,
    fresh_shelf,
    observed,
    stock_observed,
)

MONTHS = range(0, LAST_OBSERVED_MONTH + 1, 5)
START = 40


def empty_shelf() -> Shelf:
    shelf = fresh_shelf()
    shelf.count = 0
    shelf.noncommercial[:] = shelf.limited[:] = False
    return shelf


def release(
    shelf: Shelf,
    *models: tuple[float, float],
    month: int = START,
    lab: int = 0,
    is_open: bool = False,
    origin: int = 0,
    withheld: bool = False,
) -> None:
    """Let one maker release models, each given as (ECI, price)."""
    n = len(models)
    eci, price = np.array(models).T
    shelf.add(
        lab=np.full(n, lab),
        origin=np.full(n, origin),
        is_open=np.full(n, is_open),
        restrictive=np.zeros(n, dtype=bool),
        eci=eci,
        month=month,
        price=price,
        withheld=np.full(n, withheld),
    )


def observed_shelf(month: int) -> Shelf:
    shelf = fresh_shelf()
    stock_observed(shelf, month)
    return shelf


def crowded_shelf(replicate: int) -> tuple[Shelf, int]:
    """Return a shelf after years of releases at random, and the last month."""
    shelf, dice = empty_shelf(), Dice(1, replicate)
    for month in range(START, START + 40):
        for lab in range(3):
            agents = np.arange(6, dtype=np.uint64) + np.uint64(10 * lab)
            u = dice.uniform(Purpose.RELEASE_LUCK, agents, month)
            models = [(120.0 + month + 30.0 * u[k], 10.0 * u[k + 3]) for k in range(2)]
            release(shelf, *models, month=month, lab=lab, is_open=bool(u[5] < 0.5))
    shelf.relist(np.arange(3), month)
    return shelf, month


def shelves() -> Iterator[tuple[Shelf, int]]:
    for month in MONTHS:
        yield observed_shelf(month), month
    for replicate in range(4):
        yield crowded_shelf(replicate)


def families(shelf: Shelf, month: int) -> Iterator[tuple[bool, np.ndarray, np.ndarray]]:
    """Yield openness, models fit to be listed, and those listed, by maker and openness."""
    models = np.arange(shelf.count)
    fit = np.isfinite(shelf.price[models]) & ~shelf.limited[models]
    fit &= shelf.released[models] > month - MAX_AGE_MONTHS
    fit &= shelf.eci[models] > shelf.frontier - MAX_LAG_ECI
    listed = np.isin(models, shelf.listed())
    for lab in np.unique(shelf.lab[models]):
        for is_open in (False, True):
            own = (shelf.lab[models] == lab) & (shelf.open[models] == is_open)
            yield is_open, models[own & fit], models[own & listed]


def test_a_maker_lists_no_more_models_than_it_has_room_for() -> None:
    most = {False: 0, True: 0}
    for shelf, month in shelves():
        for is_open, _, listed in families(shelf, month):
            most[is_open] = max(most[is_open], listed.size)
    assert most == {False: LISTED_CLOSED, True: LISTED_OPEN}


def test_a_maker_lists_its_best_and_its_cheapest_undominated_model() -> None:
    for shelf, month in shelves():
        for _, fit, listed in families(shelf, month):
            assert bool(fit.size) == bool(listed.size)
            if fit.size:
                assert shelf.eci[listed].max() == shelf.eci[fit].max()
                assert shelf.price[listed].min() == shelf.price[fit].min()


def test_no_listed_model_is_beaten_by_another_of_its_maker_on_capability_and_price() -> None:
    for shelf, month in shelves():
        for _, fit, listed in families(shelf, month):
            better = shelf.eci[fit] > shelf.eci[listed][:, None]
            cheaper = shelf.price[fit] <= shelf.price[listed][:, None]
            assert not (better & cheaper).any()


def test_nothing_old_or_far_behind_is_listed() -> None:
    for shelf, month in shelves():
        for _, fit, listed in families(shelf, month):
            assert np.isin(listed, fit).all()


def test_a_model_that_left_the_list_has_a_listed_heir_of_its_maker_and_kind() -> None:
    followed = 0
    for shelf, month in shelves():
        models = np.arange(shelf.count)
        recent = shelf.released[models] > month - MAX_AGE_MONTHS - 12
        models = models[recent & (shelf.successor[models] >= 0)]
        heir = shelf.successor[models]
        assert np.isin(heir, shelf.listed()).all()
        np.testing.assert_array_equal(shelf.lab[heir], shelf.lab[models])
        np.testing.assert_array_equal(shelf.open[heir], shelf.open[models])
        followed += (heir != models).sum()
    assert followed > 100


def test_users_move_to_the_weakest_model_that_equals_theirs_else_to_the_best() -> None:
    shelf = empty_shelf()
    release(shelf, (130.0, 3.0), month=START)
    release(shelf, (132.0, 2.0), (140.0, 9.0), month=START + 1)
    assert shelf.successor[:3].tolist() == [1, 1, 2]
    shelf.frontier = 140.0 + MAX_LAG_ECI  # a rival's: only what is above 140 still counts
    release(shelf, (141.0, 1.0), month=START + 2)
    assert shelf.successor[:4].tolist() == [3, 3, 3, 3]


def test_a_maker_that_has_nothing_left_leaves_its_users_without_an_heir() -> None:
    shelf = empty_shelf()
    release(shelf, (130.0, 3.0), lab=0)
    release(shelf, (131.0 + MAX_LAG_ECI, 3.0), lab=1)
    shelf.relist(np.array([0]), START)
    assert shelf.successor[:2].tolist() == [-1, 1]


def test_a_model_is_listed_for_less_than_two_years() -> None:
    shelf = empty_shelf()
    release(shelf, (130.0, 3.0))
    shelf.relist(np.array([0]), START + MAX_AGE_MONTHS - 1)
    assert shelf.listed().tolist() == [0]
    shelf.relist(np.array([0]), START + MAX_AGE_MONTHS)
    assert shelf.listed().tolist() == []


def test_of_two_equal_models_one_is_listed_and_is_the_heir_of_the_other() -> None:
    shelf = empty_shelf()
    release(shelf, (130.0, 3.0), (130.0, 3.0))
    assert shelf.listed().size == 1
    assert (shelf.successor[:2] == shelf.listed()).all()


def test_a_makers_release_moves_no_other_makers_list() -> None:
    shelf, _ = crowded_shelf(0)
    before = shelf.successor[: shelf.count].copy()
    others = shelf.lab[: shelf.count] != 1
    release(shelf, (shelf.frontier, 0.01), month=START + 40, lab=1)
    np.testing.assert_array_equal(shelf.successor[: others.size][others], before[others])
    assert (shelf.successor[: others.size][~others] != before[~others]).any()


def test_the_shelf_refuses_more_models_than_it_has_room_for() -> None:
    shelf = empty_shelf()
    shelf.count = shelf.lab.size - 2
    release(shelf, (130.0, 3.0))
    with pytest.raises(RuntimeError, match="shelf full"):
        release(shelf, (130.0, 3.0))


def test_no_model_of_limited_access_is_ever_listed() -> None:
    record = observed()
    limited = np.flatnonzero(record.shelf.limited)
    assert limited.size
    assert not (record.successors[:, limited] == limited).any()


def test_nothing_is_on_sale_before_its_release() -> None:
    record = observed()
    months = np.arange(record.successors.shape[0])[:, None]
    early = months < record.shelf.released[: record.shelf.count]
    assert early.any()
    assert (record.successors[early] == -1).all()


def test_every_listed_model_has_a_price() -> None:
    for month in MONTHS:
        shelf = observed_shelf(month)
        assert np.isfinite(shelf.price[shelf.listed()]).all()


def test_changing_a_fresh_shelf_leaves_the_record_as_it_was() -> None:
    shelf = fresh_shelf()
    for values in (shelf.price, shelf.eci, shelf.successor, shelf.released):
        values[:] = -5
    again = observed_shelf(LAST_OBSERVED_MONTH)
    assert again.listed().size > 20
    assert again.eci[: again.count].min() > 0


def test_chinese_weights_withheld_are_hosted_and_run_in_china_only() -> None:
    shelf = empty_shelf()
    release(shelf, (130.0, 3.0), lab=0, origin=ORIGIN_CN, is_open=True, withheld=True)
    release(shelf, (130.0, 3.0), lab=1, origin=ORIGIN_CN, is_open=True)
    menu = build_menu(shelf, START, Parameters().market, Terms(0.0, 0.0, False, True))
    in_china = np.arange(5) == 1
    for row in range(menu.size):
        everywhere = menu.lab[row] == 1 or menu.first_party[row]
        np.testing.assert_array_equal(menu.open_to[row], in_china | everywhere)


def test_the_market_opens_in_early_2023_and_is_crowded_today() -> None:
    assert observed_shelf(month_index("2023-01")).listed().size == 0
    assert observed_shelf(month_index("2023-03")).listed().size > 0
    today = observed_shelf(LAST_OBSERVED_MONTH)
    assert {0, 1} <= set(today.origin[today.listed()])
    assert today.open[today.listed()].any()
