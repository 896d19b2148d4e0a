"""A schema is known by the name of its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.services.mock import Source, kind_of
from seamwright.services.mock.kinds.graphql import MOCK


async def _nothing(url: str) -> bytes:
    raise AssertionError(url)


@pytest.mark.parametrize("name", ["shop.graphql", "a/b.graphqls", "c.gql", "http://h/schema.graphql?x=1"])
def test_a_schema_is_taken(name: str) -> None:
    assert kind_of(Source(name, Path(), _nothing)) is MOCK


def test_by_the_kind_of_its_boundary_it_needs_no_name() -> None:
    assert kind_of(Source("schema.txt", Path(), _nothing, kind="graphql")) is MOCK
    assert kind_of(Source("openapi.yaml", Path(), _nothing)) is not MOCK
