"""Values of enums are written in SCREAMING_CASE."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import STYLES, in_style, words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for enum in files.enums:
        for value in enum.values:
            if not STYLES["SCREAMING_CASE"].fullmatch(value.name):
                better = in_style(words(value.name), "SCREAMING_CASE")
                yield Found(value.place, f"{value.place} is not in SCREAMING_CASE", f"write it {better}")


RULE = Rule(
    id="protobuf.enum-style",
    kind="protobuf",
    severity=Severity.WARNING,
    says="values of enums are written in SCREAMING_CASE",
    why="they are constants in every language (style guide of protobuf.dev)",
    run=_run,
    wrong="""
syntax = "proto3";
package shop.v1;
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { string id = 1; }
message Order {
  State state = 1;
}
enum State { State_Unspecified = 0; open = 1; }
""",
    right="""
syntax = "proto3";
package shop.v1;
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { string id = 1; }
message Order {
  State state = 1;
}
enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }
""",
)
