"""Which database holds the saved scenarios, and what is peculiar to SQLite: all of it is here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

ENVIRONMENT = "FRONTIER_COMMONS_DB"
_BUSY_MILLISECONDS = 15_000


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
    if isinstance(database, sa.Engine):
        engine = database
    else:
        file = file_of(database)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        url = database if "://" in database else sa.URL.create("sqlite", database=database)
        engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _on_connect):
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


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
