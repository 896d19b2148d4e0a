"""Kinds of contracts that can be mocked: what lies on disk is there, and each contract has a mock of its own kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.model.errors import UsageError
from seamwright.services.mock import every_kind, opened
from seamwright.services.mock import kinds as package
from seamwright.services.mock.documents import Source
from seamwright.services.mock.kind import Settings
from tests.mocking import document, never, written


def source(contract: str, kind: str | None = None) -> Source:
    return Source(contract, Path(), never, "orders", kind)


def test_what_is_discovered_is_what_lies_on_disk() -> None:
    folder = Path(str(package.__file__)).parent
    assert set(every_kind()) == {path.stem for path in folder.glob("*.py") if not path.name.startswith("_")}


async def test_the_kind_of_a_boundary_must_be_that_of_its_contract(tmp_path: Path) -> None:
    path = written(tmp_path, document())
    with pytest.raises(UsageError, match=r"orders: is of kind graphql, and .* is a contract of kind http"):
        await opened(source(str(path), "graphql"), Settings())
    with pytest.raises(UsageError, match="orders: there is no mock of kind sql; there are: "):
        await opened(source("anything", "sql"), Settings())


def test_a_mock_keeps_to_this_machine_unless_told_otherwise() -> None:
    assert (Settings().host, Settings().port) == ("127.0.0.1", 0)
    assert Settings().say("nothing comes of it") is None  # type: ignore[func-returns-value]
