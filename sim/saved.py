"""What a saved scenario is: a record, the table it is kept in, and the names it may have."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from sim.declare import InputError, printable
from sim.scenario import Scenario, preset_names, scenario_from_toml

MAX_NAME = 80

METADATA = sa.MetaData()
SCENARIOS = sa.Table(
    "scenarios",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(MAX_NAME), nullable=False),
    # Folded in Python: SQLite's lower() knows only ASCII, and databases differ in the rest.
    sa.Column("name_key", sa.String(4 * MAX_NAME), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("story", sa.Text, nullable=False),
    sa.Column("toml", sa.Text, nullable=False),
    sa.Column("model_version", sa.String(20), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
)
PRESENT = SCENARIOS.c.deleted_at.is_(None)
sa.Index(
    "one_present_scenario_a_name",
    SCENARIOS.c.name_key,
    unique=True,
    sqlite_where=PRESENT,
    postgresql_where=PRESENT,
)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """One stored scenario. Times are in UTC; `deleted_at` is None unless it is deleted."""

    id: str
    name: str
    title: str
    story: str
    toml: str
    model_version: str
    created_at: datetime
    updated_at: datetime
    revision: int
    deleted_at: datetime | None

    @property
    def scenario(self) -> Scenario:
        """The scenario; InputError if this model no longer knows something in it."""
        return scenario_from_toml(self.toml, self.name)


def check_name(name: object) -> str:
    """Return an acceptable name, trimmed; InputError with the rule otherwise."""
    text = unicodedata.normalize("NFC", name).strip() if isinstance(name, str) else ""
    rule = f"allowed 1 to {MAX_NAME} printable characters without / or \\"
    if not 1 <= len(text) <= MAX_NAME or not text.isprintable() or set(text) & set("/\\"):
        raise InputError(f"name: {printable(name)!r}; {rule}")
    if text.strip(".") == "":
        raise InputError(f"name: {text!r}; needs more than dots")
    if name_key(text) in {name_key(preset) for preset in preset_names()}:
        raise InputError(f"name: {text!r} is a preset, and presets are read-only; choose another")
    return text


def name_key(name: str) -> str:
    """Return what two names that a reader would take for the same have in common."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def as_saved(row: sa.Row[Any]) -> Saved:
    """Return a row of the table as a record."""
    told = dict(row._mapping)
    told.pop("name_key")
    for moment in ("created_at", "updated_at", "deleted_at"):
        if told[moment] is not None and told[moment].tzinfo is None:  # SQLite keeps no zone
            told[moment] = told[moment].replace(tzinfo=UTC)
    return Saved(**told)
