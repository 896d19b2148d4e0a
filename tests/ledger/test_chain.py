"""The chain's end is one row, and a seal depends on every part of a run's end."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.ledger import chain
from seamwright.ledger.store import Ledger
from tests.ledger.making import begun

_END: dict[str, Any] = {
    "opening": "a",
    "notices": "[]",
    "coverage": "[]",
    "verdict": "proved",
    "finished": 1.5,
    "count": 3,
    "head": "h",
}


@pytest.mark.parametrize("part", list(_END))
def test_a_seal_depends_on_every_part(part: str) -> None:
    changed = {**_END, part: 2 if part in ("finished", "count") else f"{_END[part]}x"}
    assert chain.seal(**_END) == chain.seal(**_END)
    assert chain.seal(**changed) != chain.seal(**_END)


def test_the_end_follows_what_is_written(ledger: Ledger) -> None:
    with ledger.database.reading("look") as connection:
        assert chain.look(connection) == chain.Links()
    begun(ledger, rows=2)
    with ledger.database.reading("look") as connection:
        assert chain.look(connection) == chain.Links(2, ledger.evidence(limit=1)[0].hash, 1)
