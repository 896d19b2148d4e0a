"""A mark goes where a free text is read back under the same name."""

from __future__ import annotations

import pytest

from seamwright.contracts.graphql import load_sdl
from seamwright.contracts.graphql.canaries import canary_place

SDL = """
type Note {{ id: ID! title: String text: String email: String status: String }}
input NoteInput {{ title: String! text: String email: String hidden: String tags: [String] about: About }}
input About {{ text: String }}
type Query {{ note(id: ID!): Note }}
type Mutation {{ createNote({}): Note }}
"""


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ("input: NoteInput!", ("input", "text")),
        ("title: String!", ("title",)),
        ("email: String, status: String", ()),
        ("hidden: String", ()),
        ("about: About", ("about", "text")),
        ("text: String @constraint(maxLength: 3)", ()),
    ],
)
def test_the_likeliest_free_text(arguments: str, place: tuple[str, ...]) -> None:
    contract = load_sdl(SDL.format(arguments), source="s", digest="d")
    assert canary_place(contract, contract.operations[-1], "Note") == place
    assert canary_place(contract, contract.operations[0], "Note") == ()
