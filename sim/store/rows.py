"""How one record is found and written, inside somebody's transaction.

A change names the revision it was made from, and the database itself compares it: of two changes
of one revision the second finds no row and is Stale.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from sim.declare import InputError, nearest, printable
from sim.store.database import Conflict
from sim.store.record import Saved, as_saved, derived_columns, name_key
from sim.store.tables import MAX_NAME, PRESENT, SCENARIOS

_DESCRIBED = ("name", "title", "story", "tags")
_COPIED = (*_DESCRIBED, "toml", "model_version", "author", "run_id")


class Stale(Conflict):
    """Somebody else changed the record after it was read; `theirs` is what is stored now."""

    def __init__(self, message: str, theirs: Saved) -> None:
        super().__init__(message)
        self.theirs = theirs


def insert(connection: sa.Connection, content: dict[str, Any]) -> Saved:
    """Store a new record; Conflict if its name is taken, unless it is stored as deleted."""
    if content.get("deleted_at") is None:
        check_free(connection, content["name"])
    key, moment = str(uuid.uuid4()), now()
    columns = {"id": key, "created_at": moment, "updated_at": moment, "revision": 1}
    connection.execute(SCENARIOS.insert().values(**columns, **_with_derived(content)))
    return _by_id(connection, key)


def update(
    connection: sa.Connection, found: Saved, revision: int | None, changes: dict[str, Any]
) -> Saved:
    """Change a present record that is still at `revision` (at any, if None)."""
    name = changes.get("name", found.name)
    if name_key(name) != name_key(found.name):
        check_free(connection, name)
    columns = _with_derived(_content(found, _DESCRIBED) | changes) | {"updated_at": now()}
    return _changed(connection, found, revision, columns, PRESENT)


def mark(
    connection: sa.Connection, found: Saved, revision: int | None, deleted_at: datetime | None
) -> Saved:
    """Delete a record or bring it back, which does not count as a change of the scenario."""
    columns = _with_derived(_content(found, _DESCRIBED)) | {"deleted_at": deleted_at}
    return _changed(connection, found, revision, columns, sa.true())


def copy_of(found: Saved) -> dict[str, Any]:
    """Return what a copy of a record is stored with."""
    return _content(found, _COPIED)


def find(connection: sa.Connection, id_or_name: str, *, gone: bool = False) -> Saved:
    """Return the present record with this id or name; a deleted one by its id, if asked.

    InputError naming the nearest if there is none.
    """
    by_id = SCENARIOS.c.id == id_or_name
    present = sa.or_(by_id, SCENARIOS.c.name_key == name_key(id_or_name)) & PRESENT
    query = sa.select(SCENARIOS).where(sa.or_(by_id, present) if gone else present)
    rows = connection.execute(query).all()
    if not rows:
        names = connection.execute(sa.select(SCENARIOS.c.name).where(PRESENT)).scalars()
        hint = nearest(id_or_name, names)
        raise InputError(f"no saved scenario {printable(id_or_name)!r}{hint}")
    return as_saved(next((row for row in rows if row.id == id_or_name), rows[0]))


def check_free(connection: sa.Connection, name: str) -> None:
    """Raise Conflict if a present record has this name."""
    if _taken(connection, name):
        raise Conflict(f"the name {name!r} is taken; choose another, or give the revision you read")


def free_name(connection: sa.Connection, name: str) -> str:
    """Return `name`, or the first free "name (2)", "name (3)", ..."""
    number, candidate = 1, name
    while _taken(connection, candidate):
        number += 1
        candidate = with_ending(name, f" ({number})")
    return candidate


def with_ending(name: str, ending: str) -> str:
    """Return the name with an ending, shortened so that it is still a name."""
    return name[: MAX_NAME - len(ending)].rstrip() + ending


def now() -> datetime:
    """Return the time that is written down."""
    return datetime.now(UTC)


def _changed(
    connection: sa.Connection,
    found: Saved,
    revision: int | None,
    columns: dict[str, Any],
    condition: sa.ColumnElement[bool],
) -> Saved:
    expected = found.revision if revision is None else revision
    done = connection.execute(
        SCENARIOS.update()
        .where(SCENARIOS.c.id == found.id, SCENARIOS.c.revision == expected, condition)
        .values(revision=expected + 1, **columns)
    )
    stored = _by_id(connection, found.id)
    if done.rowcount == 1:
        return stored
    what = "changed" if stored.deleted_at is None else "deleted"
    raise Stale(
        f"{stored.name!r} is at revision {stored.revision}, not {expected}: it was {what} "
        "meanwhile; open it again, or save under another name",
        stored,
    )


def _with_derived(content: dict[str, Any]) -> dict[str, Any]:
    return content | derived_columns(**{key: content[key] for key in _DESCRIBED})


def _content(found: Saved, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: getattr(found, key) for key in keys}


def _by_id(connection: sa.Connection, key: str) -> Saved:
    return as_saved(connection.execute(sa.select(SCENARIOS).where(SCENARIOS.c.id == key)).one())


def _taken(connection: sa.Connection, name: str) -> bool:
    query = sa.select(SCENARIOS.c.id).where(PRESENT, SCENARIOS.c.name_key == name_key(name))
    return connection.execute(query).first() is not None
