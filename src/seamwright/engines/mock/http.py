"""A contract that answers over HTTP: requests come and answers go as values, and no byte is read or sent here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from seamwright.engines.mock.acts import Acts
from seamwright.engines.mock.answers import Answers, Made, acceptable, success
from seamwright.engines.mock.arrivals import Arrival, Judge, Reply
from seamwright.engines.mock.conditions import entity_tag, unchanged
from seamwright.engines.mock.credentials import challenge
from seamwright.engines.mock.idempotency import Replays
from seamwright.engines.mock.keys import Keys
from seamwright.engines.mock.kinds import Role
from seamwright.engines.mock.media import written
from seamwright.engines.mock.paths import Found, Routes
from seamwright.engines.mock.preferences import Preferences, preferences
from seamwright.engines.mock.presence import Presence
from seamwright.engines.mock.refusals import PROBLEM, Refusal, declared, problem
from seamwright.engines.mock.resources import Resources
from seamwright.engines.mock.seeds import Seeds
from seamwright.engines.mock.shapes import Shapes
from seamwright.engines.mock.store import Store
from seamwright.model.bench import Violation
from seamwright.model.exchange import Response
from seamwright.model.operation import Contract, Operation

__all__ = ["HttpMock", "Routed", "refusal_alone"]


@dataclass(frozen=True, slots=True)
class Routed:
    """The operation that a method and a path name, and the values of its path."""

    operation: Operation
    values: Mapping[str, str]


class HttpMock:
    """Answers for one contract, with state.

    The same seed, contract and requests in the same order give the same answers, but for times of now. `judge` holds
    requests and answers against the contract; with `auth` off nobody is asked for credentials.
    """

    def __init__(
        self, contract: Contract, judge: Judge, *, seed: int = 0, auth: bool = True, store: Store | None = None
    ) -> None:
        self.contract = contract
        self.store = Store() if store is None else store
        self.resources = Resources(contract)
        self._judge = judge
        self._auth = auth
        self._routes = Routes(contract.operations)
        self._shapes = Shapes(contract)
        keys = Keys(contract, self._shapes)
        self._seeds = Seeds(contract, self.resources, self._shapes, keys, seed)
        presence = Presence(self.resources, self._seeds, self.store)
        self._acts = Acts(contract, self._shapes, keys, self._seeds, presence, self.store)
        self._answers = Answers(contract, self._shapes, self._seeds, judge)
        self._replays = Replays()
        self._asked = 0

    def reset(self) -> None:
        """Put the first state back."""
        self.store.clear()
        self._replays.clear()
        self._asked = 0

    def route(self, method: str, path: str) -> Routed | Response:
        """The operation for a path below the contract's base; or the answer where there is none: 404, or 405 with
        Allow, or to OPTIONS what may be done there."""
        found = list(self._routes.find(path))
        for each in found:
            operation = each.operations.get(method) or (each.operations.get("GET") if method == "HEAD" else None)
            if operation is not None:
                return Routed(operation, each.values)
        if not found:
            return refusal_alone(404, f"the contract has no path {path}")
        allowed = _allowed(found)
        if method == "OPTIONS":
            return Response(204, (("allow", allowed),))
        detail = f"the contract has no {method} for {found[0].template}; it has {allowed}"
        return refusal_alone(405, detail, (("allow", allowed),))

    def answer(self, operation: Operation, arrival: Arrival) -> Reply:
        """Answer a request for an operation."""
        try:
            self._check_credentials(operation, arrival)
            violations = self._violations(operation, arrival)
            if violations:
                raise _invalid(operation, violations)
            acceptable(operation, arrival.header("accept"))
            return self._preferred(operation, arrival) or self._unpreferred(operation, arrival)
        except Refusal as refusal:
            return _reply(self._answers.refused(operation, refusal, arrival), refusal.violations)

    def failing(self, operation: Operation, arrival: Arrival, status: int) -> Reply:
        """The answer of a service that fails with this status, whatever was asked."""
        headers = (("retry-after", "1"),) if status in (429, 503) else ()
        refusal = Refusal(status, "the mock was told to fail", headers=headers)
        if status < 400:
            part = self.resources.part(operation)
            made = self._answers.preferred(
                part, arrival, status, example=None, dynamic=None, random=self._seeds.random(operation.id, status)
            )
            return _reply(made)
        return _reply(self._answers.refused(operation, refusal, arrival, status))

    def _check_credentials(self, operation: Operation, arrival: Arrival) -> None:
        asked = challenge(self.contract, operation, arrival) if self._auth else None
        if asked is not None:
            detail = f"{operation.id} needs credentials: {asked}; any that have their form are accepted"
            raise Refusal(401, detail, headers=(("www-authenticate", asked),), instead=(403,))

    def _violations(self, operation: Operation, arrival: Arrival) -> tuple[Violation, ...]:
        return arrival.broken or tuple(self._judge.request_violations(operation, arrival.case))

    def _unpreferred(self, operation: Operation, arrival: Arrival) -> Reply:
        """The answer as the state has it, with a note where the client prefers a status that the contract has not."""
        reply = self._acted(operation, arrival)
        wanted = preferences(arrival.request.headers, _texts(arrival)).code
        if wanted is None:
            return reply
        note = f"Prefer: code={wanted} is not applied: the contract declares {', '.join(operation.answers)}"
        return replace(reply, notes=(*reply.notes, note))

    def _acted(self, operation: Operation, arrival: Arrival) -> Reply:
        earlier = self._replays.earlier(operation, arrival)
        if earlier is not None:
            return replace(earlier, notes=("answered as before: the idempotency key was used already",))
        part = self.resources.part(operation)
        outcome = self._acts.perform(part, arrival)
        if part.role is Role.READ and outcome.records and unchanged(operation, arrival, outcome.records[0]):
            return Reply(Response(304, (("etag", entity_tag(outcome.records[0])),)))
        reply = _reply(self._answers.of(part, outcome, arrival))
        self._replays.keep(operation, arrival, reply)
        return reply

    def _preferred(self, operation: Operation, arrival: Arrival) -> Reply | None:
        """The answer that the client prefers; None where it has no preference that the contract has an answer for."""
        wanted = preferences(arrival.request.headers, _texts(arrival))
        part = self.resources.part(operation)
        status, applied = success(operation, part.role), []
        if wanted.code is not None and declared(operation, (wanted.code,)) is not None:
            status, applied = wanted.code, ["code"]
        example = wanted.example
        if example is not None and self._answers.has_example(operation, status, example):
            applied.append("example")
        else:
            example = None
        if wanted.dynamic or (wanted.dynamic is False and self._answers.has_example(operation, status)):
            applied.append("dynamic")
        if not applied:
            return None
        self._asked += bool(wanted.dynamic)
        random = self._seeds.random(operation.id, status, self._asked if wanted.dynamic else "")
        made = self._answers.preferred(
            part, arrival, status, example=example, dynamic=wanted.dynamic and example is None, random=random
        )
        return _reply(replace(made, response=_with_applied(made.response, wanted, applied)))


def refusal_alone(status: int, detail: str, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """A refusal of which the contract says nothing, as problem details (RFC 9457)."""
    return Response(status, (("content-type", PROBLEM), *headers), written(problem(status, detail), PROBLEM))


def _allowed(found: list[Found]) -> str:
    methods = dict.fromkeys(method for each in found for method in each.operations)
    if "GET" in methods:
        methods["HEAD"] = None
    return ", ".join([*methods, "OPTIONS"] if "OPTIONS" not in methods else methods)


def _invalid(operation: Operation, violations: tuple[Violation, ...]) -> Refusal:
    """The refusal of a request that breaks the contract: 415 for its media type, else 400 or 422 as declared."""
    if any(v.keyword == "content-type" for v in violations):
        return Refusal(415, violations[0].text, violations=violations, instead=(400, 422))
    detail = "; ".join(f"{v.place}: {v.text}" for v in violations[:3])
    if len(violations) > 3:
        detail += f"; and {len(violations) - 3} more"
    in_body = all(v.place.startswith("/body") and v.keyword != "json" for v in violations)
    if in_body and "422" in operation.answers:
        return Refusal(422, detail, violations=violations)
    if all(v.place.startswith("/path/") for v in violations) and not {"400", "422"} & operation.answers.keys():
        # A path that no resource can have names none.
        return Refusal(400, detail, violations=violations, instead=(404,))
    return Refusal(400, detail, violations=violations, instead=(422,))


def _reply(made: Made, violations: tuple[Violation, ...] = ()) -> Reply:
    notes = [f"the answer breaks the contract: {v.place}: {v.text}" for v in made.broken]
    if made.adapted:
        notes.append("the body is made up: the resource has no form that the contract allows here")
    return Reply(made.response, violations, tuple(notes))


def _texts(arrival: Arrival) -> dict[str, str]:
    return {name: str(value) for name, value in arrival.case.query.items()}


def _with_applied(response: Response, wanted: Preferences, applied: list[str]) -> Response:
    return replace(response, headers=(*response.headers, ("preference-applied", wanted.applied(*applied))))
