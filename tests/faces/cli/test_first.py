"""`seamwright init` writes a manifest that can be verified as it is."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2

from tests.faces.conftest import Served
from tests.faces.terminal import seamwright
from tests.rpc import SHOP, serving_rpc
from tests.serving import free_port
from tests.shop import Shop


def test_from_a_url(books: Served, here: Path) -> None:
    done = seamwright("init", books.document, cwd=here)
    assert (done.status, done.out) == (0, "seamwright.yaml\n")
    assert "next: seamwright verify seamwright.yaml --plan" in done.err
    plan = seamwright("verify", "--plan", "--json", cwd=here)
    assert plan.status == 0
    assert {item["boundary"] for item in plan.json["planned"]} == {"shelf"}
    again = seamwright("init", books.document, cwd=here)
    assert again.status == 2
    assert "seamwright.yaml is there already; say --force to replace it" in again.err
    assert seamwright("init", books.document, "--force", cwd=here).status == 0
    assert seamwright("manifest", "check", cwd=here).out == "seamwright.yaml: 1 boundaries, all in order\n"


def test_from_a_file_and_elsewhere(books: Served, here: Path) -> None:
    (here / "shelf.json").write_bytes(httpx2.get(books.document).content)
    no_server = seamwright("init", "shelf.json", cwd=here)
    assert no_server.status == 2
    assert "shelf.json names no server with an address; say where the API is: --url" in no_server.err
    assert not (here / "seamwright.yaml").exists()
    done = seamwright("init", "shelf.json", "--url", books.url, "--out", "my system/seamwright.yaml", cwd=here)
    assert done.status == 0, done.err
    assert "next: seamwright verify 'my system/seamwright.yaml' --plan" in done.err
    before = len(books.app.log)
    assert seamwright("verify", "my system/seamwright.yaml", "--plan", cwd=here).status == 0
    assert len(books.app.log) == before


def test_what_cannot_be_used(here: Path) -> None:
    dead = seamwright("init", f"http://127.0.0.1:{free_port()}/openapi.json", cwd=here)
    assert dead.status == 3
    assert "the target's fault" in dead.err
    assert seamwright("init", "nowhere.json", cwd=here).status == 2
    (here / "other.json").write_text(json.dumps({"name": "package"}))
    wrong = seamwright("init", "other.json", cwd=here)
    assert wrong.status == 2
    assert "other.json" in wrong.err
    assert sorted(path.name for path in here.iterdir()) == ["other.json"]


def test_from_a_grpc_server(here: Path) -> None:
    with serving_rpc(SHOP, Shop().answers(), reflect=("v1",)) as url:
        assert seamwright("init", url, cwd=here).status == 0
        plan = seamwright("verify", "--plan", "--json", cwd=here)
        assert plan.status == 0, plan.err
        assert "contract.grpc-server-error" in {item["check"] for item in plan.json["planned"]}
    with serving_rpc(SHOP, Shop().answers()) as url:
        silent = seamwright("init", url, "--force", cwd=here)
    assert silent.status == 2
    assert f"seamwright init api.proto --url {url}" in silent.err


def test_from_a_websocket(here: Path) -> None:
    assert seamwright("init", "ws://127.0.0.1:9000/feed", cwd=here).status == 0
    plan = seamwright("verify", "--plan", "--json", cwd=here)
    assert {item["check"] for item in plan.json["planned"]} >= {"contract.websocket-handshake"}
