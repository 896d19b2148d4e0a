"""Every format's text is in the format for the validator, and every broken text is not."""

from __future__ import annotations

import base64
import math
from random import Random

import jsonschema_rs
import pytest

from seamwright.engines.generate.formats import BROKEN, FORMATS, shown_format


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


def test_no_address_is_longer_than_mail_can_carry() -> None:
    assert len(FORMATS["email"](Random(0), 254, 320)) == 254
    assert len(FORMATS["email"](Random(0), 255, 320)) == 254, "left to whoever asks to see that it does not fit"


def test_bytes_decode() -> None:
    assert base64.b64decode(FORMATS["byte"](Random(0), 0, math.inf), validate=True)


@pytest.mark.parametrize(
    ("examples", "shown"),
    [
        (["ada@example.com"], "email"),
        (["ada@example.com", "bob@example.com"], "email"),
        (["6fa459ea-ee8a-4ca4-894e-db77e160355e"], "uuid"),
        (["2024-02-29"], "date"),
        (["2024-02-29T10:00:00Z"], "date-time"),
        (["https://example.com/a"], "uri"),
        (["note: call back"], ""),
        (["urn:x:y"], ""),
        (["ada@example.com", "ada"], ""),
        (["Ada"], ""),
        ([], ""),
    ],
)
def test_examples_show_a_format_where_all_are_in_it(examples: list[str], shown: str) -> None:
    assert shown_format(examples) == shown
