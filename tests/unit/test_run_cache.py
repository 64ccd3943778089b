"""Runs that need not be run again: served whole or cut, bounded, and never damaged."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import LeverSetting, Scenario, run
from sim.backend import Here
from sim.calendar import month_index
from sim.ensemble import iter_run
from sim.futures import Futures
from sim.log import ENTRY
from sim.outcomes import SERIES
from sim.replicate import Future
from sim.run_cache import RunCache, family
from sim.run_files import RunFiles, default_files
from sim.study import LASTING
from sim.task import Task

WORLD = Scenario("world", "World", horizon=month_index("2023-06"))
SIZE: dict[str, Any] = {"seed": 1, "streams": 200}
ROOT = Path(__file__).resolve().parents[2]
ONE_RUN = len(SERIES) * WORLD.n_months * 8


def world(number: int) -> Scenario:
    """Return a world that is another run for each number."""
    lever = LeverSetting(0.1 + number / 1000, start=2)
    return dataclasses.replace(WORLD, levers={"us_foreign_model_ban": lever})


def future(replicate: int) -> Future:
    """Return a future that can be told from others."""
    values = np.full((len(SERIES), WORLD.n_months), float(replicate))
    values[0, 0] = np.nan
    log = np.zeros(replicate % 3, dtype=ENTRY)
    log["value"] = replicate
    return Future(values, log)


def futures(count: int) -> Futures:
    """Return so many futures."""
    found = [future(replicate) for replicate in range(count)]
    return Futures(np.stack([f.values for f in found]), tuple(f.log for f in found))


def same(one: Futures | None, other: Futures) -> bool:
    """Return whether two runs are equal byte for byte."""
    return (
        one is not None
        and one.values.tobytes() == other.values.tobytes()
        and one.values.shape == other.values.shape
        and [log.tobytes() for log in one.logs] == [log.tobytes() for log in other.logs]
        and all(log.dtype == ENTRY for log in one.logs)
    )


class Recorder(Here):
    """A place that makes futures up, remembers which, and may break down."""

    def __init__(self, breaks_after: int = 10**9) -> None:
        self.asked: list[int] = []
        self._breaks_after = breaks_after

    def map(
        self, task: Task, items: Sequence[Any], **_: Any
    ) -> Generator[tuple[Any, Any], None, None]:
        """Yield (item, made-up future)."""
        for item in items:
            if len(self.asked) == self._breaks_after:
                raise InterruptedError
            self.asked.append(item[1])
            yield item, future(item[1])


@pytest.fixture
def files(tmp_path: Path) -> RunFiles:
    return RunFiles(tmp_path / "runs" / "code")


def test_what_is_kept_is_not_run_again() -> None:
    cache, here = RunCache(), Recorder()
    first = run(WORLD, replicates=6, **SIZE, pool=here, cache=cache)
    second = run(WORLD, replicates=6, **SIZE, pool=here, cache=cache)
    assert here.asked == [0, 1, 2, 3, 4, 5]
    assert second.values.tobytes() == first.values.tobytes()
    assert second.run_id == first.run_id
    assert second.logs[2].tobytes() == first.logs[2].tobytes()


def test_a_longer_run_serves_a_shorter_one_under_its_own_id() -> None:
    cache = RunCache()
    run(WORLD, replicates=4, **SIZE, workers=1, cache=cache)
    alone = run(WORLD, replicates=3, **SIZE, workers=1)
    cut = run(WORLD, replicates=3, **SIZE, pool=Recorder(0), cache=cache)
    assert cut.values.tobytes() == alone.values.tobytes()
    assert [log.tobytes() for log in cut.logs] == [log.tobytes() for log in alone.logs]
    assert cut.run_id == alone.run_id


def test_a_shorter_run_is_where_a_longer_one_begins() -> None:
    cache, here = RunCache(), Recorder()
    run(WORLD, replicates=3, **SIZE, pool=here, cache=cache)
    steps = list(iter_run(WORLD, replicates=9, **SIZE, pool=here, cache=cache))
    assert here.asked == list(range(9))
    assert [step.replicates for step in steps] == [3, 4, 8, 9]


def test_names_do_not_matter_and_everything_that_moves_a_number_does() -> None:
    cache = RunCache()
    cache.put(WORLD, futures(2), **SIZE, lasting=False)
    renamed = dataclasses.replace(WORLD, name="other", title="Other")
    assert cache.get(renamed, **SIZE, replicates=2) is not None
    assert cache.get(world(1), **SIZE, replicates=2) is None
    assert cache.get(WORLD, seed=2, streams=200, replicates=2) is None
    assert cache.get(WORLD, seed=1, streams=201, replicates=2) is None


def test_a_cached_result_bears_the_name_it_is_asked_by() -> None:
    cache = RunCache()
    run(WORLD, replicates=2, **SIZE, pool=Recorder(), cache=cache)
    renamed = dataclasses.replace(WORLD, name="other")
    assert run(renamed, replicates=2, **SIZE, cache=cache).scenario.name == "other"


def test_memory_is_bounded_in_runs_and_the_least_recently_used_goes_first() -> None:
    cache = RunCache(most_runs=3)
    for number in (1, 2, 3):
        cache.put(world(number), futures(1), **SIZE, lasting=False)
    assert cache.get(world(1), **SIZE, replicates=1) is not None
    cache.put(world(4), futures(1), **SIZE, lasting=False)
    kept = [n for n in (1, 2, 3, 4) if cache.get(world(n), **SIZE, replicates=1) is not None]
    assert kept == [1, 3, 4]


def test_memory_is_bounded_in_bytes() -> None:
    cache = RunCache(most_bytes=3 * ONE_RUN)
    for number in range(10):
        cache.put(world(number), futures(1), **SIZE, lasting=False)
        assert cache.n_bytes <= 3 * ONE_RUN
    assert cache.n_bytes == 3 * ONE_RUN
    cache.put(world(10), futures(4), **SIZE, lasting=False)
    assert cache.n_bytes == 0  # one that does not fit is not kept, nor is what it drove out


def test_a_few_futures_of_a_run_that_was_left_do_not_keep_the_rest_in_memory() -> None:
    cache = RunCache()
    whole = futures(64)
    cache.put(WORLD, whole.first(1), **SIZE, lasting=False)
    kept = cache.get(WORLD, **SIZE, replicates=64)
    assert kept is not None
    assert not np.shares_memory(kept.values, whole.values)
    assert cache.n_bytes == ONE_RUN


def test_a_run_is_read_back_byte_for_byte(files: RunFiles) -> None:
    files.put("fc-a", futures(5))
    assert same(files.get("fc-a", 5), futures(5))
    assert same(files.get("fc-a", 3), futures(3))
    assert same(files.get("fc-a", 9), futures(5))
    assert files.get("fc-b", 5) is None


def test_another_process_finds_what_one_has_run(files: RunFiles) -> None:
    run(WORLD, replicates=3, **SIZE, pool=Recorder(), cache=RunCache(files=files))
    again = run(WORLD, replicates=3, **SIZE, pool=Recorder(0), cache=RunCache(files=files))
    assert same(Futures(again.values, again.logs), futures(3))


def test_only_the_longest_run_of_a_family_stays_on_disk(files: RunFiles, tmp_path: Path) -> None:
    for count in (2, 4, 3):
        files.put("fc-a", futures(count))
    assert names(tmp_path) == ["fc-a-4.parquet"]


def test_a_run_that_is_interrupted_leaves_what_it_had(files: RunFiles) -> None:
    cache = RunCache(files=files)
    with pytest.raises(InterruptedError):
        run(WORLD, replicates=500, **SIZE, pool=Recorder(LASTING + 6), cache=cache)
    here = Recorder()
    run(WORLD, replicates=500, **SIZE, pool=here, cache=RunCache(files=files))
    assert here.asked == list(range(LASTING + 6, 500))


def test_a_preview_that_is_left_is_kept_in_memory_alone(files: RunFiles, tmp_path: Path) -> None:
    cache, here = RunCache(files=files), Recorder()
    steps = iter_run(WORLD, replicates=64, **SIZE, pool=here, cache=cache)
    next(steps)
    steps.close()
    assert names(tmp_path) == []
    kept = cache.get(WORLD, **SIZE, replicates=64)
    assert kept is not None
    assert kept.replicates == len(here.asked) == 2


@pytest.mark.parametrize("place", [0.0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0])
def test_a_damaged_file_is_ignored_and_removed(
    files: RunFiles, tmp_path: Path, place: float
) -> None:
    files.put("fc-a", futures(5))
    (path,) = tmp_path.rglob("*.parquet")
    content = bytearray(path.read_bytes())
    at = round(place * (len(content) - 1))
    content[at : at + 16] = bytes(255 - byte for byte in content[at : at + 16])
    path.write_bytes(content)
    found = files.get("fc-a", 5)
    assert found is None or same(found, futures(5))  # the writer's name, say, may change freely
    assert path.exists() == (found is not None)


@pytest.mark.parametrize("length", [0, 1, 100, 0.5, 0.99])
def test_a_file_that_was_cut_short_is_ignored_and_removed(
    files: RunFiles, tmp_path: Path, length: float
) -> None:
    files.put("fc-a", futures(5))
    (path,) = tmp_path.rglob("*.parquet")
    content = path.read_bytes()
    path.write_bytes(content[: int(length if length >= 1 else length * len(content))])
    assert files.get("fc-a", 5) is None
    assert not path.exists()


def test_a_file_under_another_runs_name_is_not_believed(files: RunFiles, tmp_path: Path) -> None:
    files.put("fc-a", futures(5))
    (path,) = tmp_path.rglob("*.parquet")
    path.rename(path.with_name("fc-b-5.parquet"))
    assert files.get("fc-b", 5) is None
    files.put("fc-a", futures(5))
    path.rename(path.with_name("fc-a-6.parquet"))
    assert files.get("fc-a", 6) is None


def test_a_damaged_long_run_does_not_hide_a_shorter_one(files: RunFiles, tmp_path: Path) -> None:
    files.put("fc-a", futures(3))
    (path,) = tmp_path.rglob("*.parquet")
    path.with_name("fc-a-9.parquet").write_bytes(b"nothing of use")
    assert same(files.get("fc-a", 9), futures(3))


def test_disk_is_bounded_in_files_and_what_was_used_lately_stays(tmp_path: Path) -> None:
    files = RunFiles(tmp_path / "runs" / "code", most_files=3)
    for age, name in enumerate(("fc-c", "fc-b", "fc-a")):
        files.put(name, futures(1))
        (path,) = tmp_path.rglob(f"{name}-*")
        os.utime(path, (10**9 - age, 10**9 - age))
    assert files.get("fc-a", 1) is not None  # the oldest, but used now
    files.put("fc-d", futures(1))
    assert names(tmp_path) == ["fc-a-1.parquet", "fc-c-1.parquet", "fc-d-1.parquet"]


def test_disk_is_bounded_in_bytes_and_runs_of_an_older_model_go_too(tmp_path: Path) -> None:
    old = RunFiles(tmp_path / "runs" / "older")
    old.put("fc-a", futures(1))
    (path,) = tmp_path.rglob("*.parquet")
    os.utime(path, (10**9, 10**9))
    size = path.stat().st_size
    new = RunFiles(tmp_path / "runs" / "newer", most_bytes=2 * size)
    new.put("fc-b", futures(1))
    new.put("fc-c", futures(1))
    assert names(tmp_path) == ["fc-b-1.parquet", "fc-c-1.parquet"]


def test_what_a_killed_writer_left_is_cleared_away_in_time(tmp_path: Path) -> None:
    files = RunFiles(tmp_path / "runs" / "code")
    files.put("fc-a", futures(1))
    left = [tmp_path / "runs" / "code" / f".{name}.part" for name in ("old", "new")]
    for draft in left:
        draft.write_bytes(b"half")
    os.utime(left[0], (10**9, 10**9))
    files.put("fc-b", futures(1))
    assert [draft.exists() for draft in left] == [False, True]


def test_a_disk_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    cache = RunCache(files=RunFiles(tmp_path / "file" / "runs"))
    result = run(WORLD, replicates=2, **SIZE, pool=Recorder(), cache=cache)
    assert result.replicates == 2


def test_runs_of_another_source_are_never_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTIER_COMMONS_CACHE", str(tmp_path))
    default_files().put("fc-a", futures(1))
    assert default_files().get("fc-a", 1) is not None
    monkeypatch.setattr("sim.twins.code_folder", lambda: tmp_path / "code-of-tomorrow")
    assert default_files().get("fc-a", 1) is None


def test_threads_share_the_memory_without_losing_count() -> None:
    cache = RunCache(most_runs=5)

    def work(start: int) -> None:
        for step in range(200):
            number, count = (start + step) % 8, 1 + step % 4
            cache.put(world(number), futures(count), **SIZE, lasting=False)
            found = cache.get(world(number), **SIZE, replicates=4)
            assert found is None or same(found, futures(found.replicates))

    failed: list[BaseException] = []
    run_threads([lambda start=start: work(start) for start in range(6)], failed)
    assert failed == []
    held = [cache.get(world(n), **SIZE, replicates=4) for n in range(8)]
    assert cache.n_bytes == sum(run.n_bytes for run in held if run is not None)


def test_writers_and_readers_in_several_processes_see_whole_runs_only(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "code"
    script = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "from test_run_cache import RunFiles, futures, same\n"
        f"files = RunFiles(Path({str(folder)!r}), most_files=2)\n"
        "seen = 0\n"
        "for step in range(60):\n"
        "    family, count = f'fc-{step % 3}', 1 + step % 5\n"
        "    files.put(family, futures(count))\n"
        "    found = files.get(family, 5)\n"
        "    assert found is None or same(found, futures(found.replicates))\n"
        "    seen += found is not None\n"
        "assert seen\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    writers = [subprocess.Popen([sys.executable, "-c", script], env=environment) for _ in range(3)]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    assert len(names(tmp_path)) <= 3
    assert not list(tmp_path.rglob(".*"))


def test_a_family_is_what_all_lengths_of_a_run_share() -> None:
    assert family(WORLD, **SIZE) == family(dataclasses.replace(WORLD, name="b"), **SIZE)
    assert family(WORLD, **SIZE) != family(WORLD, seed=2, streams=200)


def names(folder: Path) -> list[str]:
    """Return the names of the runs on disk."""
    return sorted(path.name for path in folder.rglob("*.parquet"))


def run_threads(works: list[Any], failed: list[BaseException]) -> None:
    """Run functions at the same time and collect what went wrong."""

    def guarded(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
