"""Makes answers that keep the contract: status, media type, headers and body, held against it before they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from random import Random
from typing import Any

from seamwright.engines.mock.acts import Outcome
from seamwright.engines.mock.arrivals import Arrival, Judge
from seamwright.engines.mock.bodies import Bodies
from seamwright.engines.mock.headers import Headers, Pairs
from seamwright.engines.mock.kinds import Part, Role
from seamwright.engines.mock.media import chosen, concrete, written
from seamwright.engines.mock.refusals import PROBLEM, Refusal, in_words_of, problem, refusing
from seamwright.engines.mock.schemas import identity
from seamwright.engines.mock.seeds import Seeds
from seamwright.engines.mock.shapes import Shapes
from seamwright.model.bench import Violation
from seamwright.model.exchange import Exchange, Response
from seamwright.model.operation import Answer, Contract, MediaType, Operation, Schema

__all__ = ["Answers", "Made", "acceptable", "success"]

_BODILESS = frozenset({204, 205, 304})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CREATED = (201, 200, 202, 204)
_LIKELY = {Role.CREATE: _CREATED, Role.DELETE: (204, 200, 202), Role.REPLACE: (200, 204, 202, 201)}
_USUAL = (200, 201, 202, 204)


@dataclass(frozen=True, slots=True)
class Made:
    """An answer, and how it breaks the contract where none could be made that does not.

    `adapted` says that the body is made up, because what it should have shown has no form that the contract allows.
    """

    response: Response
    broken: tuple[Violation, ...] = ()
    adapted: bool = False


def success(operation: Operation, role: Role, *, created: bool = False) -> int:
    """The status of an answer when all goes well: the one that fits best among those that are declared."""
    wanted = _CREATED if created else _LIKELY.get(role, _USUAL)
    exact = sorted(int(status) for status in operation.answers if status.isdigit())
    told = [*(s for s in wanted if s in exact), *(s for s in exact if 200 <= s < 300)]
    if told:
        return told[0]
    if "2XX" in operation.answers or not operation.answers:
        return wanted[0]
    redirects = [status for status in exact if status in _REDIRECTS]
    return redirects[0] if redirects and "default" not in operation.answers else 200


def acceptable(operation: Operation, accept: str | None) -> None:
    """Raise Refusal (406) where no success of the operation has a media type that the client takes."""
    answers = [a for status, a in operation.answers.items() if status.startswith("2") and a.content]
    offered = dict.fromkeys(key for answer in answers for key in answer.content)
    if offered and chosen(offered, accept) is None:
        raise Refusal(406, f"nothing that Accept asks for is offered; offered: {', '.join(offered)}")


class Answers:
    """Writes the answers of one contract."""

    def __init__(self, contract: Contract, shapes: Shapes, seeds: Seeds, judge: Judge) -> None:
        self._contract = contract
        self._seeds = seeds
        self._judge = judge
        self._bodies = Bodies(contract, shapes, seeds)
        self._headers = Headers(contract)

    def of(self, part: Part, outcome: Outcome, arrival: Arrival) -> Made:
        """The answer that says what was done."""
        operation = part.operation
        status = success(operation, outcome.role, created=outcome.created)
        answer = operation.answer(status) or _unsaid(status, outcome)
        first = outcome.records[0] if outcome.records else None
        place = (first.kind, first.scope, first.key) if first is not None else (arrival.path, arrival.case.body)
        random = self._seeds.random(operation.id, status, *place)

        def bodies(media: MediaType) -> Iterator[Any]:
            yield from self._bodies.showing(media, outcome, arrival.base, random)
            yield from self._bodies.invented(media.schema, random)

        telling = self._headers.telling(part, outcome, arrival, answer, status)
        return self._first(operation, arrival, status, answer, bodies, telling, random)

    def refused(self, operation: Operation, refusal: Refusal, arrival: Arrival, status: int | None = None) -> Made:
        """The answer that refuses a request, with the status that fits the refusal, or with this one."""
        status = refusing(operation, refusal) if status is None else status
        answer = operation.answer(status) or Answer(str(status))
        random = self._seeds.random(operation.id, status, refusal.detail)
        if not answer.content and status not in _BODILESS:
            body = written(problem(status, refusal.detail, refusal.violations, arrival.path), PROBLEM)
            required = self._headers.required(answer, random, refusal.headers)
            response = Response(status, (("content-type", PROBLEM), *refusal.headers, *required), body)
            return self._judged(operation, arrival, response)

        def bodies(media: MediaType) -> Iterator[Any]:
            told = in_words_of(self._contract, media.schema, status, refusal.detail, refusal.violations, arrival.path)
            yield from self._bodies.fitting(media.schema, told, random)
            yield from self._bodies.invented(media.schema, random)

        return self._first(operation, arrival, status, answer, bodies, refusal.headers, random)

    def preferred(
        self, part: Part, arrival: Arrival, status: int, *, example: str | None, dynamic: bool | None, random: Random
    ) -> Made:
        """An answer that is about no resource: an example of the contract (the one of this name, where one is given),
        or with `dynamic` a value that is made for this request alone."""
        operation = part.operation
        answer = operation.answer(status) or Answer(str(status))
        if status >= 400 and not answer.content:
            return self.refused(operation, Refusal(status, _PREFERRED), arrival, status)

        def bodies(media: MediaType) -> Iterator[Any]:
            if not dynamic:
                yield from self.examples(operation, status, example)
            if status >= 400:
                told = in_words_of(self._contract, media.schema, status, _PREFERRED, (), arrival.path)
                yield from self._bodies.fitting(media.schema, told, random)
            yield from self._bodies.invented(media.schema, random)

        return self._first(operation, arrival, status, answer, bodies, (), random)

    def has_example(self, operation: Operation, status: int, name: str | None = None) -> bool:
        """Whether the contract writes an example for an answer, or the one of this name."""
        return any(True for _ in self.examples(operation, status, name))

    def examples(self, operation: Operation, status: int, name: str | None) -> Iterator[Any]:
        """The examples that the contract writes for an answer; the one of this name alone, where one is given."""
        answer = operation.answer(status)
        if answer is None:
            return
        if name is None:
            yield from (example for media in answer.content.values() for example in media.examples)
            return
        paths = self._contract.document.get("paths", {})
        operations = self._followed(self._followed(paths.get(operation.path, {})).get(operation.method.lower(), {}))
        told = self._followed(operations.get("responses", {}).get(answer.status, {}))
        for media in told.get("content", {}).values():
            examples = self._followed(media).get("examples", {})
            found = self._followed(examples.get(name)) if isinstance(examples, Mapping) else {}
            if "value" in found:
                yield found["value"]

    def _followed(self, node: Any) -> Mapping[str, Any]:
        while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            node = self._contract.resolve(node["$ref"])
        return node if isinstance(node, Mapping) else {}

    def _first(
        self,
        operation: Operation,
        arrival: Arrival,
        status: int,
        answer: Answer,
        bodies: Callable[[MediaType], Iterable[Any]],
        headers: Pairs,
        random: Random,
    ) -> Made:
        """The first of the answers with these bodies that keeps the contract; the first of all where none does."""
        pairs = (*headers, *self._headers.required(answer, random, headers))
        if status in _REDIRECTS and not any(name == "location" for name, _ in pairs):
            pairs = (*pairs, ("location", f"{arrival.base}{arrival.path}"))
        if not answer.content or status in _BODILESS:
            return self._judged(operation, arrival, Response(status, pairs))
        key = chosen(answer.content, arrival.header("accept")) or next(iter(answer.content))
        media_type, media = concrete(key), answer.content[key]
        first: Made | None = None
        for value in chain(bodies(media), media.examples):
            body = written(value, media_type, self._root(media.schema))
            made = self._judged(operation, arrival, Response(status, (("content-type", media_type), *pairs), body))
            if not made.broken:
                return replace(made, adapted=first is not None)
            first = first or made
        return first or self._judged(operation, arrival, Response(status, (("content-type", media_type), *pairs)))

    def _judged(self, operation: Operation, arrival: Arrival, response: Response) -> Made:
        exchange = Exchange(arrival.request, response, None, 0.0, 0.0)
        return Made(response, tuple(self._judge.violations(operation, exchange)))

    def _root(self, schema: Schema) -> str:
        """What an XML document of a schema is called."""
        said = schema.get("xml") if isinstance(schema, Mapping) else None
        if isinstance(said, Mapping) and said.get("name"):
            return str(said["name"])
        ref = identity(self._contract, schema) or ""
        return ref.rpartition("/")[2] if ref.startswith("#") else "root"


def _unsaid(status: int, outcome: Outcome) -> Answer:
    """The answer of an operation whose contract declares none but errors: the resource, as it is shown elsewhere."""
    if not outcome.records or outcome.gone or outcome.many:
        return Answer(str(status))
    return Answer(str(status), content={"application/json": MediaType(outcome.kind.item)})


_PREFERRED = "the client prefers this answer"
