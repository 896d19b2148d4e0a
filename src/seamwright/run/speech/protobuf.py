"""Operations of protobuf contracts: each is an rpc whose message travels as gRPC does."""

from __future__ import annotations

import json

from seamwright.contracts.protobuf.conformance import ProtobufValidator
from seamwright.model.exchange import Case, Request
from seamwright.model.operation import Contract, Operation
from seamwright.run.messages import MessageCalls
from seamwright.run.speech import Speech, status_of

__all__ = ["SPEECH"]


def _render(base: str, contract: Contract, operation: Operation, case: Case) -> Request:
    """The request of a case: the message as JSON, or raw bytes in its place; headers are metadata."""
    metadata = tuple((str(name).lower(), str(value)) for name, value in case.headers.items())
    if case.raw is not None:
        return Request("GRPC", base + operation.path, (("content-type", "application/grpc"), *metadata), case.raw)
    body = json.dumps({} if case.body is None else case.body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Request("GRPC", base + operation.path, (("content-type", "application/json"), *metadata), body)


def _declared(operation: Operation, case: Case) -> bool:
    return operation.safe and case.raw is None and not case.headers


SPEECH = Speech(
    kind="protobuf",
    render=_render,
    validator=ProtobufValidator,
    calls=MessageCalls,
    declared=_declared,
    outcome=status_of,
)
