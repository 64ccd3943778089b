"""Scenarios and futures that tests share, and ways to look into a future while it unfolds.

Futures run on machine code, which tests/parity shows to give the bits of the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from types import ModuleType

import numpy as np
import numpy.typing as npt

from sim import Scenario, compiling, twins
from sim.calendar import month_index
from sim.levers import LEVERS, Policy
from sim.log import Entries, Event
from sim.mechanisms import On, switches
from sim.order import ORDER, Step
from sim.outcomes import ROW
from sim.replicate import Future, simulate
from sim.scenario import LeverSetting, Supply
from sim.shocks import Shock
from sim.world import World
from sim.worlds import Worlds

Floats = npt.NDArray[np.float64]
Look = Callable[[World], None]
STREAMS = 400
CHOOSE = "developers enter, reconsider, choose; rationing"


def scenario(
    *,
    until: str = "2028-12",
    start: int = 0,
    supply: Supply = "observed",
    off: Iterable[str] = (),
    shocks: Iterable[Shock] = (),
    assumptions: Mapping[str, float] | None = None,
    worlds: Worlds = "central",
    **levers: float,
) -> Scenario:
    """Return a scenario whose levers all start in month `start`; every future in the same world."""
    return Scenario(
        "test",
        "Test",
        levers={name: LeverSetting(value, start) for name, value in levers.items()},
        assumptions=dict(assumptions or {}),
        off=tuple(off),
        horizon=month_index(until),
        supply=supply,
        shocks=tuple(shocks),
        worlds=worlds,
    )


@cache
def machine_code() -> None:
    """Make the machine code that is not on disk, or wait for the process that makes it."""
    if compiling.is_wanted():
        with twins.only("reference"):  # what it loads is gone again afterwards
            compiling.make()


def future(told: Scenario, *, replicate: int = 0, streams: int = STREAMS, seed: int = 1) -> Future:
    """Return one future of a scenario; one already run in this process is not run again."""
    levers, assumptions = tuple(told.levers.items()), tuple(told.assumptions.items())
    rest = (told.off, told.horizon, told.supply, told.shocks, told.worlds)
    return _future(levers, assumptions, *rest, replicate, streams, seed)


@lru_cache(maxsize=512)
def _future(
    levers: tuple[tuple[str, LeverSetting], ...],
    assumptions: tuple[tuple[str, float], ...],
    off: tuple[str, ...],
    horizon: int,
    supply: Supply,
    shocks: tuple[Shock, ...],
    worlds: Worlds,
    replicate: int,
    streams: int,
    seed: int,
) -> Future:
    told = Scenario(
        "test", "", "", dict(levers), dict(assumptions), off, horizon, supply, shocks, worlds
    )
    return unfolded(told, replicate=replicate, streams=streams, seed=seed)


def unfolded(
    told: Scenario,
    *,
    replicate: int = 0,
    streams: int = STREAMS,
    seed: int = 1,
    order: tuple[Step, ...] = ORDER,
    served_by: str = "compiled",
) -> Future:
    """Return one future, run now, by the compiled or by the reference functions alone."""
    if served_by == "compiled":
        machine_code()
    with twins.only(served_by):
        return simulate(told, seed=seed, replicate=replicate, streams=streams, order=order)


@cache
def runs_futures(module: ModuleType) -> bool:
    """Return whether a module of tests has taken from here what runs on machine code."""
    running = (future, unfolded, machine_code)
    return any(held is run for held in vars(module).values() for run in running)


def order_with(
    look: Look, *, before: str | None = None, after: str | None = None
) -> tuple[Step, ...]:
    """Return the order of the month with a look (or an intervention) put in; last by default."""
    steps = list(ORDER)
    labels = [label for label, _ in ORDER]
    place = len(steps)
    if before is not None:
        place = labels.index(before)
    elif after is not None:
        place = labels.index(after) + 1
    steps.insert(place, ("look", look))
    return tuple(steps)


def series(values: Future, outcome: str, group: str = "world") -> Floats:
    """Return one series of a future, shape (months,)."""
    return values.values[ROW[outcome, group]]


def entries(log: Entries, event: Event) -> Entries:
    """Return the entries of one kind."""
    return log[log["event"] == int(event)]


def same(one: npt.NDArray[np.generic], other: npt.NDArray[np.generic]) -> bool:
    """Return whether two arrays hold the same numbers, missing ones included."""
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


def same_future(one: Future, other: Future) -> bool:
    """Return whether two futures are the same bytes, outcomes and log."""
    return (
        one.values.tobytes() == other.values.tobytes() and one.log.tobytes() == other.log.tobytes()
    )


def policy(**levers: float) -> Policy:
    """Return the levers of today but for those given."""
    return Policy(*(lever.default for lever in LEVERS))._replace(**levers)


def on_but(*off: str) -> On:
    """Return all mechanisms on but those named."""
    return switches(off)
