"""Every operation has an operationId."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import in_style, main_style, words
from seamwright.contracts.lint._reading import Call, Reading
from seamwright.contracts.lint._rule import Edit, Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    taken = {call.part.text("operationId") for call in reading.calls} - {""}
    style = main_style(taken, "camelCase")
    for call in reading.calls:
        if call.part.text("operationId") or call.part.node.get("operationId") not in (None, ""):
            continue
        name = _free(in_style(_told(call), style), taken)
        taken.add(name)
        yield Found(
            call.part.place,
            f"{call} has no operationId",
            f"give it one, such as {name}",
            edits=(Edit(call.part.below("operationId"), name),),
        )


def _told(call: Call) -> list[str]:
    """The words of a made id: `GET /orders/{id}` is get, orders, by, id."""
    found = [call.method]
    for segment in call.item.segments:
        braces = segment.startswith("{")
        found += [*(["by"] if braces and "by" not in found[-2:] else []), *words(segment)]
    return found if len(found) > 1 else [*found, "root"]


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name}{number}", number + 1
    return free


RULE = Rule(
    id="operation-id-missing",
    severity=Severity.WARNING,
    says="every operation has an operationId",
    why="clients, policies and evidence name operations by their id; one that is made up changes with the path",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {responses: {}}
""",
    right="""
paths:
  /orders:
    get: {operationId: listOrders, responses: {}}
""",
)
