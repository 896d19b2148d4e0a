"""What root fields do, where a name alone could mean either."""

from __future__ import annotations

import pytest

from seamwright.contracts.graphql import load_sdl
from seamwright.contracts.graphql.links import links_of
from seamwright.contracts.graphql.parts import part_of

SDL = """
type Post {{ id: ID! }}
type PostEdge {{ node: Post }}
type PostConnection {{ edges: [PostEdge!] }}
type Query {{ posts: PostConnection count: Int }}
type Mutation {{ {} }}
"""


@pytest.mark.parametrize(
    ("field", "act"),
    [
        ("deletePost(id: ID!): ID", "remove"),
        ("removePost(id: ID!): Post", "remove"),
        ("archivePost(id: ID!): Post", "change"),
        ("closePost(id: ID!): Boolean", "remove"),
        ("savePost(title: String): Post", "create"),
        ("updatePost(id: ID!): Post", "change"),
        ("postCreate(title: String): Post", "create"),
        ("login(name: String): String", "other"),
    ],
)
def test_a_mutation_by_its_verb_and_what_it_answers(field: str, act: str) -> None:
    contract = load_sdl(SDL.format(field), source="s", digest="d")
    assert part_of(links_of(contract), contract.operations[-1]).act == act


def test_a_connection_is_a_list() -> None:
    contract = load_sdl(SDL.format("ping: Int"), source="s", digest="d")
    acts = [(p.act, p.kind) for p in (part_of(links_of(contract), o) for o in contract.operations[:2])]
    assert acts == [("list", "Post"), ("other", None)]
