"""What databases and disks complain about becomes a sentence with a next step."""

from __future__ import annotations

import errno
import os
import sqlite3

import pytest
from sqlalchemy.exc import ArgumentError, OperationalError

from seamwright.ledger.trouble import Complaint, explained
from seamwright.model.errors import LedgerError
from seamwright.model.verdict import Cause


def _sqlite(code: int, text: str) -> OperationalError:
    original = sqlite3.OperationalError(text)
    original.sqlite_errorcode = code
    return OperationalError("INSERT …", {}, original)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (sqlite3.SQLITE_FULL, "is full. Nothing of this was written"),
        (sqlite3.SQLITE_IOERR_WRITE, "ulimit"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "another process has been writing"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "may not be written"),
        (sqlite3.SQLITE_CORRUPT, "backup"),
        (sqlite3.SQLITE_CONSTRAINT, "the database says: the text {of} it"),
    ],
)
def test_codes_of_sqlite(code: int, says: str) -> None:
    with pytest.raises(LedgerError) as caught, explained("here.db", "append evidence"):
        raise _sqlite(code, "the text {of} it")
    assert str(caught.value).startswith("ledger here.db: cannot append evidence: ")
    assert says in str(caught.value)
    assert caught.value.cause is Cause.USAGE


def test_an_error_of_sqlite_itself_is_explained_too() -> None:
    with pytest.raises(LedgerError, match="backup"), explained("here.db", "open it"):
        raise _sqlite(sqlite3.SQLITE_CORRUPT, "malformed").orig or AssertionError


@pytest.mark.parametrize(("number", "says"), [(errno.ENOSPC, "is full"), (errno.EROFS, "read-only"), (9999, "Mend")])
def test_errors_of_the_operating_system(number: int, says: str) -> None:
    with pytest.raises(LedgerError, match=says), explained("here.db", "open it"):
        raise OSError(number, os.strerror(number))


def test_a_wrong_use_of_sqlalchemy_is_our_fault() -> None:
    with pytest.raises(LedgerError) as caught, explained("here.db", "open it"):
        raise ArgumentError("wrong")
    assert caught.value.cause is Cause.OURS


def test_a_complaint_gets_the_name_of_the_store_and_other_errors_pass() -> None:
    with pytest.raises(LedgerError, match=r"^ledger here\.db: row 3 is wrong$"), explained("here.db", "read"):
        raise Complaint("row 3 is wrong")
    with pytest.raises(ZeroDivisionError), explained("here.db", "read"):
        raise ZeroDivisionError
