"""How many futures are run: the same futures for every scenario, on one process or several.

Each replicate is a pure function of (scenario, seed, replicate, streams) and is put in its place
by its number, so any number of workers gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.log import ENTRY, Entries
from sim.outcomes import SERIES
from sim.pool import Pool
from sim.replicate import Future, simulate
from sim.run_id import run_id
from sim.scenario import Scenario
from sim.settings import REPLICATES, SEED, STREAMS, Progress, check_count, check_workers

if TYPE_CHECKING:  # Result needs pandas (0.3 s); a run needs it only at its end
    from sim.result import Result

Floats = npt.NDArray[np.float64]
NO_ENTRIES: Entries = np.zeros(0, dtype=ENTRY)

# Below this a run takes about 2 s in one process; starting workers takes most of a second.
# A replicate costs about as much for its own sake as for 4,000 streams.
_FIXED_STREAMS = 4000
_SMALL_WORK = 12 * (_FIXED_STREAMS + 4000) * 120


def run(
    scenario: Scenario,
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
    streams: int = STREAMS,
    workers: int | None = None,
    pool: Pool | None = None,
    progress: Progress | None = None,
) -> Result:
    """Return all futures of one scenario.

    `workers` None uses this process for little work and one process a processor for more;
    `pool` uses workers that are already running. `progress` is called with (done, total).
    """
    *_, result = iter_run(
        scenario,
        replicates=replicates,
        seed=seed,
        streams=streams,
        workers=workers,
        pool=pool,
        progress=progress,
    )
    return result


def iter_run(
    scenario: Scenario,
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
    streams: int = STREAMS,
    workers: int | None = None,
    pool: Pool | None = None,
    progress: Progress | None = None,
) -> Generator[Result, None, None]:
    """Yield the growing result: the first 2, 4, 8, ... futures and at last all of them.

    Each yield is exactly what `run` returns for that many replicates. Closing the iterator
    cancels outstanding futures. While futures are awaited, `progress` is called at least ten
    times a second, with unchanged numbers if need be, so that it may raise to interrupt.
    """
    replicates = check_count("replicates", replicates)
    seed, streams = check_count("seed", seed), check_count("streams", streams)
    if pool is None:
        small = is_small(scenario.n_months, replicates, streams)
        workers = 1 if workers is None and small else check_workers(workers)
    return _grow(scenario, replicates, seed, streams, workers, pool, progress)


def is_small(n_months: int, replicates: int, streams: int) -> bool:
    """Return whether one process is faster, since several have to start first."""
    return replicates * (_FIXED_STREAMS + streams) * n_months <= _SMALL_WORK


def schedule(replicates: int) -> list[int]:
    """Return how many futures each refinement shows: 2, 4, 8, ... and all."""
    doubled = [2**k for k in range(1, replicates.bit_length()) if 2**k < replicates]
    return [*doubled, replicates]


def _grow(
    scenario: Scenario,
    replicates: int,
    seed: int,
    streams: int,
    workers: int | None,
    pool: Pool | None,
    progress: Progress | None,
) -> Generator[Result, None, None]:
    values = np.full((replicates, len(SERIES), scenario.n_months), np.nan)
    logs: list[Entries] = [NO_ENTRIES] * replicates
    done, ready, steps = np.zeros(replicates, dtype=bool), 0, schedule(replicates)
    report = _Reporter(progress, replicates)
    with (
        opened_pool(workers, pool, replicates) as shared,
        closing(_futures(scenario, seed, streams, replicates, shared, report)) as futures,
    ):
        for replicate, future in futures:
            values[replicate], logs[replicate] = future.values, future.log
            done[replicate] = True
            report.advance()
            while ready < replicates and done[ready]:
                ready += 1
            shown = [step for step in steps if step <= ready]
            if shown:
                steps = steps[len(shown) :]
                yield _result(scenario, seed, streams, values[: shown[-1]], logs)


class _Reporter:
    """Counts futures and passes the count on."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._done, self._total = progress, 0, total

    def advance(self) -> None:
        self._done += 1
        self.repeat()

    def repeat(self) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total)


@contextmanager
def opened_pool(workers: int | None, pool: Pool | None, replicates: int) -> Iterator[Pool | None]:
    """Yield the pool to use, None for this process; one opened here is closed here."""
    count = 1 if workers is None else min(workers, replicates)
    if pool is not None or count == 1:
        yield pool
    else:
        with Pool(count) as own:
            yield own


def _futures(
    scenario: Scenario,
    seed: int,
    streams: int,
    replicates: int,
    pool: Pool | None,
    report: _Reporter,
) -> Generator[tuple[int, Future], None, None]:
    if pool is not None:
        return pool.map_replicates(
            scenario, seed, streams, range(replicates), waiting=report.repeat
        )
    return (
        (replicate, simulate(scenario, seed=seed, replicate=replicate, streams=streams))
        for replicate in range(replicates)
    )


def _result(
    scenario: Scenario, seed: int, streams: int, values: Floats, logs: list[Entries]
) -> Result:
    from sim.result import Result

    shown = values.view()
    shown.flags.writeable = False
    name = run_id(scenario, seed=seed, replicates=len(values), streams=streams)
    return Result(scenario, seed, streams, name, shown, tuple(logs[: len(values)]))
