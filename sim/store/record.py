"""What a saved scenario is: a record of the library, and the names and tags it may have."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from sim.declare import InputError, printable
from sim.older import read_older
from sim.scenario import Scenario, preset_names, scenario_from_toml, table_from_toml
from sim.store.tables import MAX_AUTHOR, MAX_NAME
from sim.version import MODEL_VERSION

MAX_TAGS, MAX_TAG = 12, 30


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One stored scenario. Times are in UTC; `deleted_at` is None unless it is deleted.

    `run_id` names the run it was saved with, `author` who saved it last, where there is a login.
    `story` is the note of the library; it may be changed without opening the scenario.
    """

    id: str
    name: str
    title: str
    story: str
    tags: tuple[str, ...]
    toml: str
    model_version: str
    run_id: str | None
    author: str | None
    created_at: datetime
    updated_at: datetime
    revision: int
    deleted_at: datetime | None

    @property
    def scenario(self) -> Scenario:
        """The scenario; InputError if this model no longer knows something in it."""
        return self._told(scenario_from_toml(self.toml, self.name))

    @property
    def of_today(self) -> bool:
        """Whether it was saved under this model, so that its numbers cannot have moved."""
        return self.model_version == MODEL_VERSION

    def read(self) -> tuple[Scenario, tuple[str, ...]]:
        """Return the scenario, and what an older one holds that this model no longer knows."""
        if self.of_today:
            return self.scenario, ()
        scenario, left_out = read_older(table_from_toml(self.toml, self.name), self.name)
        return self._told(scenario), left_out

    def _told(self, scenario: Scenario) -> Scenario:
        return dataclasses.replace(scenario, title=self.title, story=self.story)


def check_name(name: object) -> str:
    """Return an acceptable name, trimmed; InputError with the rule otherwise."""
    text = unicodedata.normalize("NFC", name).strip() if isinstance(name, str) else ""
    rule = f"allowed 1 to {MAX_NAME} printable characters without / or \\"
    if not 1 <= len(text) <= MAX_NAME or not text.isprintable() or set(text) & set("/\\"):
        raise InputError(f"name: {printable(name)!r}; {rule}")
    if text.strip(".") == "":
        raise InputError(f"name: {text!r}; needs more than dots")
    if len(name_key(text)) > 4 * MAX_NAME:  # a single sign may stand for eighteen letters
        raise InputError(f"name: {printable(name)!r}; too long when written out")
    if name_key(text) in {name_key(preset) for preset in preset_names()}:
        raise InputError(f"name: {text!r} is a preset, and presets are read-only; choose another")
    return text


def check_tags(tags: Iterable[object]) -> tuple[str, ...]:
    """Return acceptable tags, trimmed, each once; InputError with the rule otherwise."""
    found: dict[str, str] = {}
    for tag in tags:
        text = unicodedata.normalize("NFC", tag).strip() if isinstance(tag, str) else ""
        if not 1 <= len(text) <= MAX_TAG or not text.isprintable():
            rule = f"allowed 1 to {MAX_TAG} printable characters"
            raise InputError(f"tags: {printable(tag)!r}; {rule}")
        found.setdefault(name_key(text), text)
    if len(found) > MAX_TAGS:
        raise InputError(f"tags: {len(found)} of them; allowed {MAX_TAGS}")
    return tuple(found.values())


def check_author(author: str | None) -> str | None:
    """Return who saves, as one printable line; None if nobody is logged in."""
    text = "".join(c for c in author or "" if c.isprintable()).strip()[:MAX_AUTHOR]
    return text or None


def name_key(name: str) -> str:
    """Return what two names that a reader would take for the same have in common."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def derived_columns(*, name: str, title: str, story: str, tags: tuple[str, ...]) -> dict[str, str]:
    """Return the columns that only repeat others, folded so that they can be searched."""
    keys = [name_key(tag) for tag in tags]
    return {
        "name_key": name_key(name),
        "tags": "\n".join(tags),
        "tag_keys": "\n".join(["", *keys, ""]) if keys else "",
        "search_text": "\n".join([name_key(f"{name}\n{title}\n{story}"), *keys]),
    }


def as_saved(row: sa.Row[Any]) -> Saved:
    """Return a row of the table as a record."""
    told = dict(row._mapping)
    for derived in ("name_key", "tag_keys", "search_text"):
        told.pop(derived, None)
    told["tags"] = tuple(filter(None, told["tags"].split("\n")))
    for moment in ("created_at", "updated_at", "deleted_at"):
        if told[moment] is not None:
            told[moment] = in_utc(told[moment])
    return Saved(**told)


def in_utc(moment: datetime) -> datetime:
    """Return a stored moment in UTC: SQLite keeps no zone, PostgreSQL answers in the session's."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
