"""Inserts a row unless its unique key is taken, and says which happened; the database decides the race."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["insert_once"]


def insert_once(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """True when the row is now there because of this call; False when a row with one of its unique keys was.

    Where another transaction has inserted the same key and not yet ended, PostgreSQL and MariaDB wait for it;
    SQLite has one writer at a time. Works inside the caller's transaction and never spoils it.
    """
    name = connection.dialect.name
    if name in {"sqlite", "postgresql"}:
        maker = sqlite.insert if name == "sqlite" else postgresql.insert
        attempt = maker(table).values(**values).on_conflict_do_nothing().returning(sa.literal(1))
        return connection.execute(attempt).first() is not None
    savepoint = connection.begin_nested()
    try:
        connection.execute(table.insert().values(**values))
    except sa.exc.IntegrityError:
        savepoint.rollback()
        return False
    savepoint.commit()
    return True
