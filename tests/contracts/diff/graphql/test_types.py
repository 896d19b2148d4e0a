"""Types that come and go, and who belongs to them."""

from __future__ import annotations

import pytest

from seamwright.contracts.diff import rules
from tests.contracts.diff.graphql.versions import BASE, between, told


@pytest.mark.parametrize(
    ("change", "to", "expected"),
    [
        ("type Unused { x: Int }", "", [("unused-type-removed", "info", "Unused")]),
        ("scalar When", "type New { x: Int } scalar When", [("type-added", "info", "New")]),
        (
            'scalar When @specifiedBy(url: "https://example.com/a")',
            "enum When { A }",
            [("type-kind-changed", "breaking", "When")],
        ),
        ("example.com/a", "example.com/b", [("scalar-specification-changed", "potentially", "When")]),
        ("enum Status { OPEN PAID }", "enum Status { OPEN }", [("enum-value-removed", "breaking", "Status.PAID")]),
        ("enum Seen { NEW OLD }", "enum Seen { NEW }", [("answered-enum-value-removed", "potentially", "Seen.OLD")]),
        ("enum Seen { NEW OLD }", "enum Seen { NEW OLD ODD }", [("enum-value-added", "potentially", "Seen.ODD")]),
        ("enum Seen { NEW OLD }", "enum Seen { NEW OLD @deprecated }", [("enum-value-deprecated", "info", "Seen.OLD")]),
        ("= Order | Line", "= Order", [("union-member-removed", "breaking", "Found")]),
        ("= Order | Line", "= Order | Line | Unused", [("union-member-added", "potentially", "Found")]),
        ("implements Node", "", [("interface-removed", "breaking", "Order")]),
        ("implements Node", "implements Node & Priced", [("interface-added", "potentially", "Order")]),
        (
            "type Mutation { pay(id: ID!): Order }",
            "",
            [("type-removed", "breaking", "Mutation")],
        ),
    ],
)
def test_what_a_change_means(change: str, to: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(change, to) == expected


def test_a_value_that_is_only_sent_may_come() -> None:
    old = "type Query { a(s: S): Int } enum S { X }"
    assert [c.id for c in between(old, old.replace("X }", "X Y }"))] == ["sent-enum-value-added"]


def test_a_type_in_use_that_is_gone_breaks() -> None:
    found = between(BASE, BASE.replace("union Found = Order | Line", ""))
    assert [(c.id, c.place) for c in found] == [("unused-type-removed", "Found")], "no field holds it"
    used = BASE.replace("seen: Seen", "seen: Seen found: Found")
    gone = used.replace("union Found = Order | Line", "").replace(" found: Found", "")
    assert {(c.id, c.place) for c in between(used, gone)} == {
        ("type-removed", "Found"),
        ("field-removed", "Query.found"),
    }


def test_a_root_type_may_have_another_name() -> None:
    new = BASE.replace("type Query", "schema { query: Root mutation: Mutation } type Root")
    assert [(c.id, c.place) for c in between(BASE, new)] == [("root-type-renamed", "Query")]


def test_every_rule_is_of_one_id_and_says_why() -> None:
    known = rules("graphql")
    assert len({rule.id for rule in known}) == len(known)
    assert all(rule.means and rule.why and not rule.why.endswith(".") for rule in known)


def test_the_same_schema_has_no_changes() -> None:
    assert between(BASE, BASE) == ()
