"""What a worker process is: spawned, gives way, deaf to Ctrl-C, and gone when its parent is.

A spawned process would normally import the caller's script again as `__main__`; under Streamlit
that breaks it, so `__main__` is hidden while workers start.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from types import ModuleType

from sim import compiling
from sim.task import Finished, Task, perform_chunk

_STARTING = threading.Lock()
_MEETING = Task("sim.worker:meet")
_LOADING = Task("sim.worker:load")
_NICENESS = 5  # whoever shows results, and the browser beside it, gets a processor first


class Worker:
    """One worker process, as its owner sees it; a dead one is replaced by `restart`."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Start a new process in place of the old one, if any."""
        self.has_met = self.has_loaded = self.is_loading = False
        self.process = 0
        self._executor = ProcessPoolExecutor(
            1, multiprocessing.get_context("spawn"), initializer=_begin
        )
        with _hidden_main():
            self.started = self.submit(Task("sim.worker:ready"), [None])

    def submit(self, task: Task, items: list[object]) -> Future[Finished]:
        """Ask the process for a chunk of items."""
        return self._executor.submit(perform_chunk, task, items)

    def meet(self) -> Future[Finished]:
        """Ask the process to run one short future, so that the next starts at once."""
        return self.submit(_MEETING, [None])

    def load(self) -> Future[Finished]:
        """Ask the process to load compiled code."""
        self.is_loading = True
        return self.submit(_LOADING, [None])

    def give_up(self) -> None:
        """Forget a process that died."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """End the process after the chunk it works on; loading is not waited for."""
        if self.is_loading and self.process:
            with suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGTERM)
        self._executor.shutdown(wait=True, cancel_futures=True)


def ready(_: object) -> None:
    """Do nothing, to show that the process runs."""


def meet(_: object) -> None:
    """Import the model, read its data and run one short future."""
    from sim.replicate import simulate
    from sim.scenario import Scenario

    simulate(Scenario("meet", "meet", horizon=11), seed=0, replicate=0, streams=200)


def load(_: object) -> None:
    """Load compiled code into this process; nothing loaded is ever looked at as garbage again."""
    compiling.load()
    gc.freeze()


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Let a process started here neither import the caller's script nor hear its Ctrl-C."""
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


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker if its parent is killed: otherwise it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
