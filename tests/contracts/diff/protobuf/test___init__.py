"""Packages, services and rpcs that come, go and change; and whole contracts that did not."""

from __future__ import annotations

import pytest

from seamwright.contracts.diff.protobuf.rules import RULES
from tests.contracts.diff.protobuf.shop import between
from tests.library import LIBRARY
from tests.rpc import SHOP

BASE = """
syntax = "proto3";
package a.v1;
option go_package = "a/v1;a";
service S {
  rpc Do(Asked) returns (Told); rpc See(Asked) returns (Told) { option idempotency_level = NO_SIDE_EFFECTS; }
}
service T { rpc Do(Asked) returns (Told); }
message Asked { string a = 1; }
message Told { string a = 1; }
message Alone { string a = 1; }
message Other { int32 a = 1; }
enum Spare { NONE = 0; }
"""


@pytest.mark.parametrize("text", [BASE, SHOP, LIBRARY])
def test_a_contract_and_itself(text: str) -> None:
    assert between(text, text) == ()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("rpc Do(Asked) returns (Told); rpc See", "rpc See", ("breaking", "rpc-removed", "a.v1.S/Do")),
        ("service T {", "service U {", ("breaking", "service-removed", "a.v1.T")),
        ("service T {", "service U {", ("info", "service-added", "a.v1.U")),
        ("service T {", "service T { rpc Undo(Asked) returns (Told);", ("info", "rpc-added", "a.v1.T/Undo")),
        (
            "rpc Do(Asked) returns (Told); rpc See",
            "rpc Do(stream Asked) returns (Told); rpc See",
            ("breaking", "rpc-client-streaming-changed", "a.v1.S/Do"),
        ),
        (
            "rpc Do(Asked) returns (Told); rpc See",
            "rpc Do(Asked) returns (stream Told); rpc See",
            ("breaking", "rpc-server-streaming-changed", "a.v1.S/Do"),
        ),
        (
            "rpc Do(Asked) returns (Told); rpc See",
            "rpc Do(Told) returns (Told); rpc See",
            ("potentially", "rpc-request-type-changed", "a.v1.S/Do"),
        ),
        (
            "rpc Do(Asked) returns (Told); rpc See",
            "rpc Do(Other) returns (Told); rpc See",
            ("breaking", "rpc-request-type-changed", "a.v1.S/Do"),
        ),
        (
            "rpc Do(Asked) returns (Told); rpc See",
            "rpc Do(Asked) returns (Other); rpc See",
            ("breaking", "rpc-response-type-changed", "a.v1.S/Do"),
        ),
        (
            "NO_SIDE_EFFECTS",
            "IDEMPOTENT",
            ("potentially", "rpc-idempotency-changed", "a.v1.S/See"),
        ),
        (
            "NO_SIDE_EFFECTS; }",
            "NO_SIDE_EFFECTS; option deprecated = true; }",
            ("info", "rpc-deprecated", "a.v1.S/See"),
        ),
        ("message Alone { string a = 1; }", "", ("potentially", "message-removed", "a.v1.Alone")),
        ("enum Spare", "message New {} enum Spare", ("info", "message-added", "a.v1.New")),
        ("enum Spare { NONE = 0; }", "", ("potentially", "enum-removed", "a.v1.Spare")),
        ("enum Spare", "enum More { X = 0; } enum Spare", ("info", "enum-added", "a.v1.More")),
        ("package a.v1;", "package a.v2;", ("breaking", "package-removed", "a.v1")),
        ("package a.v1;", "package a.v2;", ("info", "package-added", "a.v2")),
        ('"a/v1;a"', '"b/v1;b"', ("potentially", "file-option-changed", "service.proto")),
    ],
)
def test_what_is_told(old: str, new: str, found: tuple[str, str, str]) -> None:
    assert old in BASE
    changes = [(str(c.level), c.id, c.place) for c in between(BASE, BASE.replace(old, new))]
    assert found in changes
    assert {name for _, name, _ in changes} <= {rule.id for rule in RULES}


def test_a_deprecated_rpc_that_goes_was_announced() -> None:
    old = BASE.replace(
        "rpc Do(Asked) returns (Told); rpc See", "rpc Do(Asked) returns (Told) { option deprecated = true; } rpc See"
    )
    new = BASE.replace("rpc Do(Asked) returns (Told); rpc See", "rpc See")
    [change] = between(old, new)
    assert (str(change.level), change.id) == ("potentially", "rpc-removed")


def test_a_package_that_is_gone_is_told_once() -> None:
    assert {c.id for c in between(BASE, BASE.replace("package a.v1;", "package a.v2;"))} == {
        "package-removed",
        "package-added",
    }


def test_comments_and_order_are_no_change() -> None:
    turned = BASE.replace("message Alone { string a = 1; }", "") + "// nothing new\nmessage Alone { string a = 1; }\n"
    assert between(BASE, turned) == ()
