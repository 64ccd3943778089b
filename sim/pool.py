"""How futures are shared out to processes: in any number of processes they are the same bytes.

Workers are spawned, never forked, so the pool may be used from a threaded server. A spawned worker
would normally import the caller's script again as `__main__`; under Streamlit that breaks it, so
`__main__` is hidden while workers start. This module does not import pandas: every worker imports
it, and pandas would triple the time a worker needs to start.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType

from sim.replicate import Future as Outcome
from sim.replicate import simulate
from sim.scenario import Scenario
from sim.settings import check_workers

HEARTBEAT_SECONDS = 0.1
_STARTING = threading.Lock()


@dataclass
class _Job:
    """One call's work: replicates to submit, replicates running, and executors that broke."""

    scenario: Scenario
    seed: int
    streams: int
    todo: deque[int]
    running: dict[Future[Outcome], tuple[int, ProcessPoolExecutor]] = field(default_factory=dict)
    broken: set[ProcessPoolExecutor] = field(default_factory=set)


class Pool:
    """Worker processes that several callers, and several threads, may share.

    Each caller keeps only a few replicates submitted, so callers share the workers fairly and a
    cancelled caller frees them at once. A worker that dies takes its executor with it; the
    executor is then replaced and the work redone, once a call.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = check_workers(workers)
        self._lock = threading.Lock()
        self._executor = self._start()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_warm(self) -> bool:
        """Whether every worker has started and has run its first future."""
        return all(future.done() for future in self._warming)

    def close(self) -> None:
        """Cancel what has not started, wait for what has, and end the workers."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def map_replicates(
        self,
        scenario: Scenario,
        seed: int,
        streams: int,
        replicates: Iterable[int],
        *,
        waiting: Callable[[], None] | None = None,
    ) -> Generator[tuple[int, Outcome], None, None]:
        """Yield (replicate, future) as they complete, in no fixed order.

        Closing the iterator cancels what is outstanding. `waiting` is called at least every
        HEARTBEAT_SECONDS while nothing completes, so that a caller may interrupt itself there.
        """
        job = _Job(scenario, seed, streams, deque(replicates))
        try:
            while job.todo or job.running:
                self._feed(job)
                yield from self._collect(job, waiting)
        finally:
            for future in job.running:
                future.cancel()

    def _start(self) -> ProcessPoolExecutor:
        executor = ProcessPoolExecutor(
            self.workers, multiprocessing.get_context("spawn"), initializer=_begin_worker
        )
        with _hidden_main():
            self._warming = [executor.submit(_warm) for _ in range(self.workers)]
        return executor

    def _feed(self, job: _Job) -> None:
        while job.todo and len(job.running) <= self.workers:
            executor, replicate = self._executor, job.todo[0]
            try:
                future = executor.submit(_simulate, job.scenario, job.seed, job.streams, replicate)
            except BrokenProcessPool:
                self._repair(job, executor)
                continue
            job.running[future] = (job.todo.popleft(), executor)

    def _collect(
        self, job: _Job, waiting: Callable[[], None] | None
    ) -> Iterator[tuple[int, Outcome]]:
        patience = HEARTBEAT_SECONDS if waiting else None
        done, _ = wait(job.running, timeout=patience, return_when=FIRST_COMPLETED)
        if waiting and not done:
            waiting()
        for future in done:
            replicate, executor = job.running.pop(future)
            try:
                outcome = future.result()
            except BrokenProcessPool:
                job.todo.appendleft(replicate)
                self._repair(job, executor)
                continue
            yield replicate, outcome

    def _repair(self, job: _Job, broken: ProcessPoolExecutor) -> None:
        """Replace the broken executor, unless this call or another caller already has."""
        job.broken.add(broken)
        if len(job.broken) > 1:
            raise BrokenProcessPool(
                "a worker process died twice in one run, most likely for want of memory; "
                "use fewer workers or fewer streams"
            )
        with self._lock:
            if self._executor is broken:
                broken.shutdown(wait=False)
                self._executor = self._start()


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Let processes started here neither import the caller's script nor hear its Ctrl-C."""
    blank = ModuleType("__main__")
    with _STARTING:
        main, sys.modules["__main__"] = sys.modules["__main__"], blank
        masked = hasattr(signal, "pthread_sigmask")  # not on Windows
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masked else set()
        try:
            yield
        finally:
            if sys.modules.get("__main__") is blank:  # Streamlit may have set another meanwhile
                sys.modules["__main__"] = main
            if masked:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker if its parent is killed: otherwise it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _warm() -> None:
    simulate(Scenario("warm", "warm"), seed=0, replicate=0, streams=200)


def _simulate(scenario: Scenario, seed: int, streams: int, replicate: int) -> Outcome:
    return simulate(scenario, seed=seed, replicate=replicate, streams=streams)
