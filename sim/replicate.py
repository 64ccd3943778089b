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
from sim.order import ORDER, Step, run_month
from sim.outcomes import REGIONS
from sim.past import END, Past, Pasts, key_of
from sim.scenario import Scenario
from sim.world import World

END_OF_MONTH = 0.999
_pasts = Pasts()


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
    """Return one future.

    It starts where an earlier one of this process reached the end of the record with the same past.
    """
    key = key_of(scenario, seed=seed, replicate=replicate, streams=streams)
    past = _pasts.get(key) if key is not None and order is ORDER else None
    clock = simpy.Environment(initial_time=0 if past is None else END)
    world = new_world(
        scenario,
        clock,
        seed=seed,
        replicate=replicate,
        streams=streams,
        who=None if past is None else past.who,
    )
    if past is not None:
        past.resume(world)
    for lab, draws in enumerate(_release_draws(world)):
        clock.process(_release_clock(clock, world, lab, draws))
    for government in range(len(REGIONS)):
        phase = int(world.dice.one(Purpose.REVIEW_PHASE, government) * REVIEW_MONTHS)
        wait = (phase - int(clock.now)) % REVIEW_MONTHS
        clock.process(review_clock(clock, world.governments, government, wait))
    clock.process(_market(clock, world, order))
    if past is None and key is not None and order is ORDER:
        clock.run(until=END)
        _pasts.put(key, Past.of(world))
    clock.run(until=scenario.n_months)
    streams_by_region = sums(world.who.region, np.ones(streams), len(REGIONS))
    values = outcomes(
        world.ledger, world.releases, world.benchmarked, world.frontiers, streams_by_region
    )
    return Future(values, world.log.entries())


def forget_pasts() -> None:
    """Let the next future of every replicate start in 2023 again, as measurements want it."""
    _pasts.clear()


def _market(
    clock: simpy.Environment, world: World, order: tuple[Step, ...]
) -> Generator[simpy.Event, None, None]:
    """Run the month's steps at the end of each month."""
    month = int(clock.now)
    while True:
        yield clock.timeout(month + END_OF_MONTH - clock.now)
        world.month = month
        run_month(world, order)
        month += 1


def _release_draws(world: World) -> list[list[float]]:
    """Return the draws of each lab's release clock; between two it waits half its interval or more,
    but before the second."""
    labs, n_months = world.labs, world.scenario.n_months
    most = np.arange(3 + int(n_months / (0.5 * float(labs.interval.min()))), dtype=np.uint64)
    agents = np.arange(labs.size, dtype=np.uint64)
    draws: list[list[float]] = world.dice.table(Purpose.RELEASE_CLOCK, agents, most).tolist()
    return draws


def _release_clock(
    clock: simpy.Environment, world: World, lab: int, draws: list[float]
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
    yield clock.timeout(begin - clock.now)
    wait = usual * (draws[0] if entered < begin else 0.5 + draws[0])
    for draw in draws[1:]:
        yield clock.timeout(wait)
        world.due.append(lab)
        wait = usual * (0.5 + draw)
