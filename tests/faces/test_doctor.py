"""The doctor says what is fine, what is missing and what is broken, each with what mends it."""

from __future__ import annotations

import importlib.util
import socket
import tomllib
from pathlib import Path

import pytest

from seamwright.faces.doctor import Finding, examined
from tests.faces.terminal import seamwright
from tests.serving import free_port

MANIFEST = """\
system: "shop [/dim] [red]"
boundaries:
  up: {{kind: http, url: "http://127.0.0.1:{up}"}}
  down: {{kind: http, url: "http://127.0.0.1:{down}"}}
  file: {{kind: sql, url: "sqlite:///{file}"}}
  nowhere: {{kind: sql, url: "postgresql:///shop"}}
"""


def _found(findings: list[Finding], what: str) -> Finding:
    return next(finding for finding in findings if finding.what.startswith(what))


async def test_boundaries_that_answer_and_that_do_not(tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    database.touch()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        path = tmp_path / "seamwright.yaml"
        path.write_text(MANIFEST.format(up=listener.getsockname()[1], down=free_port(), file=database))
        findings = await examined(path, str(tmp_path / "ledger.db"))
    assert _found(findings, "boundary up").state == "fine"
    down = _found(findings, "boundary down")
    assert (down.state, down.mend) == ("broken", "start it, or correct boundaries.down.url")
    assert _found(findings, "boundary file").state == "fine"
    assert _found(findings, "boundary nowhere").state == "missing"
    ledger = _found(findings, "ledger")
    assert (ledger.state, ledger.mend) == ("missing", "seamwright verify")
    assert not (tmp_path / "ledger.db").exists()


async def test_without_a_manifest_one_is_missing_and_a_wrong_one_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    missing = _found(await examined(None, "ledger.db"), "manifest")
    assert (missing.state, missing.mend) == ("missing", "seamwright init URL")
    (tmp_path / "seamwright.yaml").write_text("system: shop\nboundries: {}\n")
    broken = _found(await examined(None, "ledger.db"), "manifest")
    assert broken.state == "broken"
    assert "seamwright.yaml:2" in broken.detail


async def test_a_ledger_that_is_none_and_a_check_that_is_none_are_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.db").write_text("this is no database, and it is long enough to be told from one" * 20)
    (tmp_path / ".seamwright" / "checks").mkdir(parents=True)
    (tmp_path / ".seamwright" / "checks" / "mine.py").write_text("import nowhere_at_all\n")
    findings = await examined(None, "ledger.db")
    assert _found(findings, "ledger").state == "broken"
    checks = _found(findings, "checks")
    assert checks.state == "broken"
    assert "mine.py" in checks.detail


def test_the_command_gives_json_lines_and_a_status(tmp_path: Path) -> None:
    bare = seamwright("doctor", "--json", cwd=tmp_path)
    assert bare.status == 0
    assert {finding["state"] for finding in bare.json} <= {"fine", "missing"}
    assert all(finding["mend"] for finding in bare.json if finding["state"] != "fine")
    (tmp_path / "seamwright.yaml").write_text(MANIFEST.format(up=free_port(), down=free_port(), file="/none.db"))
    told = seamwright("doctor", cwd=tmp_path)
    assert told.status == 3
    assert "✗ boundary down" in told.out
    assert "start it, or correct boundaries.down.url" in told.out


async def test_every_extra_is_listed_with_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    extras = {name for name in project["optional-dependencies"] if name != "all"}
    found = {f.what.removeprefix("extra "): f for f in await examined(None, "ledger.db") if f.what.startswith("extra ")}
    assert set(found) == extras
    assert {found[name].state for name in ("graphql", "grpc", "websocket")} == {"fine"}

    looked_for = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in ("graphql", "grpc_tools") else looked_for(name)
    )
    without = await examined(None, "ledger.db")
    graphql, grpc = _found(without, "extra graphql"), _found(without, "extra grpc")
    assert (graphql.state, graphql.mend) == ("missing", "pip install 'seamwright[graphql]'")
    assert (grpc.state, grpc.mend) == ("missing", "pip install 'seamwright[grpc]'")
    assert "without grpc_tools" in grpc.detail
