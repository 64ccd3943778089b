"""Which tables the library is kept in; `migrations` makes them, and a test holds the two equal."""

from __future__ import annotations

import sqlalchemy as sa

MAX_NAME, MAX_AUTHOR = 80, 200
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
    # One tag a line. In `tag_keys`, folded, every tag stands between two line ends.
    sa.Column("tags", sa.Text, nullable=False, server_default=""),
    sa.Column("tag_keys", sa.Text, nullable=False, server_default=""),
    sa.Column("search_text", sa.Text, nullable=False, server_default=""),
    sa.Column("run_id", sa.String(20)),
    sa.Column("author", sa.String(MAX_AUTHOR)),
)
PRESENT = SCENARIOS.c.deleted_at.is_(None)
sa.Index(
    "one_present_scenario_a_name",
    SCENARIOS.c.name_key,
    unique=True,
    sqlite_where=PRESENT,
    postgresql_where=PRESENT,
)

RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("run_id", sa.String(20), primary_key=True),
    sa.Column("model_version", sa.String(20), nullable=False),
    sa.Column("data_digest", sa.String(64), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("toml", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("replicates", sa.Integer, nullable=False),
    sa.Column("streams", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("n_bytes", sa.Integer, nullable=False),  # 0: the values are not kept any more
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
)
# Apart from RUNS, so that a list of runs never reads them.
RUN_VALUES = sa.Table(
    "run_values",
    METADATA,
    sa.Column("run_id", sa.String(20), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
# Who, beside a saved scenario, names a run and wants it kept: a briefing, for example.
RUN_HOLDERS = sa.Table(
    "run_holders",
    METADATA,
    sa.Column("holder", sa.String(200), primary_key=True),
    sa.Column("run_id", sa.String(20), primary_key=True),
)
