"""How many futures are run: the same futures for every scenario, wherever they are computed.

Each replicate is a pure function of (scenario, seed, replicate, streams) and is put in its place
by its number, so any number of workers gives the same bytes. Scenarios that are run together are
interleaved: future i of one next to future i of the others, so that differences are known early.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, TypedDict, Unpack

from sim.backend import Backend, Here
from sim.pool import Pool
from sim.run_cache import RunCache
from sim.scenario import Scenario
from sim.settings import REPLICATES, SEED, STREAMS, Progress, check_count, check_workers
from sim.study import Study

if TYPE_CHECKING:
    from sim.replicate import Future
    from sim.result import Result

PREVIEW = 4  # futures of each scenario that go before other callers' later ones

# Below this a run takes about 2 s in one process, uncompiled; starting workers takes most of one.
# A replicate costs about as much for its own sake as for 4,000 streams.
_FIXED_STREAMS = 4000
_SMALL_WORK = 3 * (_FIXED_STREAMS + 4000) * 120


class RunOptions(TypedDict, total=False):
    """What `iter_runs` may be told, and so every function that runs futures."""

    replicates: int
    seed: int
    streams: int
    workers: int | None
    pool: Backend | None
    progress: Progress | None
    cache: RunCache | None


def run(scenario: Scenario, **options: Unpack[RunOptions]) -> Result:
    """Return all futures of one scenario. The options are those of `iter_runs`."""
    (result,) = run_all([scenario], **options)
    return result


def run_all(scenarios: Sequence[Scenario], **options: Unpack[RunOptions]) -> tuple[Result, ...]:
    """Return the same futures of several scenarios. The options are those of `iter_runs`."""
    *_, results = iter_runs(scenarios, **options)
    return results


def iter_run(scenario: Scenario, **options: Unpack[RunOptions]) -> Generator[Result, None, None]:
    """Yield the growing result of one scenario. The options are those of `iter_runs`."""
    return _only(iter_runs([scenario], **options))


def iter_runs(
    scenarios: Sequence[Scenario],
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
    streams: int = STREAMS,
    workers: int | None = None,
    pool: Backend | None = None,
    progress: Progress | None = None,
    cache: RunCache | None = None,
) -> Generator[tuple[Result, ...], None, None]:
    """Yield growing results: the first 2, 4, 8, ... futures of every scenario and at last all.

    Each yield is exactly what `run_all` returns for that many replicates; it begins with what
    `cache` knows of all scenarios. `workers` None uses this process for little work and one process
    a processor for more; `pool` uses workers that are already running, here or on a cluster.

    Work has begun when this returns, if `pool` is this machine's. Closing the iterator cancels
    outstanding futures. `progress` is called with futures (done, total) of all scenarios together,
    and while futures are awaited from workers at least ten times a second, with unchanged numbers
    if need be, so that it may raise to interrupt.
    """
    replicates = check_count("replicates", replicates)
    seed, streams = check_count("seed", seed), check_count("streams", streams)
    if pool is None:
        workers = count_workers(scenarios, replicates=replicates, streams=streams, workers=workers)
    steps = _grow(Study(scenarios, replicates, seed, streams, cache), workers, pool, progress)
    next(steps)
    return steps


def count_workers(
    scenarios: Sequence[Scenario], *, replicates: int, streams: int, workers: int | None
) -> int:
    """Return how many processes to use: as many as asked for, else as many as pay."""
    months = sum(scenario.n_months for scenario in scenarios)
    if workers is None and is_small(months, replicates, streams):
        return 1
    return check_workers(workers)


def is_small(n_months: int, replicates: int, streams: int) -> bool:
    """Return whether one process is faster, since several have to start first."""
    return replicates * (_FIXED_STREAMS + streams) * n_months <= _SMALL_WORK


def schedule(replicates: int) -> list[int]:
    """Return how many futures each refinement shows: 2, 4, 8, ... and all."""
    doubled = [2**k for k in range(1, replicates.bit_length()) if 2**k < replicates]
    return [*doubled, replicates]


@contextmanager
def opened_pool(workers: int | None, pool: Backend | None, items: int) -> Iterator[Backend]:
    """Yield where to work: `pool`, or workers started here and ended here, or this process."""
    count = 1 if workers is None else min(workers, items)
    if pool is not None:
        yield pool
    elif count <= 1:
        yield Here()
    else:
        with Pool(count) as own:
            yield own


def _grow(
    study: Study, workers: int | None, pool: Backend | None, progress: Progress | None
) -> Generator[tuple[Result, ...], None, None]:
    """Begin, which the first `next` does and yields nothing; then yield what is known at once, and
    what is run, in steps."""
    items, ready = study.missing(), study.ready
    steps = [step for step in schedule(study.replicates) if step > ready]
    tell = _teller(study, progress)
    if not items:
        yield ()
        tell()
        yield study.results(ready)
        return
    preview = sum(replicate < PREVIEW for _, replicate in items)
    try:
        with opened_pool(workers, pool, len(items)) as backend:
            homes = [replicate for _, replicate in items]
            found = backend.map(study.task, items, preview=preview, progress=tell, homes=homes)
            with closing(found):
                yield ()
                if ready:
                    tell()
                    yield study.results(ready)
                yield from _in_steps(study, found, steps)
    finally:
        study.keep()


def _in_steps(
    study: Study, found: Iterator[tuple[tuple[int, int], Future]], steps: list[int]
) -> Iterator[tuple[Result, ...]]:
    for item, future in found:
        study.add(item, future)
        shown = [step for step in steps if step <= study.ready]
        if shown:
            steps = steps[len(shown) :]
            study.keep()
            yield study.results(shown[-1])


def _teller(study: Study, progress: Progress | None) -> Callable[..., None]:
    """Return a progress that counts the futures of all scenarios, known ones included."""

    def tell(*_: int) -> None:
        if progress is not None:
            progress(study.done, study.total)

    return tell


def _only(steps: Generator[tuple[Result, ...], None, None]) -> Generator[Result, None, None]:
    with closing(steps):
        for (result,) in steps:
            yield result
