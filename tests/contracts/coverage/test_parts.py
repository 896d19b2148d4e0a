"""An operation is enumerated: answers, media types, headers, credentials, parameters, bodies."""

from __future__ import annotations

from seamwright.contracts.coverage.parts import compile_operation
from tests.contracts.coverage.metering import bar

TEXT = {"schema": {"type": "string"}}


def test_everything_that_can_be_exercised_is_named() -> None:
    b = bar(
        {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}},
        path="/things/{id}",
        parameters=[
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "schema": {"type": "integer"}},
            {"name": "X-A", "in": "header", "required": True, "schema": {"type": "string"}},
        ],
        responses={
            "200": {"description": "", "content": {"application/json": TEXT}, "headers": {"ETag": TEXT}},
            "default": {"description": ""},
        },
        security=[{"bearer": []}],
        components={"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    )
    made = compile_operation(b.contract, b.operation)
    assert {(p.kind, p.place, p.keyword, tuple(p.wanted)) for p in made.universe} == {
        ("operation", "response", "success", ("answered",)),
        ("status", "response/200", "status", ("answered",)),
        ("media type", "response/200", "application/json", ("answered",)),
        ("header", "response/200", "ETag", ("answered",)),
        ("status", "response/default", "status", ("answered",)),
        ("security", "security", "bearer", ("used",)),
        ("security", "security", "no credentials", ("left out",)),
        ("parameter", "path/id", "required", ("sent",)),
        ("keyword", "path/id", "type", ("string",)),
        ("parameter", "query/limit", "optional", ("sent", "left out")),
        ("keyword", "query/limit", "type", ("integer", "broken")),
        ("parameter", "header/X-A", "required", ("sent", "broken")),
        ("keyword", "header/X-A", "type", ("string",)),
        ("property", "body", "required", ("sent", "broken")),
        ("media type", "request", "application/json", ("sent",)),
        ("keyword", "body", "json", ("broken",)),
        ("keyword", "body", "type", ("object", "broken")),
        ("property", "body/n", "optional", ("sent", "left out")),
        ("keyword", "body/n", "minimum", ("valid", "limit", "broken")),
        ("keyword", "body/n", "type", ("integer", "broken")),
    }


def test_credentials_that_are_optional_are_used_and_done_without() -> None:
    b = bar(
        security=[{"key": []}, {}],
        components={"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "k"}}},
    )
    made = compile_operation(b.contract, b.operation)
    assert {(p.keyword, tuple(p.wanted)) for p in made.universe if p.kind == "security"} == {
        ("key", ("used",)),
        ("no credentials", ("used",)),
    }


def test_credentials_that_cannot_be_seen_in_a_request_are_no_point() -> None:
    b = bar(security=[{"tls": []}], components={"securitySchemes": {"tls": {"type": "mutualTLS"}}})
    made = compile_operation(b.contract, b.operation)
    assert made.security == []


def test_what_is_found_is_looked_for_no_more() -> None:
    b = bar(parameters=[{"name": "q", "in": "query", "schema": {"type": "string"}}])
    made = compile_operation(b.contract, b.operation)
    assert (len(made.parameters), made.answers_live, made.security_live, made.body_live) == (1, True, False, False)
    for points in made.universe:
        for aspect in points.wanted:
            points.cover(aspect)
    made.prune()
    assert (made.parameters, made.answers_live) == ([], False)
