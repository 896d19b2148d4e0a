"""Problem details of another media type, status or form are refuted; correct ones are proved (RFC 9457)."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.problem_details import CHECK, PROBLEM
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import skipped, tried


def told() -> dict[str, Any]:
    """The contract of items, whose errors are problems."""
    contract = document()
    for methods in contract["paths"].values():
        for operation in methods.values():
            for status in set(operation["responses"]) & {"400", "404", "415", "422"}:
                operation["responses"][status] = {"description": "no", "content": {PROBLEM: {}}}
    return contract


class Problems(Items):
    """Tells its errors as problems; `members` are laid over correct ones."""

    media_type = PROBLEM
    members: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed

    def refused(self, status: int) -> Response:
        correct = {"type": "https://errors.example/no#here", "title": "No", "status": status, "detail": "It is so."}
        return JSONResponse({**correct, **self.members}, status, media_type=self.media_type)


def problems(**members: Any) -> Items:
    app = Problems()
    app.members = members
    return app


async def test_refutes_another_media_type_once_for_all_operations() -> None:
    seen = await tried(CHECK, Items(), told())
    [finding] = seen.evidence.findings
    assert finding.facts["flaw"] == "sent as application/json"
    assert finding.severity == "medium"
    assert set(finding.facts["operations"]) == {"listItems", "createItem", "getItem", "deleteItem"}


async def test_refutes_members_that_are_wrong() -> None:
    seen = await tried(CHECK, problems(status="404", title=7, detail=["no"], type="not a uri", instance="%zz"), told())
    flaws = {"status type", "title type", "detail type", "type type", "instance type"}
    assert {f.facts["flaw"] for f in seen.evidence.findings} == flaws
    assert {f.severity for f in seen.evidence.findings} == {"low"}


async def test_refutes_another_status_than_the_answers_own() -> None:
    seen = await tried(CHECK, problems(status=500), told())
    [finding] = seen.evidence.findings
    assert (finding.facts["flaw"], finding.severity) == ("status differs", "medium")


async def test_refutes_a_body_that_is_no_object() -> None:
    class Lists(Problems):
        def refused(self, status: int) -> Response:
            return JSONResponse([status], status, media_type=PROBLEM)

    seen = await tried(CHECK, Lists(), told())
    assert [f.facts["flaw"] for f in seen.evidence.findings] == ["no object"]


async def test_proves_correct_problems_with_members_of_their_own() -> None:
    seen = await tried(
        CHECK, problems(errors=[{"at": "/count"}], instance="/items/7?x=%20", type="about:blank"), told()
    )
    assert seen.verdict == "proved"
    kinds = {e.status for e in seen.exchanges}
    assert {400, 404, 415, 422} <= kinds


async def test_every_member_may_be_left_out() -> None:
    class Bare(Problems):
        def refused(self, status: int) -> Response:
            return JSONResponse({}, status, media_type=PROBLEM)

    assert (await tried(CHECK, Bare(), told())).verdict == "proved"


async def test_another_type_may_be_declared_beside_it() -> None:
    contract = told()
    for methods in contract["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                if PROBLEM in answer.get("content", {}):
                    answer["content"]["application/json"] = {}
    assert (await tried(CHECK, Items(), contract)).verdict == "proved"


async def test_missing_credentials_are_a_problem_too() -> None:
    class Guarded(Problems):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if dict(scope["headers"]).get(b"authorization") == b"Bearer sesame":
                await super().__call__(scope, receive, send)
            else:
                await JSONResponse({"error": "no"}, 401)(scope, receive, send)

    contract = told()
    contract["components"] = {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}}
    contract["security"] = [{"bearer": []}]
    for methods in contract["paths"].values():
        for operation in methods.values():
            operation["responses"]["401"] = {"description": "no", "content": {PROBLEM: {}}}
    seen = await tried(CHECK, Guarded(), contract, identities={"alice": {"token": "sesame"}})
    assert {(f.facts["status"], f.facts["provoked_by"]) for f in seen.evidence.findings} == {
        (401, "missing credentials")
    }
    nobody = await tried(CHECK, Guarded(), contract)
    assert nobody.verdict == "unknown"
    assert "needs credentials" in nobody.evidence.why


async def test_is_unknown_where_nothing_is_accepted_or_nothing_goes_wrong() -> None:
    assert (await tried(CHECK, Closed(), told())).verdict == "unknown"

    class Lenient(Problems):
        async def list(self, request: Any) -> Response:
            return self.page(20)

    seen = await tried(CHECK, Lenient(), told())
    assert seen.cell("listItems") == "unknown"
    assert "could be brought about" in seen.evidence.why


def test_says_nothing_where_no_problem_is_declared() -> None:
    assert "declares no error as" in skipped(CHECK, document()).why
