"""What is sent at a rate, and when figures say nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from seamwright.checks._cells import these
from seamwright.checks.load._rate import Mix, declared_rate, figures_of, kept, reads, writes
from seamwright.model.bench import Bench, LoadFigures
from seamwright.model.check import Applicability, Dares
from seamwright.model.errors import Undecided
from seamwright.model.evidence import Observation, Proved
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from tests.checks.contract.items import Closed, Items, document
from tests.checks.stage import Tried, contract_of, manifest_of, tried
from tests.run.trial import check

GOOD = LoadFigures(
    target_rate=100.0,
    duration=3.0,
    sent=300,
    answered=299,
    statuses={"200": 299},
    errors={"timeout": 1},
    intended={"p99": 0.1},
    service={"p99": 0.05},
    send_lag={"p99": 0.001},
    kept_schedule=True,
    why_not="",
    timeline=({"second": 0.0},),
    samples=(),
)


@pytest.mark.parametrize(
    ("changes", "why", "cause"),
    [
        ({"kept_schedule": False, "why_not": "the clock ran away"}, "on our side: the clock ran away", Cause.OURS),
        ({"sent": 0, "answered": 0}, "no request could be sent", Cause.TARGET),
        ({"answered": 0}, "none of 300 requests was answered", Cause.TARGET),
    ],
)
def test_some_figures_conclude_nothing(changes: dict[str, Any], why: str, cause: Cause) -> None:
    with pytest.raises(Undecided, match=why) as told:
        kept(replace(GOOD, **changes))
    assert told.value.cause is cause
    assert kept(GOOD) is GOOD


def test_figures_are_kept_with_the_objectives_beside_them() -> None:
    shown = figures_of(GOOD, {"p99": 0.3})
    assert shown["objectives"] == {"p99": 0.3}
    assert (shown["sent"], shown["statuses"], shown["intended"]) == (300, {"200": 299}, {"p99": 0.1})
    assert shown["timeline"] == [{"second": 0.0}]


def test_the_declared_rate() -> None:
    def subject(**objectives: Any) -> Subject:
        manifest = manifest_of("http://127.0.0.1:9", {"objectives": objectives})
        return Subject(manifest.boundaries["api"], contract_of(document()), manifest)

    assert declared_rate(subject(rate="20/s")) == 20.0
    assert declared_rate(subject()) is None


async def _mixed(app: Any, found: list[Mix]) -> Tried:
    async def run(bench: Bench) -> AsyncIterator[Observation]:
        found.append(await writes(bench, ("createItem", "deleteItem"), 3))
        found.append(await reads(bench))
        yield Proved("listItems")

    def applies(subject: Subject) -> Applicability:
        return these(subject, lambda o: None if o.id == "listItems" else "not now", "none")

    return await tried(check(run=run, applies=applies, dares=Dares.WRITE), app, document())


async def test_each_call_was_answered_with_success_before_it_is_sent_at_a_rate() -> None:
    found: list[Mix] = []
    assert (await _mixed(Items(), found)).verdict == "proved"
    made, read = found
    assert {case.operation for case, _ in read.cases} == {"listItems", "getItem"}
    assert all(exchange.ok for exchange in read.tried)
    assert read.left_out == {}
    assert [case.operation for case, _ in made.cases].count("createItem") == 3


async def test_what_is_never_answered_with_success_is_not_sent() -> None:
    found: list[Mix] = []
    seen = await _mixed(Closed(), found)
    assert found[0].cases == ()
    assert set(found[0].left_out) == {"createItem", "deleteItem"}
    assert seen.verdict == "unknown"
    assert "no call could be found that is answered with success" in seen.evidence.why
