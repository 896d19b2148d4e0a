"""Opens a service's own SQL database: SQLite (WAL) by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

__all__ = ["Database", "plain", "sql_url"]


def sql_url(url: str) -> str:
    """`postgresql://…` with the driver that the `postgres` extra installs."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


class Database:
    """Connections for reading, and transactions for writing, of one database."""

    def __init__(self, url: str, metadata: sa.MetaData, **pool: Any) -> None:
        self.engine = sa.create_engine(sql_url(url), **({"pool_size": 20, "max_overflow": 20} | pool))
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        metadata.create_all(self.engine)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection whose transaction only reads."""
        with self.engine.connect().execution_options(only_reads=True) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end, rolled back on an error."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row by the names of its columns, as plain strings (SQLAlchemy's are a kind of its own)."""
    return {str(name): value for name, value in row.items()}


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself; _begin_sqlite does
    for pragma in ("journal_mode = wal", "synchronous = normal", "busy_timeout = 10000", "foreign_keys = on"):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that begins by reading and then writes fails at once where another wrote in between, however
    # long it would have waited; one that means to write must say so at its beginning.
    only_reads = connection.get_execution_options().get("only_reads", False)
    connection.exec_driver_sql("begin" if only_reads else "begin immediate")
