"""Every rule says what it means, and no two have one id."""

from __future__ import annotations

from seamwright.contracts.diff import rules
from seamwright.contracts.diff.protobuf.rules import RULES


def test_the_table_is_whole() -> None:
    assert rules("protobuf") == RULES
    assert len({rule.id for rule in RULES}) == len(RULES) > 30
    for rule in RULES:
        assert rule.means, rule.id
        assert rule.why, rule.id
        assert not rule.means.endswith(".")
