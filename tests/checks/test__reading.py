"""Who reads an object back, and what an answer tells of its address."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seamwright.checks._reading import address_in, address_of, json_of, lean, objects_in, reader_of, tells_address
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case, Exchange, Request, Response
from seamwright.model.verdict import Cause
from tests.checks.consistency.accounts import DOCUMENT
from tests.checks.contract.items import document
from tests.checks.stage import contract_of

CONTRACT = contract_of(DOCUMENT)
OPEN = CONTRACT.operation("openAccount")
GET = CONTRACT.operation("getAccount")


def _made(status: int, body: bytes) -> Exchange:
    return Exchange(Request("POST", "http://127.0.0.1/accounts"), Response(status, (), body), None, 0, 0)


def test_what_reads_an_object_back() -> None:
    assert reader_of(CONTRACT, OPEN).id == "getAccount"
    items = contract_of(document())
    lonely = replace(items, operations=tuple(o for o in items.operations if o.id == "createItem"))
    with pytest.raises(Undecided, match="createItem: the contract has no operation that reads back") as told:
        reader_of(lonely, lonely.operations[0])
    assert told.value.cause is Cause.USAGE


def test_the_address_of_what_was_made_is_in_an_answer_of_the_success_class() -> None:
    assert tells_address(CONTRACT, OPEN)
    assert not tells_address(CONTRACT, GET)
    (name,) = (p.name for p in GET.at("path"))
    assert address_in(CONTRACT, OPEN, _made(201, b'{"id": 5}')) == {name: 5}
    assert address_in(CONTRACT, OPEN, _made(409, b'{"id": 5}')) == {}
    assert address_of(CONTRACT, OPEN, Case("openAccount", path={"bank": 1}), _made(201, b'{"id": 5}')) == {
        "bank": 1,
        name: 5,
    }
    assert address_of(CONTRACT, GET, Case("getAccount", path={name: 7}), _made(200, b"{}")) == {name: 7}


def test_optional_query_parameters_are_left_out() -> None:
    items = contract_of(document())
    assert lean(items.operation("listItems"), Case("listItems", query={"limit": 3})).query == {}


def test_every_object_of_an_answer_is_seen() -> None:
    answer = _made(200, b'{"items": [{"id": 1, "lines": [{"id": 2}]}, 3]}')
    assert sorted(o["id"] for o in objects_in(json_of(answer)) if "id" in o) == [1, 2]
    assert json_of(_made(200, b"<p>")) is None
    assert json_of(replace(answer, response=None)) is None
