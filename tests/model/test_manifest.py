"""The manifest's nouns together, and the JSON Schema that editors hold a manifest against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import ValidationError

from seamwright.model.manifest import Manifest, Origin, manifest_schema
from seamwright.model.reading import _known_keys

ORDERS = {"kind": "http", "url": "http://127.0.0.1:8801"}
WHOLE: dict[str, Any] = {
    "system": "shop",
    "environment": "test",
    "boundaries": {
        "orders": {
            **ORDERS,
            "contract": "contracts/orders.openapi.yaml",
            "owner": "team-orders",
            "depends_on": ["payments", "orders-db"],
            "objectives": {"availability": "99.9%", "latency": {"p99": "300ms"}, "rate": "200/s", "recovery": 5},
            "reset": {"operation": "resetSandbox", "identity": "alice"},
            "origins": ["https://shop.example"],
            "exclude": ["dropEverything"],
        },
        "payments": {"kind": "http", "url": "${PAYMENTS}", "relay": {"control": "http://h", "token": "${T}"}},
        "orders-db": {
            "kind": "sql",
            "url": "${ORDERS_DSN}",
            "isolation": "repeatable read",
            "invariants": [{"name": "conserved", "query": "select 1", "equals": 1, "within": "2s", "after": ["pay"]}],
        },
    },
    "identities": {
        "alice": {"roles": ["customer"], "login": {"operation": "login", "body": {"password": "${ALICE}"}}},
        "bob": {"token": "${BOB}", "in_production": "${LEAVE:-false}"},
        "carol": {"basic": {"user": "carol", "password": "${CAROL}"}, "boundaries": ["orders"]},
        "dave": {"api_key": {"value": "${DAVE}", "location": "header"}},
        "erin": {"oauth2": {"token_url": "http://h/t", "client_id": "erin", "client_secret": "${ERIN}"}},
    },
    "policy": [{"roles": ["customer"], "may": ["createOrder"], "owning": "order"}],
    "processes": {"orders": {"command": "run", "ready": "http://127.0.0.1:8801/health", "env": {"A": "b"}}},
    "gates": {"5": {"families": ["contract"], "checks": ["auth.x"], "coverage": "90%", "max_age": "7d"}},
    "redact": ["ssn"],
}


def with_boundary(**more: Any) -> dict[str, Any]:
    return {"system": "shop", "boundaries": {"orders": {**ORDERS, **more}}}


def with_identity(**more: Any) -> dict[str, Any]:
    return {"system": "shop", "boundaries": {"orders": ORDERS}, "identities": {"alice": more}}


@pytest.fixture(scope="module")
def schema() -> Any:
    return jsonschema_rs.validator_for(manifest_schema())


def test_names_are_the_keys() -> None:
    data = {"system": "s", "boundaries": {"orders": ORDERS}, "identities": {"alice": {}}}
    manifest = Manifest.model_validate(data)
    assert manifest.boundaries["orders"].name == "orders"
    assert manifest.identities["alice"].name == "alice"


def test_where_it_came_from_never_shows_its_secrets() -> None:
    origin = Origin("seamwright.yaml", Path(), "d", frozenset({"hunter2"}))
    manifest = Manifest.model_validate(with_boundary()).coming_from(origin)
    assert manifest.origin is origin
    assert "hunter2" not in repr(manifest) + repr(origin)


def test_it_is_frozen() -> None:
    manifest = Manifest.model_validate(with_boundary())
    with pytest.raises(ValidationError):
        manifest.system = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (with_boundary(depends_on=["nobody"]), "depends on 'nobody'"),
        (with_identity(boundaries=["nobody"]), "names the boundary 'nobody'"),
        (with_identity(login={"operation": "login", "boundary": "nobody"}), "logs in at 'nobody'"),
        (with_boundary(reset={"operation": "wipe", "identity": "nobody"}), "is reset by 'nobody'"),
        ({"system": "shop", "boundaries": {}}, "at least 1 item"),
    ],
)
def test_names_of_nothing_are_refused_without_a_file_too(data: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        Manifest.model_validate(data)


# -- the schema for editors ---

GOOD = [
    WHOLE,
    with_boundary(),
    with_boundary(objectives={"rate": "${RATE:-200/s}", "latency": {"p50": "${P50}"}, "availability": "${A}"}),
    {**with_boundary(), "environment": "${SHOP_ENVIRONMENT:-test}"},
    with_boundary(url="${BASE}/v1"),
    with_boundary(reset={"command": "make reset"}),
    with_boundary(relay={"listen": "127.0.0.1:9000"}),
    with_identity(token="${A}${B}"),
    with_identity(roles=["customer"]),
    {**with_boundary(), "gates": {"7": {"coverage": 0.5, "max_age": 60}}},
]


@pytest.mark.parametrize("data", GOOD)
def test_the_schema_accepts_what_may_be_written(schema: Any, data: dict[str, Any]) -> None:
    assert [f"{list(e.instance_path)}: {e.message}" for e in schema.iter_errors(data)] == []


BAD = [
    with_boundary(colour="red"),
    with_boundary(kind="soap"),
    with_boundary(url="ftp://h"),
    with_boundary(depends_on="payments"),
    with_boundary(objectives={"latency": {"p99": "300 parsecs"}}),
    with_boundary(objectives={"latency": {"p98": "1s"}}),
    with_boundary(objectives={"latency": {"p99": -1}}),
    with_boundary(objectives={"rate": "200"}),
    with_boundary(objectives={"rate": 0}),
    with_boundary(objectives={"availability": 99.9}),
    with_boundary(reset={}),
    with_boundary(reset={"operation": "a", "command": "b"}),
    with_boundary(relay={"listen": "h:1", "control": "http://h"}),
    with_boundary(invariants=[{"name": "n", "query": "select 1"}]),
    with_identity(token="literal"),
    with_identity(token="${A:-literal}"),
    with_identity(api_key={"value": "literal"}),
    with_identity(basic={"user": "a", "password": "literal"}),
    with_identity(oauth2={"token_url": "http://h", "client_id": "a", "client_secret": "literal"}),
    with_identity(token="${A}", basic={"user": "a", "password": "${B}"}),
    with_identity(in_production="perhaps"),
    {**with_boundary(), "environment": "producktion"},
    {**with_boundary(), "gates": {"8": {}}},
    {**with_boundary(), "gates": {"5": {"coverage": 1.5}}},
    {**with_boundary(), "policy": [{"roles": [], "may": ["x"]}]},
    {"boundaries": {"orders": ORDERS}},
    {"system": "shop", "boundaries": {}},
]


@pytest.mark.parametrize("data", BAD)
def test_the_schema_refuses_what_the_reader_refuses(schema: Any, data: dict[str, Any]) -> None:
    assert not schema.is_valid(data)


def test_the_schema_says_of_every_noun_what_it_is() -> None:
    made = manifest_schema()
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert all(noun.get("description") for noun in made["$defs"].values())


def test_keys_are_suggested_from_it() -> None:
    assert "depends_on" in _known_keys(("boundaries", "orders"))
    assert _known_keys(("boundaries", "orders", "objectives", "latency")) == ["p50", "p95", "p99", "p999"]
    assert _known_keys(("nowhere", "at all")) == []


def test_the_severities_of_lint_rules_are_few() -> None:
    least = {"system": "s", "boundaries": {"orders": ORDERS}}
    manifest = Manifest.model_validate({**least, "lint": {"rules": {"pagination": "off", "string-limit": "warning"}}})
    assert manifest.lint.rules == {"pagination": "off", "string-limit": "warning"}
    assert Manifest.model_validate(least).lint.rules == {}
    wrong: list[dict[str, Any]] = [{"rules": {"pagination": "fatal"}}, {"rules": {"pagination": False}}, {"rule": {}}]
    for told in wrong:
        with pytest.raises(ValidationError):
            Manifest.model_validate({**least, "lint": told})
