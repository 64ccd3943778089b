"""How a page gets its futures: one pool of workers for the server, one cache of runs.

A page asks for several scenarios at once and is given them in step: the same futures of each, a
few at first and then more. The cache is shared by all sessions, so a preset is run once.
"""

from __future__ import annotations

import gc
import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from sim.ensemble import PREVIEW, iter_runs
from sim.pool import Pool
from sim.result import Result
from sim.run_cache import RunCache
from sim.run_files import default_files
from sim.scenario import Scenario, in_world_of, load_scenario
from sim.settings import REPLICATES, SEED, check_count

BASELINE = "status_quo"
Waiting = Callable[[int], None]
Meanwhile = Callable[[], None]
TELL_SECONDS = 1.0  # a line that changes ten times a second takes the browser most of a processor
SENDING_SECONDS = 0.06  # in which what is drawn is sent; a page that goes on drawing delays that
WARMING_SECONDS = 1.0  # how often the warm-up looks whether visitors have what they asked for
GROWTH = 4  # how many times as many futures the next drawing has
_visited = threading.Event()  # a page of this server has asked for futures


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
    """Run the status quo once and move all that is alive out of the collector's way.

    A first visitor's page runs it as well: as soon as there is one, leave the workers to it, and
    see to the rest when they are free.
    """
    base = [load_scenario(BASELINE)]
    with suppress(_VisitedError):
        list(Asked(base, look=_leave_to_visitor).refine())
    while pool().waiting:
        time.sleep(WARMING_SECONDS)
    list(refine(base))
    gc.collect()
    gc.freeze()


class _VisitedError(Exception):
    """A page asks for futures."""


def _leave_to_visitor() -> None:
    if _visited.is_set():
        raise _VisitedError


def baseline_of(scenario: Scenario) -> Scenario:
    """Return the status quo in the scenario's world: no lever moved, all else the same."""
    return in_world_of(load_scenario(BASELINE), scenario)


class Asked:
    """Futures of several scenarios that the server's workers have begun with.

    Closing it frees the workers, if the page is left or asks anew. `look` is called often while
    workers are busy, in place of `give_way`, and may raise.
    """

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        *,
        seed: int = SEED,
        look: Callable[[], None] | None = None,
    ) -> None:
        if _is_page():
            _visited.set()
        self._futures, self._look = how_many(), look
        self._waiting: Waiting | None = None
        self._meanwhile: Meanwhile | None = None
        self._told = -math.inf
        self._steps = iter_runs(
            scenarios,
            replicates=self._futures,
            seed=seed,
            pool=pool(),
            progress=self._tell,
            cache=runs(),
        )

    def refine(
        self, waiting: Waiting | None = None, meanwhile: Meanwhile | None = None
    ) -> Iterator[tuple[Result, ...]]:
        """Yield the same futures of each scenario: a few, four times as many, and at last all.

        Drawing costs time that workers need, so not every step is told. `waiting` is called with
        the number of futures finished in all scenarios together, once a second while workers are
        busy; it may raise, which frees the workers. `meanwhile` is called once, to draw what is not
        asked for first: while workers are busy, or after the futures where all were known.
        """
        self._waiting, self._meanwhile = waiting, meanwhile
        least = min(PREVIEW, self._futures)
        with closing(self):
            for results in self._steps:
                ready = results[0].replicates
                if ready >= least:
                    least = min(GROWTH * ready, self._futures)
                    yield results
                    if self._meanwhile is not None:
                        time.sleep(SENDING_SECONDS)
                        self._draw_meanwhile()

    def close(self) -> None:
        """Have nothing more worked on."""
        self._steps.close()

    def _draw_meanwhile(self) -> None:
        draw, self._meanwhile = self._meanwhile, None
        if draw is not None:
            draw()

    def _tell(self, done: int, total: int) -> None:
        (self._look or give_way)()
        if done < total:
            self._draw_meanwhile()
        now = time.monotonic()
        if self._waiting is not None and now - self._told >= TELL_SECONDS:
            self._told = now
            self._waiting(done)


def _is_page() -> bool:
    return get_script_run_ctx(suppress_warning=True) is not None


def give_way() -> None:
    """End this run of the page here if the visitor has moved something; costs the browser nothing.

    Streamlit looks for that whenever the session's state is asked for anything.
    """
    if _is_page():
        _ = BASELINE in st.session_state


def refine(
    scenarios: Sequence[Scenario], *, seed: int = SEED, waiting: Waiting | None = None
) -> Iterator[tuple[Result, ...]]:
    """Ask, and yield as `Asked.refine` does."""
    return Asked(scenarios, seed=seed).refine(waiting)


def finished(
    scenarios: Sequence[Scenario],
    *,
    seed: int = SEED,
    waiting: Waiting | None = None,
) -> tuple[Result, ...]:
    """Return all futures of each scenario, when the last of them is there."""
    *_, results = refine(scenarios, seed=seed, waiting=waiting)
    return results


def stop() -> None:
    """End the workers with the server."""
    pool().close()
