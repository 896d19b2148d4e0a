"""Requests are named after their rpcs."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import SHOP
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for rpc in files.rpcs:
        short = rpc.request.rpartition(".")[2]
        if rpc.request in files.messages and short not in (f"{rpc.name}Request", f"{rpc.name}Req"):
            yield Found(rpc.place, f"{rpc.name} takes {short}", f"name it {rpc.name}Request")


RULE = Rule(
    id="protobuf.request-name",
    kind="protobuf",
    severity=Severity.INFO,
    says="requests are named after their rpcs",
    why="a reader finds the one by the other, and nobody uses it for a second rpc (AIP-130 to AIP-136)",
    run=_run,
    wrong="""
syntax = "proto3";
package shop.v1;
service Orders { rpc GetOrder(OrderId) returns (Order); }
message OrderId { string id = 1; }
message Order { string id = 1; }
""",
    right=SHOP,
)
