"""Mocks of gRPC services by their descriptors."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.library import LIBRARY
from tests.mocking import running
from tests.rpc import contract_of


@pytest.mark.parametrize("name", ["library.proto", "LIBRARY.PROTO", "library.binpb", "descriptors"])
async def test_a_contract_is_known_by_what_it_says(tmp_path: Path, name: str) -> None:
    compiled = base64.b64decode(contract_of(LIBRARY).document["descriptors"])
    (tmp_path / name).write_bytes(LIBRARY.encode() if name.lower().endswith(".proto") else compiled)
    async with running(tmp_path / name) as server:
        assert server.url.startswith("grpc://127.0.0.1:")
        assert server.facts()["services"] == ["library.v1.Library", "library.v1.Users"]
