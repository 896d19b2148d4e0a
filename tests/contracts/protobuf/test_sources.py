"""`.proto` files, folders of them and sets of descriptors; imports from where people keep them; plain complaints."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.contracts.protobuf.sources import alone, compiled, descriptor_set, is_descriptor_set, is_proto_text
from seamwright.model.errors import ContractError
from seamwright.wire.protobuf import Descriptors
from tests.rpc import SHOP, descriptors_of

ORDERS = """
syntax = "proto3";
package shop.v1;
import "shop/v1/money.proto";
service Orders { rpc Pay(Money) returns (Money); }
"""
MONEY = """
syntax = "proto3";
package shop.v1;
message Money { int64 units = 1; }
service Rates { rpc Get(Money) returns (Money); }
"""


def _services(data: bytes) -> list[str]:
    return [service.full_name for service in Descriptors(data).services()]


def _tree(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_proto", ".proto")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_imports_start_where_they_are_all_found(tmp_path: Path) -> None:
    root = _tree(tmp_path, proto__shop__v1__orders_proto=ORDERS, proto__shop__v1__money_proto=MONEY)
    data = descriptor_set(root / "proto/shop/v1/orders.proto", root)
    assert _services(data) == ["shop.v1.Orders"], "what is only imported is offered by somebody else"


def test_imports_lie_beside_in_a_folder_that_people_use(tmp_path: Path) -> None:
    root = _tree(tmp_path, api__orders_proto=ORDERS, third_party__shop__v1__money_proto=MONEY)
    assert _services(descriptor_set(root / "api/orders.proto", root)) == ["shop.v1.Orders"]


def test_a_folder_is_all_that_is_in_it(tmp_path: Path) -> None:
    root = _tree(tmp_path, shop__v1__orders_proto=ORDERS, shop__v1__money_proto=MONEY)
    assert sorted(_services(descriptor_set(root, root))) == ["shop.v1.Orders", "shop.v1.Rates"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ContractError, match=r"no \.proto file in this folder"):
        descriptor_set(tmp_path / "empty", tmp_path)


def test_a_set_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shop.binpb").write_bytes(descriptors_of(SHOP))
    assert descriptor_set(tmp_path / "shop.binpb", tmp_path) == descriptors_of(SHOP)


def test_complaints_name_the_file_and_what_to_do(tmp_path: Path) -> None:
    root = _tree(tmp_path, broken_proto='syntax = "proto3";\nmessage M { strin a = 1; }\n', orders_proto=ORDERS)
    with pytest.raises(ContractError, match=r"broken\.proto: is no valid \.proto file: .*broken\.proto:2:13"):
        compiled([root / "broken.proto"], root)
    with pytest.raises(ContractError, match=r"imports shop/v1/money\.proto, which lies in none of") as caught:
        compiled([root / "orders.proto"], root)
    assert "--include_imports" in str(caught.value)
    with pytest.raises(ContractError, match="does not exist"):
        descriptor_set(root / "gone.proto", root)


def test_nothing_above_the_folder_that_paths_start_from_is_looked_at(tmp_path: Path) -> None:
    root = _tree(tmp_path, inside__orders_proto=ORDERS, shop__v1__money_proto=MONEY)
    with pytest.raises(ContractError, match="lies in none of"):
        descriptor_set(root / "inside/orders.proto", root / "inside")


def test_text_that_came_without_a_file() -> None:
    assert _services(alone(SHOP.encode(), "http://127.0.0.1:1/shop.proto")) == ["shop.v1.Orders"]
    assert alone(descriptors_of(SHOP), "x") == descriptors_of(SHOP)
    with pytest.raises(ContractError, match=r"^http://127\.0\.0\.1:1/orders\.proto: imports"):
        alone(ORDERS.encode(), "http://127.0.0.1:1/orders.proto")


def test_what_is_which() -> None:
    assert is_descriptor_set(descriptors_of(SHOP))
    assert not is_descriptor_set(SHOP.encode())
    assert not is_descriptor_set(b"openapi: 3.1.0\n")
    assert is_proto_text("// a comment\n/* another */ syntax = 'proto3';")
    assert is_proto_text('edition = "2023";')
    assert not is_proto_text("openapi: 3.1.0\n# package a;\n")
