"""Which documents are taken for protobuf contracts."""

from __future__ import annotations

import pytest

from seamwright.services.mock.kinds.grpc import MOCK


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("shop.proto", True),
        ("api/SHOP.PROTO", True),
        ("shop.binpb", True),
        ("grpc://127.0.0.1:50051", True),
        ("openapi.yaml", False),
        ("http://127.0.0.1/openapi.json", False),
    ],
)
def test_what_is_taken(name: str, taken: bool) -> None:
    assert MOCK.takes(name) is taken


def test_it_is_the_mock_of_boundaries_of_this_kind() -> None:
    assert MOCK.name == "grpc"
