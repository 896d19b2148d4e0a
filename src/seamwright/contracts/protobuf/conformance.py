"""Holds calls and answers against a protobuf contract: what can be decoded, how many messages there are, which values.

An answer comes as JSON where JSON stands for all of it, and else as it travelled: length-prefixed messages of the media
type `application/grpc` (see the gRPC driver).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamwright.model.bench import Violation
from seamwright.model.exchange import Case, Exchange
from seamwright.model.operation import Contract, Operation
from seamwright.wire.annotations import breaches
from seamwright.wire.protobuf import Method, described, is_map, strays, unframed

__all__ = ["ProtobufValidator"]


class ProtobufValidator:
    """Validates against one contract."""

    def __init__(self, contract: Contract) -> None:
        self._descriptors = described(contract)

    def request_violations(self, operation: Operation, case: Case) -> tuple[Violation, ...]:
        """How a case breaks the contract; none for a valid one."""
        method = self._method(operation)
        if case.raw is not None:
            return (Violation("", "syntax", "bytes are sent that need not be a message"),)
        if not method.takes_stream:
            return tuple(self._sent(method, {} if case.body is None else case.body, ""))
        if not isinstance(case.body, list):
            return (Violation("", "cardinality", "a stream of messages is taken, and this is no list of them"),)
        return tuple(v for i, value in enumerate(case.body) for v in self._sent(method, value, f"/{i}"))

    def _sent(self, method: Method, value: Any, place: str) -> Iterator[Violation]:
        yield from self._value(method.takes, value, place)
        yield from (Violation(f"{place}{where}", rule, text) for where, rule, text in breaches(method.takes, value))

    def violations(self, operation: Operation, exchange: Exchange) -> tuple[Violation, ...]:
        """How an answer breaks the contract; none where no answer came, or an error."""
        if exchange.response is None or not exchange.ok:
            return ()
        method = self._method(operation)
        if exchange.response.media_type != "application/grpc":
            shown = exchange.response.json()
            values = shown if method.gives_stream else [shown]
            return tuple(
                v
                for i, value in enumerate(values)
                for v in self._value(method.gives, value, f"/{i}" if method.gives_stream else "")
            )
        return tuple(self._bytes(method, unframed(exchange.response.body)))

    def _method(self, operation: Operation) -> Method:
        method = self._descriptors.method(operation.path)
        assert method is not None, f"{operation.path} is not in its own contract"
        return method

    def _value(self, descriptor: Any, value: Any, place: str) -> Iterator[Violation]:
        try:
            message = self._descriptors.parse(descriptor, value)
        except ValueError as error:
            yield Violation(place, "type", str(error))
            return
        yield from _broken(message, place)

    def _bytes(self, method: Method, messages: tuple[bytes, ...]) -> Iterator[Violation]:
        if not method.gives_stream and len(messages) != 1:
            yield Violation("", "cardinality", f"one message is promised, and {len(messages)} came")
        for number, data in enumerate(messages):
            place = f"/{number}" if method.gives_stream or len(messages) > 1 else ""
            try:
                message = self._descriptors.read(method.gives, data)
            except ValueError as error:
                yield Violation(place, "syntax", str(error))
                continue
            yield from _broken(message, place)
            yield from (Violation(f"{place}{where}", "wire-type", text) for where, text in strays(message))
            try:
                self._descriptors.show(message)
            except ValueError as error:
                yield Violation(place, "format", str(error))


def _broken(message: Any, place: str) -> Iterator[Violation]:
    for missing in message.FindInitializationErrors():
        yield Violation(f"{place}/{missing.replace('.', '/')}", "required", "a required field is missing")
    yield from _unknown_values(message, place)


def _unknown_values(message: Any, place: str) -> Iterator[Violation]:
    """Numbers in places of an enum that has no value of that number."""
    for field, value in message.ListFields():
        where = f"{place}/{field.name}"
        for inner, item in _items(field, value):
            kind = field.message_type.fields_by_name["value"] if is_map(field) else field
            if kind.enum_type is not None and item not in kind.enum_type.values_by_number:
                yield Violation(f"{where}{inner}", "enum", f"{kind.enum_type.full_name} has no value {item}")
            elif kind.message_type is not None:
                yield from _unknown_values(item, f"{where}{inner}")


def _items(field: Any, value: Any) -> Iterator[tuple[str, Any]]:
    if is_map(field):
        yield from ((f"/{key}", value[key]) for key in value)
    elif field.is_repeated:
        yield from ((f"/{number}", item) for number, item in enumerate(value))
    else:
        yield "", value
