"""Kinds of contracts that can be mocked: what lies on disk is there, and each takes its own documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.model.errors import UsageError
from seamwright.services.mock import every_kind, kind_of
from seamwright.services.mock import kinds as package
from seamwright.services.mock.kind import Settings, Source
from tests.mocking import never


def source(contract: str, kind: str | None = None) -> Source:
    return Source(contract, Path(), never, "orders", kind)


def test_what_is_discovered_is_what_lies_on_disk() -> None:
    folder = Path(str(package.__file__)).parent
    assert set(every_kind()) == {path.stem for path in folder.glob("*.py") if not path.name.startswith("_")}


@pytest.mark.parametrize("contract", ["a.json", "a/b.yaml", "https://pets.example/openapi.json?v=2", "contract"])
def test_documents_of_http(contract: str) -> None:
    assert kind_of(source(contract)).name == "http"


def test_the_kind_of_a_boundary_decides() -> None:
    assert kind_of(source("anything", "http")).name == "http"
    with pytest.raises(UsageError, match="orders: there is no mock of kind sql; there are: "):
        kind_of(source("anything", "sql"))


def test_a_mock_keeps_to_this_machine_unless_told_otherwise() -> None:
    assert (Settings().host, Settings().port) == ("127.0.0.1", 0)
    assert Settings().say("nothing comes of it") is None  # type: ignore[func-returns-value]
