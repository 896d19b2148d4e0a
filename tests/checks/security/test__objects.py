"""Ids that address nothing, and how an object is recognised in an answer."""

from __future__ import annotations

import json
import re
import uuid
from random import Random
from typing import Any

import pytest

from seamwright.checks.security._objects import bears, nonsense
from seamwright.model.bench import Owned
from seamwright.model.exchange import Exchange, Request, Response
from seamwright.model.identity import Identity


def _answer(body: Any, status: int = 200) -> Exchange:
    return Exchange(Request("GET", "http://127.0.0.1/"), Response(status, (), json.dumps(body).encode()), None, 0, 0)


def _owned(canary: str) -> Owned:
    return Owned(Identity(), {"noteId": 17}, canary, "text" if canary else "", _answer({}))


@pytest.mark.parametrize(
    ("value", "shape"),
    [(12, r"\d{10}"), ("12", r"\d{9}"), ("ab12", r"[a-f]{2}\d{2}"), ("Order-7", r"[A-Z][a-z]{4}-\d")],
)
def test_nonsense_has_the_shape_of_the_value(value: Any, shape: str) -> None:
    made = nonsense({"id": value}, Random(1))["id"]
    assert re.fullmatch(shape, str(made))
    assert type(made) is type(value)
    assert made != value


def test_a_nonsense_uuid_is_a_uuid() -> None:
    known = str(uuid.uuid4())
    made = nonsense({"id": known}, Random(1))["id"]
    assert str(uuid.UUID(made)) == made != known


def test_an_object_is_known_by_its_canary_in_its_own_field() -> None:
    owned = _owned("swc123")
    assert bears(_answer({"items": [{"id": 1, "text": "swc123"}]}), owned)
    assert not bears(_answer({"items": [], "searched": "swc123"}), owned)
    assert not bears(_answer({"text": "swc123' AND 1=1"}), owned)
    assert not bears(_answer({"text": "swc123"}, 403), owned)


def test_an_object_without_a_canary_is_known_by_its_id() -> None:
    owned = _owned("")
    assert bears(_answer([{"id": 17, "text": "x"}]), owned)
    assert not bears(_answer([{"quantity": 17, "text": "x"}, {"id": 18, "text": "y"}]), owned)
