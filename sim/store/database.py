"""Which database holds the library, and what is peculiar to its kind: all of it is here.

SQLite in the user's own file by default; another file, or PostgreSQL, by FRONTIER_COMMONS_DB. A
database is brought to the present tables when it is opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from sim.declare import InputError, printable
from sim.store.migrate import NewerDatabase, UnknownTables, migrate

ENVIRONMENT = "FRONTIER_COMMONS_DB"
KINDS = ("sqlite", "postgresql")
_BUSY_MILLISECONDS = 15_000
_CONNECT_SECONDS = 10


class StoreError(InputError):
    """The database cannot be used; the message is one line."""


class Conflict(Exception):
    """Another change came first, or the name is taken; the message is one line."""


class Database:
    """One database and its transactions, for any number of threads and processes."""

    def __init__(self, database: str | sa.Engine | None = None) -> None:
        with _told():
            self.engine = connect(default_url() if database is None else database)
            try:
                migrate(self.engine)
            except Exception:
                self.close()
                raise

    @contextmanager
    def transaction(self, *, reads: bool = False) -> Iterator[sa.Connection]:
        """Yield a connection whose changes are kept together, or not at all if it raises."""
        with _told(), self.engine.execution_options(reads=reads).begin() as connection:
            yield connection

    def close(self) -> None:
        """Close the connections that are open and idle."""
        self.engine.dispose()


def write_alone(connection: sa.Connection, table: sa.Table) -> None:
    """Let no other transaction change `table` before this one ends.

    For changes of several rows, which deadlock in PostgreSQL when two make them in different order.
    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE")


def default_url() -> str:
    """Return what FRONTIER_COMMONS_DB names (a URL or a path), or the user's own file."""
    home = Path("~/.local/share/frontier-commons/scenarios.sqlite").expanduser()
    return os.environ.get(ENVIRONMENT) or str(home)


def file_of(database: str) -> Path | None:
    """Return the SQLite file a URL or path names, or None for memory and other databases."""
    if "://" not in database:
        return Path(database)
    url = sa.make_url(database)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def connect(database: str | sa.Engine) -> sa.Engine:
    """Return an engine for a URL, a path or an engine; safe for several processes at once."""
    engine = database if isinstance(database, sa.Engine) else _new_engine(database)
    if engine.dialect.name not in KINDS:
        allowed = " and ".join(KINDS)
        raise StoreError(f"{ENVIRONMENT}: a {engine.dialect.name} database; allowed {allowed}")
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _on_connect):
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _new_engine(database: str) -> sa.Engine:
    file = file_of(database)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    if "://" not in database:
        return sa.create_engine(sa.URL.create("sqlite", database=database))
    url = sa.make_url(database.replace("postgres://", "postgresql://", 1))
    if url.get_backend_name() != "postgresql":
        return sa.create_engine(url)
    patience = {"connect_timeout": _CONNECT_SECONDS} if "psycopg" in url.get_driver_name() else {}
    # A server that was restarted leaves dead connections behind; they are tried before use.
    return sa.create_engine(url, pool_pre_ping=True, connect_args=patience)


def _on_connect(connection: Any, _: object) -> None:
    # The driver's own transactions start late and as readers, and a reader that turns writer
    # fails at once under load. They are switched off here and begun in _on_begin.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _on_begin(connection: sa.Connection) -> None:
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def _told() -> Iterator[None]:
    """Turn what a database says into one line; a name taken at the same moment is a Conflict."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise Conflict("the name was taken at the same moment; choose another") from None
    except ImportError as error:
        raise StoreError(f"the database's driver is not installed: {printable(error)}") from None
    except (SQLAlchemyError, OSError, NewerDatabase, UnknownTables) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise StoreError(f"saved scenarios cannot be used: {printable(reason, 200)}") from None
