"""How one future unfolds: a SimPy clock carries all that happens at a time of its own."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import simpy

from sim.accounts import outcomes
from sim.beginning import early_capability, new_world
from sim.chance import Purpose
from sim.governments import REVIEW_MONTHS, review_clock
from sim.ledger import sums
from sim.log import Entries
from sim.order import ORDER, Step
from sim.outcomes import REGIONS
from sim.scenario import Scenario
from sim.world import World

END_OF_MONTH = 0.999


@dataclass(frozen=True, eq=False)
class Future:
    """One future: outcomes, shape (series, months), NaN where not defined; and its log."""

    values: npt.NDArray[np.float64]
    log: Entries


def simulate(
    scenario: Scenario,
    *,
    seed: int,
    replicate: int,
    streams: int,
    order: tuple[Step, ...] = ORDER,
) -> Future:
    """Return one future."""
    clock = simpy.Environment()
    world = new_world(scenario, clock, seed=seed, replicate=replicate, streams=streams)
    for lab in range(world.labs.size):
        clock.process(_release_clock(clock, world, lab))
    for government in range(len(REGIONS)):
        phase = int(world.dice.one(Purpose.REVIEW_PHASE, government) * REVIEW_MONTHS)
        clock.process(review_clock(clock, world.governments, government, phase))
    clock.process(_market(clock, world, order))
    clock.run(until=scenario.n_months)
    streams_by_region = sums(world.who.region, np.ones(streams), len(REGIONS))
    values = outcomes(world.ledger, world.releases, world.frontiers, streams_by_region)
    return Future(values, world.log.entries())


def _market(
    clock: simpy.Environment, world: World, order: tuple[Step, ...]
) -> Generator[simpy.Event, None, None]:
    """Run the month's steps at the end of each month."""
    yield clock.timeout(END_OF_MONTH)
    while True:
        world.month = int(clock.now)
        for _, step in order:
            step(world)
        yield clock.timeout(1.0)


def _release_clock(
    clock: simpy.Environment, world: World, lab: int
) -> Generator[simpy.Event, None, None]:
    """Ring when a lab's next release is due, from the first month whose supply is simulated.

    Intervals spread evenly between half and one and a half times the lab's usual one. In a
    simulated history a lab's first release is in the month of its first on record.
    """
    usual = float(world.labs.interval[lab])
    entered = int(early_capability()[0][lab])
    begin = max(world.first_simulated_month, entered)
    if begin >= world.scenario.n_months:
        return
    yield clock.timeout(begin)
    share = world.dice.one(Purpose.RELEASE_CLOCK, lab)
    wait = usual * (share if entered < begin else 0.5 + share)
    count = 0
    while True:
        yield clock.timeout(wait)
        world.due.append(lab)
        count += 1
        wait = usual * (0.5 + world.dice.one(Purpose.RELEASE_CLOCK, lab, count))
