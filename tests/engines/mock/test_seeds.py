"""Resources that nobody sent: examples first, then made up, with ids that fit."""

from __future__ import annotations

import re
from typing import Any

from tests.contracts.documents import contract
from tests.engines.mock.conversation import Talk, answers, body


def pets(properties: dict[str, Any], *, required: tuple[str, ...] = (), parameter: Any = None, **parts: Any) -> Talk:
    """Pets of these properties; `parts` go into the list's content (`example`, `examples`)."""
    pet = {"type": "object", "required": list(required), "properties": properties}
    where = {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}, **(parameter or {})}
    listed = {"schema": {"type": "array", "items": pet}, **parts}
    return Talk(
        contract(
            {
                "/pets": {
                    "get": {"responses": {"200": {"description": "", "content": {"application/json": listed}}}},
                    "post": {"requestBody": body(pet), "responses": answers(s201=pet)},
                },
                "/pets/{petId}": {"parameters": [where], "get": {"responses": answers(s200=pet, s404=None)}},
            }
        )
    )


TEXT = {"type": "string"}


def test_examples_of_the_contract_come_first() -> None:
    shown = [{"id": "a", "name": "rex"}, {"id": "b", "name": "ada"}]
    listed = pets({"id": TEXT, "name": TEXT}, example=shown).ask("GET", "/pets").json
    assert listed[:2] == shown
    assert len(listed) == 3


def test_an_example_that_is_nearly_one_is_brought_into_form() -> None:
    shown = [{"id": "a", "name": "rex", "age": "very old", "colour": "red"}]
    mock = pets({"id": TEXT, "name": TEXT, "age": {"type": "integer"}}, example=shown)
    assert mock.ask("GET", "/pets").json[0] == {"id": "a", "name": "rex"}


def test_examples_of_members_make_the_first_one() -> None:
    mock = pets({"id": TEXT, "name": {"type": "string", "example": "doggie"}})
    assert mock.ask("GET", "/pets").json[0]["name"] == "doggie"


def test_the_id_that_the_path_shows_as_its_example_is_there() -> None:
    mock = pets({"id": TEXT, "name": TEXT}, parameter={"example": "p-1"}, example=[{"id": "a", "name": "rex"}])
    assert mock.ask("GET", "/pets/p-1").status == 200
    assert mock.ask("GET", "/pets/a").status == 200
    assert mock.ask("GET", "/pets/p-2").status == 404


def test_ids_have_the_form_that_the_contract_asks_for() -> None:
    pattern = "^PT[0-9a-f]{8}$"
    mock = pets({"id": {"type": "string", "pattern": pattern, "readOnly": True}, "name": TEXT})
    made = mock.ask("POST", "/pets", {"name": "rex"}).json["id"]
    assert all(re.match(pattern, pet["id"]) for pet in mock.ask("GET", "/pets").json)
    assert re.match(pattern, made)


def test_the_server_owns_what_a_client_cannot_send() -> None:
    mock = pets(
        {
            "id": {"type": "integer", "readOnly": True},
            "name": TEXT,
            "nick": TEXT,
            "kind": {"type": "string", "default": "dog"},
            "createdAt": {"type": "string", "format": "date-time", "readOnly": True},
            "deletedAt": {"type": "string", "format": "date-time", "readOnly": True, "nullable": True},
        }
    )
    made = mock.ask("POST", "/pets", {"name": "rex"}).json
    assert made.keys() - {"deletedAt"} == {"id", "name", "kind", "createdAt"}
    assert made["kind"] == "dog"
    assert re.match(r"20\d\d-", made["createdAt"])
    assert made.get("deletedAt") is None, "what was just made is not deleted"


def test_no_two_have_the_same_id() -> None:
    mock = pets({"id": {"type": "string", "enum": ["a", "b", "c", "d", "e", "f"]}, "name": TEXT})
    ids = [pet["id"] for pet in mock.ask("GET", "/pets").json]
    assert len(set(ids)) == len(ids)


def test_seeds_differ_and_repeat() -> None:
    def listed(seed: int) -> Any:
        mock = pets({"id": TEXT, "name": TEXT, "age": {"type": "integer"}}, required=("age",))
        return Talk(mock.contract, seed=seed).ask("GET", "/pets").json

    assert listed(1) == listed(1)
    assert listed(1) != listed(2)


def test_whoever_filters_by_a_listed_text_finds_something() -> None:
    pet = {
        "type": "object",
        "required": ["id", "status"],
        "properties": {"id": {"type": "integer"}, "status": {"type": "string", "enum": ["new", "sold"]}},
    }
    status = {"name": "status", "in": "query", "schema": {"type": "string"}}
    paths = {"/pets": {"get": {"parameters": [status], "responses": answers(s200={"type": "array", "items": pet})}}}
    for seed in range(5):
        mock = Talk(contract(paths), seed=seed)
        assert all(mock.ask("GET", f"/pets?status={each}").json for each in ("new", "sold"))
