"""Which runs are kept, so that today's numbers can be laid beside those of an older model.

A run is noted with its scenario, size and digest; its numbers are kept beside it, whole or not at
all, within bounds of number and bytes. The least recently used numbers go first, but never those
of a run that a saved scenario, one of the last ten deleted, or a holder such as a briefing names.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from sim.declare import InputError, printable
from sim.kept import Numbers, from_parquet, numbers_of, to_parquet
from sim.older import read_older
from sim.run_id import data_digest
from sim.scenario import Scenario, scenario_to_toml, table_from_toml
from sim.store.database import Conflict, Database, write_alone
from sim.store.listing import MOST_DELETED
from sim.store.record import in_utc
from sim.store.rows import now
from sim.store.tables import PRESENT, RUN_HOLDERS, RUN_VALUES, RUNS, SCENARIOS
from sim.version import MODEL_VERSION

if TYPE_CHECKING:
    from sim.result import Result

RUN_ID = re.compile(r"fc-[0-9a-f]{12}")
MOST_RUNS, MOST_BYTES, LARGEST = 100, 600_000_000, 100_000_000
MOST_NOTED = 5000


@dataclass(frozen=True, kw_only=True)
class KeptRun:
    """What is known of a run: how to make it again, and the digest of what came of it."""

    run_id: str
    model_version: str
    data_digest: str
    name: str
    toml: str
    seed: int
    replicates: int
    streams: int
    digest: str
    n_bytes: int
    created_at: datetime
    used_at: datetime

    def read(self) -> tuple[Scenario, tuple[str, ...]]:
        """Return its scenario, and what this model no longer knows of it."""
        return read_older(table_from_toml(self.toml, self.name), self.name)


class KeptRuns:
    """The kept runs of one database."""

    def __init__(
        self,
        database: Database,
        *,
        most_runs: int = MOST_RUNS,
        most_bytes: int = MOST_BYTES,
        largest: int = LARGEST,
        most_noted: int = MOST_NOTED,
    ) -> None:
        self._database = database
        self._most_runs, self._most_bytes = most_runs, most_bytes
        self._largest, self._most_noted = largest, most_noted

    def keep(self, result: Result) -> KeptRun:
        """Keep a run under its id; one that is there already is only marked as used."""
        found = self._touch(result.run_id)
        if found is not None and found.n_bytes:
            return found
        numbers = numbers_of(result)
        content = to_parquet(numbers) if numbers.values.nbytes <= self._largest else b""
        kept = _noted(result, numbers.digest, len(content))
        if found is not None and found.digest != kept.digest:
            return found  # numbers that are not those of the digest would vouch for nothing
        try:
            self._write(kept, content)
        except Conflict:  # another process kept it at the same moment
            return self.get(result.run_id) or kept
        return kept

    def get(self, run_id: str) -> KeptRun | None:
        """Return what is known of a run, None if nothing is."""
        query = sa.select(RUNS).where(RUNS.c.run_id == run_id)
        with self._database.transaction(reads=True) as connection:
            row = connection.execute(query).first()
        return None if row is None else _as_kept(row)

    def numbers(self, run_id: str) -> Numbers | None:
        """Return the numbers of a run, None if they are not kept; InputError if damaged."""
        query = (
            sa.select(RUNS.c.digest, RUN_VALUES.c.content)
            .join(RUN_VALUES, RUN_VALUES.c.run_id == RUNS.c.run_id)
            .where(RUNS.c.run_id == run_id)
        )
        with self._database.transaction(reads=True) as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        self._touch(run_id)
        return from_parquet(row.content, row.digest)

    def hold(self, holder: str, run_ids: Collection[str]) -> None:
        """Keep these runs, and no others, for as long as `holder` wants them; none lets go."""
        wrong = [name for name in run_ids if not RUN_ID.fullmatch(name)]
        if wrong:
            raise InputError(f"run id: {printable(wrong[0])!r}; written fc- and 12 digits")
        with self._database.transaction() as connection:
            connection.execute(RUN_HOLDERS.delete().where(RUN_HOLDERS.c.holder == holder))
            for name in set(run_ids):
                connection.execute(RUN_HOLDERS.insert().values(holder=holder, run_id=name))

    def _touch(self, run_id: str) -> KeptRun | None:
        change = RUNS.update().where(RUNS.c.run_id == run_id).values(used_at=now())
        with self._database.transaction() as connection:
            if connection.execute(change).rowcount == 0:
                return None
            row = connection.execute(sa.select(RUNS).where(RUNS.c.run_id == run_id)).one()
        return _as_kept(row)

    def _write(self, kept: KeptRun, content: bytes) -> None:
        with self._database.transaction() as connection:
            write_alone(connection, RUNS)
            for table in (RUNS, RUN_VALUES):
                connection.execute(table.delete().where(table.c.run_id == kept.run_id))
            connection.execute(RUNS.insert().values(**dataclasses.asdict(kept)))
            if content:
                connection.execute(RUN_VALUES.insert().values(run_id=kept.run_id, content=content))
            self._make_room(connection)

    def _make_room(self, connection: sa.Connection) -> None:
        """Drop numbers, and then whole notes, that nobody names and that were used longest ago."""
        unnamed = (
            sa.select(RUNS.c.run_id, RUNS.c.n_bytes)
            .where(RUNS.c.run_id.not_in(_named()))
            .order_by(RUNS.c.used_at.desc(), RUNS.c.run_id)
        )
        runs = connection.execute(unnamed).all()
        full, held, dropped = 0, 0, []
        for run in runs:
            full, held = full + (run.n_bytes > 0), held + run.n_bytes
            if run.n_bytes and (full > self._most_runs or held > self._most_bytes):
                dropped.append(run.run_id)
        forgotten = [run.run_id for run in runs[self._most_noted :]]
        _drop(connection, RUN_VALUES, [*dropped, *forgotten])
        _drop(connection, RUNS, forgotten)
        emptied = RUNS.update().where(RUNS.c.run_id.in_(dropped)).values(n_bytes=0)
        connection.execute(emptied)


def _drop(connection: sa.Connection, table: sa.Table, run_ids: list[str]) -> None:
    connection.execute(table.delete().where(table.c.run_id.in_(run_ids)))


def _named() -> sa.CompoundSelect[Any]:
    """Return the query for the runs that saved scenarios and holders name."""
    saved = sa.select(SCENARIOS.c.run_id).where(PRESENT, SCENARIOS.c.run_id.is_not(None))
    last = (
        sa.select(SCENARIOS.c.run_id, SCENARIOS.c.deleted_at)
        .where(~PRESENT)
        .order_by(SCENARIOS.c.deleted_at.desc(), SCENARIOS.c.id)
        .limit(MOST_DELETED)
        .subquery()
    )
    deleted = sa.select(last.c.run_id).where(last.c.run_id.is_not(None))
    return sa.union(saved, deleted, sa.select(RUN_HOLDERS.c.run_id))


def _noted(result: Result, digest: str, n_bytes: int) -> KeptRun:
    moment = now()
    return KeptRun(
        run_id=result.run_id,
        model_version=MODEL_VERSION,
        data_digest=data_digest(),
        name=result.scenario.name,
        toml=scenario_to_toml(result.scenario),
        seed=result.seed,
        replicates=result.replicates,
        streams=result.streams,
        digest=digest,
        n_bytes=n_bytes,
        created_at=moment,
        used_at=moment,
    )


def _as_kept(row: sa.Row[Any]) -> KeptRun:
    told = dict(row._mapping)
    return KeptRun(
        **told | {key: in_utc(told[key]) for key in ("created_at", "used_at")},
    )
