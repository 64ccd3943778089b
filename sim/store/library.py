"""What can be done with saved scenarios so that nobody's work is lost.

Presets are files, read-only, and never stored. A record holds the scenario as TOML, so that one
saved under an older model can still be read, shown and exported. Every change raises a record's
revision; who changes an older revision than the stored one gets Stale, which holds theirs. Deleting
only marks a record, and what is overwritten on purpose is left behind as a deleted one; so both can
be undone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from sim.declare import InputError, printable
from sim.run_id import run_id as run_id_of
from sim.scenario import (
    MAX_STORY,
    MAX_TITLE,
    Scenario,
    check_text,
    scenario_from_toml,
    scenario_to_toml,
)
from sim.settings import REPLICATES, SEED, STREAMS
from sim.store import rows
from sim.store.database import Conflict
from sim.store.listing import Listing
from sim.store.record import Saved, as_saved, check_author, check_name, check_tags
from sim.store.tables import SCENARIOS
from sim.version import MODEL_VERSION

T = TypeVar("T")
_TRIES = 5


class Library(Listing):
    """The saved scenarios of one database, for any number of threads and processes."""

    def save(
        self,
        scenario: Scenario,
        name: str,
        *,
        revision: int | None = None,
        tags: Sequence[str] | None = None,
        author: str | None = None,
        run_id: str | None = None,
    ) -> Saved:
        """Store the scenario over the revision the caller has read of the record `name`.

        `name` may be an id. Without a revision the name must be free. Conflict if it is taken,
        Stale if the stored record is not at that revision any more. `run_id` names the run that
        was seen with it; None is the run of the usual size.
        """
        if revision is None:
            return self.save_as(scenario, name, tags=tags or (), author=author, run_id=run_id)
        content = _content(scenario, author, run_id)
        if tags is not None:
            content["tags"] = check_tags(tags)
        with self._database.transaction() as connection:
            return rows.update(
                connection, rows.find(connection, name, gone=True), revision, content
            )

    def save_as(
        self,
        scenario: Scenario,
        name: str,
        *,
        tags: Sequence[str] = (),
        author: str | None = None,
        run_id: str | None = None,
    ) -> Saved:
        """Store the scenario as a new record; Conflict if the name is taken."""
        content = _content(scenario, author, run_id)
        content |= {"name": check_name(name), "tags": check_tags(tags)}
        with self._database.transaction() as connection:
            return rows.insert(connection, content)

    def add(
        self,
        scenario: Scenario,
        *,
        toml: str,
        model_version: str,
        tags: Sequence[str] = (),
        author: str | None = None,
        run_id: str | None = None,
    ) -> Saved:
        """Store a scenario that comes from a file, under its name or the first free one.

        One of another model is stored as `toml`, which may hold more than this model can read.
        """
        content = _content(scenario, author, run_id) | {"tags": check_tags(tags)}
        if model_version != MODEL_VERSION:
            content |= {"toml": toml, "model_version": model_version, "run_id": run_id}
        name = check_name(scenario.name)

        def insert(connection: sa.Connection) -> Saved:
            return rows.insert(connection, content | {"name": rows.free_name(connection, name)})

        return self._retried(insert)

    def overwrite(
        self,
        scenario: Scenario,
        theirs: Saved,
        *,
        tags: Sequence[str] | None = None,
        author: str | None = None,
        run_id: str | None = None,
    ) -> Saved:
        """Store the scenario over what somebody else saved, and leave theirs as a deleted record.

        Stale again if the record has gone beyond the revision in `theirs`.
        """
        content = _content(scenario, author, run_id)
        if tags is not None:
            content["tags"] = check_tags(tags)
        with self._database.transaction() as connection:
            found = rows.find(connection, theirs.id, gone=True)
            mine = rows.update(connection, found, theirs.revision, content)
            left = rows.with_ending(found.name, f" (overwritten, revision {found.revision})")
            copy = rows.copy_of(found) | {"name": left, "deleted_at": rows.now()}
            rows.insert(connection, copy)
            return mine

    def annotate(
        self,
        id: str,
        *,
        revision: int,
        name: str | None = None,
        story: str | None = None,
        tags: Sequence[str] | None = None,
        author: str | None = None,
    ) -> Saved:
        """Change name, note or tags of a record without opening it; None leaves as it is."""
        changes: dict[str, Any] = {} if author is None else {"author": check_author(author)}
        if name is not None:
            changes["name"] = check_name(name)
        if story is not None:
            changes["story"] = check_text("note", story, MAX_STORY, lines=True)
        if tags is not None:
            changes["tags"] = check_tags(tags)
        with self._database.transaction() as connection:
            return rows.update(connection, rows.find(connection, id, gone=True), revision, changes)

    def rename(self, id: str, name: str, *, revision: int | None = None) -> Saved:
        """Give a record another name; Conflict if it is taken."""
        changes = {"name": check_name(name)}
        with self._database.transaction() as connection:
            return rows.update(connection, rows.find(connection, id), revision, changes)

    def duplicate(self, id: str, name: str | None = None, *, author: str | None = None) -> Saved:
        """Store a copy under `name`, or under the first free "name (2)", "name (3)", ..."""

        def copy(connection: sa.Connection) -> Saved:
            found = rows.find(connection, id)
            new = rows.free_name(connection, found.name) if name is None else check_name(name)
            changes = {"name": new, "author": check_author(author) or found.author}
            return rows.insert(connection, rows.copy_of(found) | changes)

        return self._retried(copy)

    def delete(self, id: str, *, revision: int | None = None) -> Saved:
        """Mark a record as deleted; `undelete` takes it back."""
        with self._database.transaction() as connection:
            return rows.mark(connection, rows.find(connection, id), revision, rows.now())

    def undelete(self, id: str) -> Saved:
        """Take a deletion back, under "name (2)" if the name has been taken meanwhile."""

        def take_back(connection: sa.Connection) -> Saved:
            row = connection.execute(sa.select(SCENARIOS).where(SCENARIOS.c.id == id)).first()
            if row is None:
                raise InputError(f"there is no deleted scenario {printable(id)!r}")
            found = as_saved(row)
            if found.deleted_at is None:
                return found
            named = dataclasses.replace(found, name=rows.free_name(connection, found.name))
            return rows.mark(connection, named, None, None)

        return self._retried(take_back)

    def _retried(self, act: Callable[[sa.Connection], T]) -> T:
        """Do what chooses a free name, again if somebody takes it at the same moment."""
        for _ in range(_TRIES - 1):
            try:
                with self._database.transaction() as connection:
                    return act(connection)
            except Conflict:
                continue
        with self._database.transaction() as connection:
            return act(connection)


def _content(scenario: Scenario, author: str | None, run_id: str | None) -> dict[str, Any]:
    """Return what a save writes, once it is sure that it reads back."""
    scenario = dataclasses.replace(
        scenario,
        title=check_text("title", scenario.title, MAX_TITLE) or "?",
        story=check_text("note", scenario.story, MAX_STORY, lines=True),
    )
    toml = scenario_to_toml(scenario)
    scenario_from_toml(toml, scenario.name)
    usual = run_id_of(scenario, seed=SEED, replicates=REPLICATES, streams=STREAMS)
    return {
        "title": scenario.title,
        "story": scenario.story,
        "toml": toml,
        "model_version": MODEL_VERSION,
        "author": check_author(author),
        "run_id": run_id or usual,
    }
