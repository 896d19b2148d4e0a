"""The nouns that operations are read into: steps of a scope, kinds, and what leads to one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seamwright.engines.mock.kinds import Kind, Part, Role, Step
from tests.contracts.documents import contract
from tests.engines.mock.conversation import answers, operation, shop

LINES = Kind(
    "orders/{}/lines",
    "lines",
    single=False,
    item={},
    item_path="/orders/{order}/lines/{n}",
    item_steps=(Step("orders", ("order",)),),
)


def test_a_scope_is_what_the_path_names() -> None:
    part = Part(operation(shop(), "listLines"), Role.LIST, LINES, (Step("me"), Step("repos", ("owner", "repo"))))
    assert part.scope({"owner": "o", "repo": "r", "other": "x"}) == (("me", ""), ("repos", "o,r"))


def test_a_step_reads_its_key_back() -> None:
    step = Step("repos", ("owner", "repo"))
    assert step.values(step.text({"owner": "o", "repo": "r,s"})) == {"owner": "o", "repo": "r,s"}
    assert Step("me").values("") == {}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ((("orders", "7"),), {"order": "7", "n": "1"}),
        ((("users", "3"), ("orders", "7")), {"order": "7", "n": "1"}),
        ((("users", "3"),), None),
    ],
)
def test_the_path_to_one_is_filled_by_the_names_of_its_steps(
    scope: tuple[tuple[str, str], ...], expected: dict[str, str] | None
) -> None:
    assert LINES.values(scope, "1", ("order", "n")) == expected


def test_resources_that_nobody_lists_or_makes_are_open() -> None:
    assert LINES.open
    assert not any(replace(LINES, **{name: True}).open for name in ("single", "listed", "created"))  # type: ignore[arg-type]


def test_versions_are_told_where_requests_name_them() -> None:
    named = {"name": "If-Match", "in": "header", "schema": {"type": "string"}}
    found = contract({"/a": {"put": {"parameters": [named], "responses": answers(s204=None)}}})
    assert not LINES.tagged
    assert replace(LINES, sources=found.operations).tagged
