"""Reads the details of a gRPC error: `google.rpc.Status`, as `grpc-status-details-bin` carries it.

The messages that come in there are mostly those of google/rpc/error_details.proto, which the descriptors of a service
need not hold; the ones that tell what was wrong with a request are described here.
"""

from __future__ import annotations

import functools
from typing import Any

from seamwright.wire.protobuf import Descriptors

__all__ = ["DETAILS", "error_details"]

DETAILS = "grpc-status-details-bin"

_STRING, _INT32, _MESSAGE = 9, 5, 11
_OPTIONAL, _REPEATED = 1, 3

_MESSAGES: dict[str, tuple[tuple[str, int, int, str], ...]] = {
    "Status": (("code", 1, _INT32, ""), ("message", 2, _STRING, ""), ("details", 3, _MESSAGE, "google.protobuf.Any")),
    "BadRequest": (("field_violations", 1, _MESSAGE, "google.rpc.FieldViolation"),),
    "FieldViolation": (("field", 1, _STRING, ""), ("description", 2, _STRING, "")),
    "ErrorInfo": (("reason", 1, _STRING, ""), ("domain", 2, _STRING, "")),
    "DebugInfo": (("stack_entries", 1, _STRING, ""), ("detail", 2, _STRING, "")),
    "RequestInfo": (("request_id", 1, _STRING, ""), ("serving_data", 2, _STRING, "")),
    "ResourceInfo": (
        ("resource_type", 1, _STRING, ""),
        ("resource_name", 2, _STRING, ""),
        ("owner", 3, _STRING, ""),
        ("description", 4, _STRING, ""),
    ),
}
"""Message → its fields: name, number, type, and the type of a message."""

_LISTS = frozenset({"details", "field_violations", "stack_entries"})


def error_details(data: bytes, known: Descriptors | None) -> list[Any]:
    """The details as JSON; of a type that is neither known here nor by the service's descriptors, the name alone.

    Raises ValueError where the bytes are no `google.rpc.Status`.
    """
    own = _own()
    status = own.read(own.message("google.rpc.Status"), data)
    return [_shown(detail, own, known) for detail in status.details]


def _shown(detail: Any, own: Descriptors, known: Descriptors | None) -> Any:
    name = detail.type_url.rpartition("/")[2]
    for descriptors in (known, own):
        if descriptors is None:
            continue
        try:
            value = descriptors.decode(descriptors.message(name), detail.value)
        except (KeyError, ValueError):
            continue
        return {"@type": detail.type_url, **(value if isinstance(value, dict) else {"value": value})}
    return {"@type": detail.type_url}


@functools.cache
def _own() -> Descriptors:
    from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]

    file = descriptor_pb2.FileDescriptorProto(
        name="google/rpc/seamwright_status.proto",
        package="google.rpc",
        syntax="proto3",
        dependency=["google/protobuf/any.proto"],
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            label = _REPEATED if field in _LISTS else _OPTIONAL
            made = message.field.add(name=field, number=number, type=kind, label=label)
            if of:
                made.type_name = f".{of}"
    return Descriptors(descriptor_pb2.FileDescriptorSet(file=[file]).SerializeToString())
