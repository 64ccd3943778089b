"""Decides how futures of the engine and of the twin are run, and with which seeds.

Seeds of the two have nothing to do with each other: what agrees, agrees in distribution. The
engine is fast, so it runs several futures for each of the twin's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt

from benchmarks.docking.cases import CASES, ECI_USED, MONTHS, SERIES
from benchmarks.mesa_twin.economy import Economy
from benchmarks.mesa_twin.plants import PLANTS
from sim.order import ORDER
from sim.outcomes import ROW, TASK_IDS
from sim.replicate import simulate
from sim.settings import check_workers
from sim.world import World

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
ENGINE_FUTURES = 5  # for each of the twin's
TWIN_SEEDS = 10_000_019  # distance between the seeds of the twin and the user's


@dataclass(frozen=True)
class Size:
    """How large a docking is, and which mistake is planted in the twin."""

    replicates: int
    streams: int
    seed: int = 1
    plant: str | None = None


@dataclass(frozen=True, eq=False)
class Sample:
    """Futures of one case, shape (futures, series, months)."""

    engine: Floats
    twin: Floats


@dataclass(frozen=True)
class Task:
    """One future to be run."""

    case: int
    replicate: int
    size: Size
    of_twin: bool


def run_future(task: Task) -> Floats:
    """Return one future's series at the docked months, shape (series, months)."""
    return twin_future(task) if task.of_twin else engine_future(task)


def twin_future(task: Task) -> Floats:
    """Run the twin to today."""
    size = task.size
    kind = Economy if size.plant is None else PLANTS[size.plant]
    seed = TWIN_SEEDS * (size.seed + 1) + task.replicate
    changes = CASES[task.case].for_twin()
    economy = kind(seed=seed, streams=size.streams, changes=changes)
    for _ in range(max(MONTHS) + 1):
        economy.step()
    told = economy.tally.told
    return np.array([[told[month][series] for month in MONTHS] for series in SERIES])


def engine_future(task: Task) -> Floats:
    """Run the engine to today; a step after the last notes what its ledger holds by task."""
    used: list[Floats] = []

    def note(world: World) -> None:
        used.append(world.used_eci.copy())

    size = task.size
    future = simulate(
        CASES[task.case].for_engine(),
        seed=size.seed,
        replicate=task.replicate,
        streams=size.streams,
        order=(*ORDER, ("capability in use is noted", note)),
    )
    return np.array([[_told(future.values, used, s, month) for month in MONTHS] for s in SERIES])


def _told(values: Floats, used: list[Floats], series: tuple[str, str], month: int) -> float:
    outcome, group = series
    if outcome != ECI_USED:
        return float(values[ROW[series], month])
    tokens, capability = used[month][TASK_IDS.index(group)]
    return float(capability / tokens) if tokens else float("nan")


def futures_of_both(size: Size, workers: int | None, progress: Progress) -> list[Sample]:
    """Return the futures of every case, in any number of processes."""
    tasks = list(_tasks(size))
    found: dict[Task, Floats] = {}
    with ProcessPoolExecutor(check_workers(workers), mp_context=get_context("spawn")) as pool:
        for task, future in zip(tasks, pool.map(run_future, tasks), strict=True):
            found[task] = future
            progress(len(found), len(tasks))
    return [
        Sample(
            engine=np.stack([f for t, f in found.items() if t.case == case and not t.of_twin]),
            twin=np.stack([f for t, f in found.items() if t.case == case and t.of_twin]),
        )
        for case in range(len(CASES))
    ]


def _tasks(size: Size) -> Iterator[Task]:
    for case in range(len(CASES)):
        for replicate in range(size.replicates * ENGINE_FUTURES):
            yield Task(case, replicate, size, of_twin=False)
        for replicate in range(size.replicates):
            yield Task(case, replicate, size, of_twin=True)
