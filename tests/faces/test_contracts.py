"""What targets mean where contracts are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.contracts.source import Source
from seamwright.faces.contracts import Named, line_in, meant, read, written
from seamwright.model.errors import ContractError, ManifestError, TargetError, UsageError

CONTRACT = "openapi: 3.1.0\ninfo: {title: Shop, version: 1.0.0}\npaths: {}\n"
MANIFEST = """\
system: shop
boundaries:
  orders: {kind: http, url: "http://127.0.0.1:1", contract: api/orders.yaml}
  payments: {kind: http, url: "http://127.0.0.1:2", contract: "http://127.0.0.1:1/payments.json"}
  db: {kind: sql, url: "sqlite:///x"}
lint:
  rules:
    string-limit: off
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a manifest, and a contract in a folder of its own."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "orders.yaml").write_text(CONTRACT)
    (tmp_path / "seamwright.yaml").write_text(MANIFEST)
    (tmp_path / "other.yaml").write_text(MANIFEST.replace("orders:", "carts:"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _names(*targets: str) -> list[str]:
    return [named.name for named in meant(targets).contracts]


def test_nothing_means_every_contract_of_the_manifest(here: Path) -> None:
    assert _names() == ["orders", "payments"]
    assert _names("seamwright.yaml") == ["orders", "payments"]
    assert _names(".") == ["orders", "payments"]
    assert _names("other.yaml") == ["carts", "payments"]
    assert [n.name for n in meant((), here / "other.yaml").contracts] == ["carts", "payments"]


def test_names_paths_and_urls(here: Path) -> None:
    found = meant(("orders", "api/orders.yaml", "http://127.0.0.1:1/x.json"))
    assert {(n.name, n.source) for n in found.contracts} == {
        ("orders", "api/orders.yaml"),
        ("api/orders.yaml", "api/orders.yaml"),
        ("http://127.0.0.1:1/x.json", "http://127.0.0.1:1/x.json"),
    }
    assert _names("orders", "orders") == ["orders"]


def test_the_manifest_around_a_path_is_known_for_its_settings(here: Path) -> None:
    found = meant(("api/orders.yaml",))
    assert found.manifest is not None
    assert found.manifest.lint.rules == {"string-limit": "off"}
    (here / "seamwright.yaml").write_text("system: [")
    found = meant(("api/orders.yaml",))
    assert found.manifest is None
    assert "cannot be read" in found.notices[0]
    with pytest.raises(ManifestError):
        meant(("orders",))


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("ordrs", "did you mean 'orders'"),
        ("db", "has no contract"),
        ("gone.yaml", "does not exist"),
        ("gone/x", "does not exist"),
        ("zzz", "there are: orders, payments"),
    ],
)
def test_what_is_not_there_is_told(here: Path, target: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        meant((target,))


def test_a_manifest_without_contracts_has_nothing_to_show(here: Path) -> None:
    (here / "seamwright.yaml").write_text('system: s\nboundaries: {db: {kind: sql, url: "sqlite:///x"}}\n')
    with pytest.raises(UsageError, match="no boundary of it has a contract"):
        meant(())


def test_reading(here: Path) -> None:
    assert read(Named("orders", "orders.yaml", Path("api"))).title == "Shop"
    source = written(Named("x", "api/orders.yaml"))
    assert isinstance(source, Source)
    assert source.shown == "api/orders.yaml"
    with pytest.raises(ContractError):
        read(Named("x", "api/gone.yaml"))
    with pytest.raises(TargetError):
        read(Named("x", "http://127.0.0.1:1/x.json"))


def test_a_setting_has_a_line(here: Path) -> None:
    manifest = meant(()).manifest
    assert manifest is not None
    assert line_in(manifest, "lint", "rules", "string-limit") == 8
    assert line_in(manifest.model_copy().coming_from(type(manifest.origin)("http://h")), "lint") is None
