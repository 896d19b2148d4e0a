"""Every style of OpenAPI's table, and the percent-encoding of what is awkward."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.generate.parameters import Style, serialise

_LIST = ["blue", "black"]
_OBJECT = {"R": 100, "G": 200}


@pytest.mark.parametrize(
    ("location", "style", "explode", "value", "text"),
    [
        ("path", "simple", False, "blue", "blue"),
        ("path", "simple", False, _LIST, "blue,black"),
        ("path", "simple", False, _OBJECT, "R,100,G,200"),
        ("path", "simple", True, _OBJECT, "R=100,G=200"),
        ("path", "label", False, "blue", ".blue"),
        ("path", "label", False, _LIST, ".blue,black"),
        ("path", "label", True, _LIST, ".blue.black"),
        ("path", "label", True, _OBJECT, ".R=100.G=200"),
        ("path", "matrix", False, "", ";color"),
        ("path", "matrix", False, "blue", ";color=blue"),
        ("path", "matrix", False, _LIST, ";color=blue,black"),
        ("path", "matrix", True, _LIST, ";color=blue;color=black"),
        ("path", "matrix", False, _OBJECT, ";color=R,100,G,200"),
        ("path", "matrix", True, _OBJECT, ";R=100;G=200"),
        ("query", "form", True, "", "color="),
        ("query", "form", True, "blue", "color=blue"),
        ("query", "form", True, _LIST, "color=blue&color=black"),
        ("query", "form", False, _LIST, "color=blue,black"),
        ("query", "form", True, _OBJECT, "R=100&G=200"),
        ("query", "form", False, _OBJECT, "color=R,100,G,200"),
        ("query", "form", False, [], ""),
        ("query", "spaceDelimited", False, _LIST, "color=blue%20black"),
        ("query", "pipeDelimited", False, _LIST, "color=blue%7Cblack"),
        ("query", "deepObject", True, _OBJECT, "color%5BR%5D=100&color%5BG%5D=200"),
        ("query", "deepObject", True, {"a": {"b": [1, 2]}}, "color%5Ba%5D%5Bb%5D=1&color%5Ba%5D%5Bb%5D=2"),
        ("header", "simple", False, _OBJECT, "R,100,G,200"),
        ("header", "simple", True, _OBJECT, "R=100,G=200"),
        ("cookie", "form", True, "blue", "color=blue"),
        ("cookie", "form", False, _LIST, "color=blue,black"),
    ],
)
def test_styles(location: Any, style: Style, explode: bool, value: Any, text: str) -> None:
    assert serialise(value, location=location, name="color", style=style, explode=explode).text == text


def test_defaults_are_those_of_openapi() -> None:
    assert serialise([1, 2], location="query", name="id").text == "id=1&id=2"
    assert serialise([1, 2], location="path", name="id").text == "1,2"


def test_delimiters_inside_values_are_encoded() -> None:
    assert serialise(["a,b", "c d"], location="query", name="q", explode=False).text == "q=a%2Cb,c%20d"
    assert serialise("a/b?ü", location="path", name="id").text == "a%2Fb%3F%C3%BC"
    assert serialise("a&b=c", location="query", name="f[x]").text == "f%5Bx%5D=a%26b%3Dc"
    assert serialise("/x?y=1", location="query", name="next", allow_reserved=True).text == "next=/x?y=1"
    assert serialise("a;b", location="cookie", name="c").text == "c=a%3Bb"


def test_scalars_are_written_as_json_writes_them() -> None:
    assert serialise(True, location="query", name="q").text == "q=true"
    assert serialise(1.5, location="query", name="q").text == "q=1.5"
    assert serialise(None, location="query", name="q").text == "q="
    assert serialise({"a": 1}, location="header", name="q").text == "a,1"


def test_a_style_that_the_location_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="deepObject is not for path"):
        serialise({}, location="path", name="x", style="deepObject")
