"""A boundary with all that the manifest says around it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from seamwright.model.identity import ANYONE
from seamwright.model.manifest import Manifest
from seamwright.model.operation import Contract, Operation, Parameter, SecurityScheme
from seamwright.model.subject import Subject

OPERATIONS = ("listOrders", "createOrder", "getOrder", "deleteAll", "wipe")


def subject(**rest: Any) -> Subject:
    api = {"kind": "http", "url": "http://h", "exclude": ["deleteAll"], "reset": {"operation": "wipe"}}
    manifest = Manifest.model_validate({"system": "s", "boundaries": {"api": api, "other": {**api}}, **rest})
    operations = tuple(Operation(name, "GET", f"/{name}") for name in OPERATIONS)
    contract = Contract("openapi", "t", "1", "3.1", "x", "d", operations, {}, {})
    return Subject(manifest.boundaries["api"], contract, manifest)


PEOPLE = {
    "nobody": {"roles": ["customer"]},
    "elsewhere": {"token": "t", "roles": ["customer"], "boundaries": ["other"]},
    "meant-for-another": {"token": "t", "roles": ["customer"], "audience": "other"},
    "admin": {"token": "t", "roles": ["admin"]},
    "alice": {"token": "t", "roles": ["customer"]},
    "bob": {"token": "t", "roles": ["customer"], "boundaries": ["api"]},
}
POLICY = [
    {"roles": ["customer"], "may": ["createOrder", "getOrder"], "owning": "order"},
    {"roles": ["customer"], "may": ["api.listOrders"]},
    {"roles": ["admin"], "may": ["*"]},
]


def operation(given: Subject, name: str) -> Operation:
    assert given.contract is not None
    found = given.contract.operation(name)
    assert found is not None
    return found


def test_what_could_not_be_read_of_a_contract_is_kept_back_by_name() -> None:
    given = subject()
    assert given.contract is not None
    far = replace(given, contract=replace(given.contract, left_out={"far": "it lies elsewhere"}))
    assert far.kept_back["far"] == "it lies elsewhere"
    assert far.operations == given.operations


def test_operations_that_are_excluded_or_put_data_back_are_kept_from_checks() -> None:
    assert [o.id for o in subject().operations] == ["listOrders", "createOrder", "getOrder"]


@pytest.mark.parametrize(
    ("method", "path", "kept"),
    [
        ("DELETE", "/me", True),
        ("PATCH", "/users/me", True),
        ("PUT", "/account", True),
        ("POST", "/auth/log-out", True),
        ("PUT", "/users/{name}/password", True),
        ("POST", "/password-recovery/{email}", True),
        ("POST", "/reset-password", True),
        ("GET", "/me", False),
        ("POST", "/accounts", False),
        ("PATCH", "/accounts/{id}", False),
        ("DELETE", "/profile/{id}/photos/{photo}", False),
        ("POST", "/login", False),
    ],
)
def test_what_would_take_the_identities_away_is_kept_back_until_it_is_allowed(
    method: str, path: str, kept: bool
) -> None:
    given = subject()
    assert given.contract is not None
    parameters = tuple(
        Parameter(name, "path", True, {"type": "string"}, "simple", False) for name in re.findall(r"{(\w+)}", path)
    )
    own = replace(given.contract, operations=(Operation("own", method, path, parameters),))
    assert ("own" in replace(given, contract=own).kept_back) is kept
    allowing = given.boundary.model_copy(update={"allow": ("own",)})
    assert replace(given, contract=own, boundary=allowing).kept_back == {}


def test_without_a_contract_there_are_no_operations() -> None:
    given = subject()
    assert Subject(given.boundary, None, given.manifest).operations == ()


def test_identities_are_those_with_credentials_for_this_boundary() -> None:
    given = subject(identities=PEOPLE)
    assert [i.name for i in given.identities] == ["admin", "alice", "bob"]
    assert [i.name for i in given.misdirected] == ["meant-for-another"]


def test_what_the_policy_does_not_allow_is_denied() -> None:
    given = subject(identities=PEOPLE, policy=POLICY)
    people = {i.name: i for i in given.identities}

    assert given.allowed(people["alice"], operation(given, "getOrder")) is True
    assert given.allowed(people["alice"], operation(given, "listOrders")) is True
    assert given.allowed(people["alice"], operation(given, "deleteAll")) is False
    assert given.allowed(people["admin"], operation(given, "deleteAll")) is True
    denied = given.denied(operation(given, "deleteAll"))
    assert denied is not None
    assert denied.name == "alice"
    assert given.denied(operation(given, "getOrder")) is None


def test_without_a_policy_nothing_is_said() -> None:
    given = subject(identities=PEOPLE)
    assert given.allowed(given.identities[0], operation(given, "getOrder")) is None
    assert given.honest(operation(given, "getOrder")) is given.identities[0]
    assert given.denied(operation(given, "getOrder")) is None
    assert given.pair(operation(given, "getOrder")) is None


def test_the_honest_caller_is_one_whom_the_policy_allows() -> None:
    given = subject(identities={k: PEOPLE[k] for k in ("alice",)}, policy=POLICY)
    assert given.honest(operation(given, "deleteAll")) is ANYONE, "the contract leaves it open"
    assert given.honest(replace(operation(given, "deleteAll"), security=(frozenset({"bearer"}),))) is None
    honest = given.honest(operation(given, "getOrder"))
    assert honest is not None
    assert honest.name == "alice"


def test_private_objects_have_two_owners_of_one_role() -> None:
    given = subject(identities=PEOPLE, policy=POLICY)
    pair = given.pair(operation(given, "getOrder"))
    assert pair is not None
    assert [i.name for i in pair] == ["alice", "bob"]
    assert given.private(operation(given, "getOrder"))
    assert not given.private(operation(given, "listOrders"))
    assert given.pair(operation(given, "listOrders")) is None


@pytest.mark.parametrize(
    ("url", "servers", "base"),
    [
        ("http://h:1", (), "http://h:1"),
        ("http://h:1/", (), "http://h:1"),
        ("http://h:1", ("/v1/",), "http://h:1/v1"),
        ("http://h:1", ("https://elsewhere.example/v2",), "http://h:1/v2"),
        ("http://h:1/v3/", ("/v1",), "http://h:1/v3"),
        ("http://h:1", ("https://elsewhere.example",), "http://h:1"),
    ],
)
def test_the_boundary_decides_about_the_host_and_the_contract_about_the_path(
    url: str, servers: tuple[str, ...], base: str
) -> None:
    given = subject()
    assert given.contract is not None
    boundary = given.boundary.model_copy(update={"url": url})
    assert Subject(boundary, replace(given.contract, servers=servers), given.manifest).base_url == base
    assert Subject(boundary, None, given.manifest).base_url == url.rstrip("/")


def _logins(**identities: dict[str, Any]) -> dict[str, Any]:
    given = subject(identities=identities)
    return {o.id: [dict(body) for body in given.logins(o)] for o in given.operations if given.logins(o)}


def test_the_operation_that_somebody_logs_in_through_has_a_body_for_each_of_them() -> None:
    alice, bob = ({"login": {"operation": "createOrder", "body": {"user": name}}} for name in ("alice", "bob"))
    assert _logins(alice=alice, bob=bob) == {"createOrder": [{"user": "alice"}, {"user": "bob"}]}


def test_a_login_at_another_boundary_is_none_here() -> None:
    login = {"operation": "createOrder", "boundary": "other", "body": {"user": "alice"}}
    assert _logins(alice={"login": login}) == {}


def test_a_token_endpoint_that_is_an_operation_has_its_form() -> None:
    client = {"token_url": "http://h/createOrder", "client_id": "reports", "client_secret": "s3cret"}
    form = {"grant_type": "client_credentials", "client_id": "reports", "client_secret": "s3cret"}
    assert _logins(reports={"oauth2": client}) == {"createOrder": [form]}
    assert _logins(reports={"oauth2": {**client, "scope": "read"}}) == {"createOrder": [{**form, "scope": "read"}]}
    assert _logins(reports={"oauth2": {**client, "token_url": "http://elsewhere/createOrder"}}) == {}


def test_what_ends_its_caller_is_told_from_what_is_excluded_and_what_wipes_everything() -> None:
    given = subject()
    assert given.contract is not None
    made = [("me", "/me"), ("wiped", "/reset-all"), ("deleteAll", "/users/me")]
    operations = tuple(Operation(name, "DELETE", path) for name, path in made)
    given = replace(given, contract=replace(given.contract, operations=operations))
    assert [operation.id for operation in given.account_operations] == ["me"]
    assert set(given.kept_back) == {"me", "wiped", "deleteAll"}
    assert "wipe the whole system" in given.kept_back["wiped"]
    allowing = replace(given, boundary=given.boundary.model_copy(update={"allow": ("me", "wiped")}))
    assert (allowing.account_operations, set(allowing.kept_back)) == ((), {"deleteAll"})


def test_the_honest_caller_has_credentials_of_the_kind_that_is_asked_for() -> None:
    people = {
        "token": {"token": "t"},
        "key": {"api_key": {"value": "k"}},
        "other-key": {"api_key": {"value": "k", "name": "X-Other", "location": "header"}},
        "basic": {"basic": {"user": "u", "password": "p"}},
    }
    given = subject(identities=people)
    assert given.contract is not None
    schemes = {
        "bearer": SecurityScheme("bearer", "http", "bearer"),
        "basic": SecurityScheme("basic", "http", "Basic"),
        "key": SecurityScheme("key", "apiKey", location="header", parameter="X-Key"),
        "other": SecurityScheme("other", "apiKey", location="header", parameter="x-other"),
        "oauth": SecurityScheme("oauth", "oauth2"),
        "tls": SecurityScheme("tls", "mutualTLS"),
    }
    given = replace(given, contract=replace(given.contract, schemes=schemes))

    def caller(*security: set[str]) -> str:
        asked = replace(operation(given, "getOrder"), security=tuple(frozenset(one) for one in security))
        honest = given.honest(asked)
        assert honest is not None
        return honest.name

    assert caller({"bearer"}) == "token"
    assert caller({"basic"}) == "basic"
    assert caller({"key"}) == "key"
    assert caller({"oauth"}) == "token"
    assert caller({"tls"}, {"basic"}) == "basic"
    assert caller({"tls"}) == "token", "nobody has that, and the first is as good as any"
