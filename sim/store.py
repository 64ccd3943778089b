"""Where scenarios are kept: one table, in SQLite by default, in another database by its URL.

Presets are files, read-only, and never stored. A record holds the scenario as TOML, so that one
saved under an older model can still be read, shown and exported. Every change raises a record's
revision; who changes an older revision than the stored one gets Conflict, and nothing is lost.
Deleting only marks a record, so that it can be undone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from sim.declare import InputError, nearest, printable
from sim.saved import MAX_NAME, METADATA, PRESENT, SCENARIOS, Saved, as_saved, check_name, name_key
from sim.scenario import Scenario, scenario_to_toml
from sim.store_engine import connect, default_url, file_of
from sim.version import MODEL_VERSION


class Conflict(Exception):
    """Another change came first, or the name is taken; the message is one line."""


class StoreError(InputError):
    """The database cannot be used; the message is one line."""


class Store:
    """The saved scenarios of one database, for any number of threads and processes.

    `database` is an SQLAlchemy URL, the path of an SQLite file, or an engine; None is the
    user's own file, or what the environment's FRONTIER_COMMONS_DB names.
    """

    def __init__(self, database: str | sa.Engine | None = None) -> None:
        with _told():
            self._engine = connect(default_url() if database is None else database)
        with self._transaction() as connection:
            METADATA.create_all(connection)

    def save(self, scenario: Scenario, name: str, *, revision: int | None = None) -> Saved:
        """Store the scenario under `name`, over the revision the caller has read.

        Without a revision the name must be free. Conflict if it is taken, or if the stored
        record is no longer at that revision.
        """
        if revision is None:
            return self.save_as(scenario, name)
        with self._transaction() as connection:
            found = _find(connection, name)
            return _update(connection, found, revision, **_content(scenario))

    def save_as(self, scenario: Scenario, name: str) -> Saved:
        """Store the scenario as a new record; Conflict if the name is taken."""
        name = check_name(name)
        with self._transaction() as connection:
            return _insert(connection, name, _content(scenario))

    def list(self) -> list[Saved]:
        """Return the records that are not deleted, by name."""
        query = sa.select(SCENARIOS).where(PRESENT).order_by(SCENARIOS.c.name_key)
        with self._transaction(reads=True) as connection:
            return [as_saved(row) for row in connection.execute(query)]

    def get(self, id_or_name: str) -> Saved:
        """Return one record that is not deleted; InputError naming the nearest if there is none."""
        with self._transaction(reads=True) as connection:
            return _find(connection, id_or_name)

    def rename(self, id: str, name: str, *, revision: int | None = None) -> Saved:
        """Give a record another name; Conflict if it is taken."""
        name = check_name(name)
        with self._transaction() as connection:
            found = _find(connection, id)
            if name_key(name) != name_key(found.name):
                _check_free(connection, name)
            return _update(connection, found, revision, name=name, name_key=name_key(name))

    def duplicate(self, id: str, name: str | None = None) -> Saved:
        """Store a copy under `name`, or under the first free "name (2)", "name (3)", ..."""
        with self._transaction() as connection:
            found = _find(connection, id)
            new = _free_name(connection, found.name) if name is None else check_name(name)
            kept = ("title", "story", "toml", "model_version")
            return _insert(connection, new, {key: getattr(found, key) for key in kept})

    def delete(self, id: str, *, revision: int | None = None) -> Saved:
        """Mark a record as deleted; `undelete` takes it back."""
        with self._transaction() as connection:
            return _update(connection, _find(connection, id), revision, deleted_at=_now())

    def undelete(self, id: str) -> Saved:
        """Take a deletion back, under "name (2)" if the name has been taken meanwhile."""
        with self._transaction() as connection:
            query = sa.select(SCENARIOS).where(SCENARIOS.c.id == id)
            row = connection.execute(query).first()
            if row is None:
                raise InputError(f"there is no deleted scenario {printable(id)!r}")
            found = as_saved(row)
            if found.deleted_at is None:
                return found
            name = _free_name(connection, found.name)
            changes = {"name": name, "name_key": name_key(name), "deleted_at": None}
            return _update(connection, found, None, **changes)

    @contextmanager
    def _transaction(self, *, reads: bool = False) -> Iterator[sa.Connection]:
        with _told(), self._engine.execution_options(reads=reads).begin() as connection:
            yield connection


def saved_scenario(name: str) -> Scenario | None:
    """Return the scenario saved under `name` in the user's own store, None if there is none.

    Looking makes no database: without one there are no saved scenarios.
    """
    file = file_of(default_url())
    if file is not None and not file.is_file():
        return None
    wanted = name_key(name)
    return next((s.scenario for s in Store().list() if wanted in (name_key(s.name), s.id)), None)


def _now() -> datetime:
    return datetime.now(UTC)


def _content(scenario: Scenario) -> dict[str, Any]:
    return {
        "title": scenario.title,
        "story": scenario.story,
        "toml": scenario_to_toml(scenario),
        "model_version": MODEL_VERSION,
    }


def _insert(connection: sa.Connection, name: str, content: dict[str, Any]) -> Saved:
    _check_free(connection, name)
    key, now = str(uuid.uuid4()), _now()
    connection.execute(
        SCENARIOS.insert()
        .values(
            id=key, name=name, name_key=name_key(name), created_at=now, updated_at=now, revision=1
        )
        .values(**content)
    )
    return _find(connection, key)


def _update(connection: sa.Connection, found: Saved, revision: int | None, **changes: Any) -> Saved:
    """Change a record that is still at `revision` (at any, if None) and was just found."""
    expected = found.revision if revision is None else revision
    done = connection.execute(
        SCENARIOS.update()
        .where(SCENARIOS.c.id == found.id, SCENARIOS.c.revision == expected)
        .values(revision=expected + 1, updated_at=_now(), **changes)
    )
    if done.rowcount != 1:
        raise Conflict(
            f"{found.name!r} is at revision {found.revision}, not {expected}: it was changed "
            "meanwhile; open it again, or save under another name"
        )
    query = sa.select(SCENARIOS).where(SCENARIOS.c.id == found.id)
    return as_saved(connection.execute(query).one())


def _find(connection: sa.Connection, id_or_name: str) -> Saved:
    either = sa.or_(SCENARIOS.c.id == id_or_name, SCENARIOS.c.name_key == name_key(id_or_name))
    rows = connection.execute(sa.select(SCENARIOS).where(PRESENT, either)).all()
    if not rows:
        names = connection.execute(sa.select(SCENARIOS.c.name).where(PRESENT)).scalars()
        hint = nearest(id_or_name, names)
        raise InputError(f"no saved scenario {printable(id_or_name)!r}{hint}")
    return as_saved(next((row for row in rows if row.id == id_or_name), rows[0]))


def _taken(connection: sa.Connection, name: str) -> bool:
    query = sa.select(SCENARIOS.c.id).where(PRESENT, SCENARIOS.c.name_key == name_key(name))
    return connection.execute(query).first() is not None


def _check_free(connection: sa.Connection, name: str) -> None:
    if _taken(connection, name):
        raise Conflict(f"the name {name!r} is taken; choose another, or give the revision you read")


def _free_name(connection: sa.Connection, name: str) -> str:
    number, candidate = 1, name
    while _taken(connection, candidate):
        number += 1
        ending = f" ({number})"
        candidate = name[: MAX_NAME - len(ending)].rstrip() + ending
    return candidate


@contextmanager
def _told() -> Iterator[None]:
    """Turn what a database says into one line; a name taken at the same moment is a Conflict."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise Conflict("the name was taken at the same moment; choose another") from None
    except (SQLAlchemyError, OSError) as error:
        reason = printable(getattr(error, "orig", None) or error, 200)
        raise StoreError(f"saved scenarios cannot be used: {reason}") from None
