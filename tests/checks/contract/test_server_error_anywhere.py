"""A server error that some other check met on its way is told, where it comes again."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.available_after_creation import CHECK as CREATES
from seamwright.checks.contract.server_error_anywhere import CHECK
from seamwright.checks.contract.server_error_on_valid import CHECK as VALID
from seamwright.checks.contract.use_after_free import CHECK as FREED
from seamwright.model.problem import problems
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import tried


class NoteTaken(Items):
    """Takes the optional note for granted."""

    def made(self, body: dict[str, Any]) -> Response:
        return super().made(body) if "note" in body else JSONResponse({"error": "KeyError"}, 500)


async def test_refutes_what_a_check_met_that_asks_about_something_else() -> None:
    seen = await tried(CHECK, NoteTaken(), document(), beside=[CREATES], seed=7)  # It draws an item without a note.
    assert seen.cell("createItem") == "refuted"
    [finding] = seen.evidence.findings
    assert "to a call of contract.available-after-creation" in finding.title
    assert "--check contract.server-error-anywhere --check contract.available-after-creation" in finding.reproduce
    again = [e for e in seen.exchanges if e.number in finding.exchanges]
    assert [e.status for e in again] == [500, 500]


async def test_is_one_problem_with_what_another_check_tells_of_it() -> None:
    seen = await tried(CHECK, NoteTaken(), document(), beside=[VALID])
    assert seen.cell("createItem") == "refuted"
    [problem] = problems([*seen.others, seen.evidence])
    assert problem.row.check == VALID.id
    assert problem.also == (CHECK.id,)


async def test_proves_where_nothing_failed() -> None:
    seen = await tried(CHECK, Items(), document(), beside=[CREATES, VALID])
    assert seen.verdict == "proved"


async def test_is_unknown_where_it_does_not_come_again() -> None:
    class Once(Items):
        failed = False

        def made(self, body: dict[str, Any]) -> Response:
            fails, self.failed = not self.failed, True
            return JSONResponse({"error": "no"}, 500) if fails else super().made(body)

    seen = await tried(CHECK, Once(), document(), beside=[CREATES])
    assert seen.cell("createItem") == "unknown"
    assert "500 once, and not when it was sent again" in seen.evidence.why


class CrashesWhenGone(Items):
    """Deletes, and crashes then: the same call meets an object that is not there."""

    async def delete(self, request: Any) -> Response:
        done = await super().delete(request)
        return JSONResponse({"error": "TypeError"}, 500) if done.status_code == 204 else done


async def test_what_is_gone_by_now_is_tried_on_another_object() -> None:
    seen = await tried(CHECK, CrashesWhenGone(), document(), beside=[FREED])
    [finding] = [f for f in seen.evidence.findings if f.operation == "deleteItem"]
    assert [e.status for e in seen.exchanges if e.number in finding.exchanges] == [500, 500]


async def test_what_is_gone_by_now_is_no_answer_to_whether_it_comes_again() -> None:
    class Once(CrashesWhenGone):
        failed = False

        async def delete(self, request: Any) -> Response:
            if self.failed:
                return await Items.delete(self, request)
            done = await super().delete(request)
            self.failed = done.status_code == 500
            return done

        async def create(self, request: Any) -> Response:
            return self.refused(422) if self.failed else await super().create(request)

    seen = await tried(CHECK, Once(), document(), beside=[FREED])
    assert seen.cell("deleteItem") == "unknown"
    assert "its object is gone by now" in seen.evidence.why


async def test_a_service_that_refuses_everything_has_no_server_error_and_proves_nothing() -> None:
    seen = await tried(CHECK, Closed(), document())
    assert not seen.evidence.findings
    assert {str(cell.verdict) for cell in seen.evidence.cells} == {"unknown"}
    assert "no valid call was answered in its success class" in seen.evidence.why
