"""Measures what of a contract is exercised, by what is really sent and really answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from seamwright.contracts.bundle import escaped
from seamwright.contracts.conformance import request_violations
from seamwright.contracts.coverage.credentials import look_at_credentials
from seamwright.contracts.coverage.culprits import Culprit, culprit
from seamwright.contracts.coverage.judging import Judgement, Where, judgement, succeeded
from seamwright.contracts.coverage.parts import BodyPart, Compiled, ParameterPart, compile_operation
from seamwright.contracts.coverage.points import ANSWERED, BROKEN, SENT
from seamwright.contracts.coverage.spots import Hit, Hits
from seamwright.contracts.media import declared, is_json
from seamwright.model.bench import Violation
from seamwright.model.exchange import Case, Exchange, Request, Response
from seamwright.model.operation import Contract, Operation
from seamwright.model.run import Exercised

__all__ = ["Meter"]

DOUBTS = 32
"""After so many values that seemed to break a keyword in calls that break more, only every 32nd is looked into."""

_ABSENT = object()
_BODY = "/body"


@dataclass(frozen=True, slots=True)
class _Sent:
    """One part of a call that was sent: what it exercises of what is still open."""

    where: Where
    place: str
    """As a violation of the contract names it: `/query/limit`, `/body`."""
    hits: Hits
    part: ParameterPart | BodyPart | None = None
    value: Any = None


class Meter:
    """What was exercised of one contract; those of other kinds than OpenAPI have meters of their own behind this one.

    A point is exercised only when the service judged it: see `judging`. A keyword counts as broken only where nothing
    else of the whole call breaks the contract; a valid value counts where the call was accepted, or where a call that
    breaks nothing was refused for what it says. Each operation is compiled when it is first met, and what is exercised
    is looked for no more.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._other = _other(contract)
        self._compiled: dict[str, Compiled] = {}

    def sent(self, operation: Operation, case: Case, exchange: Exchange) -> None:
        """A case of an operation was sent, and this came of it."""
        if self._other is not None:
            self._other.sent(operation, case, exchange)
            return
        made = self._compiled.get(operation.id) or self._made(operation)
        sent = list(_parameters(made, case, exchange.request)) if made.parameters else []
        if made.body_live:
            sent += _body(made, case, exchange.request)
        if sent and self._judge(made, case, exchange.status, sent):
            made.prune()

    def answered(self, operation: Operation, exchange: Exchange) -> None:
        """An operation was answered, whatever was sent: its status, media type, headers, and who was let in."""
        response = exchange.response
        if response is None:
            return
        if self._other is not None:
            self._other.answered(operation, exchange)
            return
        made = self._compiled.get(operation.id) or self._made(operation)
        news = made.security_live and look_at_credentials(made.security, made.open, exchange.request, response.status)
        if made.answers_live:
            news |= _answer(made, response)
        if news:
            made.prune()

    def counted(self, operation: Operation, status: int) -> None:
        """An operation was answered with a status, of which nothing else is known."""
        if self._other is not None:
            self._other.counted(operation, status)
        else:
            _status(self._compiled.get(operation.id) or self._made(operation), status)

    def points(self, operation: Operation) -> tuple[Exercised, ...]:
        """What was exercised of an operation, and what was not; reasons only as far as the answers tell them."""
        if self._other is not None:
            return self._other.points(operation)
        return (self._compiled.get(operation.id) or self._made(operation)).universe.results()

    def clipped(self, operation: Operation) -> bool:
        """Whether an operation has more points than are enumerated, so that the deepest are left out."""
        if self._other is not None:
            return self._other.clipped(operation)
        return (self._compiled.get(operation.id) or self._made(operation)).universe.clipped

    def _made(self, operation: Operation) -> Compiled:
        made = self._compiled[operation.id] = compile_operation(self.contract, operation)
        return made

    def _judge(self, made: Compiled, case: Case, status: int, sent: list[_Sent]) -> bool:
        """Cover what the answer judged; gives whether anything was covered."""
        violations: tuple[Violation, ...] | None = None
        covered = False
        for each in sent:
            judged = judgement(made.operation, status, each.where)
            good = [hit for hit in each.hits if hit[1] != BROKEN]
            bad = [hit for hit in each.hits if hit[1] == BROKEN and _worth(hit)]
            if violations is None and (bad or (good and judged is Judgement.REFUSED)):
                violations = request_violations(self.contract, made.operation, case)
            tried = list(_alone(each, bad, violations)) if bad and violations else []
            if judged is not Judgement.REFUSED or not violations:
                tried += good
            for points, aspect, _ in tried:
                if judged is Judgement.NONE:
                    points.unjudged.setdefault(aspect, status)
                else:
                    covered |= points.cover(aspect)
        return covered


class _Other(Protocol):
    """The meter of another kind of contract; what each method does is said at `Meter`."""

    def sent(self, operation: Operation, case: Case, exchange: Exchange) -> None: ...

    def answered(self, operation: Operation, exchange: Exchange) -> None: ...

    def counted(self, operation: Operation, status: int) -> None: ...

    def points(self, operation: Operation) -> tuple[Exercised, ...]: ...

    def clipped(self, operation: Operation) -> bool: ...


def _other(contract: Contract) -> _Other | None:
    # What reads GraphQL and protobuf comes with extras; whoever has such a contract has them.
    match contract.kind:
        case "graphql":
            from seamwright.contracts.coverage.graphql import GraphqlMeter

            return GraphqlMeter(contract)
        case "protobuf":
            from seamwright.contracts.coverage.protobuf import ProtobufMeter

            return ProtobufMeter(contract)
        case _:
            return None


def _answer(made: Compiled, response: Response) -> bool:
    """Cover what an answer shows of its status, media type and headers; gives whether anything was news."""
    content_type = response.header("content-type") or ""
    key = (response.status, content_type)
    if key in made.told:
        return False
    status, news = _status(made, response.status), key not in made.seen
    made.seen.add(key)
    answer = made.operation.answers.get(status)
    if answer is None:
        made.told.add(key)
        return news
    match = declared(answer.content, content_type) if news and content_type else None
    if match is not None:
        made.contents[status, match[0]].cover(ANSWERED)
    waited = [made.headers[status, name.lower()] for name in answer.headers]
    for points in waited:
        if points.pending and response.header(points.keyword) is not None:
            news |= points.cover(ANSWERED)
    if not any(points.pending for points in waited):
        made.told.add(key)
    return news


def _status(made: Compiled, status: int) -> str:
    """Count a status; gives the key under which the contract declares it, empty where it does not."""
    if succeeded(made.operation, status):
        made.success.cover(ANSWERED)
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in made.operation.answers:
            made.statuses[key].cover(ANSWERED)
            return key
    return ""


def _parameters(made: Compiled, case: Case, request: Request) -> Iterator[_Sent]:
    """What the parameters of a call exercise; headers count as they left, whoever added them."""
    headers: dict[str, Any] | None = None
    for part in made.parameters:
        where, name = part.where, part.name
        if where == "header":
            if headers is None:
                headers = {key.lower(): value for key, value in request.headers}
            value = headers.get(name, _ABSENT)
        else:
            values = case.query if where == "query" else case.path if where == "path" else case.cookies
            value = values.get(name, _ABSENT)
            if where == "query" and (value == [] or value == {}):
                value = _ABSENT  # nothing of it stands in the URL
        hits: Hits = []
        aspect = part.missing if value is _ABSENT else SENT
        if aspect in part.presence.pending:
            hits.append((part.presence, aspect, None))
        if value is not _ABSENT and part.root.live:
            value = "" if value is None else part.read(value) if part.read is not None else value
            part.root.walk(value, hits)
        if hits:
            yield _Sent(where, part.violation, hits, part, value)


def _body(made: Compiled, case: Case, request: Request) -> Iterator[_Sent]:
    """What the body of a call exercises; nothing where it is of a media type that the contract does not name."""
    presence = made.presence
    if presence is None:
        return
    if not request.body:
        if made.missing in presence.pending:
            yield _Sent("body", _BODY, [(presence, made.missing, None)])
        return
    content_type = request.header("content-type") or ""
    if content_type not in made.matched:
        made.match(content_type)
    key, part = made.matched[content_type]
    if key is None:
        return
    hits: Hits = []
    for points in (presence, made.media_types[key]):
        if SENT in points.pending:
            hits.append((points, SENT, None))
    value = case.body
    if part is not None and part.live:
        whole = True
        if case.raw is not None:
            try:
                value = orjson.loads(case.raw) if is_json(key) else _ABSENT
            except orjson.JSONDecodeError:
                whole = False
        if not whole:
            if part.syntax is not None and BROKEN in part.syntax.pending:
                hits.append((part.syntax, BROKEN, None))
        elif value is not _ABSENT:
            part.root.walk(value, hits)
    if hits:
        yield _Sent("body", _BODY, hits, part, value)


def _worth(hit: Hit) -> bool:
    """Whether it is worth looking at what a value breaks: hardly ever, where it always broke more than this."""
    points = hit[0]
    points.doubts += 1
    return points.doubts <= DOUBTS or points.doubts % DOUBTS == 0


def _alone(sent: _Sent, bad: Hits, violations: tuple[Violation, ...]) -> Iterator[Hit]:
    """Of what a part seems to break, what it breaks alone: nothing else in the whole call breaks the contract."""
    below = f"{sent.place}/"
    if not all(each.place == sent.place or each.place.startswith(below) for each in violations):
        return
    single = violations[0] if len(violations) == 1 and violations[0].place == sent.place else None
    found: Culprit | None = None
    looked = False
    for hit in bad:
        points, _, spot = hit
        if spot is None:
            if single is not None and single.keyword == points.keyword:
                yield hit
            continue
        if not looked and sent.part is not None:
            looked, found = True, culprit(sent.part.validator, sent.value)
        if found is None or not found.is_for(points.keyword):
            continue
        if points.keyword == "required" and points.place != f"{spot.place}/{escaped(found.missing)}":
            continue
        if sent.part is not None and any(each is spot for each in sent.part.root.along(found.path)):
            yield hit
