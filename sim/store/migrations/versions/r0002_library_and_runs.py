"""Tags, author, the run a scenario was saved with and text to search in; and tables of kept runs.

Only columns with a default and new tables are added, so that a server of the older version may go
on saving beside one of this version; what it saves is found by name until it is saved again.
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"
SCENARIOS = sa.table(
    "scenarios", *(sa.column(name) for name in ("id", "name", "title", "story", "search_text"))
)


def upgrade() -> None:
    """Add columns and tables, and make the scenarios that are there searchable."""
    for name in ("tags", "tag_keys", "search_text"):
        op.add_column("scenarios", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("scenarios", sa.Column("run_id", sa.String(20)))
    op.add_column("scenarios", sa.Column("author", sa.String(200)))
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(20), primary_key=True),
        sa.Column("model_version", sa.String(20), nullable=False),
        sa.Column("data_digest", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("toml", sa.Text, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("replicates", sa.Integer, nullable=False),
        sa.Column("streams", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("n_bytes", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "run_values",
        sa.Column("run_id", sa.String(20), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "run_holders",
        sa.Column("holder", sa.String(200), primary_key=True),
        sa.Column("run_id", sa.String(20), primary_key=True),
    )
    _make_searchable(op.get_bind())


def _make_searchable(connection: sa.Connection) -> None:
    for row in connection.execute(sa.select(SCENARIOS)).all():
        text = unicodedata.normalize("NFKC", f"{row.name}\n{row.title}\n{row.story}").casefold()
        change = SCENARIOS.update().where(SCENARIOS.c.id == row.id).values(search_text=text)
        connection.execute(change)
