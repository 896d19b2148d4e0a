"""The Idempotency-Key of a request, kept in the caller's own SQL transaction.

Follows the IETF draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key-header):
the first request with a key does the work, a repeated one gets the stored answer, the same key with another
request is refused (422), and one whose first copy is still under way is told so (409).
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from seamwright.kit.insert_once import insert_once
from seamwright.kit.problems import Problem

__all__ = ["Answer", "Claim", "IdempotencyStore", "KeyInFlight", "KeyReused", "fingerprint_of", "parse_key"]

_KEY = re.compile(r"[!#-~]{1,255}")


class KeyReused(Problem):
    """The key came before with another request (draft section 2.7: 422)."""

    def __init__(self) -> None:
        super().__init__(
            422,
            "This Idempotency-Key was used with a different request. Send a new key with a new request.",
            title="Idempotency-Key is already used",
        )


class KeyInFlight(Problem):
    """The first request with this key has not ended yet (draft section 2.7: 409)."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__(
            409,
            "A request with this Idempotency-Key is still being processed. Send it again a little later.",
            title="A request is outstanding for this Idempotency-Key",
            headers={"Retry-After": str(retry_after)},
        )


def parse_key(value: str | None) -> str:
    """The key in an `Idempotency-Key` header: a quoted RFC 9651 string, or the bare token many clients send.

    Raises `Problem` 400 where it is absent, empty, longer than 255 characters or not visible ASCII.
    """
    if value is None:
        raise Problem(400, "This operation requires an Idempotency-Key header.", title="Idempotency-Key is missing")
    key = value.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not _KEY.fullmatch(key):
        raise Problem(
            400,
            "An Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID.",
            title="Idempotency-Key is malformed",
        )
    return key


def fingerprint_of(method: str, path: str, body: bytes | Mapping[str, Any]) -> str:
    """A digest of what the request asks for; pass the parsed body so that white space does not matter."""
    raw = body if isinstance(body, bytes) else json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(b"\0".join([method.upper().encode(), path.encode(), raw])).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """The stored answer of the first request."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do the work for one key, until the lease of whoever holds it ends."""

    scope: str
    key: str
    token: str
    work_id: str
    """Stays the same when the same request takes the key over: name what you make, and key what you call, by it."""


class IdempotencyStore:
    """Keys and their answers in one table of the caller's database.

    Two ways to use it, both with the caller's own connection and transaction:

    - *One transaction*: `claim`, the work's own SQL, `complete`, commit. A second request waits at the unique
      constraint and then gets the stored answer. Right where the work is SQL alone.
    - *Two transactions*: `claim` and commit; call other services; then the work's SQL and `complete` in a second
      transaction. A second request in between raises `KeyInFlight`. When the process dies in between, the lease
      ends after `lease` seconds and the next request with the key takes over, with the same `Claim.work_id`: use
      that as the key of the calls that you make.

    `scope` separates callers (use the authenticated subject): one caller's key never answers another's request.
    Answers are kept for `keep` seconds. `clock` gives seconds since the epoch.
    """

    def __init__(
        self,
        metadata: sa.MetaData,
        *,
        table_name: str = "idempotency_key",
        keep: float = 24 * 3600.0,
        lease: float = 30.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.keep = keep
        self.lease = lease
        self._clock = clock
        self.table = sa.Table(
            table_name,
            metadata,
            sa.Column("scope", sa.String(255), primary_key=True),
            sa.Column("key", sa.String(255), primary_key=True),
            sa.Column("fingerprint", sa.String(64), nullable=False),
            sa.Column("token", sa.String(32), nullable=False),
            sa.Column("work_id", sa.String(36), nullable=False),
            sa.Column("leased_until", sa.Double, nullable=False),
            sa.Column("expires_at", sa.Double, nullable=False, index=True),
            sa.Column("status", sa.Integer),
            sa.Column("headers", sa.Text),
            sa.Column("body", sa.LargeBinary),
        )

    def claim(self, connection: sa.Connection, key: str, *, scope: str, fingerprint: str) -> Claim | Answer:
        """The right to do the work, or the answer of the request that did it already.

        Raises `KeyReused` (422) where the key came with another fingerprint, `KeyInFlight` (409) where the first
        request still holds its lease.
        """
        now = self._clock()
        claim = Claim(scope, key, secrets.token_hex(16), str(uuid.uuid4()))
        fresh = self._row(claim, fingerprint, now)
        if insert_once(connection, self.table, {"scope": scope, "key": key, **fresh}):
            return claim
        row = connection.execute(self.table.select().where(*self._is(scope, key))).mappings().one_or_none()
        if row is None:  # deleted between the two statements
            raise KeyInFlight
        if row["expires_at"] > now:
            if row["fingerprint"] != fingerprint:
                raise KeyReused
            if row["status"] is not None:
                return Answer(row["status"], json.loads(row["headers"]), bytes(row["body"]))
            if row["leased_until"] > now:
                raise KeyInFlight
            claim = replace(claim, work_id=row["work_id"])
            fresh = self._row(claim, fingerprint, now)
        taken = connection.execute(
            self.table.update()
            .where(*self._is(scope, key), self.table.c.token == row["token"])
            .values(**fresh, status=None, headers=None, body=None)
        )
        if taken.rowcount != 1:  # somebody else was quicker to take over
            raise KeyInFlight
        return claim

    def complete(self, connection: sa.Connection, claim: Claim, answer: Answer) -> None:
        """Stores the answer, in the transaction of the work itself.

        Raises `KeyInFlight` where the lease had ended and another request took the key over: roll the work back.
        """
        done = connection.execute(
            self.table.update()
            .where(*self._is(claim.scope, claim.key), self.table.c.token == claim.token)
            .values(status=answer.status, headers=json.dumps(dict(answer.headers)), body=answer.body)
        )
        if done.rowcount != 1:
            raise KeyInFlight

    def release(self, connection: sa.Connection, claim: Claim) -> None:
        """After a passing failure: the same request may be tried again at once; another one is still refused."""
        connection.execute(
            self.table.update()
            .where(*self._is(claim.scope, claim.key), self.table.c.token == claim.token)
            .values(leased_until=0.0)
        )

    def purge(self, connection: sa.Connection) -> int:
        """Deletes what has expired; the number of keys deleted. Call it now and then."""
        return connection.execute(self.table.delete().where(self.table.c.expires_at <= self._clock())).rowcount

    def _row(self, claim: Claim, fingerprint: str, now: float) -> dict[str, Any]:
        return {
            "fingerprint": fingerprint,
            "token": claim.token,
            "work_id": claim.work_id,
            "leased_until": now + self.lease,
            "expires_at": now + self.keep,
        }

    def _is(self, scope: str, key: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
        return self.table.c.scope == scope, self.table.c.key == key
