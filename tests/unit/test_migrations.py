"""A database of any earlier shape is brought to the present one without loss, and once."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from sim import Scenario, scenario_to_toml
from sim.store import Search, Store, StoreError
from sim.store.database import connect
from sim.store.migrate import FIRST, FOLDER, HEAD, VERSION_TABLE, revision
from sim.store.tables import METADATA

# The table as it was before revisions were counted: not to be changed.
OLD = sa.MetaData()
OLD_SCENARIOS = sa.Table(
    "scenarios",
    OLD,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("name_key", sa.String(320), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("story", sa.Text, nullable=False),
    sa.Column("toml", sa.Text, nullable=False),
    sa.Column("model_version", sa.String(20), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
)
PRESENT = OLD_SCENARIOS.c.deleted_at.is_(None)
sa.Index(
    "one_present_scenario_a_name",
    OLD_SCENARIOS.c.name_key,
    unique=True,
    sqlite_where=PRESENT,
    postgresql_where=PRESENT,
)
MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def old_row(name: str, *, deleted: bool = False) -> dict[str, object]:
    return {
        "id": f"id of {name}",
        "name": name,
        "name_key": name.casefold(),
        "title": "A title",
        "story": "Über alles",
        "toml": scenario_to_toml(Scenario("x", "A title", story="Über alles")),
        "model_version": "0.1.0",
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "revision": 7,
        "deleted_at": MOMENT if deleted else None,
    }


def make_old(database: str) -> None:
    """Fill a database of the shape before revisions were counted."""
    engine = connect(database)
    with engine.begin() as connection:
        OLD.create_all(connection)
        rows = [old_row("Ban"), old_row("Gone", deleted=True)]
        connection.execute(OLD_SCENARIOS.insert(), rows)
    engine.dispose()


def test_a_database_from_before_revisions_is_adopted_without_loss(database: str) -> None:
    make_old(database)
    store = Store(database)
    (record,) = store.list()
    (gone,) = store.deleted()
    for found, old in ((record, old_row("Ban")), (gone, old_row("Gone", deleted=True))):
        del old["name_key"]
        assert {key: getattr(found, key) for key in old} == old
    assert (record.tags, record.author, record.run_id) == ((), None, None)
    assert store.page(Search(text="ÜBER")).total == 1
    assert store.undelete(gone.id).name == "Gone"
    assert store.save(Scenario("x", "New"), record.id, revision=7).revision == 8
    store.close()


def test_a_server_of_the_older_version_may_go_on_saving(database: str) -> None:
    make_old(database)
    store = Store(database)
    with store._database.engine.begin() as connection:
        connection.execute(OLD_SCENARIOS.insert(), [old_row("Late")])
    assert [s.name for s in store.page(Search(text="late")).records] == ["Late"]
    assert store.get("Late").tags == ()
    store.close()


def test_the_migrations_make_exactly_the_tables_the_code_declares(database: str) -> None:
    store = Store(database)
    with store._database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []
        assert revision(connection) == HEAD
    store.close()


def test_the_code_knows_its_first_and_last_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert (revisions[0], revisions[-1]) == (HEAD, FIRST)
    assert revisions == sorted(revisions, reverse=True)


def test_opening_a_present_database_changes_nothing(database: str) -> None:
    first = Store(database)
    first.save(Scenario("x", "A"), "A")
    changes: list[str] = []
    engine = connect(database)
    sa.event.listen(engine, "before_cursor_execute", lambda *told: changes.append(told[2]))
    Store(engine)
    words = {statement.split()[0].upper() for statement in changes}
    assert words <= {"SELECT", "PRAGMA", "BEGIN"}
    engine.dispose()
    first.close()


def test_a_database_of_a_later_version_is_left_alone(database: str) -> None:
    store = Store(database)
    store.save(Scenario("x", "A"), "A")
    with store._database.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    store.close()
    with pytest.raises(StoreError, match=r"later version \(revision 9999\)"):
        Store(database)


def test_somebody_elses_table_is_left_alone(database: str) -> None:
    engine = connect(database)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE scenarios (play TEXT)")
    with pytest.raises(StoreError, match="not this simulator's"):
        Store(database)
    assert sa.inspect(engine).get_table_names() == ["scenarios"]
    engine.dispose()


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: str) -> None:
    make_old(database)
    engine = connect(database)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE run_holders (mine TEXT)")  # the last one made
    with pytest.raises(StoreError, match="run_holders"):
        Store(database)
    inspector = sa.inspect(engine)
    assert set(inspector.get_table_names()) == {"scenarios", "run_holders"}
    assert len(inspector.get_columns("scenarios")) == 11
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE run_holders")
    engine.dispose()
    store = Store(database)
    assert [s.name for s in store.list()] == ["Ban"]
    store.close()


OPENER = """
import sys
from sim.store import Store
store = Store(sys.argv[1])
assert [s.name for s in store.list()] == ["Ban"]
store.close()
"""


def test_several_processes_open_an_old_database_at_once(database: str) -> None:
    make_old(database)
    openers = [
        subprocess.Popen([sys.executable, "-c", OPENER, database], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for opener in openers:
        assert opener.communicate()[1] == b""
