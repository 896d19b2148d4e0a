"""No field is required."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for message in files.messages.values():
        for field in message.fields:
            if field.required:
                yield Found(field.place, f"{field.place} is required", "make it optional, and check it in the service")


RULE = Rule(
    id="protobuf.required-field",
    kind="protobuf",
    severity=Severity.ERROR,
    says="no field is required",
    why="it can never be taken out again: a reader of the old version drops the whole message (language guide, proto2)",
    run=_run,
    wrong="""
syntax = "proto2";
package shop.v1;
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { optional string id = 1; }
message Order {
  required string id = 1;
}
""",
    right="""
syntax = "proto2";
package shop.v1;
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { optional string id = 1; }
message Order {
  optional string id = 1;
}
""",
)
