"""Measures what of a protobuf contract is exercised: rpcs, the fields of their messages, and how they end.

The points of an operation are: that it ended well, that it refused a call; of the request as a whole, that it was a
message and that it was none; of each field of the request, that it was sent, left out, and every value of an enum; of
each field of the answer, that it came with a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seamwright.contracts.coverage.enumerated import Enumerated, cover
from seamwright.contracts.coverage.judging import Judgement
from seamwright.contracts.coverage.points import ANSWERED, BROKEN, LEFT_OUT, SENT, VALID, Points, Universe
from seamwright.contracts.protobuf.conformance import ProtobufValidator
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation
from seamwright.wire.protobuf import described, is_map

__all__ = ["ProtobufMeter"]

MOST = 1_000
"""Points of one operation at most; the deepest are left out."""

DEEPEST = 3
"""Messages in messages whose fields are points."""

_OK = "0"
_REFUSED = frozenset({"3", "5", "6", "9", "11"})
"""INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, OUT_OF_RANGE: the request was read and refused for
what it says (gRPC, status codes and their use)."""


@dataclass(slots=True)
class _Field:
    """One field of a request."""

    presence: Points
    missing: str
    values: Points | None = None
    """Of an enum."""
    fields: dict[str, _Field] = field(default_factory=dict)
    """Of a message, by the names that JSON may have for them."""
    map: bool = False


@dataclass(slots=True)
class _Compiled:
    universe: Universe
    success: Points
    ended: Points
    refused: Points
    whole: Points
    request: dict[str, _Field] = field(default_factory=dict)
    answer: dict[str, Points] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        """Whether anything is still looked for."""
        return any(points.pending for points in self.universe)


class ProtobufMeter(Enumerated[_Compiled]):
    """What was exercised of one set of services."""

    def __init__(self, contract: Contract) -> None:
        super().__init__()
        self._descriptors = described(contract)
        self._validator = ProtobufValidator(contract)

    def sent(self, operation: Operation, case: Case, exchange: Exchange) -> None:
        """A case of an operation was sent, and this came of it."""
        made = self._made(operation)
        if not made.live:
            return
        judged = _judgement(exchange)
        if self._validator.request_violations(operation, case):
            tried = [(made.whole, BROKEN)]
            # Bytes that are no message are refused by the framework, as INTERNAL for one.
            judged = Judgement.REFUSED if exchange.response is not None and _code(exchange) != "14" else judged
        else:
            tried = [(made.whole, VALID)]
            for message in case.body if isinstance(case.body, list) else [case.body]:
                tried += _exercised(made.request, message if isinstance(message, Mapping) else {})
        cover(tried, judged, exchange.status)

    def answered(self, operation: Operation, exchange: Exchange) -> None:
        """An operation was answered, whatever was sent: how it ended, and with which fields."""
        made = self._made(operation)
        judged = _judgement(exchange)
        if judged is Judgement.REFUSED:
            made.refused.cover(ANSWERED)
        if judged is not Judgement.ACCEPTED:
            return
        made.success.cover(ANSWERED)
        made.ended.cover(ANSWERED)
        if exchange.response is not None and any(points.pending for points in made.answer.values()):
            try:
                shown = exchange.response.json()
            except ValueError:
                return  # It came as it travelled, since JSON cannot show it.
            for place in _places(shown, "answer"):
                if place in made.answer:
                    made.answer[place].cover(ANSWERED)

    def counted(self, operation: Operation, status: int) -> None:
        """An operation was answered with a status, of which nothing else is known; it ended well where that is 200."""
        if status == 200:
            made = self._made(operation)
            made.success.cover(ANSWERED)
            made.ended.cover(ANSWERED)

    def _compile(self, operation: Operation) -> _Compiled:
        method = self._descriptors.method(operation.path)
        assert method is not None, f"{operation.path} is not in its own contract"
        universe = Universe(MOST)
        made = _Compiled(
            universe,
            universe.at("operation", "answer", "success", ANSWERED),
            universe.at("status", "answer", "OK", ANSWERED),
            universe.at("status", "answer", "refused", ANSWERED),
            universe.at("keyword", "request", "message", VALID, BROKEN),
        )
        made.request = _request(universe, method.takes, "request", 0)
        _answer(made, method.gives, "answer", 0)
        return made


def _request(universe: Universe, descriptor: Any, place: str, depth: int) -> dict[str, _Field]:
    found: dict[str, _Field] = {}
    for each in descriptor.fields:
        if universe.room <= 0:
            universe.clipped = True
            break
        below = f"{place}/{each.name}"
        missing = BROKEN if each.is_required else LEFT_OUT
        # Without what a proto2 field requires a message is none, which is a point of the whole.
        aspects = (SENT,) if each.is_required else (SENT, LEFT_OUT)
        made = _Field(
            universe.at("parameter" if depth == 0 else "property", below, "field", *aspects),
            missing,
            map=is_map(each),
        )
        held = each.message_type.fields_by_name["value"] if made.map else each
        if held.enum_type is not None:
            made.values = universe.at("keyword", below, "enum", *(value.name for value in held.enum_type.values))
        if _opened(held.message_type) and depth + 1 < DEEPEST:
            made.fields = _request(universe, held.message_type, below, depth + 1)
        found[each.name] = found[each.json_name] = made
    return found


def _answer(made: _Compiled, descriptor: Any, place: str, depth: int) -> None:
    for each in descriptor.fields:
        if made.universe.room <= 0:
            made.universe.clipped = True
            return
        below = f"{place}/{each.name}"
        made.answer[below] = made.universe.at("property", below, "field", ANSWERED)
        if _opened(each.message_type) and not is_map(each) and depth + 1 < DEEPEST:
            _answer(made, each.message_type, below, depth + 1)


def _opened(message: Any) -> bool:
    """Whether the fields of a message are points: those of the well-known types are one value in JSON."""
    return message is not None and not message.full_name.startswith("google.protobuf.")


def _exercised(fields: Mapping[str, _Field], message: Mapping[str, Any]) -> Iterator[tuple[Points, str]]:
    """What a message exercises; a field has two names in JSON."""
    sent = {id(fields[name]) for name in message if name in fields and message[name] is not None}
    for made in {id(each): each for each in fields.values()}.values():
        if id(made) not in sent and made.missing in made.presence.wanted:
            yield made.presence, made.missing
    for name, value in message.items():
        found = fields.get(name)
        if found is None or value is None:
            continue
        yield found.presence, SENT
        items = value.values() if found.map and isinstance(value, Mapping) else value
        for item in items if isinstance(items, list) or found.map else [items]:
            if found.values is not None:
                yield found.values, str(item)
            elif isinstance(item, Mapping):
                yield from _exercised(found.fields, item)


def _places(value: Any, place: str) -> Iterator[str]:
    """Where an answer holds values; those of all messages of a stream, and of all items of a list, are one."""
    if isinstance(value, list):
        for item in value:
            yield from _places(item, place)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield f"{place}/{name}"
            yield from _places(inner, f"{place}/{name}")


def _code(exchange: Exchange) -> str:
    return (exchange.response.header("grpc-status") or "") if exchange.response is not None else ""


def _judgement(exchange: Exchange) -> Judgement:
    if exchange.response is None:
        return Judgement.NONE
    code = _code(exchange)
    # A stream that goes on has no code yet; whoever sends messages has accepted the call.
    if code == _OK or (not code and exchange.ok):
        return Judgement.ACCEPTED
    return Judgement.REFUSED if code in _REFUSED else Judgement.NONE
