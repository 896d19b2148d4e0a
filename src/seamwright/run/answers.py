"""Judges the answers of a load run by the contract: each of them, and quickly enough to be no part of the latency."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from seamwright.model.exchange import Exchange, Request, Response
from seamwright.model.operation import Contract, Operation
from seamwright.run.speech import Validator, spoken

if TYPE_CHECKING:
    from seamwright.engines import load as engine

__all__ = ["LONG_BODY", "REMEMBERED", "Answers", "Judge", "plain"]

REMEMBERED = 512
"""Different answers whose judgement is remembered."""

LONG_BODY = 16 * 1024
"""Bytes above which a body is judged anew each time."""

_BODILESS = frozenset({204, 205, 304})
_UNJUDGED = "not judged yet"


@runtime_checkable
class _Quick(Protocol):
    """A validator that can judge a body by itself, without an exchange around it."""

    def check_body(self, operation: Operation, status: int, content_type: str, body: bytes) -> str | None:
        """Say what is wrong with the body or with its being there; None where nothing is."""


class _Head:
    """What is known of all answers to an operation with one head: what is wrong with it, and which bodies came."""

    __slots__ = ("bodies", "check", "content_type", "operation", "wrong")

    def __init__(self, operation: Operation, content_type: str) -> None:
        self.operation = operation
        self.content_type = content_type
        self.wrong: str | None = None
        self.check: Callable[[Operation, int, str, bytes], str | None] | None = None
        """Judges a body by itself; where there is nothing that can, each answer is judged as a whole."""
        self.bodies: dict[bytes, str | None] = {}


class _Matters(dict[bytes, bool]):
    """Whether a header of this name, in any spelling, matters to the judgement; all but the date where None is told."""

    __slots__ = ("_names",)

    def __init__(self, names: frozenset[bytes] | None) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, name: bytes) -> bool:
        lower = name.lower()
        matters = lower != b"date" if self._names is None else lower in self._names
        if len(self) < REMEMBERED:
            self[name] = matters
        return matters


class Answers:
    """Says of each answer what is wrong with it, None if nothing is: the `validate` of a load plan.

    A head (status, and the headers that the contract has something to say about) is judged once for each request, and
    every body by itself. Equal bodies under equal heads are judged once, unless `remember` is False; only so many are
    remembered, and no long ones, so that the memory of it is bounded. Any status from 400 is wrong: the calls of a load
    run are valid ones.
    """

    def __init__(
        self,
        validator: Validator,
        requests: Mapping[bytes, tuple[Operation, Request]],
        *,
        remember: bool = True,
    ) -> None:
        self._validator = validator
        self._quick = validator if isinstance(validator, _Quick) else None
        self._requests = requests
        self._remember = remember
        self._heads: dict[tuple[bytes, int, tuple[tuple[bytes, bytes], ...]], _Head] = {}
        self._matters: dict[tuple[bytes, int], _Matters] = {}
        # By request: the headers of its answer before, by identity, since the engine hands up the same for equal ones.
        self._last: dict[bytes, tuple[tuple[tuple[bytes, bytes], ...], int, _Head]] = {}
        self._remembered = 0

    def __call__(self, template: engine.RequestTemplate, answer: engine.Response) -> str | None:
        status, headers, body = answer
        last = self._last.get(template.data)
        if last is not None and last[0] is headers and last[1] == status:
            head = last[2]
        else:
            head = self._head(template.data, answer)
            self._last[template.data] = (headers, status, head)
        remember = self._remember and len(body) <= LONG_BODY
        if remember:
            known = head.bodies.get(body, _UNJUDGED)
            if known is not _UNJUDGED:
                return known
        wrong = head.wrong
        check = head.check
        if wrong is None and (check is None or check(head.operation, status, head.content_type, body) is not None):
            wrong = self._whole(template.data, answer)
        if remember:
            if self._remembered >= REMEMBERED:
                self._forget()
            self._remembered += 1
            head.bodies[body] = wrong
        return wrong

    def _forget(self) -> None:
        for head in self._heads.values():
            head.bodies.clear()
        self._remembered = 0

    def _head(self, request: bytes, answer: engine.Response) -> _Head:
        status, headers, _ = answer
        matters = self._matters.get((request, status))
        if matters is None:
            matters = self._matters[request, status] = self._named(request, status)
        key = (request, status, tuple([pair for pair in headers if matters[pair[0]]]))
        head = self._heads.get(key)
        if head is None:
            if len(self._heads) >= REMEMBERED:
                self._heads.clear()
                self._last.clear()
                self._remembered = 0
            head = self._heads[key] = self._looked_at(request, answer)
        return head

    def _named(self, request: bytes, status: int) -> _Matters:
        """Which headers the judgement of such an answer may depend on."""
        if self._quick is None:
            return _Matters(None)
        declared = self._requests[request][0].answer(status)
        names = () if declared is None else declared.headers
        return _Matters(frozenset({b"content-type", *(name.lower().encode("latin-1") for name in names)}))

    def _looked_at(self, request: bytes, answer: engine.Response) -> _Head:
        operation, sent = self._requests[request]
        response = plain(answer)
        head = _Head(operation, response.header("content-type") or "")
        if response.status >= 400:
            head.wrong = f"answered {response.status}"
        elif self._quick is not None and sent.method != "HEAD" and response.status not in _BODILESS:
            head.check = self._quick.check_body
            exchange = Exchange(sent, response, None, 0.0, 0.0, operation=operation.id)
            violations = self._validator.violations(operation, exchange)
            head.wrong = next((v.text for v in violations if v.place.startswith("/headers/")), None)
        return head

    def _whole(self, request: bytes, answer: engine.Response) -> str | None:
        operation, sent = self._requests[request]
        exchange = Exchange(sent, plain(answer), None, 0.0, 0.0, operation=operation.id)
        violations = self._validator.violations(operation, exchange)
        return violations[0].text if violations else None


@dataclass(frozen=True, slots=True)
class Judge:
    """What makes `Answers` anew in another process: the contract, and of which operation each rendered request is."""

    contract: Contract
    requests: tuple[tuple[bytes, str, Request], ...]

    def __call__(self) -> Answers:
        """Compile the contract's validator, and judge by it. Raises LookupError for an operation that it has not."""
        operations = {operation.id: operation for operation in self.contract.operations}
        known = {data: (operations[name], request) for data, name, request in self.requests}
        return Answers(spoken(self.contract).validator(self.contract), known)


def plain(answer: engine.Response) -> Response:
    """The answer as checks and evidence know it: headers as text, names in lower case."""
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in answer.headers)
    return Response(answer.status, headers, answer.body)
