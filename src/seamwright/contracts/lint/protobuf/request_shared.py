"""Every rpc has a request of its own."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._files import Files, Rpc

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    first: dict[str, Rpc] = {}
    for rpc in files.rpcs:
        other = first.setdefault(rpc.request, rpc)
        # Messages of somebody else, such as Empty, are told of by another rule.
        if other is not rpc and rpc.request in files.messages:
            short = rpc.request.rpartition(".")[2]
            text = f"{rpc.name} takes {short}, as {other.name} does"
            yield Found(rpc.place, text, f"give it a {rpc.name}Request")


RULE = Rule(
    id="protobuf.request-shared",
    kind="protobuf",
    severity=Severity.WARNING,
    says="every rpc has a request of its own",
    why="a field that one rpc needs is offered by the others too, and none of them can change alone",
    run=_run,
    wrong="""
syntax = "proto3";
package shop.v1;
service Orders { rpc GetOrder(OrderId) returns (Order); rpc CancelOrder(OrderId) returns (Order); }
message OrderId { string id = 1; }
message Order { string id = 1; }
""",
    right="""
syntax = "proto3";
package shop.v1;
service Orders {
  rpc GetOrder(GetOrderRequest) returns (Order);
  rpc CancelOrder(CancelOrderRequest) returns (Order);
}
message GetOrderRequest { string id = 1; }
message CancelOrderRequest { string id = 1; }
message Order { string id = 1; }
""",
)
