"""Names speak of types."""

from __future__ import annotations

import pytest
from graphql import build_schema

from seamwright.contracts.graphql.nouns import Nouns, singular, words

NOUNS = Nouns(
    build_schema("""
    type Query { postedOrders: OrderConnection! latest: Post stats: Stats }
    type OrderType { id: ID! author: Person! }
    type Person { id: ID! }
    type Post { id: ID! }
    type BillingCustomer { id: ID! }
    type Stats { count: Int }
    type Edge { node: OrderType }
    type OrderConnection { edges: [Edge] pageInfo: Stats }
    type CreatePostPayload { userErrors: [PostError!]! post: Post }
    type PostError { message: String }
    type Mutation { createPost: CreatePostPayload ping: Boolean }
    """)
)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("billingCustomer_id", ["billing", "customer", "id"]),
        ("HTTPServerIDs", ["http", "server", "i", "ds"]),
        ("users_by_pk", ["users", "by", "pk"]),
    ],
)
def test_a_name_falls_into_words(name: str, parts: list[str]) -> None:
    assert words(name) == parts


@pytest.mark.parametrize(
    ("many", "one"),
    [("orders", "order"), ("categories", "category"), ("boxes", "box"), ("status", "status"), ("addresses", "address")],
)
def test_nouns_in_the_singular(many: str, one: str) -> None:
    assert singular(many) == one


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("order", "OrderType"),
        ("newOrder", "OrderType"),
        ("billingCustomers", "BillingCustomer"),
        ("author", "Person"),
        ("weather", None),
    ],
)
def test_a_name_means_a_type_or_what_a_field_of_that_name_holds(name: str, kind: str | None) -> None:
    assert NOUNS.meant(words(name)) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("cancelOrder", "OrderType"), ("deletePost", "Post"), ("orders", "OrderType"), ("ping", None)],
)
def test_a_root_field_speaks_of_a_type(name: str, kind: str | None) -> None:
    assert NOUNS.subject(name) == kind


def test_what_is_given_lies_inside_of_connections_and_payloads() -> None:
    schema = build_schema("type Query { a: Int }")
    assert schema.query_type is not None
    assert NOUNS.answered(schema.query_type.fields["a"]) is None
