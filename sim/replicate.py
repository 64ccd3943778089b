"""How one future unfolds: a SimPy clock carries the monthly market and each lab's release clock."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import numpy.typing as npt
import simpy

from sim.accounts import outcomes
from sim.calendar import LAST_OBSERVED_MONTH
from sim.chance import Purpose
from sim.ledger import sums
from sim.order import ORDER, Step
from sim.outcomes import REGIONS
from sim.scenario import Scenario
from sim.world import World, new_world


def simulate(
    scenario: Scenario,
    *,
    seed: int,
    replicate: int,
    streams: int,
    order: tuple[Step, ...] = ORDER,
) -> npt.NDArray[np.float64]:
    """Return the outcomes of one future, shape (series, months); NaN where not defined."""
    world = new_world(scenario, seed=seed, replicate=replicate, streams=streams)
    clock = simpy.Environment()
    for lab in range(len(world.labs.ids)):
        clock.process(_release_clock(clock, world, lab))
    clock.process(_market(clock, world, order))
    clock.run(until=scenario.n_months)
    streams_by_region = sums(world.who.region, np.ones(streams), len(REGIONS))
    return outcomes(world.ledger, world.releases, streams_by_region)


def _market(
    clock: simpy.Environment, world: World, order: tuple[Step, ...]
) -> Generator[simpy.Event, None, None]:
    """Run the month's steps at the end of each month."""
    yield clock.timeout(0.999)
    while True:
        world.month = int(clock.now)
        for _, step in order:
            step(world)
        yield clock.timeout(1.0)


def _release_clock(
    clock: simpy.Environment, world: World, lab: int
) -> Generator[simpy.Event, None, None]:
    """Ring when a lab's next release is due, from the first month after today.

    Intervals spread evenly between half and one and a half times the lab's usual one.
    """
    usual = float(world.labs.interval[lab])
    yield clock.timeout(LAST_OBSERVED_MONTH + 1)
    count = 0
    wait = usual * world.dice.one(Purpose.RELEASE_CLOCK, lab)
    while True:
        yield clock.timeout(wait)
        world.due.append(lab)
        count += 1
        wait = usual * (0.5 + world.dice.one(Purpose.RELEASE_CLOCK, lab, count))
