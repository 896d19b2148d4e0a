"""The chain of evidence: its length and head, taken by one writer at a time, and the seal of a finished run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select, update

from seamwright.ledger.encoding import GENESIS, canonical, digest
from seamwright.ledger.tables import meta
from seamwright.ledger.trouble import Complaint

__all__ = ["Links", "look", "put", "seal", "take"]

_KEY = "chain"


@dataclass(frozen=True, slots=True)
class Links:
    """How many rows of evidence and runs there are, and the hash of the last row."""

    count: int = 0
    head: str = GENESIS
    runs: int = 0


def take(connection: Connection) -> Links:
    """Read the chain's end and keep other writers away from it until the transaction ends. Raises Complaint."""
    found = look(connection, lock=True)
    if found is None:
        raise Complaint("the end of the chain was removed; run `seamwright ledger verify`")
    return found


def look(connection: Connection, *, lock: bool = False) -> Links | None:
    """Read the chain's end; None where nothing says it any more."""
    query = select(meta.c.value).where(meta.c.key == _KEY)
    # FOR UPDATE is PostgreSQL's; SQLite has but one writer anyway and leaves it out.
    text = connection.scalar(query.with_for_update() if lock else query)
    try:
        return None if text is None else Links(**json.loads(text))
    except (TypeError, ValueError):
        return None


def put(connection: Connection, links: Links) -> None:
    """Write the chain's new end."""
    connection.execute(update(meta).where(meta.c.key == _KEY).values(value=canonical(asdict(links))))


def seal(
    *,
    opening: str,
    notices: str,
    coverage: str,
    verdict: str,
    finished: float,
    count: int,
    head: str,
) -> str:
    """SHA-256 over all that is known of a run when it ends; texts are the canonical JSON that is stored."""
    return digest(opening, notices, coverage, verdict, repr(finished), str(count), head)
