"""A gRPC server is verified by its address alone, and a mock of its contract stands in its place: as processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faces.terminal import seamwright
from tests.rpc import SHOP, serving_rpc
from tests.serving import free_port
from tests.shop import Shop

ALL = {
    "contract.grpc-deadline",
    "contract.grpc-invalid-input-refused",
    "contract.grpc-response-conforms",
    "contract.grpc-server-error",
    "contract.grpc-unknown-method",
}


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[str]:
    """A mock of the shop, as `seamwright mock` starts it."""
    (tmp_path / "shop.proto").write_text(SHOP)
    words = [sys.executable, "-m", "seamwright", "mock", "shop.proto", "--json", "--quiet"]
    process = subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield str(json.loads(process.stdout.readline())["url"])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(10)
        process.stdout.close()


def test_a_server_with_reflection_needs_no_manifest(tmp_path: Path) -> None:
    shop = Shop()

    def listed(request: Any, context: Any) -> Any:
        if request.get("page_size", 0) < 0:
            raise IndexError("list index out of range")
        return shop.list(request, context)

    with serving_rpc(SHOP, shop.answers(ListOrders=listed), reflect=("v1",)) as url:
        done = seamwright("verify", url, "--seed", "1", "--json", "-q", cwd=tmp_path)
    assert done.status == 1, done.err
    rows = {row["check"]: row for row in done.json["evidence"]}
    assert set(rows) == ALL
    assert {check for check, row in rows.items() if row["verdict"] == "refuted"} == {"contract.grpc-server-error"}
    [finding] = rows["contract.grpc-server-error"]["findings"]
    assert finding["operation"] == "Orders.ListOrders"
    assert finding["reproduce"].startswith(f"seamwright verify {url} --check contract.grpc-server-error --seed 1")
    assert {row["operation"] for row in done.json["coverage"] if row["calls"]} == {
        "Orders.CreateOrder",
        "Orders.GetOrder",
        "Orders.ListOrders",
        "Orders.DeleteOrder",
    }


def test_a_mock_holds_what_its_contract_promises(mock: str, tmp_path: Path) -> None:
    done = seamwright("verify", mock, "--seed", "1", "--json", "-q", cwd=tmp_path)
    assert done.status == 0, done.err
    assert {row["check"] for row in done.json["evidence"]} == ALL


def test_a_server_that_tells_nothing_of_itself(tmp_path: Path) -> None:
    with serving_rpc(SHOP, Shop().answers()) as url:
        done = seamwright("verify", url, cwd=tmp_path)
        assert done.status == 2
        assert "does not offer server reflection" in done.err
        (tmp_path / "shop.proto").write_text(SHOP)
        boundary = f"{{kind: grpc, url: '{url}', contract: shop.proto}}"
        (tmp_path / "seamwright.yaml").write_text(f"system: shop\nboundaries:\n  orders: {boundary}\n")
        done = seamwright("verify", "orders", "--check", "contract.grpc-response-conforms", cwd=tmp_path)
        assert done.status == 0, done.err
    gone = seamwright("verify", f"grpc://127.0.0.1:{free_port()}", cwd=tmp_path)
    assert gone.status == 3
    assert "nothing usable answers" in gone.err
