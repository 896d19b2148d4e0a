"""What breaks the specification is told where it stands, in words that say what to change."""

from __future__ import annotations

import pytest

from seamwright.contracts.lint._structure import MOST_OPERATIONS
from tests.contracts.lint.documents import problems


def _told(text: str) -> list[tuple[str, str, str]]:
    return [(problem.place, problem.text, problem.fix) for problem in problems(text, "structure")]


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("openapi: 3.0.3\ninfo: {title: x}\npaths: {}", "#/info", "`version` is missing"),
        ("openapi: 3.0.3\npaths: 5", "#/paths", "must be of type object, and is a number"),
        (
            "openapi: 3.0.3\npaths: {/a: {get: {responses: {'200': {}}}}}",
            "#/paths/~1a/get/responses/200",
            "`description`",
        ),
        ("openapi: 3.0.3\npaths: {/a: {got: {}}}", "#/paths/~1a/got", "`got` is not known here"),
        (
            "openapi: 3.0.3\npaths: {}\ncomponents: {schemas: {A: {type: array, items: {maxLength: many}}}}",
            "#/components/schemas/A/items/maxLength",
            "must be of type integer, and is text",
        ),
        ("paths: {}\ncomponents: {schemas: {A: {required: yes}}}", "#/components/schemas/A/required", "is not of type"),
        (
            "swagger: '2.0'\npaths: {/a: {get: {responses: {'200': {}}}}}",
            "#/paths/~1a/get/responses/200",
            "`description`",
        ),
        ("tags: [{name: a}, {name: a}]\npaths: {}", "#", "Duplicate tag name 'a'"),
        (
            "paths: {/a: {get: {parameters: [{name: a, in: query, schema: {}}, {name: a, in: query, schema: {}}]}}}",
            "#/paths/~1a/get/parameters",
            "Duplicate parameter 'a'",
        ),
    ],
)
def test_places_and_words(text: str, place: str, told: str) -> None:
    assert any(at.startswith(place) and told in words for at, words, _ in _told(text)), _told(text)


def test_a_misspelt_key_is_told_with_the_one_that_was_meant() -> None:
    for version in ("3.0.3", "3.1.0"):
        text = "paths: {/a: {get: {sumary: x, responses: {default: {description: x}}}}}"
        [(place, _, fix)] = _told(f"openapi: {version}\n{text}")
        assert (place, fix) == ("#/paths/~1a/get/sumary", "did you mean `summary`?")


def test_what_cannot_be_followed_is_told_by_its_own_rule_and_nothing_is_fetched() -> None:
    text = """
paths:
  /a:
    get:
      parameters: [{$ref: "#/components/parameters/Gone"}, {$ref: "http://127.0.0.1:1/p.json"}]
      responses: {"200": {$ref: "#/components/responses/Round"}}
components: {responses: {Round: {$ref: "#/components/responses/Round"}}}
"""
    assert _told(text) == []
    assert {p.rule for p in problems(text, "reference-resolves", "reference-remote")} == {
        "reference-resolves",
        "reference-remote",
    }


def test_references_are_followed_under_an_id_and_in_a_file_of_its_kind() -> None:
    text = """
paths: {}
components:
  schemas:
    A: {$id: "https://shop.example/a", properties: {b: {$ref: "#/components/schemas/B"}}}
    B: {type: string}
"""
    assert _told(text) == []
    assert (
        _told("swagger: '2.0'\npaths: {/a: {get: {responses: {'200': {description: x, schema: {type: file}}}}}}") == []
    )


def test_a_reference_to_a_part_of_another_kind_is_told_and_nothing_breaks() -> None:
    text = """
openapi: 3.0.3
paths: {/a: {get: {parameters: [{$ref: "#/info"}], responses: {default: {description: x}}}}}
"""
    [(place, told, _)] = _told(text)
    assert "cannot be validated" in told
    assert place.startswith("#")


def test_what_is_not_looked_at_in_a_huge_document_is_named() -> None:
    paths = "\n".join(
        f"  /a{n}: {{get: {{responses: {{default: {{description: x}}}}}}}}" for n in range(MOST_OPERATIONS + 1)
    )
    [found] = problems(f"paths:\n{paths}\n", "structure")
    assert (str(found.severity), found.place) == ("info", "#/paths")
    assert "what the specification says in words is looked at up to" in found.text
