"""A library is opened from a path, a URL or an engine, by any number of processes at once."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from sim import LeverSetting, Scenario
from sim.store import Store, StoreError, default_url, existing_store, file_of, saved_scenario
from sim.store.database import connect
from sim.version import MODEL_VERSION

BAN = Scenario(
    "draft",
    "A ban",
    story="Why?\nBecause.",
    levers={"us_foreign_model_ban": LeverSetting(0.9, 60, 12)},
    assumptions={"quality_weight": 7.0},
    off=("ecosystem",),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "saved.sqlite"


def test_a_saved_scenario_is_the_same_after_a_restart(database: str) -> None:
    store = Store(database)
    saved = store.save(BAN, "Ban")
    store.close()
    later = Store(database)
    again = later.get("ban")
    assert again == saved
    assert again.scenario.levers == BAN.levers
    assert again.scenario.story == BAN.story
    assert again.scenario.name == "Ban"
    assert (again.title, again.model_version, again.revision) == ("A ban", MODEL_VERSION, 1)
    assert again.created_at.tzinfo is UTC
    assert abs((datetime.now(UTC) - again.created_at).total_seconds()) < 60
    later.close()


def test_an_engine_made_elsewhere_serves_as_well(file: Path) -> None:
    file.parent.mkdir()
    engine = sa.create_engine(f"sqlite:///{file}")
    Store(engine).save(BAN, "Ban")
    assert [s.name for s in Store(engine).list()] == ["Ban"]
    engine.dispose()


def test_a_store_in_memory_works_while_it_lasts() -> None:
    store = Store("sqlite://")
    store.save(BAN, "Ban")
    assert store.get("Ban").title == "A ban"


def test_writes_to_a_file_are_made_to_last(file: Path) -> None:
    store = Store(str(file))
    with connect(str(file)).connect() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    assert told == ["wal", 2, 15_000]
    store.close()


WRITER = """
import sys
from sim import Scenario
from sim.store import Store
store = Store(sys.argv[1])
for number in range(15):
    store.save(Scenario("a", "A"), f"{sys.argv[2]} {number}")
store.close()
"""


def test_several_processes_write_at_once_from_an_empty_database(database: str) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, database, name], stderr=subprocess.PIPE)
        for name in ("one", "two", "three")
    ]
    for writer in writers:
        assert writer.communicate()[1] == b""
    store = Store(database)
    assert len(store.list()) == 45
    store.close()


@pytest.mark.parametrize(
    ("database", "told"),
    [
        ("nonsense://x", "nonsense"),
        ("not a url://", "Could not parse"),
        ("/proc/a", "unable to open"),
        ("mssql+nodriver://x/y", "nodriver"),
        ("postgresql+psycopg://x@/y?host=/nowhere", "/nowhere"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_in_one_line(database: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as error:
        Store(database)
    assert len(str(error.value).splitlines()) == 1


def test_a_database_of_another_kind_is_refused_before_anything_is_made() -> None:
    class Elsewhere(sa.engine.default.DefaultDialect):
        name = "elsewhere"

    with pytest.raises(StoreError, match="allowed sqlite and postgresql"):
        connect(sa.Engine(sa.NullPool(lambda: None), Elsewhere(), sa.make_url("elsewhere://")))


@pytest.mark.postgres
def test_the_usual_short_form_of_a_postgres_address_is_understood() -> None:
    assert connect("postgres://me@host/name").dialect.driver == "psycopg"


def test_the_environment_names_the_database_and_looking_makes_none(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(file))
    assert file_of(default_url()) == file
    assert saved_scenario("Ban") is None
    assert existing_store() is None
    assert not file.exists()
    Store().save(BAN, "Ban")
    found = saved_scenario("ban")
    assert found is not None
    assert found.title == "A ban"
    assert saved_scenario("Bann") is None
    monkeypatch.delenv("FRONTIER_COMMONS_DB")
    assert default_url().endswith(".local/share/frontier-commons/scenarios.sqlite")
