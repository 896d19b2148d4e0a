"""Runs the migrations on the connection that `database` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from seamwright.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
