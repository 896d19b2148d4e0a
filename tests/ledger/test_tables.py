"""The tables that the code knows and those that the migrations make are the same."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from seamwright.ledger.migrations import HEAD
from seamwright.ledger.store import Ledger
from seamwright.ledger.tables import metadata


def test_the_migrations_make_the_tables_that_the_code_knows(ledger: Ledger) -> None:
    with ledger.database.reading("compare") as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


def test_the_head_that_the_code_knows_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "seamwright.ledger:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]
