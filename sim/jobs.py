"""Whose work is next: what somebody waits to see at all, then whoever has had the least so far.

A job is one call's items. Jobs share the workers by time, not by items, so a session with large
runs does not crowd out one with small runs, and a new one neither waits for the others nor may
catch up on what they had before it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from queue import SimpleQueue
from typing import Any

from sim.backend import Finding
from sim.chunks import Chunks
from sim.task import Finished, Task, WorkersLostError

DIED_TOO_OFTEN = (
    "worker processes died again and again over the same work, most likely for want of memory; "
    "use fewer workers or fewer streams"
)


class Job:
    """One call's items, what is known about them, and where its results go."""

    def __init__(
        self,
        task: Task,
        items: tuple[Any, ...],
        *,
        lanes: int,
        preview: int,
        homes: Sequence[int] = (),
    ) -> None:
        self.task, self.items = task, items
        self.chunks = Chunks(len(items), lanes=lanes, preview=preview, homes=homes)
        self.findings: SimpleQueue[Finding] = SimpleQueue()
        self.served = 0.0  # seconds of workers' time, including what is under way
        self._expected: dict[int, float] = {}  # of chunks under way, by their first item

    def take(self, lane: int = 0) -> list[int]:
        """Return the items to hand out next to the worker of a lane; empty if none is left."""
        taken = self.chunks.take(lane)
        if taken:
            self._expected[taken[0]] = len(taken) * (self.chunks.item_seconds or 0.0)
            self.served += self._expected[taken[0]]
        return taken

    def finish(self, taken: list[int], finished: Finished) -> None:
        """Deliver what came of a chunk."""
        self.served += finished.seconds - self._expected.pop(taken[0])
        self.chunks.took(len(taken), finished.seconds)
        for item, result in zip(taken, finished.results, strict=True):
            self.findings.put((item, result))

    def lose(self, taken: list[int]) -> bool:
        """Take back a chunk whose worker died; False, and the job fails, if that is hopeless."""
        self._expected.pop(taken[0])
        if self.chunks.lost(taken):
            return True
        self.fail(WorkersLostError(DIED_TOO_OFTEN))
        return False

    def fail(self, error: BaseException) -> None:
        """Tell the caller what ended the job."""
        self.findings.put((-1, error))


class Jobs:
    """The jobs under way, and the order in which their chunks are handed out."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []

    def __contains__(self, job: Job) -> bool:
        return job in self._jobs

    def add(self, job: Job) -> None:
        """Let a job take part from now on."""
        job.served = min((other.served for other in self._jobs), default=0.0)
        self._jobs.append(job)

    def remove(self, job: Job) -> None:
        """Forget a job that is done, has failed or is no longer wanted."""
        if job in self._jobs:
            self._jobs.remove(job)

    def fail_all(self, error: BaseException) -> None:
        """Tell every caller what ended all jobs."""
        for job in self._jobs:
            job.fail(error)
        self._jobs.clear()

    @property
    def are_none(self) -> bool:
        """Whether nobody wants anything."""
        return not self._jobs

    @property
    def left(self) -> int:
        """Number of items of all jobs that are not handed out."""
        return sum(job.chunks.left for job in tuple(self._jobs))

    @property
    def preview_waits(self) -> bool:
        """Whether a first result waits for a worker."""
        return any(job.chunks.is_preview for job in self._jobs)

    @property
    def seconds_left(self) -> float:
        """Workers' time that what is not handed out will take, as far as is known."""
        return sum(job.chunks.seconds_left for job in self._jobs)

    def next_job(self) -> Job | None:
        """Return the job whose chunk is handed out next, None if there is nothing to do."""
        waiting = [job for job in self._jobs if job.chunks.left]
        return min(waiting, key=lambda job: (not job.chunks.is_preview, job.served), default=None)
