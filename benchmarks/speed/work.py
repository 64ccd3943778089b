"""The work that kernels and peers are timed on: every stream chooses once, from real shortlists.

A month of the status quo is played; then each stream draws its two uniforms and chooses its first
and second model from the shortlist of its cell, with what trust and habit take from it or add.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim import twins
from sim.chance import uniforms
from sim.choice import Choices, Choosers, choose
from sim.climate import climate
from sim.compiled import TWINS, compiled
from sim.compiled.chance import draw_of
from sim.compiled.choice import exponentials
from sim.crowd import Pulse, choosers
from sim.developers import rates
from sim.order import ORDER
from sim.replicate import simulate
from sim.scenario import Scenario
from sim.shortlist import SLOTS, Shortlists, build_shortlists
from sim.world import World

MONTH = 72  # January 2029: labs have decided for over two years
FIRST_KEY, SECOND_KEY = 11, 12
LANES = 32


class Work(NamedTuple):
    """Streams and what they choose from."""

    lists: Shortlists
    who: Choosers
    ids: np.ndarray

    @property
    def size(self) -> int:
        """Number of choices."""
        return int(self.ids.size)


def choices_of_a_month(streams: int) -> Work:
    """Return the work: all streams of one future choose in the same month."""
    seen: list[World] = []
    simulate(
        Scenario("benchmark", "Status quo", horizon=MONTH, worlds="central"),
        seed=1,
        replicate=0,
        streams=streams,
        order=(*ORDER, ("look", seen.append)),
    )
    world = seen[-1]
    menu = world.menu
    assert menu is not None
    now = climate(world, menu.frontier)
    lists = build_shortlists(menu, now, world.numbers.developers, world.fixed_costs)
    segments = np.zeros(4)
    pulse = Pulse(
        segments,
        segments,
        rates(world.month, world.numbers.developers, world.on)[2],
        0,
        FIRST_KEY,
        SECOND_KEY,
    )
    every = np.arange(streams)
    family = np.append(menu.lab, -1)[world.use.held.row]
    unbound = np.zeros(streams, dtype=np.uint8)
    return Work(lists, choosers(world.crowd, every, unbound, family, pulse), world.crowd.ids)


def by_numpy(work: Work) -> Choices:
    """Draw and choose by the readable reference."""
    with twins.only("reference"):
        first, second = (uniforms(work.ids, key) for key in (FIRST_KEY, SECOND_KEY))
        return choose(work.lists, work.who._replace(first=first, second=second))


def by_machine_code(work: Work) -> Choices:
    """Draw and choose by the compiled twins."""
    first, second = (TWINS["uniform"](work.ids, key) for key in (FIRST_KEY, SECOND_KEY))
    made: Choices = TWINS["choose"](work.lists, work.who._replace(first=first, second=second))
    return made


@compiled
def _bound(source: np.ndarray, ids: np.ndarray, out: np.ndarray) -> float:
    """Take the exponentials of every slot, a block at a time, and two uniforms a stream."""
    total = 0.0
    for begin in range(0, ids.size, LANES):
        lanes = min(LANES, ids.size - begin)
        out[:] = source
        exponentials(out[: lanes * SLOTS])
        for i in range(lanes):
            total += draw_of(ids[begin + i], np.uint64(FIRST_KEY))
            total += draw_of(ids[begin + i], np.uint64(SECOND_KEY))
        total += out[0]
    return total


def lower_bound(work: Work) -> Callable[[], float]:
    """Return what no way of choosing can do without: exponentials and uniforms, in a cache."""
    source = np.linspace(-20.0, 5.0, LANES * SLOTS).astype(np.float32)
    out = np.empty_like(source)
    return lambda: float(_bound(source, work.ids, out))
