"""Messages and enums are written in PascalCase."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import out_of_style
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import SHOP
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for each in (*files.messages.values(), *files.enums):
        yield from out_of_style(each.place, each.name, "PascalCase")


RULE = Rule(
    id="protobuf.message-style",
    kind="protobuf",
    severity=Severity.WARNING,
    says="messages and enums are written in PascalCase",
    why="generated clients make classes of them (style guide of protobuf.dev)",
    run=_run,
    wrong="""
syntax = "proto3";
package shop.v1;
service Orders { rpc GetOrder(get_order) returns (get_order); }
message get_order { string id = 1; }
""",
    right=SHOP,
)
