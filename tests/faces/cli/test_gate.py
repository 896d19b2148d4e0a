"""`seamwright gate`: closed until evidence opens it, each time with the command that gets it further."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces.terminal import Shop, seamwright, shop_up

GATES = '\ngates:\n  "5": {families: [auth], coverage: 0}\n'


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop whose customers may look at everybody's orders; its tokens are checked well."""
    with shop_up(tmp_path_factory.mktemp("shop"), "--defect", "bfla-admin") as shop:
        yield shop


def _gated(shop: Shop, gates: str = GATES) -> str:
    path = shop.data / "gated.yaml"
    path.write_text((shop.here / shop.manifest).read_text() + gates)
    return str(path)


def test_it_opens_by_the_evidence_that_it_asks_for_and_closes_when_the_manifest_changes(
    shop: Shop, tmp_path: Path
) -> None:
    manifest = _gated(shop)
    closed = seamwright("gate", "5", "-m", manifest, cwd=tmp_path)
    assert closed.status == 3
    assert "phase 5, Testing & Quality Assurance: the gate is closed (? unknown)" in closed.out
    assert "auth.expired-token on orders has no evidence" in closed.out
    assert f"all of it at once: seamwright verify {shlex.quote(manifest)}\n" in closed.out
    command = f"seamwright verify {shlex.quote(manifest)} orders --check auth.expired-token"
    assert command in closed.out

    assert seamwright("verify", manifest, "--proves", "auth", "-q", cwd=tmp_path).status == 0
    opened = seamwright("gate", "5", "-m", manifest, "--json", cwd=tmp_path)
    assert opened.status == 0
    assert opened.json["open"] is True
    assert opened.json["missing"] == []
    assert opened.json["met"] >= 7
    assert "the gate is open (✓ proved)" in seamwright("gate", "5", "-m", manifest, cwd=tmp_path).out

    _gated(shop, GATES + "redact: [x-internal]\n")
    stale = seamwright("gate", "5", "-m", manifest, "--json", cwd=tmp_path)
    assert (stale.status, stale.json["open"]) == (3, False)
    assert {missing["reason"] for missing in stale.json["missing"]} == {"stale"}
    assert "the manifest has changed since" in stale.json["missing"][0]["text"]


def test_what_a_refusal_says_to_run_is_what_satisfies_it(shop: Shop, tmp_path: Path) -> None:
    manifest = _gated(shop, '\ngates:\n  "3": {families: [], checks: [auth.forged-token]}\n')
    (missing,) = seamwright("gate", "3", "-m", manifest, "--json", cwd=tmp_path).json["missing"]
    program, *words = shlex.split(missing["command"])
    assert program == "seamwright"
    assert seamwright(*words, cwd=tmp_path).status == 0
    assert seamwright("gate", "3", "-m", manifest, cwd=tmp_path).status == 0


def test_a_refuted_requirement_keeps_it_closed_and_shows_how_to_see_it_again(shop: Shop, tmp_path: Path) -> None:
    asked = "{families: [], checks: [security.admin-operation-refused], coverage: 0}"
    manifest = _gated(shop, f'\ngates:\n  "4": {asked}\n')
    seamwright("verify", manifest, "orders", "--check", "security.admin-operation-refused", "-q", cwd=tmp_path)
    closed = seamwright("gate", "4", "-m", manifest, "--json", cwd=tmp_path)
    assert closed.status == 1
    assert closed.json["verdict"] == "refuted"
    assert closed.json["phase"] == 4
    assert closed.json["name"] == "Development & Implementation"
    (missing,) = closed.json["missing"]
    assert set(missing) == {"requirement", "reason", "text", "command"}
    assert missing["reason"] == "refuted"
    assert "--seed" in missing["command"]


def test_it_needs_a_manifest(tmp_path: Path) -> None:
    done = seamwright("gate", cwd=tmp_path)
    assert done.status == 2
    assert "there is no seamwright.yaml here or above" in done.err
