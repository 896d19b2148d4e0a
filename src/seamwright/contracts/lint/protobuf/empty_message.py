"""No rpc takes or answers google.protobuf.Empty, nor a bare value."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for rpc in files.rpcs:
        # An answer to a deletion may stay empty for good (AIP-135).
        for name, verb, ending in ((rpc.request, "takes", "Request"), (rpc.response, "answers", "Response")):
            if name.startswith("google.protobuf.") and not (ending == "Response" and rpc.name.startswith("Delete")):
                yield Found(rpc.place, f"{rpc.name} {verb} {name}", f"give it a {rpc.name}{ending}")


RULE = Rule(
    id="protobuf.empty-message",
    kind="protobuf",
    severity=Severity.INFO,
    says="no rpc takes or answers google.protobuf.Empty, nor a bare value",
    why="a message of somebody else cannot grow a field when one is needed",
    run=_run,
    wrong="""
syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
service Orders { rpc Ping(google.protobuf.Empty) returns (Pong); }
message Pong {}
""",
    right="""
syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
service Orders { rpc DeleteOrder(DeleteOrderRequest) returns (google.protobuf.Empty); }
message DeleteOrderRequest { string id = 1; }
""",
)
