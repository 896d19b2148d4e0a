"""In production only reads are sent, and they are held against the contract."""

from __future__ import annotations

from typing import Any

from seamwright.checks.contract.safe_response_conforms import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried


class _Filled(Items):
    def __init__(self) -> None:
        super().__init__()
        self.items = {7: {"id": 7, "name": "lamp", "count": 1}}


class _Nameless(_Filled):
    def shown(self, item: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in item.items() if key != "name"}


async def test_refutes_a_missing_field_on_an_object_found_by_listing() -> None:
    seen = await tried(CHECK, _Nameless(), document(), environment="production")
    assert seen.cell("getItem") == "refuted"
    assert seen.cell("listItems") == "refuted"
    assert {f.facts["keyword"] for f in seen.evidence.findings} == {"required"}


async def test_proves_and_sends_nothing_but_reads() -> None:
    seen = await tried(CHECK, _Filled(), document(), environment="production")
    assert seen.verdict == "proved"
    assert {e.request.method for e in seen.exchanges} == {"GET"}
    assert {c.cell for c in seen.evidence.cells} == {"listItems", "getItem"}


async def test_is_unknown_where_nothing_is_listed() -> None:
    seen = await tried(CHECK, Items(), document(), environment="production")
    assert seen.cell("listItems") == "proved"
    assert seen.cell("getItem") == "unknown"
    assert "no object" in seen.evidence.why
    assert (await tried(CHECK, Closed(), document(), environment="production")).verdict == "unknown"


def test_does_not_apply_where_all_operations_are_tried() -> None:
    why = skipped(CHECK, document()).why
    assert "contract.response-conforms" in why
