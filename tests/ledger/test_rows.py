"""Rows that make no sense are never passed on as nouns."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from seamwright.ledger import encoding
from seamwright.ledger.store import Ledger
from seamwright.model.errors import LedgerError
from tests.ledger.making import begun


def test_evidence_whose_content_is_none_is_refused_even_with_a_fitting_hash(ledger: Ledger) -> None:
    begun(ledger, "r1", rows=1)
    with ledger.database.writing("tamper") as connection:
        connection.execute(text("UPDATE evidence SET body = '{}', hash = :hash"), {"hash": encoding.digest("{}")})
    with pytest.raises(LedgerError, match="evidence 1 cannot be trusted"):
        ledger.evidence()


def test_coverage_that_is_none_is_refused(ledger: Ledger) -> None:
    begun(ledger, "r1")
    with ledger.database.writing("tamper") as connection:
        connection.execute(text("UPDATE runs SET coverage = 'nonsense'"))
    with pytest.raises(LedgerError, match="run r1 cannot be trusted"):
        ledger.record("r1")
