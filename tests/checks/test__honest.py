"""Who calls honestly, which call is accepted, and the same call once more."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import pytest
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse
from starlette.responses import Response as HttpResponse

from seamwright.checks._cells import each_operation, these
from seamwright.checks._honest import (
    accepted,
    caller,
    fresh_key,
    nobody_may,
    renewed,
    repeatable,
    succeeded,
    unknown_object,
)
from seamwright.model.bench import Bench
from seamwright.model.check import Check, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved
from seamwright.model.exchange import Exchange, Request, Response
from seamwright.model.identity import ANYONE
from seamwright.model.operation import Answer, Operation
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from tests.checks.auth.gate import Gate, opaque_document
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import contract_of, manifest_of, tried
from tests.run.trial import check

ALICE = {"login": {"operation": "login", "body": {"user": "alice", "password": "alices-password"}}}


def _subject(told: dict[str, Any], **identities: Any) -> Subject:
    manifest = manifest_of("http://127.0.0.1:9", identities=identities)
    return Subject(manifest.boundaries["api"], contract_of(told), manifest)


def _who(subject: Subject, name: str) -> str:
    assert subject.contract is not None
    operation = subject.contract.operation(name)
    assert operation is not None
    return caller(subject, operation).identity.name


def test_open_operations_beside_protected_ones_and_logins_are_called_without_credentials() -> None:
    subject = _subject(opaque_document(), alice=ALICE)
    assert {name: _who(subject, name) for name in ("whoAmI", "health", "login")} == {
        "whoAmI": "alice",
        "health": ANYONE.name,
        "login": ANYONE.name,
    }


def test_where_the_contract_says_nothing_of_credentials_those_there_are_are_used() -> None:
    assert _who(_subject(document(), alice={"token": "t"}), "listItems") == "alice"
    assert _who(_subject(document()), "listItems") == ANYONE.name


def test_nobody_who_may() -> None:
    subject = _subject(opaque_document())
    with pytest.raises(Undecided, match="whoAmI needs credentials") as told:
        _who(subject, "whoAmI")
    assert told.value.cause is Cause.USAGE
    reasons = {o.id: nobody_may(subject, o) for o in subject.operations}
    assert reasons["whoAmI"] == "no identity that is here may call it"
    assert reasons["health"] is None


@pytest.mark.parametrize(
    ("status", "answers", "good"),
    [
        (200, (), True),
        (204, (), True),
        (302, ("302",), True),
        (302, ("3XX",), True),
        (302, (), False),
        (404, (), False),
    ],
)
def test_the_success_class(status: int, answers: tuple[str, ...], good: bool) -> None:
    operation = Operation("go", "GET", "/go", answers={name: Answer(name) for name in answers})
    exchange = Exchange(Request("GET", "http://h/go"), Response(status), None, 0, 0)
    assert succeeded(operation, exchange) is good


def test_a_key_is_a_uuid_that_no_run_has_used() -> None:
    keys = [fresh_key() for _ in range(50)]
    assert {uuid.UUID(key).version for key in keys} == {4}
    assert len(set(keys)) == 50


def _on(operation: str, found: list[Any]) -> Check:
    async def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        good = await accepted(bench, operation)
        again = await renewed(bench, operation, good)
        absent = unknown_object(bench, operation, good.case)
        found.extend((good, again, absent, await good.caller.call(bench, absent) if absent else None))
        yield Proved(operation.id)

    async def run(bench: Bench) -> AsyncIterator[Observation]:
        async for observation in each_operation(bench, decide):
            yield observation

    def applies(subject: Subject) -> Any:
        return these(subject, lambda o: None if o.id == operation else "not now", "none")

    return check(run=run, applies=applies, dares=Dares.WRITE)


async def test_an_accepted_call_is_made_again_on_a_fresh_object() -> None:
    found: list[Any] = []
    assert (await tried(_on("deleteItem", found), Items(), document())).verdict == "proved"
    good, again, absent, answer = found
    assert good.exchange.status == 204
    assert again.path != good.case.path
    assert absent.path not in (good.case.path, again.path)
    assert answer.status == 404


async def test_a_call_that_names_no_object_is_made_again_as_it_is() -> None:
    found: list[Any] = []
    await tried(_on("createItem", found), Items(), document())
    good, again, absent, _ = found
    assert again is good.case
    assert absent is None


async def test_only_the_text_that_is_taken_once_becomes_another_one() -> None:
    class Named(Items):
        def made(self, body: dict[str, Any]) -> HttpResponse:
            taken = any(item.get("name") == body["name"] for item in self.items.values())
            return self.refused(409) if taken else super().made(body)

    found: list[Any] = []

    async def decide(bench: Bench, operation: Operation) -> AsyncGenerator[Observation, None]:
        good = await accepted(bench, operation)
        steady = await repeatable(bench, operation, good)
        found.extend((good, steady, await renewed(bench, operation, steady)))
        yield Proved(operation.id)

    told = document()
    content = told["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    content["example"] = {"note": "kept as it is", "name": "lamp", "count": 1}

    async def run(bench: Bench) -> AsyncIterator[Observation]:
        async for observation in each_operation(bench, decide):
            yield observation

    def applies(subject: Subject) -> Any:
        return these(subject, lambda o: None if o.id == "createItem" else "not now", "none")

    assert (await tried(check(run=run, applies=applies, dares=Dares.WRITE), Named(), told)).verdict == "proved"
    good, steady, again = found
    assert (good.once, steady.once, steady.unique) == (False, True, "name")
    assert again.body["name"] != "lamp"
    assert {**again.body, "name": "lamp"} == good.case.body


async def test_without_an_accepted_call_there_is_nothing_to_compare_with() -> None:
    seen = await tried(_on("listItems", []), Closed(), document())
    assert seen.verdict == "unknown"
    assert "listItems: no valid call was answered in its success class (3 times 404)" in seen.evidence.why


async def test_a_login_is_tried_with_what_the_manifest_says_and_nothing_made_up() -> None:
    class Closes(Gate):
        def __init__(self) -> None:
            self.bodies: list[Any] = []
            super().__init__()

        async def login(self, request: Any) -> Any:
            self.bodies.append(await request.json())
            return JSONResponse({}, 403)

    app = Closes()
    seen = await tried(_on("login", []), app, opaque_document(), identities={"alice": ALICE})
    assert seen.verdict == "unknown"
    assert app.bodies == [ALICE["login"]["body"]]


async def test_members_that_may_be_left_out_are_all_sent_where_a_service_wants_them() -> None:
    names = ("title", "text", "place", "price", "colour")

    class WantsAll(Items):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            whole = set(names) <= set(await HttpRequest(scope, receive).json())
            await JSONResponse({}, 201 if whole else 400)(scope, receive, send)

    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    write = {
        "operationId": "write",
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"201": {"description": "written"}},
    }
    told = {"openapi": "3.0.3", "info": {"title": "notes", "version": "1"}, "paths": {"/notes": {"post": write}}}
    found: list[Any] = []
    await tried(_on("write", found), WantsAll(), told)
    assert set(names) <= set(found[0].case.body)


async def test_after_a_refusal_pictures_and_documents_are_uploaded() -> None:
    class Pictures(Items):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            data, more = b"", True
            while more:
                message = await receive()
                data, more = data + message.get("body", b""), message.get("more_body", False)
            picture = b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n" in data and b"IEND" in data
            await JSONResponse({}, 201 if picture else 415)(scope, receive, send)

    file = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
    upload = {
        "operationId": "upload",
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": file}}},
        "responses": {"201": {"description": "stored"}},
    }
    told = {"openapi": "3.0.3", "info": {"title": "pictures", "version": "1"}, "paths": {"/files": {"post": upload}}}
    found: list[Any] = []
    seen = await tried(_on("upload", found), Pictures(), told)
    good, *_ = found
    assert good.exchange.status == 201
    assert "image/png" in seen.exchanges[-1].note
