"""YAML 1.2 becomes plain values, by either parser alike."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.contracts import yaml_text
from seamwright.contracts.yaml_text import MAX_DEPTH, fast, yaml_events, yaml_value
from seamwright.model.errors import ContractError


@pytest.fixture(params=["fast", "slow"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each parser in turn; the slow one is all there is where libyaml is missing."""
    assert fast(), "libyaml comes with the dependencies"
    monkeypatch.setattr(yaml_text, "fast", lambda: request.param == "fast")
    return str(request.param)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("[on, off, no, y, n]", ["on", "off", "no", "y", "n"]),
        ("[true, True, FALSE, 'true']", [True, True, False, "true"]),
        ("[~, null, NULL, '']", [None, None, None, ""]),
        ("[017, 0o17, 0x1F, -5, +5, 1_000, 0b11, 1:30]", [17, 15, 31, -5, 5, "1_000", "0b11", "1:30"]),
        ("[1.50, .5, 1e3, -1.E2, 1.2.3, 1e, .]", [1.5, 0.5, 1000.0, -100.0, "1.2.3", "1e", "."]),
        ("[2024-01-02, 2024-01-02T03:04:05Z]", ["2024-01-02", "2024-01-02T03:04:05Z"]),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("!Sub '${X}'", "${X}"),
        ("{200: a, 1.10: b, true: c, null: d}", {"200": "a", "1.10": "b", "true": "c", "null": "d"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}", {"base": {"x": 1, "y": 2}, "own": {"y": 3, "x": 1}}),
        (
            "a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc: {<<: [*a, *b]}",
            {"a": {"x": 1}, "b": {"x": 2, "z": 3}, "c": {"x": 1, "z": 3}},
        ),
        ("'<<': 5", {"<<": 5}),
        ("a: |\n  x\n   y\nb: >\n  x\n  y\n", {"a": "x\n y\n", "b": "x y\n"}),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ("12345678901234567890123", 1.2345678901234568e22),
        ("18446744073709551615", 2**64 - 1),
        ("", None),
        ("# nothing", None),
        ("--- 5\n...\n", 5),
    ],
)
def test_values(parser: str, text: str, value: Any) -> None:
    found = yaml_value(text, "a.yaml")
    assert found == value
    assert repr(found) == repr(value), "1 and 1.0, or 1 and True, are equal and not the same"


def test_special_numbers() -> None:
    assert [repr(each) for each in yaml_value("[.inf, -.Inf, +.INF, .nan]", "a")] == ["inf", "-inf", "inf", "nan"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [\n", "a.yaml:2:1: is no valid YAML"),
        ("a: 1\nb: {\n  c: 1,\n  c: 2}\n", 'a.yaml:4:3: is no valid YAML: the key "c" stands here a second time'),
        ("200: a\n'200': b\n", 'a.yaml:2:1: is no valid YAML: the key "200"'),
        ("? [a]\n: b\n", "a.yaml:1:3: is no valid YAML: a key must be text"),
        ("a: *x\n", "a.yaml:1:4: is no valid YAML"),
        ("a: !!python/object:os.system {}\n", "a.yaml:1:4: is no valid YAML: the tag tag:yaml.org,2002:python"),
        ("a: !!float {}\n", "the tag tag:yaml.org,2002:float is not read"),
        ("a: 1\n--- \nb: 2\n", "a.yaml:2:1: is no valid YAML: a second document begins here"),
        ("a: 1\nb: x\x00y\n", "a.yaml:2:5: is no valid YAML: the character U+0000 is not allowed"),
        ("<<: 5\n", "a.yaml:1:5: is no valid YAML: `<<` takes a mapping in"),
        ("a: " + "9" * 5000, "a.yaml:1:4: is no valid YAML: a number of 5000 digits"),
        ("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "is nested too deep"),
        ('a: "\\ud83d"\n', "is no valid YAML"),
        ("\ta: 1\n", "a.yaml:1:1: is no valid YAML"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(parser: str, text: str, told: str) -> None:
    with pytest.raises(ContractError) as caught:
        yaml_value(text, "a.yaml")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_merges_cannot_explode() -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(1000))
    with pytest.raises(ContractError, match="takes in more than"):
        yaml_value(f"a: &a {{{keys}}}\nb:\n" + "- {<<: *a}\n" * 1001, "a.yaml")


def test_an_alias_of_itself_is_given_as_it_is() -> None:
    found = yaml_value("a: &a [1, *a]", "a.yaml")
    assert found["a"][1] is found["a"]


def test_events_say_where_they_are(parser: str) -> None:
    text = "é: 1\nb:\n- {c: d}\n"
    [*_, last] = [event for event in yaml_events(text, "a") if event.kind == "scalar"]
    assert (last.value, last.line, last.column, text[last.start : last.end]) == ("d", 2, 6, "d")
    assert [event.flow for event in yaml_events(text, "a") if event.kind in "{["] == [False, False, True]
