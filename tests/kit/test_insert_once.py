"""Of many who insert the same key at once, one is told that it did."""

from __future__ import annotations

import threading

import sqlalchemy as sa

from seamwright.kit.insert_once import insert_once
from tests.kit.databases import engine, server_databases

__all__ = ["engine", "server_databases"]

METADATA = sa.MetaData()
TABLE = sa.Table("once", METADATA, sa.Column("key", sa.String(20), primary_key=True), sa.Column("who", sa.Integer))


def test_the_second_is_told_no_and_its_transaction_goes_on(engine: sa.Engine) -> None:
    METADATA.create_all(engine)
    with engine.begin() as connection:
        assert insert_once(connection, TABLE, {"key": "a", "who": 1})
        assert not insert_once(connection, TABLE, {"key": "a", "who": 2})
        assert insert_once(connection, TABLE, {"key": "b", "who": 3})
    with engine.connect() as connection:
        assert {row.key: row.who for row in connection.execute(TABLE.select())} == {"a": 1, "b": 3}


def test_one_of_eight_wins(engine: sa.Engine) -> None:
    METADATA.create_all(engine)
    won: list[int] = []
    start = threading.Barrier(8)

    def insert(who: int) -> None:
        start.wait()
        with engine.begin() as connection:
            if insert_once(connection, TABLE, {"key": "a", "who": who}):
                won.append(who)

    threads = [threading.Thread(target=insert, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert [row.who for row in connection.execute(TABLE.select())] == won
    assert len(won) == 1
