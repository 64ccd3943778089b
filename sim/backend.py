"""Where work is done: in this process, by this machine's worker processes, or on a cluster.

All places give the same results, item by item; they differ in how many items are worked on at once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from sim import compiling
from sim.settings import Progress
from sim.task import Task, perform

HEARTBEAT_SECONDS = 0.1
Finding = tuple[int, Any]  # number of an item, and its result or the exception that ended the job


class Backend(Protocol):
    """A place where items are worked on."""

    @property
    def workers(self) -> int:
        """How many items may be worked on at the same time."""
        ...

    def map(
        self,
        task: Task,
        items: Sequence[Any],
        *,
        preview: int = 0,
        progress: Progress | None = None,
        homes: Sequence[int] = (),
    ) -> Generator[tuple[Any, Any], None, None]:
        """Yield (item, result) as results come, in no fixed order.

        Closing the iterator cancels what is outstanding; an exception in a task ends it and is
        raised here. The first `preview` items go before all other work. `progress` is called with
        (done, total) when the caller has dealt with a result, and at least every HEARTBEAT_SECONDS
        while none comes, so that it may raise to interrupt. `homes` has a number for each item:
        those of the same one had best be worked on in the same process, which may then find there
        what the one before has left.
        """
        ...

    def close(self) -> None:
        """End what was started for this backend."""
        ...


class Here:
    """This process: one item after the other, and no progress while an item is worked on."""

    workers = 1

    def map(
        self,
        task: Task,
        items: Sequence[Any],
        *,
        preview: int = 0,
        progress: Progress | None = None,
        homes: Sequence[int] = (),
    ) -> Generator[tuple[Any, Any], None, None]:
        """Yield (item, result) in the order of the items: all have the same home."""
        tell = progress or _silent
        with compiling.between_tasks() as between:
            for done, item in enumerate(items, start=1):
                yield item, perform(task, item)
                tell(done, len(items))
                between(done, len(items) - done)

    def close(self) -> None:
        """Do nothing: nothing was started."""


def collect(
    findings: SimpleQueue[Finding],
    total: int,
    progress: Progress | None,
    receive: Callable[[Any], Any] = lambda result: result,
) -> Iterator[Finding]:
    """Yield `total` findings as they arrive, telling `progress`; raise one that is an exception."""
    tell, done = progress or _silent, 0
    while done < total:
        try:
            item, result = findings.get(timeout=HEARTBEAT_SECONDS)
        except Empty:
            tell(done, total)
            continue
        if isinstance(result, BaseException):
            raise result
        yield item, receive(result)
        done += 1
        tell(done, total)


def _silent(done: int, total: int) -> None:
    """Tell nobody."""
