"""What is there from the beginning, and what is made when somebody asks for it."""

from __future__ import annotations

from typing import Any

from tests.contracts.documents import contract
from tests.engines.mock.conversation import Talk, answers, body

USER = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
NOTE = {
    "type": "object",
    "required": ["id", "userId"],
    "properties": {"id": {"type": "integer"}, "userId": {"type": "integer"}, "text": {"type": "string"}},
}


def where(name: str, kind: str = "integer") -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


def users(*, made: bool = True) -> Talk:
    """Users with notes, which are also shown all together; with `made` clients write notes, else the server alone."""
    listed = {"get": {"responses": answers(s200={"type": "array", "items": NOTE}, s404=None)}}
    post = {"post": {"requestBody": body(NOTE), "responses": answers(s201=NOTE, s404=None)}}
    return Talk(
        contract(
            {
                "/notes": listed,
                "/users/{id}/notes": {"parameters": [where("id")], **listed, **(post if made else {})},
                "/users": {
                    "get": {"responses": answers(s200={"type": "array", "items": USER})},
                    "post": {"requestBody": body({"type": "object"}), "responses": answers(s201=USER)},
                },
                "/users/{id}": {
                    "parameters": [where("id")],
                    "get": {"responses": answers(s200=USER, s404=None)},
                    "delete": {"responses": answers(s204=None, s404=None)},
                },
            }
        )
    )


def test_first_resources_lie_below_first_parents_whatever_is_asked_first() -> None:
    one, other = users(), users()
    everything = one.ask("GET", "/notes").json
    below = [note for user in (1, 2, 3) for note in other.ask("GET", f"/users/{user}/notes").json]
    assert below
    assert sorted(map(str, below)) == sorted(str(n) for n in everything if n in below)
    assert {note["userId"] for note in below} == {1, 2, 3}
    assert len({note["id"] for note in everything}) == len(everything)
    assert other.ask("GET", "/notes").json == everything


def test_a_parent_that_a_client_made_begins_empty() -> None:
    mock = users()
    new = mock.ask("POST", "/users", {"name": "ann"}).json["id"]
    assert mock.ask("GET", f"/users/{new}/notes").json == []
    assert mock.ask("GET", "/users/999/notes").status == 404


def test_what_only_the_server_makes_is_there_for_every_parent() -> None:
    mock = users(made=False)
    new = mock.ask("POST", "/users", {"name": "ann"}).json["id"]
    assert mock.ask("GET", f"/users/{new}/notes").json


def test_below_what_was_deleted_nothing_is_there() -> None:
    mock = users()
    assert mock.ask("DELETE", "/users/1").status == 204
    assert mock.ask("GET", "/users/1/notes").status == 404


def test_where_nobody_lists_the_parents_each_has_its_own() -> None:
    mock = Talk(
        contract(
            {
                "/repos/{owner}/notes": {
                    "parameters": [where("owner", "string")],
                    "get": {"responses": answers(s200={"type": "array", "items": USER})},
                },
                "/teams/{team}": {
                    "parameters": [where("team", "string")],
                    "get": {"responses": answers(s200=USER, s404=None)},
                    "delete": {"responses": answers(s204=None, s404=None)},
                },
            }
        )
    )
    a = mock.ask("GET", "/repos/a/notes").json
    assert a
    assert mock.ask("GET", "/repos/b/notes").json != a
    assert mock.ask("GET", "/repos/a/notes").json == a
    assert mock.ask("GET", "/teams/red").status == 200, "no operation tells which there are"
    assert mock.ask("DELETE", "/teams/red").status == 204
    assert mock.ask("GET", "/teams/red").status == 404


def test_a_contract_that_cannot_say_no_says_yes_until_it_is_deleted() -> None:
    paths = {
        "/users": {"get": {"responses": answers(s200={"type": "array", "items": USER})}},
        "/users/{id}": {
            "parameters": [where("id")],
            "get": {"responses": answers(s200=USER)},
            "delete": {"responses": answers(s204=None)},
        },
    }
    mock = Talk(contract(paths))
    assert mock.ask("GET", "/users/4711").json["id"] == 4711
    assert mock.ask("DELETE", "/users/4711").status == 204
    assert mock.ask("GET", "/users/4711", undeclared=True).status == 404


def filed() -> Talk:
    """Orders that are made and changed in one place, and shown under users too."""
    order = {"type": "object", "properties": {"id": {"type": "integer"}, "userId": {"type": "integer"}}}
    listed = {"get": {"responses": answers(s200={"type": "array", "items": order}, s404=None)}}
    one = {"responses": answers(s200=order, s404=None), "requestBody": body(order)}
    return Talk(
        contract(
            {
                "/orders": {**listed, "post": {"requestBody": body(order), "responses": answers(s201=order)}},
                "/orders/{id}": {
                    "parameters": [where("id")],
                    "get": {"responses": answers(s200=order, s404=None)},
                    "put": one,
                },
                "/users/{id}/orders": {"parameters": [where("id")], **listed},
                "/users/{id}/orders/{no}": {"parameters": [where("id"), where("no")], "put": one},
                "/users": {"get": {"responses": answers(s200={"type": "array", "items": USER})}},
                "/users/{id}": {"parameters": [where("id")], "get": {"responses": answers(s200=USER, s404=None)}},
            }
        )
    )


def orders_of(mock: Talk, user: int) -> list[int]:
    return [order["id"] for order in mock.ask("GET", f"/users/{user}/orders").json]


def test_what_names_what_it_lies_under_is_seen_there() -> None:
    mock = filed()
    made = mock.ask("POST", "/orders", {"userId": 2})
    new = made.json["id"]
    assert made.header("location") == f"http://mock.test/orders/{new}"
    assert new in orders_of(mock, 2)
    assert new not in orders_of(mock, 1)
    assert mock.ask("POST", "/orders", {"userId": 999}).status == 201
    assert mock.ask("GET", "/users/999/orders").status == 404, "a user is not made by an order"


def test_what_names_something_else_moves_there_but_for_the_path_that_was_taken() -> None:
    mock = filed()
    new = mock.ask("POST", "/orders", {"userId": 2}).json["id"]
    mock.ask("PUT", f"/orders/{new}", {"userId": 3})
    assert new not in orders_of(mock, 2)
    assert new in orders_of(mock, 3)
    mock.ask("PUT", f"/orders/{new}", {"userId": 999})
    assert new not in orders_of(mock, 3)
    mock.ask("PUT", f"/orders/{new}", {"userId": 1})
    mock.ask("PUT", f"/users/1/orders/{new}", {"userId": 2})
    assert new in orders_of(mock, 1)


def test_an_id_that_the_contract_writes_as_an_example_is_there_until_it_is_deleted() -> None:
    thing = {"type": "object", "properties": {"gid": {"type": "string"}, "name": {"type": "string"}}}
    where = {"name": "thing_gid", "in": "path", "required": True, "schema": {"type": "string"}, "example": "12345"}
    mock = Talk(
        contract(
            {
                "/things": {"post": {"requestBody": body(thing), "responses": answers(s201=thing)}},
                "/things/{thing_gid}": {
                    "parameters": [where],
                    "get": {"responses": answers(s200=thing, s404=None)},
                    "delete": {"responses": answers(s204=None, s404=None)},
                },
                "/things/{thing_gid}/notes": {
                    "parameters": [where],
                    "get": {"responses": answers(s200={"type": "array", "items": thing}, s404=None)},
                },
            }
        )
    )
    assert mock.ask("GET", "/things/12345/notes").status == 200
    assert mock.ask("GET", "/things/12345").json["gid"] == "12345"
    assert mock.ask("GET", "/things/99").status == 404
    assert mock.ask("DELETE", "/things/12345").status == 204
    assert mock.ask("GET", "/things/12345").status == 404
    assert mock.ask("GET", "/things/12345/notes").status == 404
