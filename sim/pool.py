"""This machine's workers: in any number of processes the results are the same bytes.

Workers are spawned, never forked, so the pool may be used from a threaded server. This module does
not import pandas: every worker imports it, and pandas would triple the time a worker needs to
start.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from sim import compiling
from sim.backend import collect
from sim.dispatch import Dispatcher
from sim.jobs import Job
from sim.settings import Progress, check_workers
from sim.task import Task, WorkersLostError


class Pool:
    """Worker processes that several callers, and several threads, may share.

    They are started at once. Compiled code takes over as soon as it is there; `compiled` False
    keeps to the uncompiled, which gives the same bits.
    """

    def __init__(self, workers: int | None = None, *, compiled: bool = True) -> None:
        self.workers = check_workers(workers)
        use = compiled and compiling.is_wanted()
        self._dispatcher = Dispatcher(self.workers, compiled=use)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_warm(self) -> bool:
        """Whether every worker has started and has run a future, on compiled code if that is used.

        False until compiled code is there, which takes a minute or two the first time on a
        machine, and again while a worker that died is replaced.
        """
        return self._dispatcher.is_warm

    @property
    def processes(self) -> tuple[int, ...]:
        """Process numbers of the workers that have started."""
        return tuple(w.process for w in self._dispatcher.workers if w.process)

    @property
    def waiting(self) -> int:
        """Number of items of all callers that no worker has been given yet."""
        return self._dispatcher.waiting

    def close(self) -> None:
        """Cancel what has not started, wait for what has, and end the workers."""
        self._dispatcher.end()

    def map(
        self,
        task: Task,
        items: Sequence[Any],
        *,
        preview: int = 0,
        progress: Progress | None = None,
        homes: Sequence[int] = (),
    ) -> Generator[tuple[Any, Any], None, None]:
        """Yield (item, result) as results come, in no fixed order; see backend.Backend.

        Work has begun when this returns.
        """
        job = Job(task, tuple(items), lanes=self.workers, preview=preview, homes=homes)
        found = self._results_of(job, progress)
        next(found)
        return found

    def _results_of(
        self, job: Job, progress: Progress | None
    ) -> Generator[tuple[Any, Any], None, None]:
        """Begin a job, which the first `next` does and yields nothing of use; then yield (item,
        result). However this ends, the job ends with it."""

        def watched(done: int, total: int) -> None:
            if not self._dispatcher.is_running:
                raise WorkersLostError("the pool was closed while work was under way")
            if progress is not None:
                progress(done, total)

        self._dispatcher.add(job)
        try:
            yield None, None
            for at, result in collect(job.findings, len(job.items), watched):
                yield job.items[at], result
        finally:
            self._dispatcher.remove(job)
