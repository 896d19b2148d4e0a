"""Turns what databases and disks complain about into a LedgerError: what happened, where, what to do next."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from seamwright.model.errors import LedgerError
from seamwright.model.verdict import Cause

__all__ = ["LOCK_SECONDS", "Complaint", "explained", "our_fault"]

LOCK_SECONDS = 30
"""How long a writer waits for another one before it gives up."""

_KEPT = "Nothing of this was written, and what was there before is untouched."

_SQLITE = {
    sqlite3.SQLITE_FULL: f"the disk (or quota) that it lies on is full. {_KEPT} Make room there and run again.",
    sqlite3.SQLITE_IOERR: f"the disk failed to read or write it ({{text}}). {_KEPT} "
    "Look at free space, quota and file size limit (ulimit -f) there, and at the health of the disk.",
    sqlite3.SQLITE_BUSY: f"another process has been writing for more than {LOCK_SECONDS} s. {_KEPT} "
    "Wait until it is done, or find it (fuser, lsof), and run again.",
    sqlite3.SQLITE_READONLY: f"it, or the folder that it lies in, may not be written. {_KEPT} "
    "Give this user write permission, or choose another ledger.",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened or made. Look whether this user may read and write the file and its "
    "folder, or choose another ledger.",
    sqlite3.SQLITE_PERM: "this user may not open it. Give it permission, or choose another ledger.",
    sqlite3.SQLITE_NOTADB: "this file is no SQLite database. Move it away, or choose another ledger.",
    sqlite3.SQLITE_CORRUPT: "the file is damaged ({text}). Put a copy from a backup in its place, or move it away and "
    "run again; `sqlite3 FILE .recover` may save some of it.",
}
_SQLITE[sqlite3.SQLITE_LOCKED] = _SQLITE[sqlite3.SQLITE_BUSY]

_POSTGRES = {
    "53100": f"the disk of the database server is full. {_KEPT} Make room there and run again.",
    "53300": "the database server has no connection left. Close some, or raise max_connections.",
    "25006": f"the database server is read-only (a standby?). {_KEPT} Use the address of the primary.",
    "42501": "this user may not do it ({text}). GRANT it CREATE on the database and all on the schema seamwright.",
    "55P03": f"another process has held its lock for more than {LOCK_SECONDS} s. {_KEPT} "
    "Wait until it is done, or look in pg_stat_activity, and run again.",
    "08": "the connection to the database server was lost ({text}). Look whether it runs, and run again.",
    "57": "the database server ended the connection ({text}). Look whether it runs, and run again.",
}

_REFUSED = (
    "the database server does not let it in ({text}). Mend user, password and database in the URL, or make them there."
)
_UNREACHABLE = "the database server cannot be reached ({text}). Look whether it runs and the URL is right."

_ERRNO = {
    errno.ENOSPC: f"the disk (or quota) that it lies on is full. {_KEPT} Make room there and run again.",
    errno.EDQUOT: f"the quota of this user is used up. {_KEPT} Make room and run again.",
    errno.EROFS: "it lies on a read-only file system. Choose another ledger.",
    errno.EACCES: "this user may not write there. Give it permission, or choose another ledger.",
    errno.EPERM: "this user may not write there. Give it permission, or choose another ledger.",
    errno.ENOTDIR: "a part of its path is a file, no folder. Choose another path.",
    errno.EEXIST: "a file lies where its folder should be. Move the file away, or choose another path.",
}


class Complaint(Exception):
    """Something wrong in a store, said by code that need not know where it lies; `explained` makes it a LedgerError."""


def our_fault(text: str) -> LedgerError:
    """Give a LedgerError that says that Seamwright itself is wrong, not its user."""
    error = LedgerError(text)
    error.cause = Cause.OURS
    return error


@contextmanager
def explained(where: str, doing: str) -> Iterator[None]:
    """Raise LedgerError in place of what the database or the operating system raises inside the block.

    `where` names the store without any password; `doing` says what was being done ("append evidence").
    """
    try:
        yield
    except Complaint as error:
        raise LedgerError(f"ledger {where}: {error}") from error.__cause__
    except DBAPIError as error:
        raise LedgerError(f"ledger {where}: cannot {doing}: {_of_database(error.orig)}") from error
    except sqlite3.Error as error:
        raise LedgerError(f"ledger {where}: cannot {doing}: {_of_database(error)}") from error
    except PoolTimeout as error:
        raise LedgerError(f"ledger {where}: cannot {doing}: all its connections are in use; close some") from error
    except SQLAlchemyError as error:
        raise our_fault(f"ledger {where}: cannot {doing}: {error}") from error
    except OSError as error:
        known = _ERRNO.get(error.errno or 0, "{text}. Mend that, or choose another ledger.")
        raise LedgerError(f"ledger {where}: cannot {doing}: {known.format(text=error.strerror)}") from error


def _of_database(original: BaseException | None) -> str:
    text = str(original).strip().splitlines()[0] if str(original).strip() else type(original).__name__
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        # The low byte is the primary code (sqlite.org/rescode.html).
        known = _SQLITE.get(code & 0xFF)
    else:
        state = getattr(original, "sqlstate", None) or ""
        known = _POSTGRES.get(state) or _POSTGRES.get(state[:2])
        if known is None and not state:
            # While connecting, psycopg knows no code but what the server said.
            known = _REFUSED if "FATAL" in text else _UNREACHABLE
    return (known or f"the database says: {{text}}. {_KEPT}").format(text=text)
