"""What a contract is about: collections, single resources, views of them, and acts, read off paths and schemas."""

from __future__ import annotations

from typing import Any

from seamwright.engines.mock.resources import Resources
from seamwright.engines.mock.schemas import success_schema
from seamwright.model.operation import Contract
from tests.contracts.documents import contract
from tests.engines.mock.conversation import answers, body, operation, shop

PET = {"$ref": "#/components/schemas/Pet"}
PETS = {"type": "array", "items": PET}
COMPONENTS = {
    "schemas": {
        "Pet": {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}},
        "User": {"type": "object", "properties": {"username": {"type": "string"}}},
    }
}


def of(**paths: Any) -> Contract:
    """A contract with an operation for each `GET /path`; the operation's id is the same."""
    items: dict[str, Any] = {}
    for name, told in paths.items():
        method, _, path = name.partition(" ")
        items.setdefault(path, {})[method.lower()] = {"operationId": name, **told}
    return contract(items, components=COMPONENTS)


def roles(found: Contract) -> dict[str, tuple[str, str]]:
    resources = Resources(found)
    return {o.id: (str(resources.part(o).role), resources.part(o).kind.name) for o in found.operations}


def test_the_shop() -> None:
    assert roles(shop()) == {
        "listOrders": ("list", "orders"),
        "createOrder": ("create", "orders"),
        "getOrder": ("read", "orders"),
        "replaceOrder": ("replace", "orders"),
        "changeOrder": ("merge", "orders"),
        "deleteOrder": ("delete", "orders"),
        "cancelOrder": ("act", "orders"),
        "listLines": ("list", "orders/{}/lines"),
        "addLine": ("create", "orders/{}/lines"),
        "getLine": ("read", "orders/{}/lines"),
        "getSettings": ("read", "settings"),
        "putSettings": ("replace", "settings"),
    }
    kinds = Resources(shop()).kinds
    assert (kinds["orders"].id_at, kinds["orders/{}/lines"].id_at) == (("id",), ("number",))
    assert [kind.name for kind in kinds.values() if kind.single] == ["settings"]


def test_a_listing_below_a_collection_shows_the_collection() -> None:
    found = of(
        **{
            "GET /pets/{petId}": {"responses": answers(s200=PET)},
            "GET /pets/findByStatus": {"responses": answers(s200=PETS)},
            "POST /pets/createMany": {"requestBody": body(PETS), "responses": answers(s200=PETS)},
            "PUT /pets": {"requestBody": body(PET), "responses": answers(s200=PET)},
        }
    )
    assert set(roles(found).values()) == {
        ("read", "pets"),
        ("list", "pets"),
        ("create", "pets"),
        ("replace", "pets"),
    }


def test_the_same_resources_are_seen_in_several_places() -> None:
    found = of(
        **{
            "GET /users/{name}/pets": {"responses": answers(s200=PETS)},
            "GET /pets": {"responses": answers(s200=PETS)},
            "GET /pets/{id}": {"responses": answers(s200=PET)},
        }
    )
    assert {kind for _, kind in roles(found).values()} == {"pets"}
    assert len(Resources(found).kinds["pets"].places) == 2


def test_wrapped_answers_are_seen_through() -> None:
    wrapped = {"type": "object", "properties": {"data": PET, "meta": {"type": "object"}}}
    listed = {"type": "object", "properties": {"items": PETS, "total": {"type": "integer"}}}
    found = of(
        **{
            "GET /pets": {"responses": answers(s200=listed)},
            "GET /pets/{petId}": {"responses": answers(s200=wrapped)},
        }
    )
    kind = Resources(found).kinds["pets"]
    assert (kind.item, kind.id_at, kind.listed) == (PET, ("id",), True)


def test_a_receipt_is_not_what_is_listed() -> None:
    receipt = {"type": "object", "properties": {"snapshot": {"type": "string"}}}
    found = of(
        **{
            "GET /pets": {"responses": answers(s200=PETS)},
            "POST /pets": {"requestBody": body(receipt), "responses": answers(s201=receipt)},
        }
    )
    assert Resources(found).kinds["pets"].item == PET


def test_an_update_may_be_a_post_and_an_undoing_a_delete() -> None:
    found = of(
        **{
            "GET /pets/{id}": {"responses": answers(s200=PET)},
            "POST /pets/{id}": {"requestBody": body(PET), "responses": answers(s200=PET)},
            "POST /pets/{id}/star": {"responses": answers(s200=PET)},
            "DELETE /pets/{id}/star": {"responses": answers(s200=PET)},
            "POST /pets/{id}:feed": {"responses": answers(s204=None)},
            "PUT /pets/{id}/lock": {"responses": answers(s204=None)},
        }
    )
    assert roles(found) == {
        "GET /pets/{id}": ("read", "pets"),
        "POST /pets/{id}": ("merge", "pets"),
        "POST /pets/{id}/star": ("act", "pets"),
        "DELETE /pets/{id}/star": ("act", "pets"),
        "POST /pets/{id}:feed": ("act", "pets"),
        "PUT /pets/{id}/lock": ("replace", "pets/{}/lock"),
    }


def test_what_no_operation_lists_or_makes_is_open() -> None:
    found = of(
        **{
            "GET /users/{username}": {"responses": answers(s200={"$ref": "#/components/schemas/User"})},
            "GET /pets": {
                "parameters": [{"name": "ids", "in": "query", "required": True, "schema": {"type": "string"}}],
                "responses": answers(s200=PETS),
            },
            "GET /pets/{id}": {"responses": answers(s200=PET)},
        }
    )
    kinds = Resources(found).kinds
    assert kinds["users"].open
    assert kinds["pets"].open, "a listing by ids tells nobody which there are"
    assert kinds["users"].id_at == ("username",)


def test_calls_that_are_about_no_resource() -> None:
    token = {"type": "object", "properties": {"token": {"type": "string"}}}
    found = of(
        **{
            "POST /login": {"requestBody": body({"type": "object"}), "responses": answers(s200=token)},
            "POST /tickets": {"requestBody": body(PET), "responses": answers(s201=PET)},
            "GET /tickets/{ticketId}/qr": {"responses": answers(s200={"type": "string"})},
        }
    )
    assert roles(found)["POST /login"] == ("call", "login")
    assert roles(found)["POST /tickets"] == ("create", "tickets")
    part = Resources(found).part(operation(found, "GET /tickets/{ticketId}/qr"))
    assert [parent.kind for parent in part.parents] == ["tickets"], "only what was made has a code"


def test_scopes_go_through_single_resources_and_open_parents() -> None:
    found = of(
        **{
            "GET /me": {"responses": answers(s200={"type": "object", "properties": {"name": {"type": "string"}}})},
            "GET /me/pets": {"responses": answers(s200=PETS)},
            "GET /repos/{owner}/{repo}/pets": {"responses": answers(s200=PETS)},
        }
    )
    resources = Resources(found)
    mine = resources.part(operation(found, "GET /me/pets"))
    theirs = resources.part(operation(found, "GET /repos/{owner}/{repo}/pets"))
    assert mine.scope({}) == (("me", ""),)
    assert theirs.scope({"owner": "o", "repo": "r"}) == (("repos", "o"), ("repos/", "r"))
    assert theirs.parents == ()
    assert theirs.kind is mine.kind


def test_what_an_operation_answers_when_all_goes_well() -> None:
    found = of(
        **{
            "GET /a": {"responses": answers(s204=None, s200=PET, default=PETS)},
            "GET /b": {"responses": answers(default=PETS)},
            "GET /c": {"responses": answers(s404=PET)},
        }
    )
    given = [success_schema(o) for o in found.operations]
    assert given == [PET, PETS, None]


def test_summaries_of_what_is_shown_elsewhere_are_no_resources_of_their_own() -> None:
    summary = {"type": "object", "properties": {"id": {"type": "integer"}}}
    other = {"type": "object", "properties": {"id": {"type": "integer"}, "colour": {"type": "string"}}}
    found = of(
        **{
            "GET /pets/{id}": {"responses": answers(s200=PET)},
            "GET /users/{name}/pets": {"responses": answers(s200={"type": "array", "items": summary})},
            "GET /shops/{name}/pets": {"responses": answers(s200={"type": "array", "items": other})},
        }
    )
    assert roles(found) == {
        "GET /pets/{id}": ("read", "pets"),
        "GET /users/{name}/pets": ("list", "pets"),
        "GET /shops/{name}/pets": ("list", "shops/{}/pets"),
    }
    kind = Resources(found).kinds["pets"]
    assert (kind.item, kind.listed, kind.item_path) == (PET, True, "/pets/{id}")
