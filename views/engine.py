"""How a page gets its futures: one pool of workers for the server, one cache of runs.

A page asks for several scenarios at once and is given them in step: the same futures of each, a
few at first and then more. The cache is shared by all sessions, so a preset is run once.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import streamlit as st

from sim.ensemble import PREVIEW, iter_runs
from sim.pool import Pool
from sim.result import Result
from sim.run_cache import RunCache
from sim.run_files import default_files
from sim.scenario import Scenario, in_world_of, load_scenario
from sim.settings import REPLICATES, SEED, check_count

BASELINE = "status_quo"
GROWTH = 4  # how many times as many futures the next drawing has


def how_many() -> int:
    """Return how many futures a page runs: 64, or what FRONTIER_COMMONS_FUTURES says."""
    asked = os.environ.get("FRONTIER_COMMONS_FUTURES", "")
    return check_count("replicates", int(asked)) if asked.isdecimal() else REPLICATES


@st.cache_resource(show_spinner=False, on_release=lambda pool: pool.close())
def pool() -> Pool:
    """Return the server's workers, started once and ended with the server."""
    return Pool()


@st.cache_resource(show_spinner=False)
def runs() -> RunCache:
    """Return the runs kept for all sessions, in memory and on disk."""
    return RunCache(files=default_files())


def warm() -> None:
    """Run the status quo once and move all that is alive out of the collector's way."""
    for _ in refine([load_scenario(BASELINE)]):
        pass
    gc.collect()
    gc.freeze()


def baseline_of(scenario: Scenario) -> Scenario:
    """Return the status quo in the scenario's world: no lever moved, all else the same."""
    return in_world_of(load_scenario(BASELINE), scenario)


def refine(
    scenarios: Sequence[Scenario],
    *,
    seed: int = SEED,
    waiting: Callable[[int], None] | None = None,
) -> Iterator[tuple[Result, ...]]:
    """Yield the same futures of each scenario: a few, four times as many, and at last all.

    Drawing costs time that workers need, so not every step is told. `waiting` is called with
    the number of futures finished in all scenarios together, several times a second while
    workers are busy; it may raise, which frees the workers.
    """
    futures = how_many()

    def tell(done: int, _: int) -> None:
        if waiting is not None:
            waiting(done)

    steps = iter_runs(
        scenarios, replicates=futures, seed=seed, pool=pool(), progress=tell, cache=runs()
    )
    least = min(PREVIEW, futures)
    with closing(steps):  # frees the workers if the page is left or asks anew
        for results in steps:
            ready = results[0].replicates
            if ready >= least:
                least = min(GROWTH * ready, futures)
                yield results


def finished(
    scenarios: Sequence[Scenario],
    *,
    seed: int = SEED,
    waiting: Callable[[int], None] | None = None,
) -> tuple[Result, ...]:
    """Return all futures of each scenario, when the last of them is there."""
    *_, results = refine(scenarios, seed=seed, waiting=waiting)
    return results


def stop() -> None:
    """End the workers with the server."""
    pool().close()
