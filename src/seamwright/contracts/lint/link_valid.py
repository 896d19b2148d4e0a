"""Every link leads to an operation of this contract."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.bundle import pointed
from seamwright.contracts.lint._reading import Part, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    known = {call.part.text("operationId") for call in reading.calls} - {""}
    for call in reading.calls:
        for answer in call.answers.values():
            for name, link in reading.children(reading.child(answer.part, "links")):
                yield from _of(reading, name, link, known)


def _of(reading: Reading, name: str, link: Part, known: set[str]) -> Iterator[Found]:
    target, ref = link.text("operationId"), link.text("operationRef")
    if target and target not in known:
        text = f"the link {name} leads to the operation {target}, which is not there"
        yield Found(link.below("operationId"), text, "correct the operationId")
    if ref.startswith("#"):
        try:
            pointed(reading.document, ref)
        except KeyError:
            text = f"the link {name} leads to {ref}, where nothing is"
            yield Found(link.below("operationRef"), text, "correct the reference")
    if not target and not ref and link.node:
        yield Found(link.place, f"the link {name} leads to no operation", "give it an operationId")


RULE = Rule(
    id="link-valid",
    severity=Severity.ERROR,
    says="every link leads to an operation of this contract",
    why="links say where the ids of other operations come from (OpenAPI 3.1, link object)",
    run=_run,
    wrong="""
paths:
  /orders:
    post: {responses: {"201": {description: ok, links: {show: {operationId: getOrdr}}}}}
  /orders/{id}:
    get: {operationId: getOrder, responses: {}}
""",
    right="""
paths:
  /orders:
    post: {responses: {"201": {description: ok, links: {show: {operationId: getOrder}}}}}
  /orders/{id}:
    get: {operationId: getOrder, responses: {}}
""",
)
