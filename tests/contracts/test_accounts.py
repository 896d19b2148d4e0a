"""The doors of a contract are found: where one signs up, where one logs in, and which fields say what."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts.accounts import Role, account_fields, laid_at, log_in, repeated, sign_up, values_at
from tests.contracts.documents import contract, operation

Json = dict[str, Any]

TEXT: Json = {"type": "string"}


def _op(name: str, fields: tuple[str, ...], answer: Json | None = None, media: str = "application/json") -> Json:
    body = {"type": "object", "properties": dict.fromkeys(fields, TEXT)}
    content = {} if answer is None else {"content": {"application/json": {"schema": answer}}}
    return {
        "operationId": name,
        "requestBody": {"content": {media: {"schema": body}}},
        "responses": {"200": {"description": "", **content}},
    }


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("password", "password"),
        ("current_password", "password"),
        ("oldPassword", "password"),
        ("newPassword", "new password"),
        ("new_password", "new password"),
        ("confirmPassword", "repeated"),
        ("password_confirmation", "repeated"),
        ("new_password_confirm", "repeated"),
        ("password1", "password"),
        ("password2", "repeated"),
        ("new_password1", "new password"),
        ("new_password2", "repeated"),
        ("email", "email"),
        ("emailAddress", "email"),
        ("username", "user"),
        ("user", "user"),
        ("login", "user"),
        ("note", None),
        ("name", None),
        ("passport", None),
    ],
)
def test_what_fields_say_of_an_account(name: str, role: str | None) -> None:
    found = contract({"/a": {"post": _op("a", (name,))}})
    assert account_fields(found, operation(found, "a")).get(name) == role


def test_a_name_is_that_of_a_person_where_something_else_tells_the_account() -> None:
    found = contract(
        {
            "/a": {"post": _op("a", ("name", "password"))},
            "/b": {"post": _op("b", ("name", "email", "password"))},
        }
    )
    assert account_fields(found, operation(found, "a")) == {"name": "user", "password": "password"}
    assert account_fields(found, operation(found, "b")) == {"email": "email", "password": "password"}


def test_only_texts_say_anything() -> None:
    body = {"type": "object", "properties": {"user": {"type": "object"}, "password": {"type": "integer"}}}
    made = {"operationId": "a", "requestBody": {"content": {"application/json": {"schema": body}}}, "responses": {}}
    found = contract({"/a": {"post": {**made, "responses": {"200": {"description": ""}}}}})
    assert account_fields(found, operation(found, "a")) == {}


def _wrapped(inner: Json, **beside: Json) -> Json:
    body = {"type": "object", "properties": {"user": inner, **beside}}
    made = {"operationId": "a", "requestBody": {"content": {"application/json": {"schema": body}}}}
    return {"/users": {"post": {**made, "responses": {"200": {"description": ""}}}}}


def test_fields_are_found_in_the_one_object_around_them() -> None:
    inner = {"type": "object", "properties": {"email": TEXT, "password": TEXT, "e/mail": TEXT}}
    found = contract(_wrapped(inner))
    fields = {"user/email": "email", "user/password": "password", "user/e~1mail": "email"}
    assert account_fields(found, operation(found, "a")) == fields
    door = sign_up(found)
    assert door is not None
    assert door.fields == fields


def test_one_object_of_several_is_no_envelope() -> None:
    inner = {"type": "object", "properties": {"email": TEXT, "password": TEXT}}
    found = contract(_wrapped(inner, company={"type": "object"}))
    assert account_fields(found, operation(found, "a")) == {}
    listed = contract(_wrapped({"type": "array", "items": inner}))
    assert account_fields(listed, operation(listed, "a")) == {}


def test_values_are_read_and_laid_where_fields_are() -> None:
    body = {"user": {"email": "a", "bio": "b"}}
    assert values_at(body, ["user/email", "user/password", "email"]) == {"user/email": "a"}
    assert laid_at(body, {"user/email": "c", "user/e~1mail": "d"}) == {
        "user": {"email": "c", "bio": "b", "e/mail": "d"}
    }
    assert body == {"user": {"email": "a", "bio": "b"}}, "as it was"
    assert laid_at(None, {"user/email": "c"}) == {"user": {"email": "c"}}


def test_what_is_written_twice_is_the_new_password() -> None:
    fields: dict[str, Role] = {"old": "password", "new": "new password", "again": "repeated"}
    assert repeated(fields, {"old": "a", "new": "b", "again": "c"}) == {"old": "a", "new": "b", "again": "b"}
    assert repeated(fields, {"old": "a", "again": "c"}) == {"old": "a", "again": "a"}
    assert repeated(fields, {"again": "c"}) == {"again": "c"}
    assert repeated(fields, {"old": "a"}) == {"old": "a"}


@pytest.mark.parametrize("path", ["/register", "/auth/signup", "/users", "/accounts", "/customers"])
def test_a_sign_up_makes_accounts_with_a_password(path: str) -> None:
    found = contract({path: {"post": _op("make", ("email", "password"))}})
    door = sign_up(found)
    assert door is not None
    assert (door.operation.id, door.media_type, door.fields) == (
        "make",
        "application/json",
        {"email": "email", "password": "password"},
    )


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/orders", ("email", "password")),
        ("/users", ("email",)),
        ("/users", ("password",)),
        ("/users/{id}", ("email", "password")),
        ("/login", ("email", "password")),
        ("/users", ("email", "password", "new_password")),
    ],
)
def test_nothing_else_does(path: str, fields: tuple[str, ...]) -> None:
    assert sign_up(contract({path: {"post": _op("make", fields)}})) is None


def test_what_says_that_it_signs_up_goes_first() -> None:
    fields = ("username", "password")
    found = contract({"/users": {"post": _op("invite", fields)}, "/register": {"post": _op("register", fields)}})
    door = sign_up(found)
    assert door is not None
    assert door.operation.id == "register"


@pytest.mark.parametrize(
    ("answer", "token"),
    [
        ({"properties": {"access_token": TEXT, "token_type": TEXT}}, "$.access_token"),
        ({"properties": {"data": {"properties": {"authToken": TEXT}}}}, "$.data.authToken"),
        ({"properties": {"token": TEXT, "user": {"properties": {"id": TEXT}}}}, "$.token"),
        ({"properties": {"ok": TEXT}}, ""),
        (None, ""),
    ],
)
def test_a_login_tells_where_its_token_is(answer: Json | None, token: str) -> None:
    found = contract({"/auth/login": {"post": _op("enter", ("username", "password"), answer)}})
    door = log_in(found)
    assert door is not None
    assert (door.operation.id, door.token) == ("enter", token)


def test_a_login_may_take_a_form() -> None:
    form = "application/x-www-form-urlencoded"
    door = log_in(contract({"/token": {"post": _op("token", ("username", "password", "scope"), media=form)}}))
    assert door is not None
    assert door.media_type == form


def test_where_there_is_no_login() -> None:
    assert log_in(contract({"/orders": {"post": _op("order", ("username", "password"))}})) is None
    assert (
        log_in(contract({"/login": {"get": {"operationId": "page", "responses": {"200": {"description": ""}}}}}))
        is None
    )
