"""Requests with places for values: each value is written as its place wants it, and the length is right."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httptools
import pytest

from seamwright.engines.load import Hole, Template, Unfit, render_request

WHOLE, INSIDE = b"swmark00000kramws", b"swmark00001kramws"
MARKS = {WHOLE: Hole(0, "kept.id", whole=True), INSIDE: Hole(0, "kept.id", whole=False)}
NASTY = 'a b/c?d&e=f%"\\é\n☃'


class Read:
    """A request as a server reads it."""

    def __init__(self, data: bytes) -> None:
        self.url, self.body = "", b""
        self.headers: dict[str, str] = {}
        parser = httptools.HttpRequestParser(self)
        parser.feed_data(data)
        self.method = parser.get_method().decode()

    def on_url(self, url: bytes) -> None:
        self.url += url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode().lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.body += body


def template(
    target: str = "/", headers: dict[str, str] | None = None, body: Any = None, media: str = "application/json"
) -> Template:
    told = {"Host": "h", **(headers or {}), **({"Content-Type": media} if body is not None else {})}
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    return Template(render_request("POST", target, told, data), MARKS)


def test_a_request_without_marks_is_the_very_same_bytes() -> None:
    made = template("/orders", body={"a": 1})
    assert made.constant
    assert made.render([]) is made.data


def test_a_value_in_a_path_and_a_query_arrives_as_it_was() -> None:
    made = template(f"/orders/{WHOLE.decode()}/lines?q=x{INSIDE.decode()}")
    read = Read(made.render([NASTY]))
    parts = urlsplit(read.url)
    assert unquote(parts.path.split("/")[2]) == NASTY
    assert parse_qs(parts.query) == {"q": [f"x{NASTY}"]}
    assert made.data.startswith(b"POST /orders/${kept.id}/lines?q=x${kept.id} HTTP/1.1")


@pytest.mark.parametrize("value", [NASTY, 7, 1.5, True, None, {"deep": [1, "é"]}, 2**70])
def test_a_whole_value_of_a_json_body_keeps_its_type(value: Any) -> None:
    read = Read(template(body={"id": WHOLE.decode(), "more": [1, WHOLE.decode()]}).render([value]))
    assert json.loads(read.body) == {"id": value, "more": [1, value]}
    assert int(read.headers["content-length"]) == len(read.body)


@pytest.mark.parametrize(("value", "told"), [(NASTY, NASTY), (7, "7"), (True, "true"), (1.5, "1.5")])
def test_a_value_inside_a_text_is_text(value: Any, told: str) -> None:
    read = Read(template(body={"id": f"order-{INSIDE.decode()}!", INSIDE.decode(): 1}).render([value]))
    assert json.loads(read.body) == {"id": f"order-{told}!", told: 1}


def test_forms_xml_and_texts_are_written_as_such() -> None:
    form = Read(template(body=b"a=" + WHOLE, media="application/x-www-form-urlencoded").render([NASTY]))
    assert parse_qs(form.body.decode()) == {"a": [NASTY]}
    assert (
        Read(template(body=b"<a>" + WHOLE + b"</a>", media="text/xml").render(["<&>"])).body == b"<a>&lt;&amp;&gt;</a>"
    )
    plain = Read(template(body=b"x" + WHOLE, media="text/plain; charset=utf-8").render(["é"]))
    assert plain.body == "xé".encode()
    assert plain.headers["content-length"] == "3"


def test_a_header_is_one_line_whatever_the_value() -> None:
    made = template(headers={"X-Trace": f"t {INSIDE.decode()}"}, body={"a": 1})
    assert Read(made.render(["abc"])).headers["x-trace"] == "t abc"
    for value in ("a\r\nX-Evil: 1", "a\nb", "☃", {"a": 1}):
        with pytest.raises(Unfit, match=r"\$\{kept.id\}"):
            made.render([value])


@pytest.mark.parametrize(("value", "why"), [("", "is empty"), (None, "is null"), ([1], "is a list"), ({}, "an object")])
def test_what_cannot_stand_in_a_path_is_told(value: Any, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        template(f"/orders/{WHOLE.decode()}").render([value])


@pytest.mark.parametrize("value", [".", ".."])
def test_dots_do_not_lead_to_another_path(value: str) -> None:
    assert b"/orders/" + value.replace(".", "%2E").encode() + b" " in template(f"/orders/{WHOLE.decode()}").render(
        [value]
    )


def test_marks_in_every_part_at_once() -> None:
    made = template(f"/{WHOLE.decode()}?a={WHOLE.decode()}", {"X-A": WHOLE.decode()}, {"b": WHOLE.decode()})
    for value in ("x", "a much longer value than before", "y"):
        read = Read(made.render([value]))
        assert unquote(urlsplit(read.url).path) == f"/{value}"
        assert parse_qs(urlsplit(read.url).query) == {"a": [value]}
        assert read.headers["x-a"] == value
        assert json.loads(read.body) == {"b": value}
