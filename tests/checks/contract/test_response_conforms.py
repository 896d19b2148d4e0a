"""An API that strays from its contract is refuted, one that keeps it is proved, one that never succeeds is unknown."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

from seamwright.checks.contract.response_conforms import CHECK
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried


class _CountAsText(Items):
    def shown(self, item: dict[str, Any]) -> dict[str, Any]:
        return {**item, "count": str(item["count"])}


async def test_refutes_a_field_of_another_type() -> None:
    seen = await tried(CHECK, _CountAsText(), document())
    assert seen.verdict == "refuted"
    [finding] = seen.evidence.findings
    assert (finding.facts["place"], finding.facts["keyword"]) == ("/body/count", "type")
    assert {"createItem", "getItem", "listItems"} <= set(finding.facts["operations"]), "one member, one root cause"
    assert all(seen.cell(name) == "refuted" for name in ("createItem", "getItem", "listItems"))
    witnesses = [e for e in seen.exchanges if e.number in finding.exchanges]
    assert {"createItem", "getItem", "listItems"} <= {e.operation for e in witnesses}
    assert all(e.ok for e in witnesses)
    assert seen.cell("deleteItem") == "proved"


async def test_refutes_another_media_type() -> None:
    class PlainErrors(Items):
        def missing(self, request: Any) -> Response:
            return PlainTextResponse("not here", 404)

    seen = await tried(CHECK, PlainErrors(), document())
    assert seen.cell("getItem") == "refuted", "the answer for an object that does not exist counts too"
    assert {f.facts["place"] for f in seen.evidence.findings} == {"/headers/content-type"}
    assert seen.cell("createItem") == "proved"


async def test_leaves_an_undeclared_status_to_its_own_check() -> None:
    class Gone(Items):
        def missing(self, request: Any) -> Response:
            return JSONResponse({"error": "gone"}, 410)

    assert (await tried(CHECK, Gone(), document())).verdict == "proved"


async def test_proves_an_api_that_keeps_its_contract() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    recorded = [e for e in seen.exchanges if e.note.startswith("valid call") and not e.note.endswith("drawn")]
    assert seen.evidence.tried == len(recorded) + seen.evidence.measures["streamed"]
    forms = {e.note.removeprefix("valid call: ") for e in seen.exchanges}
    assert {"generated", "only what is required", "with all that is optional"} & forms == forms - {
        "creates an object of its own",
        "an object that does not exist",
        "drawn",
        "honest call",
    }


async def test_is_unknown_where_no_call_succeeds() -> None:
    seen = await tried(CHECK, Closed(), document())
    assert seen.verdict == "unknown"
    assert seen.evidence.findings == ()
    assert "no valid call was answered in the success class" in seen.evidence.why
    assert "404" in seen.evidence.why


def test_does_not_apply_without_declared_answers() -> None:
    bare = document()
    for path in bare["paths"].values():
        for operation in path.values():
            operation["responses"] = {}
    assert "declares an answer" in skipped(CHECK, bare).why
