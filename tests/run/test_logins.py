"""Logins on their way: through an operation or to a token endpoint, counted, and within the scope."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from seamwright.drivers.http import HttpConnection
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Request
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from seamwright.run.logins import Logins
from seamwright.run.recording import Coverage, Numbers, Recording
from seamwright.run.redaction import Redaction
from seamwright.run.scope import Scope
from seamwright.run.sessions import Sender
from tests.run.shelf import PASSWORDS, Shelf, contract
from tests.run.trial import contract_of, manifest_of
from tests.serving import serving

LOGIN = Case("login", body={"user": "alice", "password": PASSWORDS["alice"]}, media_type="application/json")


@asynccontextmanager
async def logins(url: str, coverage: Coverage | None = None, **manifest: Any) -> AsyncIterator[Logins]:
    given = manifest_of({"api": url}, **manifest)
    subjects = {"api": Subject(given.boundaries["api"], contract_of(contract()), given)}
    scope, connection = Scope(given), HttpConnection()
    recording = Recording("login", Redaction(()), Numbers(), coverage or Coverage())
    senders = {"api": Sender("api", connection, scope, lambda text: None)}
    made = Logins(subjects, senders, recording, scope, lambda text: None)
    try:
        yield made
    finally:
        await made.close()
        await connection.close()


async def test_a_login_through_an_operation_counts_for_its_coverage() -> None:
    given = manifest_of({"api": "http://h"})
    subjects = {"api": Subject(given.boundaries["api"], contract_of(contract()), given)}
    coverage = Coverage(subjects=subjects)
    with serving(Shelf().app()) as url:
        async with logins(url, coverage) as made:
            assert (await made.send("api", LOGIN, False)).ok
    (row,) = [row for row in coverage.rows(subjects) if row.calls]
    assert (row.operation, row.calls, row.answered) == ("login", 1, True)
    assert ("request", "application/json") in {(each.place, each.keyword) for each in row.points if each.done}


async def test_a_token_endpoint_needs_no_boundary_but_must_be_named() -> None:
    shelf = Shelf()
    with serving(shelf.app()) as url:
        client = {"token_url": f"{url}/token", "client_id": "reports", "client_secret": "s3cret"}
        async with logins("http://127.0.0.1:9", identities={"reports": {"oauth2": client}}) as made:
            await made.send("", Request("POST", f"{url}/token"), False)
            with pytest.raises(Undecided, match="in_production"):
                await made.send("", Request("POST", "http://127.0.0.1:8/token"), False)
    assert [asked.path for asked in shelf.log] == ["/token"]


async def test_an_operation_that_is_not_there() -> None:
    async with logins("http://127.0.0.1:9") as made:
        with pytest.raises(Undecided, match="api has no operation 'enter' to log in through") as told:
            await made.send("api", Case("enter"), False)
    assert told.value.cause is Cause.USAGE


async def test_in_production_nobody_logs_in_without_leave() -> None:
    shelf = Shelf()
    with serving(shelf.app()) as url:
        async with logins(url, environment="production") as made:
            with pytest.raises(Undecided, match="set in_production on the identity"):
                await made.send("api", LOGIN, False)
            assert shelf.log == []
            assert (await made.send("api", LOGIN, True)).ok
    assert len(shelf.log) == 1
