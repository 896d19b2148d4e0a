"""Every import is used."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for file in files.files:
        for each in file.imports:
            defined = files.defined.get(each.name, frozenset())
            if defined and not defined & file.uses:
                yield Found(each.place, f"{file.name} imports {each.name} and uses nothing of it", "remove the import")


RULE = Rule(
    id="protobuf.import-unused",
    kind="protobuf",
    severity=Severity.WARNING,
    says="every import is used",
    why="whoever uses the file has to bring along what nobody needs",
    run=_run,
    wrong="""
syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { string id = 1; }
message Order { string id = 1; }
""",
    right="""
syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
service Orders { rpc GetOrder(GetOrderRequest) returns (Order); }
message GetOrderRequest { string id = 1; }
message Order { google.protobuf.Timestamp created = 1; }
""",
)
