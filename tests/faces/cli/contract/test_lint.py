"""`seamwright contract lint`: lines for people and editors, JSON for programs, a status for CI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faces.terminal import seamwright

CONTRACT = """\
openapi: 3.0.3
info: {title: Shop, version: 1.0.0}
paths:
  /orders:
    post:
      responses: {"200": {description: ok}}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a manifest of one contract."""
    (tmp_path / "shop.yaml").write_text(CONTRACT)
    (tmp_path / "seamwright.yaml").write_text(
        'system: shop\nboundaries:\n  orders: {kind: http, url: "http://127.0.0.1:1", contract: shop.yaml}\n'
    )
    return tmp_path


def test_lines_name_file_line_severity_and_rule(here: Path) -> None:
    done = seamwright("contract", "lint", cwd=here)
    assert done.status == 1
    lines = done.out.splitlines()
    assert lines[0].startswith("shop.yaml:5: error security-missing POST /orders does not say")
    assert any(line.startswith("shop.yaml:6: warning error-response ") for line in lines)
    assert lines[-1].startswith("orders: 1 error, ")
    order = [word for line in lines[:-1] for word in ("error", "warning", "info") if f": {word} " in line]
    assert order == sorted(order, key=["error", "warning", "info"].index), "the worst first"
    assert done.err == ""


def test_a_document_on_one_line_is_told_by_places(tmp_path: Path) -> None:
    (tmp_path / "flat.json").write_text('{"openapi": "3.0.0", "info": null, "paths": null}')
    done = seamwright("contract", "lint", "flat.json", cwd=tmp_path)
    assert done.status == 1
    assert "flat.json#/info: error structure must be of type object" in done.out
    assert "flat.json#/paths: error structure must be of type object" in done.out


def test_json(here: Path) -> None:
    done = seamwright("contract", "lint", "shop.yaml", "--rule", "security-missing", "--json", cwd=here)
    assert done.status == 1
    assert done.json == {
        "problems": [
            {
                "rule": "security-missing",
                "severity": "error",
                "file": "shop.yaml",
                "line": 5,
                "place": "#/paths/~1orders/post",
                "text": "POST /orders does not say whether a caller must authenticate",
                "fix": "name the security scheme, or write `security: []` where everybody may call it",
            }
        ],
        "fixed": [],
        "contracts": ["shop.yaml"],
        "skipped": {},
        "unusable": {},
    }


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--fail-on", "none"], 0),
        (["--rule", "error-response"], 0),
        (["--rule", "error-response", "--fail-on", "warning"], 1),
        (["--rule", "error-response", "--fail-on", "info"], 1),
        (["--rule", "operation-described", "--fail-on", "warning"], 0),
        (["--rule", "nosuch"], 2),
        (["gone.yaml"], 2),
        (["http://127.0.0.1:1/x.json"], 3),
        (["--fix", "http://127.0.0.1:1/x.json"], 2),
    ],
)
def test_the_status_is_what_a_ci_asked_for(here: Path, words: list[str], status: int) -> None:
    done = seamwright("contract", "lint", *words, cwd=here)
    assert done.status == status, done.err
    assert bool(done.err) == (status > 1)


def test_the_manifest_sets_severities(here: Path) -> None:
    manifest = here / "seamwright.yaml"
    manifest.write_text(manifest.read_text() + "lint: {rules: {security-missing: off, operation-described: error}}\n")
    for target in ([], ["shop.yaml"], ["orders"]):
        found = seamwright("contract", "lint", *target, "--json", cwd=here).json["problems"]
        assert "security-missing" not in {each["rule"] for each in found}
        assert [each["severity"] for each in found if each["rule"] == "operation-described"] == ["error"]
    manifest.write_text(manifest.read_text().replace("operation-described", "operation-descibed"))
    done = seamwright("contract", "lint", cwd=here)
    assert done.status == 2
    assert "seamwright.yaml:4: lint.rules.operation-descibed: is no rule; did you mean" in done.err


def test_mending_says_what_was_changed(here: Path) -> None:
    done = seamwright("contract", "lint", "shop.yaml", "--fix", "--rule", "operation-id-missing", cwd=here)
    assert done.status == 0
    told = (
        "shop.yaml:5: fixed operation-id-missing POST /orders has no operationId; `operationId: postOrders` was added"
    )
    assert done.out.splitlines() == [told, "shop.yaml: no problems, 1 fixed"]
    assert "    post:\n      operationId: postOrders\n" in (here / "shop.yaml").read_text()


def test_one_contract_that_cannot_be_read_does_not_hide_the_others(here: Path) -> None:
    (here / "broken.json").write_text('{"openapi": ')
    done = seamwright("contract", "lint", "shop.yaml", "broken.json", "--json", cwd=here)
    assert done.status == 2
    assert done.json["problems"]
    assert "broken.json:1:" in done.json["unusable"]["broken.json"]
    assert "error: broken.json: " in done.err
    alone = seamwright("contract", "lint", "broken.json", "--json", cwd=here)
    assert alone.status == 2
    assert "is no valid JSON" in alone.json["error"]["text"]


def test_graphql_and_protobuf_have_rules_of_their_own(here: Path) -> None:
    (here / "shop.graphql").write_text("type Query { order_count: Int }\n")
    (here / "shop.proto").write_text(
        'syntax = "proto3";\npackage shop.v1;\nservice S { rpc get(A) returns (A); }\nmessage A {}\n'
    )
    done = seamwright("contract", "lint", "shop.graphql", "shop.proto", "--fail-on", "warning", cwd=here)
    assert done.status == 1
    assert "shop.graphql:1: warning graphql.field-style Query.order_count is not in camelCase" in done.out
    assert "shop.proto:3: warning protobuf.service-style shop.v1.S.get is not in PascalCase" in done.out
    manifest = here / "seamwright.yaml"
    manifest.write_text(manifest.read_text() + "lint: {rules: {graphql.field-style: error, protobuf.rpc-verb: off}}\n")
    found = seamwright("contract", "lint", "shop.graphql", "shop.proto", "--json", cwd=here).json["problems"]
    assert [each["severity"] for each in found if each["rule"] == "graphql.field-style"] == ["error"]
    assert "protobuf.rpc-verb" not in {each["rule"] for each in found}


def test_rules_about_another_kind_of_contract_prove_nothing(here: Path) -> None:
    (here / "shop.graphql").write_text("type Query { a: Int }\n")
    done = seamwright("contract", "lint", "shop.graphql", "--rule", "pagination", cwd=here)
    assert done.status == 0
    assert "is a graphql contract, and none of the rules that hold is about this kind" in done.err


def test_many_problems_of_one_rule_are_counted(here: Path) -> None:
    paths = {f"/a{n}": {"post": {"responses": {"200": {"description": "ok"}}}} for n in range(12)}
    document = {"openapi": "3.0.3", "info": {"title": "x", "version": "1.0.0"}, "paths": paths}
    (here / "many.json").write_text(json.dumps(document, indent=1))
    done = seamwright("contract", "lint", "many.json", cwd=here)
    assert done.out.count("error security-missing") == 10
    assert "… 2 more of security-missing; --all or --rule security-missing shows them" in done.out
    assert seamwright("contract", "lint", "many.json", "--all", cwd=here).out.count("error security-missing") == 12


def test_the_rules_are_listed(tmp_path: Path) -> None:
    listed = seamwright("contract", "lint", "--rules", "--json", cwd=tmp_path).json["rules"]
    assert {"id", "kind", "severity", "says", "why"} == set(listed[0])
    shown = seamwright("contract", "lint", "--rules", cwd=tmp_path)
    assert shown.status == 0
    assert all(rule["id"] in shown.out and rule["says"] in shown.out for rule in listed)
