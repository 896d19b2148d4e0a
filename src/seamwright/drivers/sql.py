"""SQL databases through SQLAlchemy: SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamwright.model.boundary import Boundary
from seamwright.model.driver import Driver
from seamwright.model.errors import TargetError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["DRIVER", "DatabaseConnection", "engine_for"]

_DIALECTS = {
    "sqlite": ("sqlite", None),
    "postgresql": ("postgresql+psycopg", "postgres"),
    "postgres": ("postgresql+psycopg", "postgres"),
    "mysql": ("mysql+pymysql", "mysql"),
    "mariadb": ("mysql+pymysql", "mysql"),
}


def engine_for(url: str, place: str) -> Engine:
    """Make an engine for a database URL; `place` says in messages where the URL stands.

    Raises UsageError for a URL that cannot be used and for a driver that is not installed.
    """
    from sqlalchemy import create_engine, pool
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    scheme, separator, rest = url.partition("://")
    name = scheme.partition("+")[0]
    if not separator or name not in _DIALECTS:
        known = ", ".join(sorted(_DIALECTS))
        raise UsageError(f"{place}: {scheme!r} is no database that Seamwright speaks to; known: {known}")
    dialect, extra = _DIALECTS[name]
    try:
        engine = create_engine(f"{dialect}://{rest}", poolclass=pool.NullPool)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UsageError(f"{place}: the database URL cannot be read: {error}") from None
    except ImportError:
        raise UsageError(f"{place}: speaking to {name} needs its driver: pip install 'seamwright[{extra}]'") from None
    if name == "sqlite":
        _transactions_of_sqlite(engine)
    return engine


def _transactions_of_sqlite(engine: Engine) -> None:
    """Begin transactions ourselves: the standard driver begins none before a CREATE or DROP, and keeps what it does."""
    from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def _no_implicit_begin(connection: Any, record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")


class DatabaseConnection:
    """Runs single statements, each in a transaction of its own that is rolled back."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    async def query(self, sql: str, parameters: Sequence[Any] = ()) -> Sequence[tuple[Any, ...]]:
        """Run one statement and give its rows. Raises TargetError when the database does not answer or refuses."""
        return await asyncio.to_thread(self._query, sql, parameters)

    def _query(self, sql: str, parameters: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        from sqlalchemy.exc import SQLAlchemyError

        self._is_there()
        try:
            with self._engine.connect() as connection:
                if not parameters:
                    # Otherwise psycopg and PyMySQL take the % of `like 'a%'` for a placeholder.
                    connection = connection.execution_options(no_parameters=True)
                result = connection.exec_driver_sql(sql, tuple(parameters) or None)
                rows = [tuple(row) for row in result] if result.returns_rows else []
                connection.rollback()
                return rows
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise TargetError(f"{self._name}: the query {sql!r} failed: {str(cause).strip()}") from None

    def _is_there(self) -> None:
        """SQLite would make an empty database where there is none; nothing is to be made by looking."""
        path = self._engine.url.database
        if self._engine.dialect.name != "sqlite" or not path or path == ":memory:" or path.startswith("file:"):
            return
        if not Path(path).is_file():
            raise TargetError(
                f"{self._name}: there is no database file {path}; start what makes it, or correct the URL"
            )

    async def close(self) -> None:
        """Close what is open; may be called twice."""
        await asyncio.to_thread(self._engine.dispose)


def _open(boundary: Boundary) -> DatabaseConnection:
    return DatabaseConnection(engine_for(boundary.url, f"boundaries.{boundary.name}.url"), boundary.name)


DRIVER = Driver(kind="sql", speaks="SQLite, PostgreSQL, MariaDB", open=_open)
