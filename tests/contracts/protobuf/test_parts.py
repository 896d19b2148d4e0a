"""What each rpc of a library and of a shop does to things."""

from __future__ import annotations

import pytest

from seamwright.contracts.protobuf.parts import Part, part_of
from tests.library import LIBRARY
from tests.rpc import contract_of


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Library.CreateBook", Part("create", "book", None, ("book",), (), "name")),
        ("Library.GetBook", Part("get", "book", ("name",), (), (), "name")),
        ("Library.ListBooks", Part("list", "book", None, (), ("books",), "name")),
        ("Library.UpdateBook", Part("update", "book", ("book", "name"), ("book",), (), "name")),
        ("Library.DeleteBook", Part("delete", "book", ("name",), (), None, "name")),
        ("Library.GetBookStatus", Part("act", "book", ("name",), (), (), "name")),
        ("Library.WatchBooks", Part("other", "book", None, (), (), "name")),
        ("Library.ImportBooks", Part("create", "book", None, ("book",), ("books",), "name")),
        ("Library.CreateCard", Part("create", "card", ("card_id",), (), None, "card_id")),
        ("Library.PunchCard", Part("act", "card", ("card_id",), (), None, "card_id")),
        ("Library.Chat", Part("other", "library", None, (), None, "")),
        ("Users.Create", Part("create", "user", None, (), ("user",), "id")),
        ("Users.Get", Part("get", "user", ("id",), (), (), "id")),
        ("Users.List", Part("list", "user", None, (), ("users",), "id")),
        ("Users.Remove", Part("delete", "user", ("ids",), (), None, "ids")),
    ],
)
def test_what_an_rpc_does(name: str, part: Part) -> None:
    contract = contract_of(LIBRARY)
    operation = contract.operation(name)
    assert operation is not None
    assert part_of(contract, operation) == part
