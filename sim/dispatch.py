"""Who works on what: one thread that hands chunks of all jobs to workers, one chunk a worker.

Only this thread changes what is below; others leave it messages. A worker gets its next chunk when
it has delivered the last, so a cancelled job frees it within one chunk, and a first result waits
for one chunk at most. A worker that dies is replaced and its chunk redone; nobody else notices.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue

from sim import compiling
from sim.jobs import DIED_TOO_OFTEN, Job, Jobs
from sim.task import Finished, WorkersLostError
from sim.worker import Worker

WATCH_SECONDS = 0.5  # how often is looked whether compiled code is there
LOADING_PAYS_ITEMS = 4  # left for each worker, while nobody knows how long an item takes
MOST_FAILED_STARTS, MOST_FAILED_LOADS = 3, 2
Reply = Callable[[Future[Finished]], None]
_log = logging.getLogger(__name__)


class Dispatcher:
    """The workers of a pool, and the thread that owns them."""

    def __init__(self, workers: int, *, compiled: bool) -> None:
        self._messages: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._jobs = Jobs()
        self._compiled, self._compiler = compiled, compiling.Compiler()
        self._code_is_there, self._look_at = compiled and compiling.is_complete(), 0.0
        self._failed_starts, self._failed_loads, self._ended = 0, 0, False
        self.workers = tuple(Worker() for _ in range(workers))
        self._idle: set[Worker] = set()
        self._lost: set[Worker] = set()
        for worker in self.workers:
            self._expect(worker.started, partial(self._started, worker))
        self._thread = threading.Thread(target=self._run, name="pool", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether work is handed out."""
        return self._thread.is_alive()

    @property
    def is_warm(self) -> bool:
        """Whether every worker has run a future, on compiled code if that is used."""
        return all(w.has_met and (w.has_loaded or not self._compiled) for w in self.workers)

    @property
    def waiting(self) -> int:
        """Number of items that no worker has been given yet."""
        return self._jobs.left

    def add(self, job: Job) -> None:
        """Have a job's items worked on."""
        self._messages.put(partial(self._add, job))

    def remove(self, job: Job) -> None:
        """Have no more of a job's items worked on."""
        self._messages.put(partial(self._jobs.remove, job))

    def end(self) -> None:
        """End the workers and the thread."""
        self._messages.put(self._end)
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ended:
                self._wait()
                self._look_for_code()
                for worker in self.workers:
                    if worker in self._idle:
                        self._employ(worker)
        finally:
            self._compiler.stop()
            for worker in self.workers:
                worker.close()

    def _wait(self) -> None:
        """Act on the next message, or wait until it is time to look for compiled code again."""
        watching = self._compiled and not all(worker.has_loaded for worker in self.workers)
        with suppress(Empty):
            self._messages.get(timeout=WATCH_SECONDS if watching else None)()

    def _end(self) -> None:
        self._ended = True

    def _add(self, job: Job) -> None:
        self._jobs.add(job)
        for worker in list(self._lost):
            self._lost.remove(worker)
            self._restart(worker)

    def _employ(self, worker: Worker) -> None:
        """Give an idle worker something to do, if there is anything."""
        if self._may_load(worker):
            self._ask(worker, worker.load, partial(self._loaded, worker))
        elif job := self._jobs.next_job():
            taken = job.take(self.workers.index(worker))
            ask = partial(worker.submit, job.task, [job.items[item] for item in taken])
            self._ask(worker, ask, partial(self._finished, worker, job, taken))
        elif not worker.has_met:
            self._ask(worker, worker.meet, partial(self._met, worker))

    def _ask(self, worker: Worker, ask: Callable[[], Future[Finished]], reply: Reply) -> None:
        self._idle.discard(worker)
        try:
            future = ask()
        except BrokenProcessPool as error:  # it died while idle
            future = Future()
            future.set_exception(error)
        self._expect(future, reply)

    def _expect(self, future: Future[Finished], reply: Reply) -> None:
        future.add_done_callback(lambda done: self._messages.put(partial(reply, done)))

    def _started(self, worker: Worker, future: Future[Finished]) -> None:
        if future.exception() is None:
            self._failed_starts = 0
            worker.process = future.result().process
            self._idle.add(worker)
        else:
            self._failed_starts += 1
            self._replace(worker)

    def _met(self, worker: Worker, future: Future[Finished]) -> None:
        if self._lives(worker, future):
            worker.has_met = True

    def _loaded(self, worker: Worker, future: Future[Finished]) -> None:
        worker.is_loading = False
        error = future.exception()
        if self._lives(worker, future):
            worker.has_loaded = error is None
            worker.has_met |= worker.has_loaded  # it has run short futures
        self._failed_loads += error is not None
        if self._failed_loads >= MOST_FAILED_LOADS:
            self._compiled = False
            _log.warning("compiled code could not be loaded, uncompiled code is used: %r", error)

    def _finished(
        self, worker: Worker, job: Job, taken: list[int], future: Future[Finished]
    ) -> None:
        lives, wanted, error = self._lives(worker, future), job in self._jobs, future.exception()
        worker.has_met |= lives
        if not wanted:
            return
        if error is None:
            job.finish(taken, future.result())
        elif lives:
            job.fail(error)
            self._jobs.remove(job)
        elif not job.lose(taken):
            self._jobs.remove(job)

    def _lives(self, worker: Worker, future: Future[Finished]) -> bool:
        """Return whether the worker is still there; if not, replace it."""
        if isinstance(future.exception(), BrokenProcessPool):
            self._replace(worker)
            return False
        self._idle.add(worker)
        return True

    def _replace(self, worker: Worker) -> None:
        worker.give_up()
        if self._failed_starts < MOST_FAILED_STARTS:
            self._restart(worker)
            return
        self._lost.add(worker)  # until another job gives reason to try again
        self._failed_starts = 0
        self._jobs.fail_all(WorkersLostError(DIED_TOO_OFTEN))

    def _restart(self, worker: Worker) -> None:
        worker.restart()
        self._expect(worker.started, partial(self._started, worker))

    def _may_load(self, worker: Worker) -> bool:
        """Return whether this is the time to load compiled code.

        A worker that has run nothing yet loads it first: that takes no longer than two uncompiled
        futures. Those that have answered load it one after the other, while nobody waits.
        """
        if not (self._compiled and self._code_is_there) or worker.has_loaded:
            return False
        if not worker.has_met:
            much = self._jobs.left >= LOADING_PAYS_ITEMS * len(self.workers)
            return much or self._jobs.are_none
        if self._jobs.preview_waits or any(w.is_loading for w in self.workers):
            return False
        return self._pays()

    def _look_for_code(self) -> None:
        """Look whether code is there, now and then; have it compiled once every worker has met."""
        now = time.monotonic()
        if not self._compiled or self._code_is_there or now < self._look_at:
            return
        self._look_at = now + WATCH_SECONDS
        self._code_is_there = compiling.is_complete()
        if all(worker.has_met for worker in self.workers) and self._pays():
            self._compiler.start()

    def _pays(self) -> bool:
        share = self._jobs.seconds_left / len(self.workers)
        return self._jobs.are_none or share > compiling.LOADING_PAYS_SECONDS
