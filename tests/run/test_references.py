"""References of calls are filled with ids of real objects: fresh ones, known ones, listed ones, or none."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from seamwright.contracts.links import Producer
from seamwright.model.errors import Undecided
from seamwright.model.exchange import Case
from seamwright.model.identity import ANYONE, Identity
from seamwright.model.operation import Operation
from seamwright.run.references import References
from tests.contracts.documents import contract, operation

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer", "maximum": 100}


class _Finder:
    """Makes and lists without a service, and remembers what it was asked for."""

    def __init__(self, *, able: bool = True, there: Sequence[Any] = ()) -> None:
        self.numbers = itertools.count(1)
        self.asked: list[str] = []
        self.known: list[Mapping[str, Any]] = []
        self._able = able
        self._there = there

    async def made(
        self, producer: Producer, identity: Identity | None, random: Random, known: Mapping[str, Any], depth: int
    ) -> Any:
        self.asked.append(producer.operation.id)
        self.known.append(dict(known))
        if not self._able:
            raise Undecided("refused")
        return next(self.numbers)

    async def there(
        self, producer: Producer, identity: Identity | None, random: Random, known: Mapping[str, Any], depth: int
    ) -> Sequence[Any]:
        self.asked.append(producer.operation.id)
        return self._there


def _op(name: str, answer: Json, body: Json | None = None, **rest: Any) -> Json:
    sent = {"requestBody": {"content": {"application/json": {"schema": body}}}} if body else {}
    content = {"application/json": {"schema": answer}}
    return {"operationId": name, "responses": {"201": {"description": "", "content": content}}, **sent, **rest}


def _object(required: list[str], **properties: Json) -> Json:
    return {"type": "object", "required": required, "properties": properties}


CUSTOMER = _object(["id"], id=NUMBER)
ORDER = _object(
    ["customerId"],
    customerId=NUMBER,
    billingCustomerId=NUMBER,
    customerIds={"type": "array", "items": NUMBER},
    productId=NUMBER,
)
SHOP = contract(
    {
        "/customers": {
            "post": _op("newCustomer", CUSTOMER, {"type": "object"}),
            "get": _op("customers", {"type": "array", "items": CUSTOMER}),
        },
        "/customers/{customerId}/products": {"post": _op("newProduct", CUSTOMER, {"type": "object"})},
        "/orders": {
            "post": _op("newOrder", {"type": "object"}, ORDER),
            "get": _op(
                "orders", {"type": "object"}, parameters=[{"name": "customerId", "in": "query", "schema": NUMBER}]
            ),
        },
    }
)


def _references(
    finder: _Finder, kept_back: Mapping[str, str] | None = None, *, looks_first: bool = False
) -> References:
    return References(SHOP, finder, kept_back or {}, looks_first=looks_first)


async def _filled(references: References, case: Case, *, fresh: bool = True, name: str = "newOrder") -> Case:
    found: Operation = operation(SHOP, name)
    return await references.filled(case, found, ANYONE, Random(1), fresh=fresh)


async def test_an_unsafe_call_gets_objects_of_its_own() -> None:
    finder = _Finder()
    references = _references(finder)
    case = Case("newOrder", body={"customerId": 77})
    assert [(await _filled(references, case)).body["customerId"] for _ in range(3)] == [1, 2, 3]
    assert (await _filled(references, case, fresh=False)).body["customerId"] == 1, "others share what is known"
    assert finder.asked == ["newCustomer"] * 3


async def test_only_what_the_case_has_is_filled() -> None:
    filled = await _filled(
        _references(_Finder()), Case("newOrder", body={"customerId": 77, "customerIds": [5, 6, 7, 8]})
    )
    assert filled.body == {"customerId": 1, "customerIds": [2, 3, 4, 2]}


async def test_what_is_optional_is_not_created_for_a_safe_call() -> None:
    finder = _Finder()
    references = _references(finder)
    query = Case("orders", query={"customerId": 77})
    assert (await _filled(references, query, fresh=False, name="orders")).query == {"customerId": 77}
    await _filled(references, Case("newOrder", body={"customerId": 77}))
    assert (await _filled(references, query, fresh=False, name="orders")).query == {"customerId": 1}


async def test_what_cannot_be_made_is_listed_and_asked_for_once() -> None:
    finder = _Finder(able=False, there=[41, 42])
    references = _references(finder)
    case = Case("newOrder", body={"customerId": 77})
    assert [(await _filled(references, case)).body["customerId"] for _ in range(2)] == [41, 41]
    assert finder.asked == ["newCustomer", "customers"]


async def test_what_is_there_comes_first_where_nothing_is_to_be_created() -> None:
    finder = _Finder(there=[41])
    filled = await _filled(_references(finder, looks_first=True), Case("newOrder", body={"customerId": 77}))
    assert (filled.body, finder.asked) == ({"customerId": 41}, ["customers"])


async def test_without_any_object_the_value_stays_as_it_was() -> None:
    finder = _Finder(able=False)
    case = Case("newOrder", body={"customerId": 77})
    assert await _filled(_references(finder), case) == case


async def test_nor_is_a_value_put_where_it_breaks_the_contract() -> None:
    finder = _Finder()
    finder.numbers = itertools.count(1000)
    case = Case("newOrder", body={"customerId": 77})
    assert await _filled(_references(finder), case) == case


async def test_what_is_kept_back_makes_nothing() -> None:
    finder = _Finder(there=[41])
    await _filled(_references(finder, {"newCustomer": "excluded"}), Case("newOrder", body={"customerId": 77}))
    assert finder.asked == ["customers"]


async def test_what_was_found_for_one_place_is_the_parent_of_another() -> None:
    finder = _Finder()
    await _filled(_references(finder), Case("newOrder", body={"customerId": 77, "productId": 5}))
    assert finder.asked == ["newCustomer", "newProduct"]
    assert finder.known[1]["customer"] == 1
