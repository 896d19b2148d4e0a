"""Every format's text is in the format for the validator, and every broken text is not."""

from __future__ import annotations

import base64
import math
from random import Random

import jsonschema_rs
import pytest

from seamwright.engines.generate.formats import BROKEN, FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_made_text_is_in_the_format(name: str) -> None:
    check = jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid
    random = Random(3)
    assert [text for text in (FORMATS[name](random, 0, math.inf) for _ in range(300)) if not check(text)] == []


@pytest.mark.parametrize("name", BROKEN)
def test_broken_text_is_not(name: str) -> None:
    check = jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid
    assert [text for text in BROKEN[name] if check(text)] == []


@pytest.mark.parametrize("name", ["email", "uri", "hostname", "binary", "password"])
@pytest.mark.parametrize("size", [10, 40, 64, 70])
def test_formats_that_stretch(name: str, size: int) -> None:
    text = FORMATS[name](Random(0), size, size)
    assert len(text) == size
    assert jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid(text)


def test_bytes_decode() -> None:
    assert base64.b64decode(FORMATS["byte"](Random(0), 0, math.inf), validate=True)
