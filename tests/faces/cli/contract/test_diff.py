"""`seamwright contract diff`: a CI learns by the exit status, a person by the words, a program by the JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.faces.terminal import seamwright
from tests.serving import serving


def _document(kind: str = "integer", **operation: Any) -> dict[str, Any]:
    order = {"type": "object", "properties": {"price": {"type": kind}}}
    answers = {"200": {"description": "ok", "content": {"application/json": {"schema": order}}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "2030-06"},
        "paths": {f"/{name}": {"get": {"responses": answers, **operation}} for name in ("orders", "carts")},
    }


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a contract, one that breaks clients, one that may, and one that says a little more."""
    for name, document in {
        "old": _document(),
        "broken": _document("string"),
        "doubtful": _document(),
        "told": _document(tags=["shop"]),
    }.items():
        if name == "doubtful":
            document["servers"] = [{"url": "https://shop.test/v2"}]
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    moved = _document()
    moved["servers"] = [{"url": "https://shop.test/v1"}]
    (tmp_path / "served.json").write_text(json.dumps(moved))
    return tmp_path


def test_what_changed_alike_in_several_places_is_told_of_once(here: Path) -> None:
    done = seamwright("contract", "diff", "old.json", "broken.json", cwd=here)
    assert done.status == 1
    assert done.err == ""
    why = "a client that reads the answer by the old contract does not understand it"
    assert done.out.splitlines() == [
        "✗ breaking",
        "  GET /carts, GET /orders",
        "    property `price` of the body of response 200: the type was integer and is string now",
        f"      {why} · response-property-type-changed",
        "",
        "2 breaking",
    ]


def test_as_json(here: Path) -> None:
    done = seamwright("contract", "diff", "old.json", "broken.json", "--json", cwd=here)
    assert done.status == 1
    assert done.json["failed"] is True
    assert done.json["counts"] == {"breaking": 2, "potentially": 0, "info": 0}
    assert done.json["changes"][0] == {
        "id": "response-property-type-changed",
        "level": "breaking",
        "direction": "response",
        "place": "GET /carts",
        "text": "property `price` of the body of response 200: the type was integer and is string now",
        "why": "a client that reads the answer by the old contract does not understand it",
    }


@pytest.mark.parametrize(
    ("old", "new", "fail_on", "status"),
    [
        ("old", "broken", "none", 0),
        ("served", "doubtful", "breaking", 0),
        ("served", "doubtful", "potentially", 1),
        ("old", "told", "info", 1),
    ],
)
def test_from_which_level_on_it_fails(here: Path, old: str, new: str, fail_on: str, status: int) -> None:
    done = seamwright("contract", "diff", f"{old}.json", f"{new}.json", "--fail-on", fail_on, cwd=here)
    assert done.status == status


def test_nothing_changed(here: Path) -> None:
    done = seamwright("contract", "diff", "old.json", "old.json", "--fail-on", "info", cwd=here)
    assert (done.status, done.out) == (0, "nothing changed that callers could notice\n")


def test_only_the_worse_ones_are_shown_but_all_are_counted(here: Path) -> None:
    document = _document("string", tags=["shop"])
    (here / "both.json").write_text(json.dumps(document))
    done = seamwright("contract", "diff", "old.json", "both.json", "--level", "breaking", "--json", cwd=here)
    assert {change["level"] for change in done.json["changes"]} == {"breaking"}
    assert done.json["counts"] == {"breaking": 2, "potentially": 0, "info": 2}


def test_notice_is_asked_for(here: Path) -> None:
    (here / "deprecated.json").write_text(json.dumps(_document(deprecated=True)))
    done = seamwright("contract", "diff", "old.json", "deprecated.json", "--sunset-days", "30", cwd=here)
    assert done.status == 1
    assert "the operation is deprecated without a sunset, and 30 days of notice are asked for" in done.out


def test_versions_are_read_from_urls(here: Path) -> None:
    app = Starlette(routes=[Route("/openapi.json", lambda _: JSONResponse(_document("string")))])
    with serving(app) as url:
        done = seamwright("contract", "diff", "old.json", f"{url}/openapi.json", "--json", cwd=here)
    assert done.status == 1
    assert done.json["counts"]["breaking"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["old.json"], "two contracts are compared: seamwright contract diff OLD NEW"),
        (["old.json", "gone.json"], "gone.json: does not exist"),
        (["old.json", "list.json"], "list.json: "),
        (["old.json", "schema.graphql"], "only two contracts of one kind can be compared"),
        (["old.json", "old.json", "--fail-on", "warning"], "--fail-on"),
    ],
)
def test_bad_input_is_a_usage_error(here: Path, words: list[str], said: str) -> None:
    (here / "list.json").write_text("[]")
    (here / "schema.graphql").write_text("type Query {\n  orders: [String]\n}\n")
    done = seamwright("contract", "diff", *words, cwd=here)
    assert done.status == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_rules_are_listed(tmp_path: Path) -> None:
    table = seamwright("contract", "diff", "--rules", "--json", cwd=tmp_path).json["rules"]
    (rule,) = (each for each in table if each["id"] == "response-property-enum-value-added")
    assert rule == {
        "kind": "openapi",
        "id": "response-property-enum-value-added",
        "level": "potentially",
        "direction": "response",
        "means": "a property of a response body has a further value in its enum",
        "why": "a client that knows every value by name meets one that it does not know",
    }
    assert {each["kind"] for each in table} == {"openapi", "graphql", "protobuf"}
    shown = seamwright("contract", "diff", "--rules", cwd=tmp_path)
    assert shown.status == 0
    assert "  response-property-enum-value-added  potentially\n" in shown.out
