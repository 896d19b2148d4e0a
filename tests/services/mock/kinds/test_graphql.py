"""Mocks of GraphQL endpoints by their schemas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import build_schema, introspection_from_schema

from tests.checks.graph import SDL
from tests.mocking import running


@pytest.mark.parametrize("name", ["shop.graphql", "shop.gql", "schema.txt", "introspection.json"])
async def test_a_schema_is_known_by_what_it_says(tmp_path: Path, name: str) -> None:
    told = json.dumps({"data": introspection_from_schema(build_schema(SDL))}) if name.endswith("json") else SDL
    (tmp_path / name).write_text(told, encoding="utf-8")
    async with running(tmp_path / name) as server:
        assert server.url.endswith("/graphql")
        assert server.title == name
