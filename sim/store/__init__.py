"""The scenario library: what is saved, who saved it, and the runs it is compared with.

One database holds it: SQLite by default, PostgreSQL by its URL. `Store()` opens it and brings it to
the present tables.
"""

from __future__ import annotations

import sqlalchemy as sa

from sim.scenario import Scenario
from sim.store.database import Conflict, Database, StoreError, default_url, file_of
from sim.store.library import Library
from sim.store.listing import Page, Search
from sim.store.record import Saved, check_name, check_tags
from sim.store.rows import Stale
from sim.store.runs import KeptRun, KeptRuns

__all__ = [
    "Conflict",
    "KeptRun",
    "KeptRuns",
    "Page",
    "Saved",
    "Search",
    "Stale",
    "Store",
    "StoreError",
    "check_name",
    "check_tags",
    "default_url",
    "existing_store",
    "file_of",
    "saved_scenario",
]


class Store(Library):
    """The library of one database, for any number of threads and processes.

    `database` is an SQLAlchemy URL, the path of an SQLite file, or an engine; None is the
    user's own file, or what the environment's FRONTIER_COMMONS_DB names.
    """

    def __init__(self, database: str | sa.Engine | None = None) -> None:
        super().__init__(Database(database))
        self.runs = KeptRuns(self._database)

    def close(self) -> None:
        """Close the connections that are open and idle."""
        self._database.close()


def existing_store() -> Store | None:
    """Return the user's own store, None if there is none yet: looking makes no database."""
    file = file_of(default_url())
    return None if file is not None and not file.is_file() else Store()


def saved_scenario(name: str) -> Scenario | None:
    """Return the scenario saved under `name` in the user's own store, None if there is none."""
    store = existing_store()
    if store is None:
        return None
    found = store.named(name)
    return None if found is None else found.scenario
