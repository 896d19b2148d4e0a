"""The one thing that is wrong with a value is found, through alternatives; several are none."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from seamwright.contracts.coverage.culprits import Culprit, culprit

CARD = {"type": "object", "required": ["kind", "number"], "properties": {"kind": {"enum": ["card"]}}}
BANK = {"type": "object", "required": ["kind", "iban"], "properties": {"kind": {"enum": ["bank"]}}}
NESTED = {"properties": {"pay": {"oneOf": [CARD, {"anyOf": [BANK, {"type": "null"}]}]}}}


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"minimum": 3}, 1, Culprit((), frozenset({"minimum"}))),
        ({"minimum": 3}, 3, None),
        ({"minimum": 3, "multipleOf": 2}, 1, Culprit((), frozenset({"minimum", "multipleOf"}))),
        ({"required": ["a"]}, {}, Culprit((), frozenset({"required"}), "a")),
        ({"required": ["a", "b"]}, {}, None),
        ({"items": {"type": "string"}}, ["a", 1], Culprit((1,), frozenset({"type"}))),
        ({"items": {"type": "string"}}, [1, 1], None),
        ({"anyOf": [{"type": "integer", "maximum": 3}, {"type": "null"}]}, 4, Culprit((), frozenset({"maximum"}))),
        ({"oneOf": [CARD, BANK]}, {"kind": "card"}, Culprit((), frozenset({"required"}), "number")),
        ({"oneOf": [CARD, BANK]}, {"kind": "cash"}, Culprit((), frozenset({"oneOf"}))),
        (NESTED, {"pay": {"kind": "bank"}}, Culprit(("pay",), frozenset({"required"}), "iban")),
        ({"items": {"type": "string"}}, [1] * 30, None),
    ],
)
def test_culprit(schema: Any, value: Any, expected: Culprit | None) -> None:
    assert culprit(jsonschema_rs.Draft202012Validator(schema), value) == expected


@pytest.mark.parametrize(
    ("broken", "keyword", "expected"),
    [
        ({"minimum"}, "minimum", True),
        ({"minimum"}, "maximum", False),
        ({"minimum", "multipleOf"}, "minimum", False),
        ({"type", "enum"}, "type", True),
        ({"type", "enum"}, "enum", False),
        ({"required"}, "dependentRequired", True),
        ({"maximum"}, "format", True),
        ({"falseSchema"}, "additionalProperties", True),
    ],
)
def test_what_a_culprit_stands_for(broken: set[str], keyword: str, expected: bool) -> None:
    assert Culprit((), frozenset(broken)).is_for(keyword) is expected
