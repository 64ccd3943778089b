"""Makers list few models, none of which another beats, and users of the rest know their heir."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sim.calendar import LAST_OBSERVED_MONTH, month_index
from sim.supply import (
    LISTED_CLOSED,
    LISTED_OPEN,
    MAX_AGE_MONTHS,
    MAX_LAG_ECI,
    Record,
    ladders,
    observed,
)

MONTHS = range(0, LAST_OBSERVED_MONTH + 1, 3)
OPEN = 1  # kind of an odd group; makers' closed models form an even one


def ladder(*models: tuple[float, float], group: int = 0) -> list[tuple[float, float]]:
    """Return which of one maker's models, given as (ECI, price), are listed."""
    eci, price = np.array(models).T
    listed = ladders(np.full(len(models), group), eci, price, np.arange(len(models)))
    return [models[k] for k in listed]


def groups(record: Record, month: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yield kind, models fit to be listed, and those listed, by maker and kind."""
    models = np.arange(record.lab.size)
    fit = np.isfinite(record.prices[month]) & ~record.limited
    fit &= record.released > month - MAX_AGE_MONTHS
    fit &= record.eci > record.frontier[month] - MAX_LAG_ECI
    listed = np.isin(models, record.listed(month))
    for lab in np.unique(record.lab):
        for kind in (0, OPEN):
            own = (record.lab == lab) & (record.open == kind)
            yield kind, models[own & fit], models[own & listed]


def test_a_maker_lists_no_more_models_than_it_has_room_for() -> None:
    most = [0, 0]
    for month in MONTHS:
        for kind, _, listed in groups(observed(), month):
            most[kind] = max(most[kind], listed.size)
    assert most == [LISTED_CLOSED, LISTED_OPEN]


def test_a_maker_lists_its_best_and_its_cheapest_undominated_model() -> None:
    record = observed()
    for month in MONTHS:
        for _, fit, listed in groups(record, month):
            assert bool(fit.size) == bool(listed.size)
            if fit.size:
                price = record.prices[month]
                assert record.eci[listed].max() == record.eci[fit].max()
                assert price[listed].min() == price[fit].min()


def test_no_listed_model_is_beaten_by_another_of_its_maker_on_capability_and_price() -> None:
    record = observed()
    for month in MONTHS:
        price = record.prices[month]
        for _, fit, listed in groups(record, month):
            better = record.eci[fit] > record.eci[listed][:, None]
            cheaper = price[fit] <= price[listed][:, None]
            assert not (better & cheaper).any()


def test_nothing_old_far_behind_or_of_limited_access_is_listed() -> None:
    record = observed()
    assert record.limited.any()
    for month in MONTHS:
        for _, fit, listed in groups(record, month):
            assert np.isin(listed, fit).all()


def test_a_dearer_and_weaker_model_is_not_listed() -> None:
    assert ladder((140.0, 3.0), (135.0, 4.0), (130.0, 1.0)) == [(130.0, 1.0), (140.0, 3.0)]


def test_of_two_equal_models_one_is_listed() -> None:
    assert ladder((130.0, 3.0), (130.0, 3.0)) == [(130.0, 3.0)]


def test_of_many_the_best_the_cheapest_and_some_between_are_listed() -> None:
    many = [(120.0 + k, 1.0 + k) for k in range(11)]
    opened = ladder(*many, group=OPEN)
    assert opened == [many[0], many[5], many[10]]
    closed = ladder(*many)
    assert (len(closed), closed[0], closed[-1]) == (LISTED_CLOSED, many[0], many[10])


def test_makers_and_kinds_are_listed_apart() -> None:
    group = np.array([0, 1, 2, 3])
    alike = np.full(4, 130.0)
    assert ladders(group, alike, np.array([1.0, 2.0, 3.0, 4.0]), np.arange(4)).size == 4


def test_a_model_that_left_the_list_has_a_listed_heir_of_its_maker_and_kind() -> None:
    record, followed = observed(), 0
    for month in MONTHS:
        heirs = record.heirs[month]
        models = np.flatnonzero(heirs >= 0)
        heir = heirs[models]
        assert np.isin(heir, record.listed(month)).all()
        np.testing.assert_array_equal(record.lab[heir], record.lab[models])
        np.testing.assert_array_equal(record.open[heir], record.open[models])
        followed += (heir != models).sum()
    assert followed > 100


def test_users_move_to_the_weakest_model_that_equals_theirs_else_to_the_best() -> None:
    record = observed()
    for month in MONTHS:
        for _, _, listed in groups(record, month):
            if not listed.size:
                continue
            own = (record.lab == record.lab[listed[0]]) & (record.open == record.open[listed[0]])
            for model in np.flatnonzero(own & (record.heirs[month] >= 0)):
                equal = listed[record.eci[listed] >= record.eci[model]]
                best = listed[record.eci[listed].argmax()]
                wanted = equal[record.eci[equal].argmin()] if equal.size else best
                assert record.eci[record.heirs[month][model]] == record.eci[wanted]


def test_a_maker_that_has_nothing_left_leaves_its_users_without_an_heir() -> None:
    record = observed()
    left = 0
    for month in MONTHS:
        listed = record.listed(month)
        kinds = set(zip(record.lab[listed], record.open[listed], strict=True))
        for model in np.flatnonzero(np.isfinite(record.prices[month])):
            if (record.lab[model], record.open[model]) not in kinds:
                assert record.heirs[month][model] == -1
                left += 1
    assert left > 0


def test_nothing_is_on_sale_before_its_release() -> None:
    record = observed()
    months = np.arange(record.heirs.shape[0])[:, None]
    early = months < record.released
    assert early.any()
    assert (record.heirs[early] == -1).all()


def test_every_listed_model_has_a_price_and_no_price_comes_before_the_release() -> None:
    record = observed()
    for month in MONTHS:
        assert np.isfinite(record.prices[month, record.listed(month)]).all()
    months = np.arange(record.prices.shape[0])[:, None]
    assert np.isnan(record.prices[months < record.released]).all()


def test_the_best_so_far_of_a_lab_an_origin_and_the_market_never_falls() -> None:
    record = observed()
    with np.errstate(invalid="ignore"):  # minus infinity less itself, before the first release
        for best in (record.best, record.lab_best):
            assert not (np.diff(best, axis=0) < 0.0).any()
    np.testing.assert_array_equal(record.best.max(axis=(1, 2)), record.lab_best.max(axis=1))


def test_every_model_that_was_sold_is_counted_as_a_release_once() -> None:
    record = observed()
    assert record.releases.sum() == record.lab.size
    for kind in (0, OPEN):
        assert record.releases[:, :, kind].sum() == (record.open == kind).sum()


def test_the_launch_price_is_the_first_on_record() -> None:
    record = observed()
    for model in range(0, record.lab.size, 17):
        column = record.prices[:, model]
        assert record.launch_price[model] == column[np.isfinite(column)][0]


def test_the_market_opens_in_early_2023_and_is_crowded_today() -> None:
    record = observed()
    assert record.listed(month_index("2023-01")).size == 0
    assert record.listed(month_index("2023-03")).size > 0
    today = record.listed(LAST_OBSERVED_MONTH)
    assert {0, 1} <= set(record.origin[today])
    assert record.open[today].any()
    assert not record.open[today].all()


@pytest.mark.parametrize("name", ["noncommercial", "restrictive", "source"])
def test_only_open_models_have_licences_of_their_own(name: str) -> None:
    record = observed()
    marked = getattr(record, name)
    assert marked.any()
    assert record.open[marked].all()
