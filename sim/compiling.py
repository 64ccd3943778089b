"""When compiled code takes over: one process compiles, the others load it between two tasks.

Where there is none yet, a new worker answers at once with uncompiled code, which gives the same
bits. Compiling takes minutes and would hold up the tasks of its process, so one of its own does it,
at low priority and one at a time on a machine. It writes machine code to disk and at the end a
marker; whoever sees the marker loads the code, which takes a second or two. Interrupted, it goes on
next time where it stopped. docs/decisions/0050-compiled-code-in-workers.md has the measurements.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sim import twins

if TYPE_CHECKING:
    from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
LOADING_PAYS_SECONDS = 3.0  # work left in a process from which loading pays
COMPILING_PAYS_SECONDS = 60.0
_NICENESS = 10  # gets about a quarter of a processor while workers keep all of them busy
_LOCK_POLL_SECONDS = 0.5


def is_wanted() -> bool:
    """Return whether compiled code is to be used; numba's own NUMBA_DISABLE_JIT=1 says no."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") in {"", "0"}


def is_complete() -> bool:
    """Return whether all compiled code is on this machine's disk."""
    return _marker().exists()


def is_loaded() -> bool:
    """Return whether this process uses compiled code."""
    return twins.is_installed()


def load() -> None:
    """Use compiled code in this process from now on, compiling first what is not on disk.

    Code is loaded when a function is first called, so one short future of each kind is run.
    """
    from sim.replicate import simulate

    twins.install()
    for scenario in rehearsals():
        simulate(scenario, seed=0, replicate=0, streams=200)


def load_if_there() -> None:
    """Use compiled code in this process if it is on disk."""
    if is_wanted() and not is_loaded() and is_complete():
        load()


def rehearsals() -> tuple[Scenario, ...]:
    """Return short scenarios that between them call every compiled function in every way."""
    from sim.scenario import Scenario
    from sim.shocks import KINDS, Shock

    shocks = tuple(Shock(kind.id, 50, kind.months, kind.size) for kind in KINDS)
    return (
        Scenario("rehearsal", "Labs decide", horizon=23, supply="simulated"),
        Scenario("rehearsal", "The record, then labs", horizon=59, shocks=shocks),
    )


class Compiler:
    """The process that compiles for its owner; it ends by itself, or is ended by the owner."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start compiling unless that was done, or tried, before."""
        if self._process is None and not is_complete():
            self._process = _started()

    def stop(self) -> None:
        """End the process if it runs; what it has compiled stays on disk."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


_background = Compiler()


def compile_in_background() -> None:
    """Have everything compiled by a process that nobody ends before its time."""
    if is_wanted():
        _background.start()


def _started() -> subprocess.Popen[bytes]:
    """Start a process that compiles everything and ends; another that does so goes first."""
    return subprocess.Popen(
        [sys.executable, "-m", "sim.compiling"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # the terminal's Ctrl-C is not meant for it
    )


@contextmanager
def between_tasks() -> Iterator[Callable[[int, int], None]]:
    """Yield a function for between tasks, told (done, left): it loads compiled code if that pays.

    For work in the caller's own process. Nothing is loaded before the first result.
    """
    compiler, began = Compiler(), time.perf_counter()

    def between(done: int, left: int) -> None:
        seconds_left = left * (time.perf_counter() - began) / done
        if seconds_left < LOADING_PAYS_SECONDS or not is_wanted() or is_loaded():
            return
        if is_complete():
            load()
        elif seconds_left > COMPILING_PAYS_SECONDS:
            compiler.start()

    try:
        yield between
    finally:
        compiler.stop()


def make() -> None:
    """Compile everything that is not on disk, and leave the marker; one process does so at a time.

    A process that comes while another compiles waits for it, and then has nothing left to do.
    """
    from filelock import FileLock

    with FileLock(f"{_marker()}.lock", poll_interval=_LOCK_POLL_SECONDS):
        if not is_complete():
            load()
            _marker().touch()


def main() -> None:
    """Compile what is not on disk, giving way to who else wants the processor."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICENESS)
    make()


@cache
def _marker() -> Path:
    """Return the file that says so: in the code's folder, named for machine and versions.

    Machine code depends on the processor, and a home folder may be shared between machines. Numba
    finds it by the place of the source, and there may be several copies on a machine.
    """
    from importlib.metadata import version  # slow to load, and a short run never asks

    told = (platform.node(), platform.machine(), sys.version, version("numba"), version("llvmlite"))
    digest = hashlib.sha256("\n".join((*told, str(ROOT))).encode()).hexdigest()
    return twins.code_folder() / f"complete-{digest[:12]}"


if __name__ == "__main__":
    main()
