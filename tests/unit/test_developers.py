"""Who chooses in a month, who stays where he is, and what use leaves behind."""

from __future__ import annotations

import numpy as np
import pytest

from sim import Scenario
from sim.assumptions.developers import DeveloperParameters
from sim.calendar import month_index
from sim.order import ORDER
from sim.population import CN, ENTERPRISE, SEGMENTS, STARTUP
from sim.world import World, new_world

P = DeveloperParameters()
STREAMS = 2000
NOBODY = np.full(STREAMS, -1)


def world_of(off: tuple[str, ...] = (), **assumptions: float) -> World:
    """Return a world before its first month."""
    told = Scenario("test", "Test", assumptions=assumptions, off=off)
    return new_world(told, seed=1, replicate=0, streams=STREAMS)


def live(world: World, until: str) -> World:
    """Run an observed world through the end of a month."""
    for month in range(world.month, month_index(until) + 1):
        world.month = month
        for _, step in ORDER:
            step(world)
    world.month += 1
    return world


def family(world: World) -> np.ndarray:
    return np.where(world.use.row >= 0, world.menu.lab[world.use.row], -1)


def test_before_there_is_a_market_nobody_uses_anything() -> None:
    world = live(world_of(), "2023-01")
    np.testing.assert_array_equal(world.use.row, NOBODY)
    np.testing.assert_array_equal(world.use.second_row, NOBODY)
    assert not world.derivatives.any()


@pytest.mark.parametrize(("off", "moves"), [(("new_demand",), False), ((), True)])
def test_if_leaving_costs_too_much_only_new_demand_is_found_elsewhere(
    off: tuple[str, ...], moves: bool
) -> None:
    world = live(world_of(off, switching_startup=50.0, switching_enterprise=50.0), "2024-12")
    before = family(world)
    live(world, "2025-01")
    menu, who = world.menu, world.who
    # Whose family still sells something that every customer outside China may use.
    safe = np.unique(menu.lab[(menu.places < menu.cn) & ~menu.noncommercial])
    free = (who.region != CN) & np.isin(who.segment, [STARTUP, ENTERPRISE])
    held = free & np.isin(before, safe) & world.use.chose
    assert held.sum() > 100
    assert (family(world)[held] != before[held]).any() == moves


@pytest.mark.parametrize(
    ("month", "entry"), [("2025-10", P.entry_startup), ("2026-03", P.entry_startup_2026)]
)
def test_start_ups_choose_when_they_reconsider_or_are_new(month: str, entry: float) -> None:
    world = live(world_of(), month)
    expected = 1.0 - (1.0 - P.reconsider_startup) / (1.0 + entry)
    chose = world.use.chose[world.who.segment == STARTUP].mean()
    assert chose == pytest.approx(expected, abs=0.06)
    assert world.use.chose[world.who.segment == ENTERPRISE].mean() < 0.5 * chose


def test_without_new_demand_streams_choose_less_often() -> None:
    often, seldom = (live(world_of(off), "2026-03").use.chose for off in ((), ("new_demand",)))
    for segment in range(len(SEGMENTS)):
        members = world_of().who.segment == segment
        assert seldom[members].sum() < often[members].sum()


def test_derivatives_are_built_on_families_with_open_weights_alone() -> None:
    world = live(world_of(), "2025-06")
    shelf = world.shelf
    opened = np.unique(shelf.lab[: shelf.count][shelf.open[: shelf.count]])
    built_on = np.flatnonzero(world.derivatives)
    assert built_on.size > 3
    assert np.isin(built_on, opened).all()
    assert (world.derivatives >= 0).all()


def test_fewer_enterprises_than_start_ups_use_chinese_models() -> None:
    world = live(world_of(), "2025-12")
    abroad = world.who.region != CN
    chinese = world.use.row >= world.menu.cn
    shares = [chinese[abroad & (world.who.segment == s)].mean() for s in (ENTERPRISE, STARTUP)]
    assert 0.0 < shares[0] < shares[1] < 1.0
