"""What a contract is about: collections, single resources, views of them, and acts, read off paths and schemas."""

from __future__ import annotations

from typing import Any

from seamwright.engines.mock.resources import Resources
from seamwright.engines.mock.schemas import success_schema
from seamwright.model.operation import Contract
from tests.contracts.documents import contract
from tests.engines.mock.conversation import Talk, answers, body, operation, shop

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


def test_one_that_is_read_as_a_list_of_one_is_no_collection() -> None:
    book = {"type": "object", "properties": {"title": {"type": "string"}}}
    listed = {"type": "object", "properties": {"Books": {"type": "array", "items": book}}}
    named = {"parameters": [{"name": "title", "in": "path", "required": True, "schema": {"type": "string"}}]}
    found = of(
        **{
            "GET /books/v1": {"responses": answers(s200=listed)},
            "GET /books/v1/{title}": {"responses": answers(s200={"type": "array", "items": book}, s404=None), **named},
        }
    )
    assert roles(found) == {"GET /books/v1": ("list", "books/v1"), "GET /books/v1/{title}": ("read", "books/v1")}
    kind = Resources(found).kinds["books/v1"]
    assert (kind.word, kind.id_at) == ("books", ("title",)), "nobody calls a book by the version of its API"


def test_a_word_for_making_one_makes_one_of_the_collection_before_it() -> None:
    user = {"type": "object", "properties": {"username": {"type": "string"}, "password": {"type": "string"}}}
    named = {"parameters": [{"name": "username", "in": "path", "required": True, "schema": {"type": "string"}}]}
    done = answers(s200={"type": "object", "properties": {"message": {"type": "string"}}})
    found = of(
        **{
            "GET /users/{username}": {"responses": answers(s200=user, s404=None), **named},
            "POST /users/register": {"requestBody": body(user), "responses": done},
            "POST /users/login": {"requestBody": body(user), "responses": done},
        }
    )
    told = roles(found)
    assert told["POST /users/register"] == ("create", "users")
    assert told["POST /users/login"][0] == "call"


def test_a_path_may_be_that_of_one_resource_and_of_a_collection() -> None:
    level = {"type": "object", "properties": {"level": {"type": "string"}}}
    where = [{"name": "subject", "in": "path", "required": True, "schema": {"type": "string"}}]
    found = of(
        **{
            "GET /config": {"responses": answers(s200=level)},
            "PUT /config": {"requestBody": body(level), "responses": answers(s200=level)},
            "GET /config/{subject}": {"responses": answers(s200=level), "parameters": where},
            "PUT /config/{subject}": {
                "requestBody": body(level),
                "responses": answers(s200=level),
                "parameters": where,
            },
        }
    )
    resources = Resources(found)
    parts = {o.id: resources.part(o) for o in found.operations}
    assert parts["GET /config"].kind is parts["PUT /config"].kind is not parts["PUT /config/{subject}"].kind
    assert (parts["PUT /config"].kind.single, parts["PUT /config"].kind.word) == (True, "config")
    assert parts["PUT /config/{subject}"].key == ("subject",)
    mock = Talk(found)
    assert mock.ask("PUT", "/config", {"level": "all"}).json == mock.ask("GET", "/config").json == {"level": "all"}
    mock.ask("PUT", "/config/a", {"level": "none"})
    assert mock.ask("GET", "/config").json == {"level": "all"}
    assert mock.ask("GET", "/config/a").json == {"level": "none"}


def test_a_search_may_be_sent_as_a_form() -> None:
    form = body(PET, media_type="application/x-www-form-urlencoded")
    found = of(
        **{
            "GET /pets/search": {"responses": answers(s200=PETS)},
            "POST /pets/search": {"requestBody": form, "responses": answers(s200=PETS)},
            "GET /cats": {"responses": answers(s200=PETS)},
            "POST /cats": {"requestBody": body(PET), "responses": answers(s200=PET)},
        }
    )
    told = roles(found)
    assert told["POST /pets/search"] == told["GET /pets/search"] == ("list", "pets/search")
    assert told["POST /cats"] == ("create", "cats")


def test_each_operation_has_its_own_names_for_what_its_path_goes_through() -> None:
    def named(name: str) -> dict[str, Any]:
        return {"parameters": [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}]}

    found = of(
        **{
            "GET /groups/{name}": {"responses": answers(s200=PET), **named("name")},
            "GET /groups/{name}/members": {"responses": answers(s200=PETS), **named("name")},
            "PUT /groups/{id}/members": {"requestBody": body(PET), "responses": answers(s200=None), **named("id")},
        }
    )
    part = Resources(found).part(operation(found, "PUT /groups/{id}/members"))
    assert part.scope({"id": "7"}) == (("groups", "7"),)


def test_where_nothing_is_called_an_id_a_name_that_all_have_is_one() -> None:
    def terminals(*needed: str) -> Contract:
        shown = {"type": "object", "required": [*needed], "properties": {"name": {"type": "string"}, "at": {}}}
        where = [{"name": "terminal_id", "in": "path", "required": True, "schema": {"type": "string"}}]
        listed = {"responses": answers(s200={"type": "array", "items": shown})}
        one = {"parameters": where, "responses": answers(s200=shown, s404=None)}
        return of(**{"GET /terminals": listed, "GET /terminals/{terminal_id}": one})

    assert Resources(terminals("name")).kinds["terminals"].id_at == ("name",)
    assert Resources(terminals()).kinds["terminals"].id_at == ()
