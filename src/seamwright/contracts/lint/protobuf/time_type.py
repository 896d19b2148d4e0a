"""What is a time or a duration has the type of one."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


_TIMES = frozenset({"at", "time", "timestamp", "datetime"})
_DURATIONS = frozenset({"duration", "timeout", "ttl"})
_BARE = frozenset({"int32", "int64", "uint32", "uint64", "string", "double", "float"})


def _run(files: Files) -> Iterator[Found]:
    for message in files.messages.values():
        for field in message.fields:
            last = words(field.name)[-1:]
            for names, better in ((_TIMES, "Timestamp"), (_DURATIONS, "Duration")):
                if field.type in _BARE and names & {*last}:
                    text = f"{field.place} is a {field.type}"
                    yield Found(field.place, text, f"make it a google.protobuf.{better}")


RULE = Rule(
    id="protobuf.time-type",
    kind="protobuf",
    severity=Severity.INFO,
    says="what is a time or a duration has the type of one",
    why="a number leaves open its unit and a text its format (AIP-142)",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  int64 created_at = 1;
}
""",
    right="""
syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { string id = 1; }
message Order {
  google.protobuf.Timestamp created_at = 1; int32 timeout_ms = 2;
}
""",
)
