"""Which levers two scenarios differ by, and the scenarios in between: some levers moved, some not.

What else differs (assumptions, mechanisms off, shocks, where worlds and models come from) counts as
one more lever, "world", so that the shares of a comparison always add up.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from sim.calendar import month_label
from sim.chance import Dice, Purpose
from sim.declare import InputError
from sim.levers import LEVERS
from sim.run_id import changed_assumptions
from sim.scenario import Scenario

WORLD = "world"
_ORDER_DRAWS = 1000  # months do not go that far, so these draws are nobody else's


def players_of(first: Scenario, second: Scenario) -> tuple[str, ...]:
    """Return the levers whose path is not the same in both, and "world" if their worlds differ.

    Raises InputError if there are none, or if the scenarios end in different months.
    """
    if first.horizon != second.horizon:
        raise InputError(
            f"attribute: {first.name!r} ends {month_label(first.horizon)} and {second.name!r} "
            f"{month_label(second.horizon)}; only scenarios of one horizon can be compared"
        )
    moved = [
        lever.id
        for lever in LEVERS
        if not np.array_equal(first.path(lever.id), second.path(lever.id))
    ]
    found = (*moved, *([WORLD] if _world(first) != _world(second) else []))
    if not found:
        raise InputError(
            f"attribute: {first.name!r} and {second.name!r} differ in no lever and in nothing else"
        )
    return found


def between(first: Scenario, second: Scenario, moved: Sequence[str]) -> Scenario:
    """Return the first scenario with these players set as they are in the second."""
    levers = dict(first.levers)
    for name in moved:
        levers.pop(name, None)
        if name in second.levers:
            levers[name] = second.levers[name]
    world = second if WORLD in moved else first
    return dataclasses.replace(
        first,
        levers=levers,
        assumptions=world.assumptions,
        off=world.off,
        shocks=world.shocks,
        supply=world.supply,
        worlds=world.worlds,
    )


def members(coalition: int, players: Sequence[str]) -> list[str]:
    """Return the players in a coalition, by name."""
    return [name for at, name in enumerate(players) if coalition >> at & 1]


def sampled_orders(players: int, orders: int, *, seed: int, replicate: int) -> list[list[int]]:
    """Return orders drawn for one future: one, or an even number of them.

    In an order and its reverse every player joins once early and once late, which takes most of
    the chance out of the average. Of an even number each second one is the reverse of the one
    before; of one order a future, those of odd futures are the reverse of those of the even before.
    """
    if orders == 1:
        order = _drawn_order(Dice(seed, replicate - replicate % 2), players, 0)
        return [order[::-1] if replicate % 2 else order]
    dice, found = Dice(seed, replicate), []
    for pair in range(orders // 2):
        order = _drawn_order(dice, players, pair)
        found += [order, order[::-1]]
    return found


def _drawn_order(dice: Dice, players: int, number: int) -> list[int]:
    keys = np.arange(players, dtype=np.uint64)
    draws = dice.uniform(Purpose.ORDER, keys, _ORDER_DRAWS + number)
    return [int(player) for player in np.argsort(draws, kind="stable")]


def _world(scenario: Scenario) -> tuple[object, ...]:
    return (
        changed_assumptions(scenario),
        sorted(set(scenario.off)),
        sorted(dataclasses.astuple(shock) for shock in scenario.shocks),
        scenario.supply,
        scenario.worlds,
    )
