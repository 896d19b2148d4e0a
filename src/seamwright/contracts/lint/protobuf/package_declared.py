"""Every file has a package."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for file in files.files:
        if not file.package:
            yield Found(file.place, f"{file.name} has no package", "add one, such as package shop.v1;")


RULE = Rule(
    id="protobuf.package-declared",
    kind="protobuf",
    severity=Severity.WARNING,
    says="every file has a package",
    why="its names meet those of other files in every program that loads both",
    run=_run,
    wrong="""
syntax = "proto3";
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { string id = 1; }
message Order {
  string id = 1;
}
""",
    right="""
syntax = "proto3";
package shop.v1;
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { string id = 1; }
message Order {
  string id = 1;
}
""",
)
