"""Two versions of a contract are compared by what they are contracts of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seamwright.contracts.diff import KINDS, Level, diff, rules
from seamwright.model.errors import UsageError
from tests.contracts.diff.versions import answering, operation, shop


def test_a_contract_has_not_changed_from_itself() -> None:
    tree = {"type": "object", "properties": {"below": {"$ref": "#/components/schemas/Tree"}}}
    contract = answering({"$ref": "#/components/schemas/Tree"}, components={"schemas": {"Tree": tree}})
    assert diff(contract, contract) == ()


def test_the_worst_comes_first_and_nothing_comes_twice() -> None:
    old = shop(operation(tags=["a"], parameters=[{"name": "q", "in": "query", "schema": {"type": "string"}}]))
    new = shop(operation(tags=["b"], security=[{"key": []}]))
    found = diff(old, new)
    levels = [change.level for change in found]
    assert levels == sorted(levels, key=tuple(Level).index)
    assert levels[0] is Level.BREAKING
    assert len(set(found)) == len(found)


def test_contracts_of_different_kinds_are_refused() -> None:
    contract = shop(operation())
    other = replace(contract, dialect="graphql", source="schema.graphql")
    with pytest.raises(UsageError, match=r"shop\.json is openapi and schema\.graphql is graphql"):
        diff(contract, other)


def test_versions_of_openapi_are_compared_with_each_other() -> None:
    assert diff(shop(operation()), shop(operation(), openapi="3.1.0")) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_has_an_id_of_its_own_and_says_what_it_means_to_whom(kind: str) -> None:
    table = rules(kind)
    assert len({rule.id for rule in table}) == len(table)
    for rule in table:
        assert rule.id == rule.id.lower().replace("_", "-"), rule.id
        assert rule.means, rule.id
        assert rule.why, rule.id
        assert not rule.means.endswith("."), rule.id
        assert rule.direction in ("request", "response", ""), rule.id
