"""How a page gets its futures: one pool of workers for the server, one shelf of finished runs.

A page asks for several scenarios at once and is given them in step: the same futures of each, a
few at first and then more. The shelf is shared by all sessions, so a preset is run once.
"""

from __future__ import annotations

import dataclasses
import gc
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing

import streamlit as st

from sim.ensemble import iter_run
from sim.pool import Pool
from sim.result import Result
from sim.run_id import run_id
from sim.scenario import Scenario, load_scenario
from sim.settings import REPLICATES, SEED, STREAMS, check_count

BASELINE = "status_quo"
PREVIEW = 4
SHELF_SIZE = 32  # about 7 MB each at 64 futures


def how_many() -> int:
    """Return how many futures a page runs: 64, or what FRONTIER_COMMONS_FUTURES says."""
    asked = os.environ.get("FRONTIER_COMMONS_FUTURES", "")
    return check_count("replicates", int(asked)) if asked.isdecimal() else REPLICATES


class Shelf:
    """Finished and half-finished runs, the least recently used thrown away first."""

    def __init__(self, size: int = SHELF_SIZE) -> None:
        self._size, self._lock = size, threading.Lock()
        self._runs: OrderedDict[str, Result] = OrderedDict()

    def get(self, key: str) -> Result | None:
        """Return the run kept under `key`, however far it got."""
        with self._lock:
            if key in self._runs:
                self._runs.move_to_end(key)
            return self._runs.get(key)

    def put(self, key: str, result: Result) -> None:
        """Keep a run unless a longer one is there."""
        with self._lock:
            kept = self._runs.get(key)
            if kept is None or kept.replicates < result.replicates:
                self._runs[key] = result
            self._runs.move_to_end(key)
            while len(self._runs) > self._size:
                self._runs.popitem(last=False)


@st.cache_resource(show_spinner=False, on_release=lambda pool: pool.close())
def pool() -> Pool:
    """Return the server's workers, started once and ended with the server."""
    return Pool()


@st.cache_resource(show_spinner=False)
def shelf() -> Shelf:
    """Return the server's shelf of runs."""
    return Shelf()


def warm() -> None:
    """Run the status quo once and move all that is alive out of the collector's way."""
    for _ in refine([load_scenario(BASELINE)]):
        pass
    gc.collect()
    gc.freeze()


def baseline_of(scenario: Scenario) -> Scenario:
    """Return the status quo in the scenario's world: no lever moved, all else the same."""
    return dataclasses.replace(
        load_scenario(BASELINE),
        assumptions=scenario.assumptions,
        off=scenario.off,
        horizon=scenario.horizon,
        supply=scenario.supply,
    )


def refine(
    scenarios: Sequence[Scenario],
    *,
    seed: int = SEED,
    waiting: Callable[[int], None] | None = None,
) -> Iterator[tuple[Result, ...]]:
    """Yield the same futures of each scenario: a few, twice as many, and at last all.

    `waiting` is called with the number of futures finished in all scenarios together, several
    times a second while workers are busy; it may raise, which frees the workers.
    """
    futures = how_many()
    keys = [run_id(s, seed=seed, replicates=futures, streams=STREAMS) for s in scenarios]
    kept = [shelf().get(key) for key in keys]
    done = dict.fromkeys(keys, 0)

    def report(key: str) -> Callable[[int, int], None]:
        def tell(finished: int, _: int) -> None:
            done[key] = finished
            if waiting is not None:
                waiting(sum(done.values()))

        return tell

    at_once = min((run.replicates if run else 0) for run in kept)
    if at_once >= min(PREVIEW, futures):
        yield tuple(cut(run, s, at_once) for run, s in zip(kept, scenarios, strict=True) if run)
    if at_once >= futures:
        return
    with ExitStack() as stack:
        running = [
            None
            if run is not None and run.replicates >= futures
            else stack.enter_context(
                closing(  # frees the workers if the page is left or asks anew
                    iter_run(
                        scenario,
                        replicates=futures,
                        seed=seed,
                        pool=pool(),
                        progress=report(key),
                    )
                )
            )
            for scenario, run, key in zip(scenarios, kept, keys, strict=True)
        ]
        yield from _in_step(scenarios, keys, kept, running, at_once, futures)


def _in_step(
    scenarios: Sequence[Scenario],
    keys: Sequence[str],
    kept: Sequence[Result | None],
    running: Sequence[Iterator[Result] | None],
    shown: int,
    futures: int,
) -> Iterator[tuple[Result, ...]]:
    while shown < futures:
        grown = [next(run) if run is not None else None for run in running]
        reached = min(result.replicates for result in grown if result is not None)
        results = []
        for scenario, key, old, new in zip(scenarios, keys, kept, grown, strict=True):
            result = new if new is not None else old
            assert result is not None
            shelf().put(key, result)
            results.append(cut(result, scenario, reached))
        if reached > shown and reached >= min(PREVIEW, futures):
            shown = reached
            yield tuple(results)


def cut(result: Result, scenario: Scenario, futures: int) -> Result:
    """Return the first futures of a run, under the name the page knows the scenario by."""
    if futures == result.replicates:
        return dataclasses.replace(result, scenario=scenario)
    return Result(
        scenario,
        result.seed,
        result.streams,
        run_id(scenario, seed=result.seed, replicates=futures, streams=result.streams),
        result.values[:futures],
    )


def stop() -> None:
    """End the workers with the server."""
    pool().close()
