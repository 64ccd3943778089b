"""How saved scenarios are looked through: by name, by words, by tag, a page at a time.

A page costs two queries and reads only its own records, however many there are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa

from sim.store.database import Database
from sim.store.record import Saved, as_saved, name_key
from sim.store.rows import find
from sim.store.tables import PRESENT, SCENARIOS

Order = Literal["changed", "created", "name"]
ORDERS: tuple[Order, ...] = ("changed", "created", "name")
MOST_DELETED = 10
MOST_SELECTED = 2000
_MAX_WORDS, _MAX_TEXT = 10, 200
# In the class below, `list` is a method.
Records: TypeAlias = list[Saved]
Names: TypeAlias = list[str]


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for: records with all words of `text` and with `tag`, and their order."""

    text: str = ""
    tag: str = ""
    order: Order = "changed"
    page: int = 1
    page_size: int = 10


@dataclass(frozen=True)
class Page:
    """Some of the records found: how many there are in all, and which page of how many this is."""

    records: tuple[Saved, ...]
    total: int
    number: int
    of: int


class Listing:
    """What can be read of the saved scenarios of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, id_or_name: str) -> Saved:
        """Return one record that is not deleted; InputError naming the nearest if there is none."""
        with self._database.transaction(reads=True) as connection:
            return find(connection, id_or_name)

    def named(self, name: str) -> Saved | None:
        """Return the record of this name that is not deleted, None if there is none."""
        query = sa.select(SCENARIOS).where(PRESENT, SCENARIOS.c.name_key == name_key(name))
        with self._database.transaction(reads=True) as connection:
            row = connection.execute(query).first()
        return None if row is None else as_saved(row)

    def list(self) -> Records:
        """Return the records that are not deleted, by name."""
        return self._all(sa.select(SCENARIOS).where(PRESENT).order_by(SCENARIOS.c.name_key))

    def names(self) -> Names:
        """Return the names of the records that are not deleted, in their order."""
        query = sa.select(SCENARIOS.c.name).where(PRESENT).order_by(SCENARIOS.c.name_key)
        with self._database.transaction(reads=True) as connection:
            return [*connection.execute(query).scalars()]

    def recent(self, most: int) -> Names:
        """Return the names of the records that were changed last, latest first."""
        query = sa.select(SCENARIOS.c.name).where(PRESENT).order_by(*_order("changed")).limit(most)
        with self._database.transaction(reads=True) as connection:
            return [*connection.execute(query).scalars()]

    def tags(self) -> dict[str, int]:
        """Return every tag in use, by name, with how many records carry it."""
        query = sa.select(SCENARIOS.c.tags).where(PRESENT, SCENARIOS.c.tags != "")
        with self._database.transaction(reads=True) as connection:
            texts = connection.execute(query).scalars().all()
        lines = [tag for text in texts for tag in text.split("\n")]
        spelled = {name_key(tag): tag for tag in reversed(lines)}
        counts = Counter(map(name_key, lines))
        return {spelled[key]: counts[key] for key in sorted(counts)}

    def page(self, search: Search) -> Page:
        """Return the page asked for, or the last one if there are fewer."""
        wanted = _wanted(search)
        count = sa.select(sa.func.count()).select_from(SCENARIOS).where(wanted)
        with self._database.transaction(reads=True) as connection:
            total = connection.execute(count).scalar_one()
            of = max(1, -(-total // search.page_size))
            number = min(max(1, search.page), of)
            rows = connection.execute(
                sa.select(SCENARIOS)
                .where(wanted)
                .order_by(*_order(search.order))
                .limit(search.page_size)
                .offset((number - 1) * search.page_size)
            )
            return Page(tuple(map(as_saved, rows)), total, number, of)

    def selected(self, search: Search) -> Records:
        """Return all the records found, whatever the page, up to MOST_SELECTED."""
        query = sa.select(SCENARIOS).where(_wanted(search)).order_by(*_order(search.order))
        return self._all(query.limit(MOST_SELECTED))

    def deleted(self, most: int = MOST_DELETED) -> Records:
        """Return the records deleted last, latest first: what `undelete` is offered for."""
        return self._all(
            sa.select(SCENARIOS)
            .where(~PRESENT)
            .order_by(SCENARIOS.c.deleted_at.desc(), SCENARIOS.c.id)
            .limit(most)
        )

    def _all(self, query: sa.Select[Any]) -> Records:
        with self._database.transaction(reads=True) as connection:
            return [as_saved(row) for row in connection.execute(query)]


def _wanted(search: Search) -> sa.ColumnElement[bool]:
    words = name_key(search.text[:_MAX_TEXT]).split()[:_MAX_WORDS]
    columns = (SCENARIOS.c.search_text, SCENARIOS.c.name_key)
    has = [sa.or_(*(c.contains(word, autoescape=True) for c in columns)) for word in words]
    if search.tag:
        line = f"\n{name_key(search.tag)}\n"
        has.append(SCENARIOS.c.tag_keys.contains(line, autoescape=True))
    return sa.and_(PRESENT, *has)


def _order(order: Order) -> tuple[sa.ColumnElement[object], ...]:
    by_name = (SCENARIOS.c.name_key.asc(), SCENARIOS.c.id.asc())
    if order == "name":
        return by_name
    moment = SCENARIOS.c.created_at if order == "created" else SCENARIOS.c.updated_at
    return (moment.desc(), *by_name)
