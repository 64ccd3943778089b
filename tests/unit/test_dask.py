"""A Dask cluster gives the bytes this machine gives, also when a worker is killed half-way.

Scheduler and workers are real processes on free ports of this machine.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from sim import InputError, Scenario, cluster, run
from sim.calendar import month_index
from sim.checkpoint import Checkpoint
from sim.cli import main
from sim.cluster import Cluster, checked_chunk, versions
from sim.task import Task, WorkersLostError

ROOT = Path(__file__).resolve().parents[2]
WORLD = Scenario("world", "World", horizon=month_index("2024-06"))
SMALL: dict[str, Any] = {"replicates": 6, "streams": 200}
QUICK = "--replicates 3 --streams 200 --until 2023-12 --no-cache".split()
SLEEP, ROOT_OF = Task("time:sleep"), Task("math:sqrt")
PATIENCE = 60.0  # seconds after which a test gives up waiting for what should come
Captured = pytest.CaptureFixture[str]


class Processes:
    """A scheduler and its workers, as processes."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        options = f"--host 127.0.0.1 --port {port} --no-dashboard --dashboard-address 127.0.0.1:0"
        self.scheduler = self._start("dask_scheduler", options.split())
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self, *, with_model: bool = True) -> None:
        """Start a worker, in the project or away from it."""
        options = f"{self.address} --nthreads 1 --no-nanny --no-dashboard --host 127.0.0.1"
        self.workers.append(self._start("dask_worker", options.split(), with_model=with_model))

    def close(self) -> None:
        """End all of them."""
        self._stack.close()

    def _start(
        self, name: str, options: list[str], *, with_model: bool = True
    ) -> subprocess.Popen[bytes]:
        environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": ""}
        if with_model:
            environment["PYTHONPATH"] = str(ROOT)
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{name}", *options],
            env=environment,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stack.enter_context(process)
        self._stack.callback(process.kill)
        return process


@contextmanager
def processes(folder: Path, workers: int) -> Iterator[Processes]:
    """Yield a scheduler with so many workers, all of them connected."""
    started = Processes(folder)
    try:
        for _ in range(workers):
            started.add_worker()
        with Client(started.address, timeout=PATIENCE, set_as_default=False) as client:
            if workers:
                client.wait_for_workers(workers, timeout=PATIENCE)
        yield started
    finally:
        started.close()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with processes(tmp_path_factory.mktemp("dask"), workers=2) as started:
        yield started


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Processes]:
    """Return a scheduler and two workers that a test may kill."""
    with processes(tmp_path, workers=2) as started:
        yield started


@pytest.fixture(autouse=True)
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")


def wait_for(condition: Callable[[], bool]) -> None:
    """Return when the condition holds."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)


def test_a_cluster_gives_the_bytes_this_machine_gives(two: Processes) -> None:
    here = run(WORLD, **SMALL, workers=1)
    with Cluster(two.address) as there:
        assert there.workers == 2
        found = run(WORLD, **SMALL, pool=there)
    assert found.values.tobytes() == here.values.tobytes()
    assert [log.tobytes() for log in found.logs] == [log.tobytes() for log in here.logs]
    assert found.run_id == here.run_id


def test_a_worker_killed_half_way_changes_nothing_and_loses_nothing(own: Processes) -> None:
    here = run(WORLD, replicates=40, streams=200, workers=1)
    killed: list[int] = []

    def kill_half_way(done: int, total: int) -> None:
        if done >= total // 2 and not killed:
            own.workers[0].send_signal(signal.SIGKILL)
            killed.append(done)

    with Cluster(own.address) as there:
        found = run(WORLD, replicates=40, streams=200, pool=there, progress=kill_half_way)
        assert there.workers == 1
    assert killed[0] < 40
    assert found.values.tobytes() == here.values.tobytes()
    assert found.run_id == here.run_id


def test_a_worker_that_joins_helps(own: Processes) -> None:
    with Cluster(own.address) as there:
        for worker in own.workers:
            worker.kill()
        own.add_worker()
        assert dict(there.map(ROOT_OF, [1.0, 4.0])) == {1.0: 1.0, 4.0: 2.0}


def test_a_scheduler_that_dies_ends_the_work_with_one_line(own: Processes) -> None:
    with Cluster(own.address) as there:
        work = there.map(SLEEP, [0.05] * 500)
        next(work)
        own.scheduler.kill()
        with pytest.raises(WorkersLostError, match="scheduler is gone"):
            list(work)


def test_an_error_in_a_task_reaches_its_caller(two: Processes) -> None:
    with Cluster(two.address) as there:
        with pytest.raises(InputError, match="unknown scenario 'nowhere'"):
            list(there.map(Task("sim.scenario:load_scenario"), ["nowhere"]))
        with pytest.raises(FileNotFoundError):
            list(there.map(Task("os:listdir"), ["/no/such/folder"]))
        assert len(list(there.map(ROOT_OF, [1.0]))) == 1


def test_leaving_early_takes_the_work_off_the_cluster(two: Processes) -> None:
    with Cluster(two.address) as there, Client(two.address, set_as_default=False) as client:
        work = there.map(SLEEP, [0.02] * 1000)
        next(work)
        assert client.run_on_scheduler(tasks) > 0
        work.close()
        wait_for(lambda: client.run_on_scheduler(tasks) == 0)


def tasks(dask_scheduler: Any) -> int:
    """Return how many tasks a scheduler knows; it is sent there whole."""
    return len(dask_scheduler.tasks)


def test_progress_is_told_while_nothing_arrives(two: Processes) -> None:
    seen: list[tuple[int, int]] = []
    with Cluster(two.address) as there:
        list(there.map(SLEEP, [0.5], progress=lambda *count: seen.append(count)))
    assert seen[0] == (0, 1)
    assert seen[-1] == (1, 1)


def test_a_checkpoint_takes_the_work_of_a_cluster(two: Processes, tmp_path: Path) -> None:
    with Cluster(two.address) as there, Checkpoint(tmp_path, "demo", {}) as kept:
        assert dict(kept.map(there, ROOT_OF, [1.0, 4.0])) == {1.0: 1.0, 4.0: 2.0}
        assert len(kept) == 2


def test_the_command_line_writes_the_same_table_on_a_cluster(
    two: Processes, tmp_path: Path
) -> None:
    for name, place in (("here", ["--workers", "1"]), ("there", ["--dask", two.address])):
        out = ["--quiet", "--out", str(tmp_path / f"{name}.csv")]
        assert main(["compare", "status_quo", "fear_lockdown", *QUICK, *place, *out]) == 0
    assert (tmp_path / "here.csv").read_bytes() == (tmp_path / "there.csv").read_bytes()


def test_a_worker_of_another_version_is_refused(
    two: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "MODEL_VERSION", "9.9.9")
    with pytest.raises(InputError, match=r"has model version \S+ but this is 9\.9\.9"):
        Cluster(two.address)


def test_a_worker_with_other_data_is_refused(
    two: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "data_digest", lambda: "f" * 64)
    with pytest.raises(InputError, match=r"has data [0-9a-f]{12} but this is f{12}; install"):
        Cluster(two.address)


def test_a_worker_that_joins_later_is_checked_too() -> None:
    with pytest.raises(InputError, match="a worker that joined has model version"):
        checked_chunk(ROOT_OF, [1.0], ("9.9.9", versions()[1]))
    assert checked_chunk(ROOT_OF, [1.0], versions()).results == (1.0,)


def test_a_worker_without_the_model_is_named(tmp_path: Path) -> None:
    with processes(tmp_path, workers=1) as started:
        started.add_worker(with_model=False)
        with Client(started.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        with pytest.raises(InputError, match=r"worker .* cannot import the model .*folder"):
            Cluster(started.address)


def test_a_scheduler_without_workers_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "WORKERS_SECONDS", 1)
    with (
        processes(tmp_path, workers=0) as started,
        pytest.raises(InputError, match="has no workers"),
    ):
        Cluster(started.address)


@pytest.mark.parametrize("address", ["", "host:8786", "http://host:8786", "tcp://host", "tcp://:1"])
def test_an_address_is_checked(capsys: Captured, address: str) -> None:
    assert main(["run", "status_quo", *QUICK, "--dask", address]) == 2
    assert capsys.readouterr().err == f"error: --dask: {address!r}; allowed tcp://HOST:PORT\n"


def test_a_scheduler_that_is_not_there_is_named(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    assert main(["run", "status_quo", *QUICK, "--dask", "tcp://127.0.0.1:1"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: --dask: no scheduler answers at tcp://127.0.0.1:1")


def test_who_has_no_dask_is_told_how_to_get_it(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["run", "status_quo", *QUICK, "--dask", "tcp://127.0.0.1:1"]) == 2
    assert "pip install -r requirements-dask.txt" in capsys.readouterr().err


def test_workers_and_a_cluster_exclude_each_other(capsys: Captured) -> None:
    options = [*QUICK, "--dask", "tcp://127.0.0.1:1", "--workers", "2"]
    assert main(["run", "status_quo", *options]) == 2
    assert "--workers: not allowed with --dask" in capsys.readouterr().err
