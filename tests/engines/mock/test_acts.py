"""What operations do to resources, where the contract makes it less plain than in the shop."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock.kinds import Role
from tests.contracts.documents import contract
from tests.engines.mock.conversation import Talk, answers, body, operation

NUMBERED = {
    "type": "object",
    "required": ["name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "tags": {"type": "array", "items": {}}},
}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
NAMED = {"type": "object", "required": ["username"], "properties": {"username": {"type": "string"}, "n": {}}}
BY_NAME = {"name": "username", "in": "path", "required": True, "schema": {"type": "string"}}


def api(paths: dict[str, Any]) -> Talk:
    return Talk(contract(paths))


def pets(**more: Any) -> Talk:
    """Pets whose ids are numbers; `more` are further methods of one pet."""
    return api(
        {
            "/pets": {
                "get": {"responses": answers(s200={"type": "array", "items": NUMBERED})},
                "post": {"requestBody": body(NUMBERED), "responses": answers(s200=NUMBERED)},
            },
            "/pets/{id}": {
                "parameters": [ID],
                "get": {"responses": answers(s200=NUMBERED, s404=None)},
                **more,
            },
        }
    )


def test_numbers_follow_each_other_whatever_an_example_says() -> None:
    mock = pets()
    first, second, third = (mock.ask("POST", "/pets", {"name": "rex", "id": 10}).json["id"] for _ in range(3))
    assert first == 10, "a number that is free may be chosen"
    assert (second, third) == (11, 12)
    assert mock.ask("POST", "/pets", {"name": "rex", "id": 0}).json["id"] == 13, "0 is what clients send for none"


def test_an_id_is_never_given_again() -> None:
    mock = pets(delete={"responses": answers(s204=None)})
    first = mock.ask("POST", "/pets", {"name": "rex"}).json["id"]
    mock.ask("DELETE", f"/pets/{first}")
    assert mock.ask("POST", "/pets", {"name": "rex"}).json["id"] == first + 1


def users(*statuses: str) -> Talk:
    declared = {status: {"description": ""} for status in statuses}
    return api(
        {
            "/users": {"post": {"requestBody": body(NAMED), "responses": {**answers(s201=NAMED), **declared}}},
            "/users/{username}": {
                "parameters": [BY_NAME],
                "get": {"responses": answers(s200=NAMED, s404=None)},
                "put": {"requestBody": body(NAMED), "responses": answers(s200=NAMED, s201=NAMED)},
            },
        }
    )


def test_a_name_that_is_taken_is_a_conflict_where_the_contract_has_one() -> None:
    mock = users("409")
    assert mock.ask("POST", "/users", {"username": "ann", "n": 1}).status == 201
    taken = mock.ask("POST", "/users", {"username": "ann", "n": 2})
    assert (taken.status, taken.json["detail"]) == (409, "users 'ann' exists already")
    assert mock.ask("GET", "/users/ann").json["n"] == 1
    lax = users()
    lax.ask("POST", "/users", {"username": "ann", "n": 1})
    assert lax.ask("POST", "/users", {"username": "ann", "n": 2}).status == 201


def test_a_put_makes_what_is_not_there_where_the_contract_has_a_201() -> None:
    mock = users()
    made = mock.ask("PUT", "/users/bob", {"username": "bob", "n": 1})
    assert (made.status, made.header("location")) == (201, "http://mock.test/users/bob")
    assert mock.ask("PUT", "/users/bob", {"username": "other", "n": 2}).status == 200
    assert mock.ask("GET", "/users/bob").json == {"username": "bob", "n": 2}, "the path says who it is"


def test_json_patches_are_applied_or_refused_whole() -> None:
    patch = {"requestBody": body({"type": "array"}, media_type="application/json-patch+json")}
    mock = pets(patch={**patch, "responses": answers(s200=NUMBERED, s409=None)})
    pet = mock.ask("POST", "/pets", {"name": "rex", "tags": ["a"]}).json
    path, kind = f"/pets/{pet['id']}", "application/json-patch+json"
    added = mock.ask("PATCH", path, [{"op": "add", "path": "/tags/-", "value": "b"}], media_type=kind)
    assert added.json["tags"] == ["a", "b"]
    wrong = mock.ask("PATCH", path, [{"op": "test", "path": "/name", "value": "max"}], media_type=kind)
    assert (wrong.status, wrong.json["errors"][0]["pointer"]) == (409, "/body/name")
    assert mock.ask("PATCH", path, [{"op": "remove", "path": "/name"}], media_type=kind).status == 409
    assert mock.ask("GET", path).json == added.json


def test_deleting_what_is_not_there_is_no_failure_where_the_contract_has_none() -> None:
    mock = pets(delete={"responses": answers(s204=None)})
    assert mock.ask("DELETE", "/pets/4711").status == 204
    first = mock.ask("GET", "/pets").json[0]["id"]
    assert mock.ask("DELETE", f"/pets/{first}").status == 204
    assert mock.ask("DELETE", f"/pets/{first}").status == 204
    assert mock.ask("GET", f"/pets/{first}").status == 404


def test_an_answer_may_say_that_it_is_deleted() -> None:
    notice = {
        "type": "object",
        "required": ["id", "deleted"],
        "properties": {"id": {"type": "integer"}, "deleted": {"type": "boolean"}, "object": {"type": "string"}},
    }
    mock = pets(delete={"responses": answers(s200=notice)})
    first = mock.ask("GET", "/pets").json[0]["id"]
    gone = mock.ask("DELETE", f"/pets/{first}").json
    assert (gone["id"], gone["deleted"]) == (first, True)


def test_bodies_that_name_their_resource_change_it_on_the_collection() -> None:
    listed = {"type": "array", "items": NUMBERED}
    mock = api(
        {
            "/pets": {
                "get": {"responses": answers(s200=listed)},
                "put": {"requestBody": body(NUMBERED), "responses": answers(s200=NUMBERED, s404=None)},
                "patch": {"requestBody": body(listed), "responses": answers(s200=listed, s404=None)},
                "delete": {
                    "parameters": [{"name": "ids", "in": "query", "schema": {"type": "string"}}],
                    "responses": answers(s204=None),
                },
            },
            "/pets/{id}": {"parameters": [ID], "get": {"responses": answers(s200=NUMBERED, s404=None)}},
        }
    )
    a, b, c = (pet["id"] for pet in mock.ask("GET", "/pets").json[:3])
    assert mock.ask("PUT", "/pets", {"id": a, "name": "max"}).json == {"id": a, "name": "max"}
    assert mock.ask("PUT", "/pets", {"id": 99, "name": "max"}).status == 404
    new = mock.ask("PUT", "/pets", {"name": "new"}).json["id"]
    assert mock.ask("GET", f"/pets/{new}").json["name"] == "new"
    both = mock.ask("PATCH", "/pets", [{"id": a, "name": "x"}, {"id": b, "name": "y"}]).json
    assert [pet["name"] for pet in both] == ["x", "y"]
    assert mock.ask("PATCH", "/pets", [{"id": a, "name": "z"}, {"id": 98, "name": "z"}]).status == 404
    assert mock.ask("GET", f"/pets/{a}").json["name"] == "x", "all of it or nothing"
    mock.ask("DELETE", f"/pets?ids={a},{b}")
    assert [pet["id"] for pet in mock.ask("GET", "/pets").json] == [c, new]
    mock.ask("DELETE", "/pets?ids=4711")
    assert len(mock.ask("GET", "/pets").json) == 2
    mock.ask("DELETE", "/pets")
    assert mock.ask("GET", "/pets").json == []


def test_several_are_made_at_once() -> None:
    listed = {"type": "array", "items": NUMBERED}
    mock = api(
        {
            "/pets": {
                "get": {"responses": answers(s200=listed)},
                "post": {"requestBody": body(listed), "responses": answers(s201=listed)},
            }
        }
    )
    made = mock.ask("POST", "/pets", [{"name": "a"}, {"name": "b"}]).json
    assert [pet["name"] for pet in made] == ["a", "b"]
    assert mock.ask("GET", "/pets").json[-2:] == made


@pytest.mark.parametrize(
    ("verb", "schema", "expected"),
    [
        ("publish", {"state": {"type": "string", "enum": ["draft", "published"]}}, {"state": "published"}),
        ("archive", {"archived": {"type": "boolean"}}, {"archived": True}),
        ("cancel", {"isCancelled": {"type": "boolean"}}, {"isCancelled": True}),
        ("look", {"state": {"type": "string", "enum": ["draft", "published"]}}, None),
    ],
)
def test_acts_change_the_state_that_their_verb_names(verb: str, schema: Any, expected: Any) -> None:
    page = {"type": "object", "required": ["id", *schema], "properties": {"id": {"type": "string"}, **schema}}
    where = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]}
    mock = api(
        {
            "/pages/{id}": {**where, "get": {"responses": answers(s200=page)}},
            f"/pages/{{id}}/{verb}": {**where, "post": {"responses": answers(s200=page)}},
        }
    )
    before = mock.ask("GET", "/pages/p").json
    assert mock.ask("POST", f"/pages/p/{verb}").json == {**before, **(expected or {})}
    assert mock.ask("GET", "/pages/p").json == {**before, **(expected or {})}


@pytest.mark.parametrize(("method", "verb"), [("delete", "destroy_with_all"), ("post", "delete")])
def test_a_verb_may_be_the_end(method: str, verb: str) -> None:
    where = {"parameters": [ID], "responses": answers(s204=None, s404=None)}
    mock = api(
        {
            "/pets": {"post": {"requestBody": body(NUMBERED), "responses": answers(s201=NUMBERED)}},
            "/pets/{id}": {"parameters": [ID], "get": {"responses": answers(s200=NUMBERED, s404=None)}},
            f"/pets/{{id}}/{verb}": {method: where},
        }
    )
    new = mock.ask("POST", "/pets", {"name": "rex"}).json["id"]
    assert mock.ask(method.upper(), f"/pets/{new}/{verb}").status == 204
    assert mock.ask("GET", f"/pets/{new}").status == 404
    assert mock.ask(method.upper(), f"/pets/{new}/{verb}").status == 404


def test_what_cannot_be_said_to_be_absent_is_shown_as_deleted() -> None:
    states = {"type": "string", "enum": ["ACTIVE", "DELETING", "DELETED"]}
    account = {"type": "object", "properties": {"id": {"type": "integer"}, "status": states}}
    one = {"parameters": [ID], "responses": answers(s200=account)}
    mock = api(
        {
            "/accounts": {"get": {"responses": answers(s200={"type": "array", "items": account})}},
            "/accounts/{id}": {"get": one, "delete": one},
        }
    )
    assert mock.ask("DELETE", "/accounts/1").json == {"id": 1, "status": "DELETED"}
    assert mock.ask("GET", "/accounts/1").json == {"id": 1, "status": "DELETED"}


@pytest.mark.parametrize("flag", ["favorited", "following"])
def test_a_deleted_act_is_undone(flag: str) -> None:
    post = {
        "type": "object",
        "required": ["id", flag],
        "properties": {"id": {"type": "integer"}, flag: {"type": "boolean"}},
    }
    verb = {"favorited": "favorite", "following": "follow"}[flag]
    doing = {"parameters": [ID], "responses": answers(s200=post)}
    mock = api(
        {
            "/posts/{id}": {"parameters": [ID], "get": {"responses": answers(s200=post)}},
            f"/posts/{{id}}/{verb}": {"post": doing, "delete": doing},
        }
    )
    assert mock.ask("POST", f"/posts/7/{verb}").json[flag] is True
    assert mock.ask("DELETE", f"/posts/7/{verb}").json[flag] is False
    assert mock.ask("GET", "/posts/7").json[flag] is False


def test_an_act_whose_answer_is_something_else_repeats_what_was_sent() -> None:
    paid = {
        "type": "object",
        "required": ["orderId", "amount", "receipt"],
        "properties": {"orderId": {"type": "integer"}, "amount": {"type": "integer"}, "receipt": {"type": "string"}},
    }
    order = {"type": "object", "properties": {"id": {"type": "integer"}, "item": {"type": "string"}}}
    sent = {"type": "object", "properties": {"amount": {"type": "integer"}}}
    mock = api(
        {
            "/orders/{id}": {"parameters": [ID], "get": {"responses": answers(s200=order)}},
            "/orders/{id}/payment": {
                "parameters": [ID],
                "post": {"requestBody": body(sent), "responses": answers(s200=paid)},
            },
        }
    )
    receipt = mock.ask("POST", "/orders/7/payment", {"amount": 250}).json
    assert (receipt["orderId"], receipt["amount"]) == (7, 250)


def test_a_call_repeats_what_was_sent_and_is_the_same_again() -> None:
    session = {"type": "object", "required": ["user", "token"], "properties": {"user": {}, "token": {"type": "string"}}}
    mock = api({"/login": {"post": {"requestBody": body({"type": "object"}), "responses": answers(s200=session)}}})
    first = mock.ask("POST", "/login", {"user": "ann", "password": "x"}).json
    assert first["user"] == "ann"
    assert "password" not in first
    assert mock.ask("POST", "/login", {"user": "ann", "password": "x"}).json == first


def test_versions_are_held_where_the_contract_has_them() -> None:
    tag = {"name": "If-Match", "in": "header", "schema": {"type": "string"}}
    seen = {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}
    mock = pets(
        put={
            "parameters": [tag],
            "requestBody": body(NUMBERED),
            "responses": answers(s200=NUMBERED, s404=None, s412=None),
        },
        head={"parameters": [seen], "responses": answers(s200=None, s304=None)},
    )
    path = f"/pets/{mock.ask('GET', '/pets').json[0]['id']}"
    etag = mock.ask("GET", path).header("etag")
    assert etag
    assert mock.ask("HEAD", path, headers={"If-None-Match": etag}).status == 304
    assert mock.ask("PUT", path, {"name": "a"}, headers={"If-Match": etag}).status == 200
    assert mock.ask("PUT", path, {"name": "b"}, headers={"If-Match": etag}).status == 412
    assert mock.ask("PUT", path, {"name": "b"}, headers={"If-Match": "*"}).status == 200
    assert mock.ask("GET", path).json["name"] == "b"


def test_a_part_of_a_single_resource_may_be_asked_for() -> None:
    members = {
        "type": "object",
        "required": ["members"],
        "properties": {"members": {"type": "array", "items": {"type": "string"}, "minItems": 3}},
    }
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    lax = {
        **members,
        "properties": {"members": {"type": "array", "items": {"type": "string"}, "example": ["a", "b", "c"]}},
    }
    mock = api({"/team": {"get": {"parameters": [limit], "responses": answers(s200=lax)}}})
    assert mock.ask("GET", "/team?limit=2").json == {"members": ["a", "b"]}
    assert mock.ask("GET", "/team").json == {"members": ["a", "b", "c"]}


def test_ids_that_are_asked_for_by_name_are_there_where_nobody_lists_them() -> None:
    ids = {"name": "ids", "in": "query", "required": True, "schema": {"type": "string"}}
    listed = {"type": "object", "required": ["albums"], "properties": {"albums": {"type": "array", "items": NUMBERED}}}
    mock = api(
        {
            "/albums": {"get": {"parameters": [ids], "responses": answers(s200=listed)}},
            "/albums/{id}": {"parameters": [ID], "get": {"responses": answers(s200=NUMBERED)}},
        }
    )
    albums = mock.ask("GET", "/albums?ids=7,9").json["albums"]
    assert [album["id"] for album in albums] == [7, 9]
    assert mock.ask("GET", "/albums/9").json == albums[1]


def test_a_contract_that_tells_nothing_of_its_resources_gets_an_id_all_the_same() -> None:
    free: dict[str, Any] = {"type": "object"}
    where = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    mock = api(
        {
            "/notes": {"post": {"requestBody": body(free), "responses": answers(s201=free)}},
            "/notes/{id}": {"parameters": [where], "get": {"responses": answers(s200=free, s404=None)}},
        }
    )
    made = mock.ask("POST", "/notes", {"text": "x"}).json
    assert made["text"] == "x"
    assert mock.ask("GET", f"/notes/{made['id']}").json == made
    assert mock.ask("POST", "/notes", {"id": "mine"}).json["id"] == "mine"
    assert mock.ask("GET", "/notes/mine").status == 200


def test_where_no_id_is_left_nothing_is_made() -> None:
    few = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1, "maximum": 4}}
    mock = api(
        {
            "/pets": {"post": {"requestBody": body(NUMBERED), "responses": answers(s201=NUMBERED, s400=None)}},
            "/pets/{id}": {"parameters": [few], "get": {"responses": answers(s200=NUMBERED, s404=None)}},
        }
    )
    made = [mock.ask("POST", "/pets", {"name": "rex"}) for _ in range(5)]
    assert {answer.status for answer in made} == {201, 400}
    assert "every id" in made[-1].json["detail"]


def test_a_search_for_what_it_must_be_told_finds_something() -> None:
    trip = {
        "type": "object",
        "required": ["id", "origin"],
        "properties": {"id": {"type": "integer"}, "origin": {"type": "string"}},
    }
    origin = {"name": "origin", "in": "query", "required": True, "schema": {"type": "string"}}
    mock = api(
        {"/trips": {"get": {"parameters": [origin], "responses": answers(s200={"type": "array", "items": trip})}}}
    )
    found = mock.ask("GET", "/trips?origin=Ulm").json
    assert found
    assert {each["origin"] for each in found} == {"Ulm"}
    assert mock.ask("GET", "/trips?origin=Ulm").json == found


def test_roles_are_those_of_the_contract() -> None:
    mock = pets()
    part = mock.mock.resources.part(operation(mock.contract, "get_pets"))
    assert part.role is Role.LIST


def test_a_listing_by_ids_shows_whatever_may_be_read() -> None:
    listed = {"type": "array", "items": NUMBERED}
    by_ids = {"name": "ids", "in": "query", "required": True, "schema": {"type": "string"}}
    mock = api(
        {
            "/pets": {"get": {"parameters": [by_ids], "responses": answers(s200=listed)}},
            "/pets/{id}": {"parameters": [ID], "get": {"responses": answers(s200=NUMBERED)}},
            "/pets/best": {"get": {"responses": answers(s200=listed)}},
        }
    )
    assert mock.ask("GET", "/pets/best").json
    assert [pet["id"] for pet in mock.ask("GET", "/pets?ids=47,11").json] == [47, 11]


def test_what_was_there_from_the_beginning_gives_way_where_the_contract_has_no_conflict() -> None:
    def named(*statuses: str) -> Talk:
        example = {"username": "bo", "n": 1}
        declared = {status: {"description": ""} for status in statuses}
        shown = {"200": {"description": "", "content": {"application/json": {"schema": NAMED, "example": example}}}}
        return api(
            {
                "/users": {"post": {"requestBody": body(NAMED), "responses": {**answers(s201=NAMED), **declared}}},
                "/users/{username}": {
                    "parameters": [BY_NAME],
                    "get": {"responses": {**shown, "404": {"description": ""}}},
                },
            }
        )

    lenient, strict = named("400"), named("400", "409")
    assert lenient.ask("GET", "/users/bo").status == strict.ask("GET", "/users/bo").status == 200
    assert lenient.ask("POST", "/users", {"username": "bo", "n": 2}).status == 201
    assert lenient.ask("GET", "/users/bo").json["n"] == 2
    assert lenient.ask("POST", "/users", {"username": "bo"}).status == 400, "now it is the client's"
    assert strict.ask("POST", "/users", {"username": "bo"}).status == 409


def test_what_it_must_have_and_nobody_sent_survives_a_put() -> None:
    shown = {
        "type": "object",
        "required": ["id", "reason"],
        "properties": {"id": {"type": "integer"}, "reason": {"type": "string"}, "text": {"type": "string"}},
    }
    sent = {"type": "object", "properties": {"reason": {"type": "string"}, "text": {"type": "string"}}}
    mock = api(
        {
            "/posts": {"get": {"responses": answers(s200={"type": "array", "items": shown})}},
            "/posts/{id}": {
                "parameters": [ID],
                "get": {"responses": answers(s200=shown, s404=None)},
                "put": {"requestBody": body(sent), "responses": answers(s200=shown, s404=None)},
            },
        }
    )
    reason = mock.ask("GET", "/posts/1").json["reason"]
    for _ in range(2):
        assert mock.ask("PUT", "/posts/1", {"text": "a"}).json == {"id": 1, "reason": reason, "text": "a"}


def test_a_single_resource_that_cannot_be_absent_is_emptied() -> None:
    shown = {
        "type": "object",
        "required": ["mode"],
        "properties": {"mode": {"type": "string"}, "note": {"type": "string"}},
    }
    mock = api(
        {
            "/settings": {
                "get": {"responses": answers(s200=shown)},
                "put": {"requestBody": body(shown), "responses": answers(s200=shown)},
                "delete": {"responses": answers(s204=None)},
            }
        }
    )
    mock.ask("PUT", "/settings", {"mode": "on", "note": "mine"})
    assert mock.ask("DELETE", "/settings").status == 204
    left = mock.ask("GET", "/settings")
    assert left.status == 200
    assert left.json["mode"] != "on"
    assert left.json.get("note") != "mine"


def test_a_list_takes_the_place_of_no_object() -> None:
    told = {"type": "object", "properties": {"theme": {"type": "string"}}}
    mock = api(
        {
            "/settings": {
                "get": {"responses": answers(s200=told)},
                "put": {"requestBody": body({"type": "array", "items": {}}), "responses": answers(s200=told)},
            }
        }
    )
    before = mock.ask("GET", "/settings").json
    assert mock.ask("PUT", "/settings", [{"op": "replace"}]).json == before


def test_times_are_no_cursors() -> None:
    when = {"type": "string", "format": "date-time"}
    asked = [
        {"name": "after", "in": "query", "schema": when},
        {"name": "limit", "in": "query", "schema": {"type": "integer"}},
    ]
    mock = api(
        {"/events": {"get": {"parameters": asked, "responses": answers(s200={"type": "array", "items": NUMBERED})}}}
    )
    everything = mock.ask("GET", "/events").json
    assert mock.ask("GET", "/events?after=2020-01-01T00:00:00Z").json == everything
    assert mock.ask("GET", "/events?limit=1&after=2020-01-01T00:00:00Z").json == everything[:1]
