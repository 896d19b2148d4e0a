"""What the contract itself states to be valid and is refused is refuted; rules that no schema says are left alone."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema_rs
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.valid_input_accepted import CHECK
from seamwright.model.finding import Finding
from tests.checks.contract.items import NEW, Closed, Items, document
from tests.checks.stage import Tried, skipped, tried


def told(**properties: Any) -> dict[str, Any]:
    """The contract of items with more properties of a new one."""
    contract = document()
    schema = contract["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"] |= properties
    return contract


class Minds(Items):
    """Refuses a body for a reason that `minds` gives."""

    status = 422

    def __init__(self, **properties: Any) -> None:
        super().__init__()
        wider: Any = copy.deepcopy(NEW)
        wider["properties"] |= properties
        self.new = jsonschema_rs.Draft202012Validator(wider)

    def made(self, body: dict[str, Any]) -> Response:
        if self.minds(body):
            return self.refused(self.status)
        item = {"id": len(self.items) + 1, **body}
        self.items[item["id"]] = item
        return JSONResponse({name: item[name] for name in ("id", "name", "count")}, 201)

    def minds(self, body: dict[str, Any]) -> bool:
        return False


async def refuted(app: Items, contract: dict[str, Any]) -> Finding:
    """The one finding, whose witnesses are a refusal, another one, and something accepted."""
    seen = await tried(CHECK, app, contract)
    [finding] = seen.evidence.findings
    first, again, taken = (next(e for e in seen.exchanges if e.number == n) for n in finding.exchanges)
    assert first.status == again.status == finding.facts["status"]
    assert taken.ok
    assert finding.severity == "medium"
    return finding


async def left_alone(app: Items, contract: dict[str, Any]) -> Tried:
    seen = await tried(CHECK, app, contract)
    assert seen.verdict == "proved", (seen.evidence.findings, seen.evidence.why)
    assert any("reasons of its own" in name for name in seen.evidence.measures)
    return seen


async def test_refutes_a_limit_that_is_off_by_one() -> None:
    class Less(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return int(body["count"]) == 10

    finding = await refuted(Less(), document())
    assert (finding.facts["place"], finding.facts["keyword"]) == ("body/count", "maximum")


async def test_refutes_a_text_limit_and_finds_the_services_own() -> None:
    class Short(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return len(body.get("note", "")) > 37

    finding = await refuted(Short(), document())
    assert "body/note with 60 characters (maxLength)" in finding.title
    assert "with 37 characters was answered 201" in finding.detail


async def test_refutes_a_member_of_an_enumeration_that_was_never_built_in() -> None:
    class Old(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return body.get("size") == "huge"

    size = {"enum": ["small", "huge"]}
    finding = await refuted(Old(size=size), told(size=size))
    assert "'huge'" in finding.title


async def test_refutes_an_example_and_names_its_part() -> None:
    class Odd(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return body.get("note") == "as new" or body["count"] == 7

    contract = document()
    content = contract["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    content["examples"] = {
        "usual": {"value": {"name": "lamp", "count": 3, "note": "old"}},
        "refused": {"value": {"name": "chair", "count": 3, "note": "as new"}},
    }
    finding = await refuted(Odd(), contract)
    assert (finding.facts["place"], finding.facts["keyword"]) == ("body/note", "example")


async def test_refutes_a_part_that_is_optional_in_the_contract_alone() -> None:
    class Wants(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return "note" not in body

    finding = await refuted(Wants(), document())
    assert "without note" in finding.title


async def test_refutes_a_page_size_and_a_default() -> None:
    class Smaller(Items):
        def page(self, limit: int) -> Response:
            return self.refused(400) if limit > 30 else super().page(limit)

    finding = await refuted(Smaller(), document())
    assert "query/limit with 50 entries" in finding.title
    assert "with 30 entries" in finding.detail

    class Picky(Items):
        async def list(self, request: Any) -> Response:
            return self.refused(422) if "sort" in request.query_params else await super().list(request)

    contract = document()
    sort = {"name": "sort", "in": "query", "schema": {"type": "string", "default": "name"}}
    contract["paths"]["/items"]["get"]["parameters"].append(sort)
    assert (await refuted(Picky(), contract)).facts["keyword"] == "default"


async def test_refutes_a_declared_media_type_that_is_not_read() -> None:
    contract = document()
    content = contract["paths"]["/items"]["post"]["requestBody"]["content"]
    content["application/x-www-form-urlencoded"] = content["application/json"]
    finding = await refuted(Items(), contract)
    assert (finding.facts["status"], finding.facts["keyword"]) == (415, "media type")


async def test_proves_an_api_that_takes_what_it_states() -> None:
    seen = await tried(CHECK, Items(), document())
    assert seen.verdict == "proved"
    assert {c.cell: c.tried for c in seen.evidence.cells}["createItem"] > 5
    bodies = [e.request.body for e in seen.exchanges if e.operation == "createItem"]
    assert any(b'"count": 10' in body for body in bodies)


async def test_a_stock_that_is_too_small_is_no_limit() -> None:
    class Stock(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return int(body["count"]) > 4

    await left_alone(Stock(), document())


async def test_one_of_two_is_no_required_part() -> None:
    class Either(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return not {"mail", "phone"} & set(body)

    more = {"mail": {"type": "string", "maxLength": 40}, "phone": {"type": "string", "maxLength": 40}}
    contract = told(**more)
    content = contract["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    content["example"] = {"name": "lamp", "count": 1, "mail": "a"}
    await left_alone(Either(**more), contract)


async def test_a_member_that_wants_company_is_left_alone() -> None:
    class Firm(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return body.get("kind") == "firm" and "vat" not in body

    more = {"kind": {"enum": ["person", "firm"]}, "vat": {"type": "string", "maxLength": 9}}
    contract = told(**more)
    content = contract["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    content["example"] = {"name": "lamp", "count": 1, "kind": "person"}
    await left_alone(Firm(**more), contract)


async def test_states_that_follow_each_other_are_left_alone() -> None:
    class Begins(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return body.get("status") == "sold"

    status = {"enum": ["new", "sold"]}
    seen = await tried(CHECK, Begins(status=status), told(status=status))
    assert seen.verdict == "proved"


async def test_an_example_that_is_taken_or_has_passed_is_left_alone() -> None:
    class Taken(Minds):
        status = 400

        def minds(self, body: dict[str, Any]) -> bool:
            names = {item["name"] for item in self.items.values() if item} | {"lamp"}
            return body["name"] in names or body.get("day", "9") < "2030"

    contract = told(day={"type": "string", "format": "date"})
    content = contract["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    content["examples"] = {
        "taken": {"value": {"name": "lamp", "count": 3}},
        "passed": {"value": {"name": "chair", "count": 3, "day": "2020-01-01"}},
    }
    await left_alone(Taken(day={"type": "string"}), contract)


async def test_other_refusals_are_none_of_the_value() -> None:
    class Conflict(Minds):
        status = 409

        def minds(self, body: dict[str, Any]) -> bool:
            return int(body["count"]) == 10

    assert (await tried(CHECK, Conflict(), document())).verdict == "proved"


async def test_is_unknown_where_it_is_slowed_down_or_closed() -> None:
    class Slowed(Minds):
        status = 429

        def minds(self, body: dict[str, Any]) -> bool:
            return int(body["count"]) == 10

    seen = await tried(CHECK, Slowed(), document())
    assert seen.cell("createItem") == "unknown"
    assert "429" in seen.evidence.why
    assert (await tried(CHECK, Closed(), document())).verdict == "unknown"


def test_leaves_a_login_alone() -> None:
    contract = document()
    contract["paths"] = {"/items": {"post": contract["paths"]["/items"]["post"]}}
    alice = {"login": {"operation": "createItem", "body": {"name": "alice", "count": 1}}}
    assert "lock" in skipped(CHECK, contract, identities={"alice": alice}).why


async def test_members_that_are_wanted_without_being_declared_are_one_cause() -> None:
    class Wants(Minds):
        def minds(self, body: dict[str, Any]) -> bool:
            return not {"colour", "place"} <= body.keys()

    more: dict[str, Any] = {name: {"type": "string", "examples": ["here"]} for name in ("colour", "place")}
    contract = told(**more)
    body = contract["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]
    body["example"] = {"name": "lamp", "count": 3, "colour": "red", "place": "here"}
    seen = await tried(CHECK, Wants(**more), contract)
    places = {finding.facts["place"] for finding in seen.evidence.findings}
    assert places == {"body/colour", "body/place"}
    assert len({finding.root for finding in seen.evidence.findings} - {""}) == 1
