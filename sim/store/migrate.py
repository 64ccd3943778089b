"""How a database comes to have the tables this version needs: the revisions in `migrations`, in
one transaction, behind a lock, when it is first opened.

Many processes may open an empty or an older database at once: the first migrates it, the others
wait and find it done. A database made before revisions were counted has the tables of FIRST; it
is adopted as it is.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

FIRST, HEAD = "0001", "0002"
VERSION_TABLE = "frontier_commons_revision"
FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x66635F6C6962  # "fc_lib": any number nobody else locks in the same database
_FIRST_COLUMNS = frozenset(
    "id name name_key title story toml model_version created_at updated_at revision "
    "deleted_at".split()
)


class NewerDatabase(Exception):
    """The database was migrated by a later version of the simulator."""


class UnknownTables(Exception):
    """There is a table of ours that is not ours."""


def migrate(engine: sa.Engine) -> None:
    """Bring the database to HEAD, whole or not at all; cheap if it is there."""
    with engine.execution_options(reads=True).begin() as connection:
        if _is_current(connection):
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            lock = sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
            connection.execute(lock)  # SQLite locks with the transaction itself
        if not _is_current(connection):
            _upgrade(connection)


def revision(connection: sa.Connection) -> str | None:
    """Return the revision the database is at, None if none was ever noted."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    noted = sa.table(VERSION_TABLE, sa.column("version_num", sa.String))
    return connection.execute(sa.select(noted.c.version_num)).scalar()


def _is_current(connection: sa.Connection) -> bool:
    at = revision(connection)
    if at is not None and at > HEAD:
        raise NewerDatabase(f"made by a later version (revision {at}); this one knows {HEAD}")
    return at == HEAD


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command  # 0.3 s, and needed only once a database
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    if revision(connection) is None and _has_first_tables(connection):
        command.stamp(config, FIRST)
    command.upgrade(config, HEAD)


def _has_first_tables(connection: sa.Connection) -> bool:
    inspector = sa.inspect(connection)
    if not inspector.has_table("scenarios"):
        return False
    found = {column["name"] for column in inspector.get_columns("scenarios")}
    if found != _FIRST_COLUMNS:
        raise UnknownTables("it has a table `scenarios` that is not this simulator's")
    return True
