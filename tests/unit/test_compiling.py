"""Compiled code: made by one process, found by its marker, loaded when that pays."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from sim import compiling, twins
from sim.backend import Here
from sim.task import Task

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test a cache folder of its own, empty; return where machine code goes in it."""
    monkeypatch.setenv(twins.CACHE, str(tmp_path))
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    compiling._marker.cache_clear()
    yield twins.code_folder()
    compiling._marker.cache_clear()


def mark(folder: Path) -> None:
    """Say that everything is compiled."""
    compiling._marker().touch()
    assert compiling._marker().parent == folder


def test_code_is_there_when_the_marker_is(folder: Path) -> None:
    assert not compiling.is_complete()
    mark(folder)
    assert compiling.is_complete()


def test_a_marker_of_another_machine_does_not_count(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(folder)
    monkeypatch.setattr("platform.node", lambda: "elsewhere")
    compiling._marker.cache_clear()
    assert not compiling.is_complete()


def test_a_marker_of_another_copy_of_the_project_does_not_count(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(folder)
    monkeypatch.setattr(compiling, "ROOT", tmp_path)
    compiling._marker.cache_clear()
    assert not compiling.is_complete()


def test_who_switches_numba_off_gets_no_compiled_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(folder)
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert not compiling.is_wanted()
    monkeypatch.setattr(compiling, "load", lambda: pytest.fail("loaded"))
    compiling.load_if_there()


def test_a_second_process_waits_for_the_one_that_compiles(folder: Path) -> None:
    lock = FileLock(f"{compiling._marker()}.lock")
    with lock:
        second = subprocess.Popen([sys.executable, "-m", "sim.compiling"], cwd=ROOT)
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=3.0)
        assert not list(folder.rglob("*.nbi"))  # it has compiled nothing
        mark(folder)
    assert second.wait(timeout=60.0) == 0
    assert not list(folder.rglob("*.nbi"))  # nor after that: there was nothing left to do


def test_the_compiling_process_ends_with_its_owner(folder: Path) -> None:
    with FileLock(f"{compiling._marker()}.lock"):
        compiler = compiling.Compiler()
        compiler.start()
        process = compiler._process
        assert process is not None
        assert process.poll() is None
        compiler.start()
        assert compiler._process is process  # once is enough
        compiler.stop()
        assert process.poll() is not None


def test_nobody_compiles_what_is_there(folder: Path) -> None:
    mark(folder)
    compiler = compiling.Compiler()
    compiler.start()
    assert compiler._process is None
    compiler.stop()


def work(monkeypatch: pytest.MonkeyPatch, seconds: list[float]) -> list[str]:
    """Work on three items of so many seconds each; return what happened, in order."""
    clock, happened = [0.0], list[str]()
    monkeypatch.setattr("time.perf_counter", lambda: clock[0])
    monkeypatch.setattr(compiling, "load", lambda: happened.append("load"))
    monkeypatch.setattr(compiling, "is_loaded", lambda: "load" in happened)
    monkeypatch.setattr(compiling.Compiler, "start", lambda _: happened.append("compile"))
    for item, _ in Here().map(Task("builtins:float"), seconds):
        clock[0] += item
        happened.append("item")
    return happened


def test_code_is_loaded_after_the_first_answer_if_enough_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(folder)
    assert work(monkeypatch, [2.0, 2.0, 2.0]) == ["item", "load", "item", "item"]


def test_code_is_not_loaded_for_a_little_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(folder)
    assert work(monkeypatch, [0.5, 0.5, 0.5]) == ["item"] * 3


def test_code_is_compiled_beside_long_work_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert work(monkeypatch, [10.0, 10.0, 10.0]) == ["item"] * 3
    assert work(monkeypatch, [40.0, 40.0, 40.0]) == ["item", "compile", "item", "item"]


def test_rehearsals_are_short_and_of_both_kinds() -> None:
    assert {rehearsal.supply for rehearsal in compiling.rehearsals()} == {"observed", "simulated"}
    assert all(rehearsal.n_months <= 60 for rehearsal in compiling.rehearsals())


@pytest.mark.long
def test_what_one_process_compiles_another_loads_without_compiling(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "sim.compiling"], cwd=ROOT, check=True)
    assert compiling.is_complete()
    made = {path: path.stat().st_mtime_ns for path in folder.rglob("*.nb[ci]")}
    assert made
    script = (
        "from sim import compiling, load_scenario, twins\n"
        "from sim.replicate import simulate\n"
        "compiling.load_if_there()\n"
        "assert twins.is_installed()\n"
        "simulate(load_scenario('fear_lockdown'), seed=1, replicate=0, streams=4000)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=os.environ, check=True)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.nb[ci]")} == made
