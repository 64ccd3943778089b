"""A Dask cluster as a place to work: the same chunks, the same bytes, on other machines.

Nothing is computed by a worker of another version or with other data: all are asked when the
cluster is opened, and each chunk says again what it expects, as workers may join later. Chunks of a
worker that dies go to the others. `distributed` is needed only here.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from sim import compiling
from sim.backend import HEARTBEAT_SECONDS
from sim.chunks import Chunks
from sim.declare import InputError, printable
from sim.run_id import data_digest
from sim.settings import Progress
from sim.task import Finished, Task, WorkersLostError, perform_chunk
from sim.version import MODEL_VERSION

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as Remote

CONNECT_SECONDS, WORKERS_SECONDS = 10, 10  # that a scheduler, and its first worker, are waited for
CHUNK_SECONDS = 0.3  # handing over costs about 5 ms, ten times what it costs on one machine
AHEAD = 2  # chunks a lane has waiting or under way, so that it need not wait for the network
PREVIEW_PRIORITY = 10
_GONE = "the cluster's scheduler is gone"
_COUNT_SECONDS = 5.0  # how often workers are counted again
_ADDRESS = re.compile(r"(tcp|tls)://([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}")
Versions = tuple[str, str]


class Cluster:
    """Workers of an existing Dask scheduler at tcp://HOST:PORT."""

    def __init__(self, address: str) -> None:
        self._client = _connected(address)
        try:
            _check_workers(self._client, versions())
            _have_compiled(self._client)
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def workers(self) -> int:
        """How many items may be worked on at the same time: threads of all workers, now."""
        return _lanes(self._client)

    def close(self) -> None:
        """Leave the cluster; its workers run on."""
        self._client.close()

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

        Which worker an item goes to is the scheduler's business: `homes` are not looked at.
        """
        order = _Order(self._client, task, items, preview, self.workers)
        done = 0

        def tell() -> None:
            if progress is not None:
                progress(done, len(items))

        try:
            while done < len(items):
                try:
                    order.feed()
                except OSError:
                    raise WorkersLostError(_GONE) from None
                for at, result in order.receive(tell):
                    yield items[at], result
                    done += 1
                    tell()
        finally:
            order.cancel()


class _Order:
    """One call's chunks on the cluster."""

    def __init__(
        self, client: Client, task: Task, items: Sequence[Any], preview: int, lanes: int
    ) -> None:
        self._client, self._task, self._items = client, task, items
        self._chunks = Chunks(len(items), lanes=lanes, preview=preview, seconds=CHUNK_SECONDS)
        self._lanes, self._count_at = lanes, time.monotonic() + _COUNT_SECONDS
        self._running: dict[Remote[Finished], list[int]] = {}
        self._arrived: SimpleQueue[Remote[Finished]] = SimpleQueue()

    def feed(self) -> None:
        """Submit chunks until every lane has enough."""
        if time.monotonic() > self._count_at:
            self._lanes = _lanes(self._client)
            self._count_at = time.monotonic() + _COUNT_SECONDS
        while len(self._running) < AHEAD * self._lanes:
            first = self._chunks.is_preview
            taken = self._chunks.take()
            if not taken:
                return
            remote = self._client.submit(
                checked_chunk,
                self._task,
                [self._items[at] for at in taken],
                versions(),
                pure=False,
                priority=PREVIEW_PRIORITY if first else 0,
            )
            self._running[remote] = taken
            remote.add_done_callback(self._arrived.put)

    def receive(self, tell: Callable[[], None]) -> Iterator[tuple[int, Any]]:
        """Yield the results of the next chunk, or nothing if none comes soon."""
        try:
            remote = self._arrived.get(timeout=HEARTBEAT_SECONDS)
        except Empty:
            tell()
            return
        finished, taken = _result(remote, tell), self._running.pop(remote)
        self._chunks.took(len(taken), finished.seconds)
        yield from zip(taken, finished.results, strict=True)

    def cancel(self) -> None:
        """Have nothing more worked on."""
        if self._running and self._client.status == "running":
            with suppress(OSError):  # there is nobody left to tell
                self._client.cancel(list(self._running))


def _lanes(client: Client) -> int:
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


def versions() -> Versions:
    """Return what must be the same on all machines: the model's version and its data."""
    return MODEL_VERSION, data_digest()


def checked_chunk(task: Task, items: Sequence[object], expected: Versions) -> Finished:
    """Return the results for a few items; InputError if this machine has another model or data."""
    _compare(versions(), expected, "a worker that joined")
    compiling.load_if_there()
    return perform_chunk(task, items)


def _compare(found: Versions, expected: Versions, who: str) -> None:
    for name, theirs, ours in zip(("model version", "data"), found, expected, strict=True):
        if theirs != ours:
            raise InputError(
                f"--dask: {who} has {name} {theirs[:12]} but this is {ours[:12]}; "
                "install the same on all machines"
            )


def _connected(address: str) -> Client:
    if not _ADDRESS.fullmatch(address):
        raise InputError(f"--dask: {printable(address)!r}; allowed tcp://HOST:PORT")
    if importlib.util.find_spec("distributed") is None:
        raise InputError(
            "--dask: the package 'distributed' is not installed; "
            "pip install -r requirements-dask.txt"
        )
    from distributed import Client

    for name in ("distributed", "distributed.client", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is raised
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        why = printable(str(error).splitlines()[0] if str(error) else type(error).__name__, 100)
        raise InputError(f"--dask: no scheduler answers at {address}: {why}") from None


def _check_workers(client: Client, expected: Versions) -> None:
    """Raise InputError unless there are workers, and all machines have the same model and data.

    The scheduler reads tasks before it passes them on, so it needs the model too.
    """
    try:
        client.wait_for_workers(1, timeout=WORKERS_SECONDS)
    except TimeoutError:
        raise InputError("--dask: the scheduler has no workers; start some: dask worker") from None
    try:
        told = {"the scheduler": client.run_on_scheduler(versions)}
    except ImportError as error:
        told = {"the scheduler": error}
    of_workers = client.run(versions, on_error="return")
    told |= {f"worker {address}": found for address, found in of_workers.items()}
    for who, found in told.items():
        if isinstance(found, OSError):
            raise WorkersLostError(f"--dask: {who} does not answer: {printable(found)}")
        if isinstance(found, BaseException):  # Dask wraps what went wrong in various ways
            raise InputError(
                f"--dask: {who} cannot import the model ({printable(found)}); "
                "start it in the project's folder"
            )
        _compare(tuple(found), expected, who)


def _have_compiled(client: Client) -> None:
    """Have one worker a machine compile what is not on its disk, in a process of its own."""
    hosts = {address.rpartition(":")[0]: address for address in client.nthreads()}
    client.run(compiling.compile_in_background, workers=list(hosts.values()))


def _result(remote: Remote[Finished], tell: Callable[[], None]) -> Finished:
    """Return what a chunk found; it may have to be redone first if its worker died just now."""
    from distributed import KilledWorker

    while True:
        try:
            return remote.result(timeout=1.0)
        except TimeoutError:
            if remote.status == "error":
                raise
            tell()
        except KilledWorker:
            raise WorkersLostError("workers of the cluster died again and again") from None
        except (CancelledError, OSError):
            if remote.status == "error":  # the task's own
                raise
            raise WorkersLostError(_GONE) from None
