"""Workers of this machine: shared, cancelled, killed and replaced, and always the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import InputError, Scenario, compiling, run, worker
from sim.calendar import month_index
from sim.ensemble import iter_run
from sim.pool import Pool
from sim.task import Finished, Task, WorkersLostError

WORLD = Scenario("world", "World", horizon=month_index("2024-06"))
SMALL: dict[str, Any] = {"replicates": 5, "streams": 200}
ROOT = Path(__file__).resolve().parents[2]
SLEEP, ROOT_OF, DIE = Task("time:sleep"), Task("math:sqrt"), Task("os:_exit")
LOADING = Task("sim.worker:meet")  # as quick as loading is not
PATIENCE = 60.0  # seconds after which a test gives up waiting for what should come


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2, compiled=False) as two:
        yield two


@pytest.fixture
def own_pool() -> Iterator[Pool]:
    """Return workers that a test may kill."""
    with Pool(2, compiled=False) as two:
        yield two


def wait_for(condition: Any) -> None:
    """Return when the condition holds."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


def test_results_belong_to_their_items(pool: Pool) -> None:
    items = [float(n * n) for n in range(50)]
    assert dict(pool.map(ROOT_OF, items)) == {item: item**0.5 for item in items}
    assert list(pool.map(ROOT_OF, [])) == []


def test_arguments_are_the_same_for_all_items(pool: Pool) -> None:
    task = Task("builtins:int", {"base": 2})
    assert dict(pool.map(task, ["101", "11"])) == {"101": 5, "11": 3}


def test_any_number_of_workers_gives_the_same_bytes(pool: Pool) -> None:
    alone = run(WORLD, **SMALL, workers=1)
    shared = run(WORLD, **SMALL, pool=pool)
    assert shared.values.tobytes() == alone.values.tobytes()
    assert [log.tobytes() for log in shared.logs] == [log.tobytes() for log in alone.logs]
    assert shared.run_id == alone.run_id


def test_an_error_in_a_task_reaches_its_caller_and_nobody_else(pool: Pool) -> None:
    others = pool.map(SLEEP, [0.01] * 40)
    next(others)
    with pytest.raises(InputError, match="unknown scenario 'nowhere'"):
        list(pool.map(Task("sim.scenario:load_scenario"), ["status_quo", "nowhere"]))
    assert len(list(others)) == 39


def test_work_has_begun_before_anybody_waits_for_it(pool: Pool) -> None:
    items = [float(n * n) for n in range(50)]
    found = pool.map(ROOT_OF, items)
    list(pool.map(ROOT_OF, [1.0]))  # which is taken up after the first
    wait_for(lambda: pool.waiting == 0)
    assert dict(found) == {item: item**0.5 for item in items}


def test_work_that_nobody_waited_for_is_given_up(pool: Pool) -> None:
    for begin in (
        lambda: pool.map(SLEEP, [0.05] * 1000),
        lambda: iter_run(WORLD, replicates=1000, streams=200, pool=pool),
    ):
        left = begin()
        wait_for(lambda: pool.waiting > 0)
        left.close()
        list(pool.map(ROOT_OF, [1.0]))
        assert pool.waiting == 0


def test_leaving_a_run_early_frees_the_workers(pool: Pool) -> None:
    steps = iter_run(WORLD, replicates=1000, streams=200, pool=pool)
    next(steps)
    assert pool.waiting > 0
    steps.close()
    list(pool.map(ROOT_OF, [1.0]))  # which is taken up after the other has been forgotten
    assert pool.waiting == 0


def test_a_caller_can_interrupt_a_run_from_its_progress(pool: Pool) -> None:
    def stop(done: int, total: int) -> None:
        if done == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        run(WORLD, replicates=1000, streams=200, pool=pool, progress=stop)
    list(pool.map(ROOT_OF, [1.0]))
    assert pool.waiting == 0


def test_progress_is_told_while_nothing_arrives(pool: Pool) -> None:
    seen: list[tuple[int, int]] = []
    list(pool.map(SLEEP, [0.5], progress=lambda *count: seen.append(count)))
    assert seen[0] == (0, 1)
    assert seen[-1] == (1, 1)


def test_several_callers_share_the_workers(pool: Pool) -> None:
    found: dict[int, int] = {}

    def call(at: int) -> None:
        found[at] = len(list(pool.map(SLEEP, [0.002] * (20 + at))))

    threads = [threading.Thread(target=call, args=(at,)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {at: 20 + at for at in range(6)}


def test_a_killed_worker_is_replaced_and_its_work_redone(own_pool: Pool) -> None:
    alone = run(WORLD, **SMALL, workers=1)
    task = Task("sim.study:future_of", {"scenarios": (WORLD,), "seed": 1, "streams": 200})
    futures = own_pool.map(task, [(0, replicate) for replicate in range(5)])
    done = dict([next(futures)])
    before = set(own_pool.processes)
    os.kill(own_pool.processes[0], signal.SIGKILL)
    done |= dict(futures)
    values = np.stack([done[0, replicate].values for replicate in range(5)])
    assert values.tobytes() == alone.values.tobytes()
    list(own_pool.map(SLEEP, [0.2] * 4))
    assert len(set(own_pool.processes) - before) == 1


def test_a_killed_worker_harms_no_caller(own_pool: Pool) -> None:
    one, other = own_pool.map(SLEEP, [0.02] * 60), own_pool.map(SLEEP, [0.02] * 60)
    next(one), next(other)
    for process in own_pool.processes:  # all of them at once
        os.kill(process, signal.SIGKILL)
    assert len(list(one)) == len(list(other)) == 59


def test_a_worker_killed_while_idle_is_replaced_when_needed(own_pool: Pool) -> None:
    list(own_pool.map(SLEEP, [0.05] * 4))
    for process in own_pool.processes:
        os.kill(process, signal.SIGKILL)
    assert len(list(own_pool.map(ROOT_OF, [1.0, 4.0, 9.0]))) == 3


def test_a_task_that_kills_its_workers_fails_alone(own_pool: Pool) -> None:
    others = own_pool.map(SLEEP, [0.02] * 100)
    next(others)
    with pytest.raises(WorkersLostError, match="fewer workers or fewer streams"):
        list(own_pool.map(DIE, [3]))
    assert len(list(others)) == 99
    assert len(list(own_pool.map(ROOT_OF, [1.0]))) == 1


def test_a_closed_pool_says_so_instead_of_waiting_for_ever(pool: Pool) -> None:
    closed = Pool(1, compiled=False)
    waiting = closed.map(SLEEP, [0.01] * 50)
    next(waiting)
    closed.close()
    with pytest.raises(WorkersLostError, match="closed"):
        list(waiting)
    with pytest.raises(WorkersLostError, match="closed"):
        list(closed.map(ROOT_OF, [1.0]))
    closed.close()


def test_a_pool_is_warm_when_every_worker_has_run_a_future(own_pool: Pool) -> None:
    assert not own_pool.is_warm
    wait_for(lambda: own_pool.is_warm)
    os.kill(own_pool.processes[0], signal.SIGKILL)
    list(own_pool.map(SLEEP, [0.05] * 4))  # on which the loss is noticed
    wait_for(lambda: own_pool.is_warm)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let code be there and loading be quick; return the paths of all that workers are asked, in
    order."""
    order: list[str] = []
    really_submit = worker.Worker.submit

    def submit(self: worker.Worker, task: Task, items: list[object]) -> Any:
        order.append(task.path)
        return really_submit(self, task, items)

    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(compiling, "is_complete", lambda: True)
    monkeypatch.setattr(worker, "_LOADING", LOADING)
    monkeypatch.setattr(worker.Worker, "submit", submit)
    return order


def appears(monkeypatch: pytest.MonkeyPatch, code: Callable[[], bool]) -> None:
    """Let code be there when `code` says so."""
    monkeypatch.setattr(compiling, "is_complete", code)
    monkeypatch.setattr(compiling.Compiler, "start", lambda _: None)


def test_code_that_comes_is_loaded_between_tasks_by_one_worker_at_a_time(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    others_loading: list[bool] = []
    answered: list[bool] = []
    really_load = worker.Worker.load

    def load(self: worker.Worker) -> Any:
        others_loading.append(any(other.is_loading for other in two._dispatcher.workers))
        answered.append("math:sqrt" in asked)
        return really_load(self)

    monkeypatch.setattr(worker.Worker, "load", load)
    appears(monkeypatch, lambda: "math:sqrt" in asked)
    with Pool(2) as two:
        assert not two.is_warm
        wait_for(lambda: all(one.has_met for one in two._dispatcher.workers))
        list(two.map(ROOT_OF, [1.0, 4.0]))
        wait_for(lambda: two.is_warm)
    assert others_loading == [False, False]
    assert answered == [True, True]


def test_code_that_was_there_is_loaded_first_if_there_is_much_work(asked: list[str]) -> None:
    with Pool(1) as one:
        list(one.map(SLEEP, [0.01] * 50, preview=4))
        assert one.is_warm
    assert asked[:3] == ["sim.worker:ready", LOADING.path, "time:sleep"]
    assert asked.count(LOADING.path) == 1


def test_code_that_was_there_is_loaded_by_all_workers_at_once(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[Future[Finished]] = []

    def load(_: worker.Worker) -> Future[Finished]:
        under_way.append(Future())
        if len(under_way) == 2:  # not before both have begun
            for one in under_way:
                one.set_result(Finished((None,), 0.0, 0))
        return under_way[-1]

    monkeypatch.setattr(worker.Worker, "load", load)
    with Pool(2) as two:
        wait_for(lambda: two.is_warm)


def test_for_little_work_no_code_is_loaded(asked: list[str]) -> None:
    with Pool(2) as two:
        list(two.map(SLEEP, [0.05] * 4))
    assert asked[:6] == ["sim.worker:ready"] * 2 + ["time:sleep"] * 4


def test_idle_workers_load_code_that_was_there(asked: list[str]) -> None:
    with Pool(2) as two:
        wait_for(lambda: two.is_warm)
    assert sorted(asked[2:]) == [LOADING.path] * 2


def test_nothing_is_loaded_while_somebody_waits_for_a_first_result(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    appears(monkeypatch, lambda: "time:sleep" in asked)
    monkeypatch.setattr(compiling, "LOADING_PAYS_SECONDS", 0.0)  # it would pay
    with Pool(1) as one:
        list(one.map(SLEEP, [0.3] * 6, preview=6))
        wait_for(lambda: one.is_warm)
    assert asked == ["sim.worker:ready", *["time:sleep"] * 6, LOADING.path]


def test_code_that_cannot_be_loaded_leaves_the_uncompiled_in_use(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(compiling, "is_complete", lambda: True)
    monkeypatch.setattr(worker, "_LOADING", ROOT_OF)  # of nothing, which is an error
    with Pool(2) as two:
        wait_for(lambda: two.is_warm)
        assert len(list(two.map(ROOT_OF, [1.0, 4.0]))) == 2
    assert "uncompiled code is used" in caplog.text


def test_a_script_without_a_main_guard_is_not_run_again_by_the_workers(tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(
        "from sim import Scenario, run\n"
        "print('once', run(Scenario('a', 'A', horizon=5), replicates=2, streams=200, workers=2)"
        ".replicates)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "once 2\n"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_workers_end_when_their_parent_is_killed() -> None:
    script = (
        "from sim.pool import Pool; from sim.task import Task; pool = Pool(2)\n"
        "list(pool.map(Task('time:sleep'), [0.2] * 4)); print(*pool.processes, flush=True)\n"
        "list(pool.map(Task('time:sleep'), [0.1] * 10_000))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], env=environment(), stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        processes = [int(number) for number in parent.stdout.readline().split()]
        parent.kill()
    assert len(processes) == 2
    wait_for(lambda: not any(is_running(process) for process in processes))


def is_running(process: int) -> bool:
    """Return whether a process is there, and not merely waiting to be buried."""
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def environment() -> dict[str, str]:
    """Return an environment in which scripts find the library and compile nothing."""
    return os.environ | {"PYTHONPATH": str(ROOT), "NUMBA_DISABLE_JIT": "1"}
