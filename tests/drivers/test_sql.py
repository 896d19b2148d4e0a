"""The SQL driver on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

import sqlite3
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from seamwright.drivers.sql import DRIVER, DatabaseConnection, engine_for
from seamwright.model.boundary import Boundary
from seamwright.model.errors import TargetError, UsageError


def opened(url: str) -> DatabaseConnection:
    connection: DatabaseConnection = DRIVER.open(Boundary(kind="sql", url=url))
    return connection


@pytest.fixture(params=["sqlite", "postgres_url", "mariadb_url"])
def account(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A database URL and a table in it of this test alone: two rows, (1, 'ann', 60) and (2, 'bob', 40)."""
    url = f"sqlite:///{tmp_path}/shop.db" if request.param == "sqlite" else request.getfixturevalue(request.param)
    table = f"account_{uuid.uuid4().hex[:12]}"
    engine = engine_for(url, "test")
    with engine.begin() as connection:
        connection.execute(text(f"create table {table} (id integer primary key, owner varchar(20), balance integer)"))
        connection.execute(text(f"insert into {table} values (1, 'ann', 60), (2, 'bob', 40)"))
    yield url, table
    with engine.begin() as connection:
        connection.execute(text(f"drop table {table}"))
    engine.dispose()


async def test_rows_come_back_as_tuples(account: tuple[str, str]) -> None:
    url, table = account
    connection = opened(url)

    assert await connection.query(f"select id, owner from {table} order by id") == [(1, "ann"), (2, "bob")]
    assert int((await connection.query(f"select sum(balance) from {table}"))[0][0]) == 100
    await connection.close()
    await connection.close()


async def test_a_percent_sign_is_no_placeholder(account: tuple[str, str]) -> None:
    url, table = account
    connection = opened(url)

    assert await connection.query(f"select owner from {table} where owner like 'a%'") == [("ann",)]
    assert await connection.query(f"select id % 2 from {table} where id = 1") == [(1,)]
    await connection.close()


async def test_what_is_written_is_rolled_back(account: tuple[str, str]) -> None:
    url, table = account
    connection = opened(url)

    assert await connection.query(f"delete from {table}") == []
    assert await connection.query(f"update {table} set balance = 0") == []
    assert await connection.query(f"select count(*), sum(balance) from {table}") == [(2, 100)]
    await connection.close()


async def test_a_query_that_fails_is_the_targets_and_says_which(account: tuple[str, str]) -> None:
    url, table = account
    connection = opened(url)
    query = f"select balance from {table}_that_is_not_there"

    with pytest.raises(TargetError) as caught:
        await connection.query(query)
    assert query in str(caught.value)
    assert f"{table}_that_is_not_there" in str(caught.value).replace(query, "", 1), "the database's own words"
    await connection.close()


async def test_many_queries_at_once(account: tuple[str, str]) -> None:
    import asyncio

    url, table = account
    connection = opened(url)
    answers = await asyncio.gather(*(connection.query(f"select count(*) from {table}") for _ in range(8)))
    assert answers == [[(2,)]] * 8
    await connection.close()


async def test_parameters(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a.db").close()
    connection = opened(f"sqlite:///{tmp_path}/a.db")
    assert await connection.query("select ?, ?", (1, "100%")) == [(1, "100%")]
    await connection.close()


async def test_tables_that_are_made_or_dropped_are_rolled_back_too(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as made:
        made.execute("create table kept (id integer)")
    connection = opened(f"sqlite:///{path}")

    await connection.query("drop table kept")
    await connection.query("create table added (id integer)")

    assert await connection.query("select name from sqlite_master") == [("kept",)]
    await connection.close()


async def test_a_database_file_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    connection = opened(f"sqlite:///{path}")

    with pytest.raises(TargetError, match=r"no database file .*shop\.db"):
        await connection.query("select 1")
    assert not path.exists()
    await connection.close()


async def test_a_database_that_does_not_answer_is_the_targets(postgres_url: str) -> None:
    connection = opened("postgresql://nobody:hunter2@127.0.0.1:1/none")
    with pytest.raises(TargetError, match="failed") as caught:
        await connection.query("select 1")
    assert "hunter2" not in str(caught.value)
    await connection.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("oracle://h/d", "'oracle' is no database that Seamwright speaks to; known: mariadb"),
        ("shop.db", "is no database that Seamwright speaks to"),
        ("sqlite://shop.db", "the database URL cannot be read"),
        ("postgresql://u@h:port/d", "the database URL cannot be read"),
    ],
)
def test_a_url_that_cannot_be_used_says_where_it_stands(url: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        engine_for(url, "boundaries.db.url")
    assert str(caught.value).startswith("boundaries.db.url: ")


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [
        ("postgresql://u@h/d", "psycopg", "postgres"),
        ("postgres://u@h/d", "psycopg", "postgres"),
        ("mysql://u@h/d", "pymysql", "mysql"),
        ("mariadb+pymysql://u@h/d", "pymysql", "mysql"),
    ],
)
def test_a_missing_extra_is_one_sentence(monkeypatch: pytest.MonkeyPatch, url: str, module: str, extra: str) -> None:
    # None in sys.modules is how Python itself notes that a module cannot be imported.
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=rf"needs its driver: pip install 'seamwright\[{extra}\]'"):
        engine_for(url, "boundaries.db.url")
