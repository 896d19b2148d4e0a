"""Every rpc says by its name what it does."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._verbs import VERBS
from seamwright.contracts.lint.protobuf._examples import SHOP
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for rpc in files.rpcs:
        if not {*words(rpc.name)[:1], *words(rpc.name)[-1:]} & VERBS:
            yield Found(rpc.place, f"{rpc.name} says not what it does", "begin it with a verb, as GetOrder")


RULE = Rule(
    id="protobuf.rpc-verb",
    kind="protobuf",
    severity=Severity.INFO,
    says="every rpc says by its name what it does",
    why="a caller cannot tell Order that creates from Order that shows (AIP-131 to AIP-136)",
    run=_run,
    wrong="""
syntax = "proto3";
package shop.v1;
service Orders { rpc TotalPrice(TotalPriceRequest) returns (Order); }
message TotalPriceRequest { string id = 1; }
message Order { string id = 1; }
""",
    right=SHOP,
)
