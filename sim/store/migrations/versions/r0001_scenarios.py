"""The table that databases had before revisions were counted: one row a saved scenario."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None
PRESENT = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    """Make the table and the rule that present names are unique."""
    op.create_table(
        "scenarios",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("name_key", sa.String(320), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("toml", sa.Text, nullable=False),
        sa.Column("model_version", sa.String(20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "one_present_scenario_a_name",
        "scenarios",
        ["name_key"],
        unique=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )
