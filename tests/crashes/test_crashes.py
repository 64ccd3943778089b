"""Whatever is killed, and when: what was said to be saved is there, and nothing is half there."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sim.store import Saved, Store
from tests.crashes.writer import LEVER
from tests.postgres import Cluster
from tests.unit.test_migrations import make_old

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 5
PIPE_BYTES = 1 << 20  # Linux's 64 kB hold two seconds of what a writer says, then it stands still
Acknowledged = dict[str, dict[str, Any]]


def start(database: str, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crashes.writer", database, name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        pipesize=PIPE_BYTES,
        text=True,
    )


def acknowledged(writer: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """Return what a dead writer said; of a line it did not finish, nothing."""
    assert writer.stdout is not None
    lines = writer.stdout.read().split("\n")[:-1]
    writer.stdout.close()
    writer.wait()
    return [json.loads(line) for line in lines]


def kill(writers: list[subprocess.Popen[str]], chance: random.Random) -> list[dict[str, Any]]:
    """Kill every writer at a moment of its own, once all have begun to save; return what was said.

    The first line is read only to know that saving has begun.
    """
    said = []
    for writer in writers:
        assert writer.stdout is not None
        said.append(json.loads(writer.stdout.readline()))
    for writer in writers:
        time.sleep(chance.uniform(0.0, 0.1))
        writer.kill()
    for writer in writers:
        said += acknowledged(writer)
    return said


def check(database: str, said: list[dict[str, Any]]) -> int:
    """Hold the library against everything that was said; return how many saves that was."""
    store = Store(database)
    stored = {record.id: record for record in store.list() + store.deleted(10**6)}
    last: Acknowledged = {line["id"]: line for line in said if "id" in line}
    for key, line in last.items():
        assert key in stored, f"lost: {line}"
        check_acknowledged(stored[key], line)
    for record in stored.values():
        check_whole(record)
    for name in {line["run"] for line in said if "run" in line}:
        assert store.runs.numbers(name) is not None  # and its digest holds, or this raises
    store.close()
    return sum("id" in line for line in said)


def check_acknowledged(record: Saved, line: dict[str, Any]) -> None:
    """A record is as it was last said to be, or one change further: the one that was under way."""
    assert record.revision in (line["revision"], line["revision"] + 1)
    if record.revision == line["revision"]:
        assert (record.title, record.tags) == (line["token"], (line["note"],))
        assert (record.deleted_at is not None) == line["gone"]


def check_whole(record: Saved) -> None:
    """All of a record was written by the same saves."""
    assert record.scenario.levers[LEVER].value == float(record.title)
    (note,) = record.tags
    assert record.story == "\n".join([note] * 40)


def crash_often(database: str, rounds: int, seed: int) -> int:
    chance, said = random.Random(seed), []
    for number in range(rounds):
        writers = [start(database, f"writer {number} {at}") for at in range(AT_ONCE)]
        said += kill(writers, chance)
        check(database, said)
    return check(database, said)


def test_ten_killed_writers_lose_nothing_they_acknowledged(database: str) -> None:
    assert crash_often(database, rounds=2, seed=1) >= 10


@pytest.mark.long
def test_two_hundred_killed_writers_lose_nothing_they_acknowledged(database: str) -> None:
    saves = crash_often(database, rounds=40, seed=2)
    print(f"{saves} acknowledged saves")
    assert saves >= 200


@pytest.mark.postgres
def test_a_database_server_that_dies_loses_nothing_it_acknowledged(postgres: Cluster) -> None:
    database, said = postgres.new_database(), []
    for number in range(2):
        writers = [start(database, f"writer {number} {at}") for at in range(2)]
        for writer in writers:
            assert writer.stdout is not None
            said.append(json.loads(writer.stdout.readline()))
        postgres.crash()
        for writer in writers:
            lines = acknowledged(writer)
            assert "error" in lines[-1], "a writer is told in one line that the database is gone"
            said += lines
        assert check(database, said) >= 2


def test_a_migration_killed_at_any_moment_is_done_or_not_begun(database: str) -> None:
    make_old(database)
    chance = random.Random(3)
    opener = "import sys; from sim.store import Store; print('x', flush=True); Store(sys.argv[1])"
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", opener, database], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.5))
        process.kill()
        process.communicate()
    store = Store(database)
    assert [record.name for record in store.list()] == ["Ban"]
    assert [record.name for record in store.deleted()] == ["Gone"]
    store.close()
