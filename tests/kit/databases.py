"""A database of its own for a test, on each kind of server that the kit is used with."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

__all__ = ["engine", "fresh_database", "server_databases"]


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """The URL of a new database on the server at `url`, dropped at the end."""
    server, name = sa.make_url(url), f"kit_{uuid.uuid4().hex[:12]}"
    driver = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql"}
    server = server.set(drivername=driver.get(server.drivername, server.drivername))
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            force = " with (force)" if server.drivername.startswith("postgresql") else ""
            connection.exec_driver_sql(f"drop database {name}{force}")
        admin.dispose()


@pytest.fixture(scope="module")
def server_databases() -> Iterator[Callable[[str], str]]:
    """The URL of a database on the server of a URL, made when first asked for and dropped at the end."""
    with ExitStack() as stack:
        yield cache(lambda url: stack.enter_context(fresh_database(url)))


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, server_databases: Callable[[str], str]
) -> Iterator[sa.Engine]:
    """An empty database, on SQLite and on each server that is there."""
    if request.param == "sqlite":
        made = sa.create_engine(f"sqlite:///{tmp_path}/kit.db")
        sa.event.listen(made, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
        sa.event.listen(made, "begin", lambda connection: connection.exec_driver_sql("begin immediate"))
    else:
        made = sa.create_engine(server_databases(request.getfixturevalue(f"{request.param}_url")))
    yield made
    tables = sa.MetaData()
    tables.reflect(made)
    tables.drop_all(made)
    made.dispose()
