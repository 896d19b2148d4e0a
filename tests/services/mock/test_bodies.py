"""Bodies of requests: forms as they are nested and typed, with files, and texts."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.services.mock.bodies import body_of
from tests.contracts.documents import contract
from tests.engines.mock.conversation import operation

FORM = "application/x-www-form-urlencoded"
SCHEMA = {
    "type": "object",
    "required": ["tags"],
    "properties": {
        "n": {"type": "integer"},
        "on": {"type": "boolean"},
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "integer"}},
        "card": {"type": "object", "properties": {"number": {"type": "string"}, "year": {"type": "integer"}}},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
    },
}


def read(data: bytes, content_type: str = FORM, schema: Any = SCHEMA) -> tuple[Any, str]:
    key = content_type.partition(";")[0]
    body = {"content": {key: {"schema": schema}}}
    found = contract({"/a": {"post": {"operationId": "post", "requestBody": body, "responses": {}}}})
    return body_of(found, operation(found, "post"), content_type, data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"n=7&on=true&name=8", {"n": 7, "on": True, "name": "8"}),
        (b"tags=1&tags=2", {"tags": [1, 2]}),
        (b"tags=1", {"tags": [1]}),
        (b"tags[]=1&tags[]=2", {"tags": [1, 2]}),
        (b"tags=[1,2]", {"tags": [1, 2]}),
        (b"card[number]=42&card[year]=30", {"card": {"number": "42", "year": 30}}),
        (b'card={"year":30}', {"card": {"year": 30}}),
        (b"lines[0][n]=1&lines[1][n]=2", {"lines": [{"n": 1}, {"n": 2}]}),
        (b"n=1&n=2", {"n": 2}),
        (b"other=x&name=a+b%21", {"other": "x", "name": "a b!"}),
        (b"", {}),
    ],
)
def test_forms(data: bytes, expected: dict[str, Any]) -> None:
    value, why = read(data)
    assert (value, why) == ({"tags": [], **expected}, ""), "a list that must be there is there, without items"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, ""),
        ({"type": ["string", "null"]}, None),
        ({"type": "array", "items": {"type": "string", "enum": ["a"]}}, []),
        ({"type": "array", "items": {"type": "string"}}, [""]),
        ({"anyOf": [{"type": "object", "properties": {}}, {"type": "string", "enum": [""]}]}, ""),
        ({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string", "enum": [""]}]}, ""),
    ],
)
def test_fields_without_text(schema: Any, expected: Any) -> None:
    assert read(b"x=", schema={"type": "object", "properties": {"x": schema}}) == ({"x": expected}, "")


@pytest.mark.parametrize("text", ["auto", "a,b"])
def test_a_field_that_may_be_a_text_or_an_object_holds_a_text(text: str) -> None:
    schema = {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"a": {"type": "string"}}}]}
    given = f"x={text}".encode()
    assert read(given, schema={"type": "object", "properties": {"x": schema}}) == ({"x": text}, "")


def test_forms_with_files() -> None:
    data = (
        b'--X\r\nContent-Disposition: form-data; name="n"\r\n\r\n7\r\n'
        b'--X\r\nContent-Disposition: form-data; name="name"; filename="a.bin"\r\nContent-Type: x/y\r\n\r\n'
        b"\xff\r\n\x00\r\n"
        b"--X--\r\n"
    )
    value, why = read(data, "multipart/form-data; boundary=X")
    assert (value, why) == ({"n": 7, "name": "\xff\r\n\x00", "tags": []}, "")


def test_forms_that_cannot_be_read() -> None:
    assert read(b"x", "multipart/form-data")[1] == "is no valid form: its media type names no boundary"
    assert "no name" in read(b"--X\r\n\r\nx\r\n--X--", "multipart/form-data; boundary=X")[1]
    assert read(b"\xff=1")[1].startswith("is no valid form")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<x><n>7</n><name>a &amp; b</name></x>", {"n": 7, "name": "a & b"}),
        (b'<x n="7"><card><year>30</year></card></x>', {"n": 7, "card": {"year": 30}}),
        (b"<x><tags><tag>1</tag><tag>2</tag></tags></x>", {"tags": [1, 2]}),
        (b"<x><tags>1</tags><tags>2</tags></x>", {"tags": [1, 2]}),
        (b"<x><lines><line><n>1</n></line></lines></x>", {"lines": [{"n": 1}]}),
        (b"<x><lines><n>1</n></lines><lines><n>2</n></lines></x>", {"lines": [{"n": 1}, {"n": 2}]}),
        (b'<x xmlns="urn:a"><name>a</name></x>', {"name": "a"}),
    ],
)
def test_xml(data: bytes, expected: dict[str, Any]) -> None:
    assert read(data, "application/xml") == (expected, "")


def test_what_is_no_xml() -> None:
    assert read(b"<x>", "text/xml")[1].startswith("is no valid XML")


def test_other_bodies() -> None:
    assert read(b'{"a":[1]}', "application/json", {}) == ({"a": [1]}, "")
    assert read(b"{", "application/json", {})[1].startswith("is no valid JSON")
    assert read("ü".encode(), "text/plain", {}) == ("ü", "")
    assert read(b"\xff", "text/plain", {}) == ("\xff", "")
    assert read(b"\x00\xff", "application/octet-stream", {}) == ("\x00\xff", "")
