"""What is worked out of a contract is worked out once, and never taken for another contract's."""

from __future__ import annotations

from seamwright.contracts.kept import kept
from tests.checks.stage import contract_of

DOCUMENT = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}


def test_it_is_made_once_for_each_key_and_contract() -> None:
    one, other = contract_of(DOCUMENT), contract_of(DOCUMENT)
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name

    assert [kept(one, "a", lambda: make("1a")), kept(one, "a", lambda: make("again"))] == ["1a", "1a"]
    assert kept(other, "a", lambda: make("2a")) == "2a"
    assert kept(one, "b", lambda: make("1b")) == "1b"
    assert made == ["1a", "2a", "1b"]


def test_only_so_many_contracts_are_remembered() -> None:
    first = contract_of(DOCUMENT)
    assert kept(first, "a", lambda: 1) == 1
    others = [contract_of(DOCUMENT) for _ in range(40)]
    for each in others:
        kept(each, "a", lambda: 2)

    assert kept(first, "a", lambda: 3) == 3
