"""Every service and rpc says what it does."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import SHOP
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for file in files.commented:
        for service in file.services:
            for each in (service, *service.rpcs):
                if not each.comment:
                    yield Found(each.place, f"{each.place} has no comment", "say in a sentence what it does")


RULE = Rule(
    id="protobuf.rpc-described",
    kind="protobuf",
    severity=Severity.INFO,
    says="every service and rpc says what it does",
    why="a reader of the contract, or a tool that shows it, has nothing else to go by",
    run=_run,
    wrong=SHOP,
    right="""
syntax = "proto3";
package shop.v1;
// Orders of customers.
service Orders {
  // Shows an order.
  rpc GetOrder(GetOrderRequest) returns (Order);
}
message GetOrderRequest { string id = 1; }
message Order { string id = 1; }
""",
)
