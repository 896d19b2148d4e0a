"""Contracts are linted by the rules that the manifest leaves on, and mended where they lie."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from seamwright.contracts.lint import Severity, rules
from seamwright.faces.contracts import Named
from seamwright.faces.linting import chosen, linted
from seamwright.model.errors import ContractError, ManifestError, UsageError
from seamwright.model.manifest import Manifest, Origin

CONTRACT = """\
openapi: 3.0.3
info: {title: Shop, version: 1.0.0}
paths:
  /orders: # all of them
    get:
      responses: {"200": {description: ok}}
components:
  schemas:
    Unused: {type: array}
"""


def _manifest(told: dict[str, str], file: Path | None = None) -> Manifest:
    boundaries = {"a": {"kind": "http", "url": "http://h"}}
    made = Manifest.model_validate({"system": "s", "boundaries": boundaries, "lint": {"rules": told}})
    return made.coming_from(Origin(str(file or "seamwright.yaml")))


def test_every_rule_holds_unless_the_manifest_says_otherwise() -> None:
    known = rules()
    assert chosen(None) == {rule: rule.severity for rule in known.values()}
    held = chosen(_manifest({"string-limit": "off", "pagination": "error"}))
    assert known["string-limit"] not in held
    assert held[known["pagination"]] is Severity.ERROR
    assert chosen(_manifest({"string-limit": "off"}), ("string-limit",)) == {known["string-limit"]: Severity.INFO}


def test_a_misspelt_rule_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("system: s\nlint:\n  rules:\n    strin-limit: off\n")
    with pytest.raises(
        ManifestError, match=r"m\.yaml:4: lint.rules.strin-limit: is no rule; did you mean 'string-limit'"
    ):
        chosen(_manifest({"strin-limit": "off"}, tmp_path / "m.yaml"))


def test_a_severity_of_the_manifest_holds_for_every_problem_of_its_rule(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CONTRACT)
    named = (Named("a", "a.yaml", tmp_path),)
    only = ("security-missing",)
    [found] = linted(named, chosen(None, only), fix=False, named=only).problems
    assert found.severity is Severity.WARNING, "a safe method weighs less"
    [found] = linted(named, chosen(_manifest({only[0]: "info"}), only), fix=False, named=only).problems
    assert found.severity is Severity.INFO


def test_mending(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(CONTRACT)
    path.chmod(0o640)
    named = (Named("a", "a.yaml", tmp_path),)
    result = linted(named, chosen(None), fix=True, named=())
    assert {p.rule for p in result.fixed} == {"operation-id-missing", "array-items"}
    assert not {p.rule for p in result.problems} & {"operation-id-missing", "array-items"}
    assert "component-unused" in {p.rule for p in result.problems}, "it goes only when it is named"
    text = path.read_text()
    assert "    get:\n      operationId: getOrders\n" in text
    assert "/orders: # all of them" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.yaml"]
    only = ("component-unused",)
    assert linted(named, chosen(None, only), fix=True, named=only).problems == []
    assert "Unused" not in path.read_text()
    again = path.read_bytes()
    assert linted(named, chosen(None), fix=True, named=()).fixed == []
    assert path.read_bytes() == again


def test_a_link_to_a_contract_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(CONTRACT)
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    linted((Named("a", "link.yaml", tmp_path),), chosen(None), fix=True, named=())
    assert (tmp_path / "link.yaml").is_symlink()
    assert "getOrders" in (tmp_path / "real.yaml").read_text()


def test_what_has_no_rules_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CONTRACT)
    (tmp_path / "b.graphql").write_text("type Query { a: Int }\n")
    (tmp_path / "c.yaml").write_text("a: [")
    named = tuple(Named(name[0], name, tmp_path) for name in ("a.yaml", "b.graphql", "c.yaml"))
    result = linted(named, chosen(None, ("security-missing", "operation-id-missing")), fix=False, named=())
    assert result.contracts == ["a"]
    assert result.count(Severity.WARNING) == 2
    assert "is a graphql contract" in result.skipped["b"]
    assert "is no valid YAML" in result.unusable["c"]
    with pytest.raises(ContractError, match="is no valid YAML"):
        linted(named[2:], chosen(None), fix=False, named=())


def test_a_url_is_not_mended() -> None:
    with pytest.raises(UsageError, match="--fix: http://h/a is no file"):
        linted((Named("a", "http://h/a"),), chosen(None), fix=True, named=())
