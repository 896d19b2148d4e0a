"""Every stream says when it ends and what it sends."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for file in files.commented:
        for service in file.services:
            for rpc in service.rpcs:
                if (rpc.takes_stream or rpc.gives_stream) and not rpc.comment:
                    yield Found(rpc.place, f"{rpc.name} streams, and has no comment", "say when the stream ends")


RULE = Rule(
    id="protobuf.stream-described",
    kind="protobuf",
    severity=Severity.INFO,
    says="every stream says when it ends and what it sends",
    why="a caller cannot see from the types whether to wait, to send on, or to come back",
    run=_run,
    wrong="""
syntax = "proto3";
package shop.v1;
service Orders { rpc WatchOrders(WatchOrdersRequest) returns (stream Order); }
message WatchOrdersRequest {}
message Order { string id = 1; }
""",
    right="""
syntax = "proto3";
package shop.v1;
service Orders {
  // Sends every order that changes, until the caller leaves.
  rpc WatchOrders(WatchOrdersRequest) returns (stream Order);
}
message WatchOrdersRequest {}
message Order { string id = 1; }
""",
)
