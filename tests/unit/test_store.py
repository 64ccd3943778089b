"""Saved scenarios survive restarts, renames, deletions and two people at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from sim import InputError, LeverSetting, Scenario
from sim.saved import check_name
from sim.store import Conflict, Store, StoreError, saved_scenario
from sim.store_engine import default_url, file_of
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


@pytest.fixture
def store(file: Path) -> Store:
    return Store(str(file))


def test_a_saved_scenario_is_the_same_after_a_restart(store: Store, file: Path) -> None:
    saved = store.save(BAN, "Ban")
    again = Store(f"sqlite:///{file}").get("ban")
    assert again == saved
    assert again.scenario.levers == BAN.levers
    assert again.scenario.story == BAN.story
    assert again.scenario.name == "Ban"
    assert (again.title, again.model_version, again.revision) == ("A ban", MODEL_VERSION, 1)
    assert again.created_at.tzinfo is UTC
    assert abs((datetime.now(UTC) - again.created_at).total_seconds()) < 60


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


def test_saving_over_what_was_read_raises_the_revision(store: Store) -> None:
    first = store.save(BAN, "Ban")
    second = store.save(Scenario("x", "No ban"), "Ban", revision=first.revision)
    assert (second.id, second.revision, second.title) == (first.id, 2, "No ban")
    assert second.scenario.levers == {}


def test_saving_over_what_somebody_else_changed_is_a_conflict(store: Store) -> None:
    mine = store.save(BAN, "Ban")
    store.save(Scenario("x", "Theirs"), "Ban", revision=1)
    with pytest.raises(Conflict, match="revision 2, not 1"):
        store.save(BAN, "Ban", revision=mine.revision)
    with pytest.raises(Conflict, match="revision 2, not 1"):
        store.rename(mine.id, "Other", revision=mine.revision)
    with pytest.raises(Conflict, match="revision 2, not 1"):
        store.delete(mine.id, revision=mine.revision)
    assert store.get("Ban").title == "Theirs"


def test_names_are_unique_whatever_their_case(store: Store) -> None:
    store.save(BAN, "Straße Ä")
    for name in ("strasse ä", "STRASSE Ä", " Straße A\u0308 "):
        with pytest.raises(Conflict, match="is taken"):
            store.save_as(BAN, name)
        with pytest.raises(Conflict):
            store.save(BAN, name)


def test_the_database_itself_keeps_names_unique(store: Store, file: Path) -> None:
    store.save(BAN, "Ban")
    connection = sqlite3.connect(file)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(
            "INSERT INTO scenarios SELECT 'x', name, name_key, title, story, toml, model_version,"
            " created_at, updated_at, revision, deleted_at FROM scenarios"
        )
    connection.close()


def test_a_scenario_can_be_renamed_also_in_case_only(store: Store) -> None:
    saved = store.save(BAN, "Ban")
    store.save(BAN, "Other")
    assert store.rename(saved.id, "BAN").name == "BAN"
    assert store.rename(saved.id, "Third").revision == 3
    with pytest.raises(Conflict, match="'other' is taken"):
        store.rename(saved.id, "other")


def test_copies_get_the_first_free_name(store: Store) -> None:
    saved = store.save(BAN, "B" * 80)
    names = [store.duplicate(saved.id).name for _ in range(2)]
    assert names == ["B" * 76 + " (2)", "B" * 76 + " (3)"]
    copy = store.duplicate(saved.id, "Copy")
    assert (copy.toml, copy.revision) == (saved.toml, 1)
    assert copy.id != saved.id


def test_a_deletion_can_be_undone(store: Store) -> None:
    saved = store.save(BAN, "Ban")
    assert store.delete(saved.id).deleted_at is not None
    assert store.list() == []
    with pytest.raises(InputError, match="no saved scenario"):
        store.get("Ban")
    back = store.undelete(saved.id)
    assert (back.name, back.deleted_at, back.toml) == ("Ban", None, saved.toml)
    assert store.undelete(saved.id) == back


def test_undoing_a_deletion_yields_to_who_took_the_name(store: Store) -> None:
    saved = store.save(BAN, "Ban")
    store.delete(saved.id)
    store.save(BAN, "ban")
    assert store.undelete(saved.id).name == "Ban (2)"
    assert [s.name for s in store.list()] == ["ban", "Ban (2)"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "a" * 81,
        "a\nb",
        "a\x00",
        "a/b",
        "a\\b",
        "..",
        "\u202eevil",
        "Status_Quo",
        7,
        None,
    ],
)
def test_a_name_that_is_not_allowed_is_refused_in_one_line(name: object) -> None:
    with pytest.raises(InputError) as error:
        check_name(name)
    assert str(error.value).startswith("name: ")
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["'; DROP TABLE scenarios; --", "Bans 2.0 – 100 %", "禁令", "."])
def test_other_names_are_kept_as_they_are(store: Store, name: str) -> None:
    if name == ".":
        with pytest.raises(InputError, match="more than dots"):
            store.save(BAN, name)
    else:
        assert store.save(BAN, name).name == name
        assert store.get(name).scenario.title == "A ban"


def test_a_name_nearly_right_is_suggested(store: Store) -> None:
    store.save(BAN, "Chip ban")
    with pytest.raises(InputError, match="did you mean 'Chip ban'"):
        store.get("Chip bann")


def test_a_scenario_of_an_older_model_is_still_listed(store: Store, file: Path) -> None:
    store.save(BAN, "Old")
    connection = sqlite3.connect(file)
    connection.execute("UPDATE scenarios SET toml = 'title = ''A''\n[levers]\ngone = 1'")
    connection.commit()
    connection.close()
    (old,) = store.list()
    assert "gone" in old.toml
    with pytest.raises(InputError, match="unknown lever 'gone'"):
        _ = old.scenario


def test_writes_are_made_to_last(store: Store) -> None:
    with store._engine.connect() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]
    assert told == ["wal", 2, 15_000]


WRITER = """
import sys
from sim import Scenario
from sim.store import Store
store = Store(sys.argv[1])
for number in range(15):
    store.save(Scenario("a", "A"), f"{sys.argv[2]} {number}")
"""


def test_several_processes_write_at_once_from_an_empty_folder(file: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(file), name], stderr=subprocess.PIPE)
        for name in ("one", "two", "three")
    ]
    for writer in writers:
        assert writer.communicate()[1] == b""
    assert len(Store(str(file)).list()) == 45


def test_of_many_who_change_one_scenario_at_once_one_succeeds(store: Store) -> None:
    store.save(BAN, "Ban")
    outcomes: list[str] = []

    def change() -> None:
        try:
            store.save(BAN, "Ban", revision=1)
            outcomes.append("saved")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=change) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 7 + ["saved"]
    assert store.get("Ban").revision == 2


@pytest.mark.parametrize("database", ["nonsense://x", "not a url://", "/proc/a"])
def test_a_database_that_cannot_be_used_is_named_in_one_line(database: str) -> None:
    with pytest.raises(StoreError) as error:
        Store(database)
    assert len(str(error.value).splitlines()) == 1


def test_the_environment_names_the_database_and_looking_makes_none(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setenv("FRONTIER_COMMONS_DB", str(file))
    assert file_of(default_url()) == file
    assert saved_scenario("Ban") is None
    assert not file.exists()
    Store().save(BAN, "Ban")
    found = saved_scenario("ban")
    assert found is not None
    assert found.title == "A ban"
    monkeypatch.delenv("FRONTIER_COMMONS_DB")
    assert default_url().endswith(".local/share/frontier-commons/scenarios.sqlite")
