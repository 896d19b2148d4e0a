"""Follows every schema that an operation can reach, so that no reference breaks later.

Nothing is ever fetched for a reference to another host. What needs one is left out by name, or left open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from seamwright.contracts.bundle import pointed
from seamwright.contracts.document import BUNDLE, Document, Node
from seamwright.contracts.schemas import IN_PLACE, parts, unknown_types
from seamwright.model.operation import Answer, Contract, Operation

__all__ = ["MAX_CHAIN", "MAX_UNFOLDED", "never_fetched", "reach", "success", "within_reach"]

MAX_UNFOLDED = 10_000
"""Schemas that may hold for one value at once, each counted as often as references and combinations lead to it."""

MAX_CHAIN = 200
"""References that may follow each other until a value is described."""


def never_fetched(ref: str) -> str:
    """Why something is left out that refers to another host."""
    return f"refers to {ref}, and nothing is fetched for a reference; {BUNDLE}"


def success(status: str, statuses: Collection[str]) -> bool:
    """Whether an answer is one of those that an operation exists for: 2XX, or `default` where it stands for them."""
    return status.startswith("2") or (status == "default" and not any(str(s).startswith("2") for s in statuses))


def reach(contract: Contract, reader: Document) -> None:
    """Follow every schema that an operation needs.

    Raises ContractError where one leads nowhere, in a circle, or unfolds into more than can be worked with.
    """
    waiting: list[tuple[Any, str]] = []
    for operation in contract.operations:
        place = f"{operation.method} {operation.path}"
        waiting += [(schema, f"{place}: {here}") for schema, here in _asked(operation)]
        for answer in operation.answers.values():
            waiting += [(schema, f"{place}: {here}") for schema, here in _answered(answer)]
    seen: set[str] = set()
    while waiting:
        schema, place = waiting.pop()
        if not isinstance(schema, dict | bool):
            reader.fail(place, f"a schema must be a mapping or a boolean, and is {schema!r}")
        _unfold(reader, schema, place)
        for part, here in parts(schema, place):
            for name in unknown_types(part):
                reader.notice(here, f"the type {name!r} is not known; it is ignored")
            ref = part.get("$ref")
            if not isinstance(ref, str) or ref in seen:
                continue
            seen.add(ref)
            waiting.append((_target(reader, ref, here), ref))


def within_reach(
    operations: tuple[Operation, ...], reader: Document, remote: bool, left_out: dict[str, str]
) -> tuple[Operation, ...]:
    """The operations that need nothing from another host; `remote` says whether the document refers to one at all.

    What is left out goes into `left_out`, by its id and with why. Of what remains, an answer that is no success and
    whose schemas lie elsewhere is left open, so that nothing is claimed of it; that is told as a notice.
    """
    if not remote:
        return operations
    found = []
    for operation in operations:
        needed = [schema for schema, _ in _asked(operation)]
        answers = dict(operation.answers)
        for status, answer in operation.answers.items():
            far = _far(reader, (schema for schema, _ in _answered(answer)))
            if far is None:
                continue
            if success(status, operation.answers):
                needed.append({"$ref": far})
            else:
                reader.notice(f"{operation}: {status}", f"{never_fetched(far)}; this answer is not judged")
                answers[status] = Answer(status, description=answer.description)
        far = _far(reader, needed)
        if far is None:
            found.append(replace(operation, answers=answers))
        else:
            left_out[operation.id] = never_fetched(far)
    return tuple(found)


def _asked(operation: Operation) -> Iterator[tuple[Any, str]]:
    for parameter in operation.parameters:
        yield parameter.schema, f"{parameter.location} parameter {parameter.name}"
    for key, media in operation.body.content.items() if operation.body else ():
        yield media.schema, f"body {key}"


def _answered(answer: Answer) -> Iterator[tuple[Any, str]]:
    for key, media in answer.content.items():
        yield media.schema, f"{answer.status} {key}"
    for header in answer.headers.values():
        yield header.schema, f"{answer.status} header {header.name}"


def _far(reader: Document, schemas: Iterable[Any]) -> str | None:
    """The first reference to another host that is reached from these schemas."""
    waiting = list(schemas)
    seen: set[str] = set()
    while waiting:
        for part, _ in parts(waiting.pop(), ""):
            ref = part.get("$ref")
            if not isinstance(ref, str) or ref in seen:
                continue
            if not ref.startswith("#"):
                return ref
            seen.add(ref)
            try:
                waiting.append(pointed(reader.root, ref))
            except KeyError:
                continue  # `reach` tells of it.
    return None


def _target(reader: Document, ref: str, place: str) -> Any:
    # A schema that is nothing but references in a circle would send every later reader round and round.
    Node(reader, {"$ref": ref}, place).followed()
    return pointed(reader.root, ref)


def _unfold(reader: Document, schema: Any, place: str) -> None:
    """Refuse what validators and generators would unfold without end: the branches can double with every reference."""
    count = 0
    waiting: list[tuple[Any, tuple[str, ...]]] = [(schema, ())]
    while waiting:
        here, path = waiting.pop()
        if not isinstance(here, dict):
            continue
        count += 1
        if count > MAX_UNFOLDED or len(path) > MAX_CHAIN:
            reader.fail(
                place,
                f"this schema unfolds into more than {MAX_UNFOLDED} schemas for one value, or along more than "
                f"{MAX_CHAIN} references; flatten it",
            )
        for key in IN_PLACE & here.keys():
            inner = here[key]
            waiting += [(each, path) for each in (inner if isinstance(inner, list) else [inner])]
        ref = here.get("$ref")
        if isinstance(ref, str) and ref not in path:
            try:
                waiting.append((pointed(reader.root, ref), (*path, ref)))
            except KeyError:
                continue  # The reference itself is told of where it is followed.
