"""Connections are given back to a small pool by housekeeping, some time after the answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from seamwright.demo.database import Database
from seamwright.demo.defect import Defect

__all__ = ["DEFECT"]


class _GivenBackLater(Database):
    def __init__(self, url: str, metadata: sa.MetaData) -> None:
        super().__init__(url, metadata, pool_size=6, max_overflow=0, pool_timeout=0.2)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        connection = self.engine.connect().execution_options(only_reads=True)
        housekeeping = threading.Timer(0.08, connection.close)
        housekeeping.daemon = True
        try:
            yield connection
        finally:
            housekeeping.start()


DEFECT = Defect(
    name="connection-leak",
    family="load",
    service="orders",
    check="load.errors-under-rate",
    mistake="database connections return to their pool too late, so that reads fail with 500 at the declared rate",
    part=_GivenBackLater,
)
