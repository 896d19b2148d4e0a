"""Every rpc that lists can be asked for a page."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


_SIZE = frozenset({"page_size", "limit", "max_results", "per_page", "size", "count", "first", "top", "take"})
_TOKEN = frozenset({"page_token", "offset", "cursor", "page", "skip", "after", "start", "next_page_token", "token"})
_INSIDE = frozenset({"pagination", "paging", "page_request", "page_info", "page", "options"})


def _run(files: Files) -> Iterator[Found]:
    for rpc in files.rpcs:
        request, response = files.messages.get(rpc.request), files.messages.get(rpc.response)
        if request is None or response is None or rpc.gives_stream or words(rpc.name)[:1] not in (["list"], ["search"]):
            continue
        lists = [field for field in response.fields if field.repeated]
        names = {field.name for field in request.fields}
        nested = any(field.name in _INSIDE and field.type in files.messages for field in request.fields)
        if not lists or nested:
            continue
        if not names & _SIZE or not names & _TOKEN:
            lacking = "page_size" if not names & _SIZE else "page_token"
            text = f"{rpc.name} answers {lists[0].name} of any length, and its request has no {lacking}"
            yield Found(rpc.place, text, "add page_size and page_token, and next_page_token to the answer")
        elif "page_token" in names and response.field("next_page_token") is None:
            yield Found(rpc.place, f"{rpc.name} takes a page_token, and no answer holds a next_page_token")


RULE = Rule(
    id="protobuf.pagination",
    kind="protobuf",
    severity=Severity.WARNING,
    says="every rpc that lists can be asked for a page",
    why="the list grows until it no longer fits, and one call can exhaust the system (AIP-158, OWASP API4:2023)",
    run=_run,
    wrong="""
syntax = "proto3";
package shop.v1;
service Orders { rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse); }
message ListOrdersRequest { string customer = 1; }
message ListOrdersResponse { repeated string ids = 1; }
""",
    right="""
syntax = "proto3";
package shop.v1;
service Orders { rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse); }
message ListOrdersRequest { int32 page_size = 1; string page_token = 2; }
message ListOrdersResponse { repeated string ids = 1; string next_page_token = 2; }
""",
)
