"""What of a GraphQL schema was exercised, by what was sent and what came back."""

from __future__ import annotations

import json
from typing import Any

from seamwright.contracts.coverage import Meter
from seamwright.contracts.graphql import load_sdl
from seamwright.model.exchange import Case, Exchange, Failure, Request, Response

SDL = """
type Query {
  orders(first: Int, state: State, filter: Filter, ids: [ID!]): [Order!]
  order(id: ID!): Order
  thing: Thing
}
type Mutation { rename(input: Rename!): Order }
enum State { OPEN PAID }
input Filter { text: String, inner: Filter }
input Rename { id: ID!, name: String! = "x" }
type Order { id: ID!, total: Int, lines: [Line!], priced(in: String!): Int }
type Line { sku: String, order: Order }
type Note { text: String }
union Thing = Order | Note
"""


class Graph:
    """One operation under a meter."""

    def __init__(self, operation: str) -> None:
        contract = load_sdl(SDL, source="x", digest="")
        found = contract.operation(operation)
        assert found is not None
        self.operation, self.meter = found, Meter(contract)

    def ask(self, query: str, answer: Any, *, status: int = 200, raw: bytes | None = None, **variables: Any) -> None:
        """Send a document with variables, and count what came of it; status 0 stands for no answer."""
        body = {"query": query, "variables": variables}
        request = Request("POST", "http://h", (), raw if raw is not None else json.dumps(body).encode())
        response = Response(status, (("content-type", "application/json"),), json.dumps(answer).encode())
        exchange = Exchange(
            request,
            response if status else None,
            None if status else Failure("reset", "reset"),
            0.0,
            0.0,
            operation=self.operation.id,
        )
        case = Case(self.operation.id, body=body, raw=raw)
        self.meter.sent(self.operation, case, exchange)
        self.meter.answered(self.operation, exchange)

    @property
    def done(self) -> dict[tuple[str, str], set[str]]:
        """Place and keyword → what was exercised; what was not at all is left out."""
        return {(p.place, p.keyword): set(p.done) for p in self.meter.points(self.operation) if p.done}

    def missing(self, place: str, keyword: str) -> dict[str, str]:
        """What was not exercised of a keyword, and why."""
        return next(
            dict(p.missing) for p in self.meter.points(self.operation) if (p.place, p.keyword) == (place, keyword)
        )


ORDERS = """query ($f: Int, $s: State, $w: Filter, $i: [ID!]) {
  orders(first: $f, state: $s, filter: $w, ids: $i) { id total }
}"""
ERROR = {"errors": [{"message": "no", "extensions": {"code": "BAD_USER_INPUT"}}], "data": {"orders": None}}


def test_every_argument_and_every_field_is_a_point() -> None:
    graph = Graph("Query.orders")
    names = {(p.place, p.keyword) for p in graph.meter.points(graph.operation)}
    assert {
        ("answer", "success"),
        ("answer", "data"),
        ("answer", "errors"),
        ("argument/first", "optional"),
        ("argument/first", "type"),
        ("argument/first", "nullable"),
        ("argument/state", "enum"),
        ("argument/filter/text", "optional"),
        ("argument/filter/inner/text", "type"),
        ("argument/ids/*", "nullable"),
        ("answer/total", "field"),
        ("answer/lines/sku", "field"),
    } <= names
    assert ("answer/priced", "field") not in names, "nobody asks for it without knowing its argument"
    assert max(place.count("/") for place, _ in names) <= 5, "an input that holds itself has an end"


def test_what_was_accepted_counts() -> None:
    graph = Graph("Query.orders")
    graph.ask(ORDERS, {"data": {"orders": [{"id": "1", "total": None}]}}, f=3, s="OPEN", w={"text": None})
    done = graph.done
    assert done["answer", "success"] == {"answered"}
    assert done["argument/first", "optional"] == {"sent"}
    assert done["argument/first", "type"] == {"valid"}
    assert done["argument/state", "enum"] == {"OPEN"}
    assert done["argument/filter/text", "nullable"] == {"null"}
    assert done["argument/filter/inner", "optional"] == {"left out"}
    assert done["argument/ids", "optional"] == {"left out"}
    assert done["answer/id", "field"] == {"answered"}
    assert ("answer/total", "field") not in done, "null is no value"
    assert ("answer", "errors") not in done


def test_what_is_broken_alone_counts_as_broken() -> None:
    graph = Graph("Query.orders")
    graph.ask(ORDERS, ERROR, f="many", s="LOST")
    assert "broken" not in graph.done.get(("argument/first", "type"), set()), "two things are wrong"
    assert graph.done["answer", "errors"] == {"answered"}
    graph.ask(ORDERS, ERROR, f="many")
    graph.ask(ORDERS, ERROR, s="LOST")
    graph.ask(ORDERS, ERROR, i=[None])
    assert graph.done["argument/first", "type"] == {"broken"}
    assert graph.done["argument/state", "enum"] == {"broken"}
    assert graph.done["argument/ids/*", "nullable"] == {"broken"}
    assert ("answer", "success") not in graph.done


def test_a_required_argument_that_is_left_out_is_broken() -> None:
    graph = Graph("Mutation.rename")
    query = "mutation ($i: Rename!) { rename(input: $i) { id } }"
    graph.ask(query, ERROR, status=400, i={"name": "a"})
    assert graph.done["argument/input/id", "required"] == {"broken"}
    graph.ask(query, {"data": {"rename": {"id": "1"}}}, i={"id": 1})
    assert graph.done["argument/input/name", "optional"] == {"left out"}
    assert graph.done["answer", "success"] == {"answered"}


def test_an_answer_that_would_have_come_to_anything_judges_nothing() -> None:
    query = "query ($i: ID!) { order(id: $i) { id } }"
    for status, answer in (
        (0, {}),
        (401, {"errors": [{"message": "who"}]}),
        (500, {"errors": [{"message": "oh"}]}),
        (200, {"errors": [{"message": "who", "extensions": {"code": "UNAUTHENTICATED"}}], "data": None}),
        (200, {"errors": [{"message": "oh", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}], "data": None}),
    ):
        graph = Graph("Query.order")
        graph.ask(query, answer, status=status, i="1")
        assert graph.done == {}
        told = graph.missing("argument/id", "required")["sent"]
        assert told == ("it was sent, and no answer came" if not status else
                        f"it was sent, and answered {status}, which does not say that it was judged")  # fmt: skip


def test_errors_alone_are_no_success() -> None:
    graph = Graph("Query.order")
    graph.ask("{ order(id: 1) { id } }", {"data": {"order": None}, "errors": [{"message": "not found"}]})
    assert graph.done["argument/id", "required"] == {"sent"}
    assert graph.done["answer", "errors"] == {"answered"}
    assert ("answer", "success") not in graph.done
    graph.meter.counted(graph.operation, 200)
    assert ("answer", "success") not in graph.done, "a status says nothing of data"


def test_what_lies_behind_a_union_or_a_fragment_is_found() -> None:
    graph = Graph("Query.thing")
    graph.ask(
        "{ thing { __typename ...N ... on Order { lines { piece: sku } } } } fragment N on Note { text }",
        {"data": {"thing": {"__typename": "Order", "lines": [{"piece": "a"}]}}},
    )
    assert graph.done["answer/lines/sku", "field"] == {"answered"}
    assert ("answer/text", "field") not in graph.done
    graph.ask("{ thing { ... on Note { text } } }", {"data": {"thing": {"text": "a"}}})
    assert graph.done["answer/text", "field"] == {"answered"}


def test_what_is_no_request_of_graphql_exercises_nothing() -> None:
    graph = Graph("Query.order")
    graph.ask("", ERROR, status=400, raw=b"{")
    graph.ask("{ order(", ERROR, status=400)
    graph.ask("{ thing { __typename } }", {"data": {"thing": {}}})
    assert {key for key in graph.done if key[0] != "answer"} == set()
