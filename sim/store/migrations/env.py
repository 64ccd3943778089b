"""How Alembic runs a revision: on the connection, in the transaction, of `sim.store.migrate`."""

from __future__ import annotations

from alembic import context

from sim.store.migrate import VERSION_TABLE
from sim.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
