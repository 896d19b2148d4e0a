"""Makes a contract of protobuf descriptors: one operation for each rpc."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from seamwright.model.errors import ContractError
from seamwright.model.operation import Answer, Body, Contract, MediaType, Operation
from seamwright.wire.protobuf import Descriptors
from seamwright.wire.reflection import INFRASTRUCTURE

__all__ = ["load_protobuf", "reads"]

NO_SIDE_EFFECTS = 1
"""`MethodOptions.IdempotencyLevel` of an rpc that is safe."""

MEDIA_TYPE = "application/grpc"

_READING = re.compile(
    r"^(?:Batch|Bulk)?(?:Get|List|Find|Search|Read|Fetch|Query|Lookup|Count|Describe|Watch|Check|Exists|Has|Show|View"
    r"|Browse|Stat)(?![a-z])"
)

_SERVICE, _METHOD = 6, 2
"""Numbers of the fields that a place in a file goes through to one of its rpcs (descriptor.proto)."""


def load_protobuf(data: bytes, *, source: str) -> Contract:
    """Make the contract of a serialised FileDescriptorSet.

    An operation is called `Service.Method`, and with the package before it where two services have one name. The
    services that frameworks offer by themselves (reflection, health) are left out. The digest is SHA-256 over the files
    in order of their names, without comments. Raises ContractError.
    """
    try:
        told = Descriptors(data)
        _refuse_unreadable(told.files)
    except ValueError as error:
        raise ContractError(
            f"{source}: {error}; give a .proto file, or a set of descriptors with everything in it "
            "(buf build -o api.binpb, or protoc --include_imports --descriptor_set_out=api.binpb)"
        ) from None
    comments = {path: text for file in told.files.file for path, text in _comments(file)}
    plain = _plain(told.files)
    services = [service for service in told.services() if not service.full_name.startswith(INFRASTRUCTURE)]
    if not services:
        raise ContractError(f"{source}: describes no protobuf service; name the .proto file, or the set, that has one")
    short = Counter(service.name for service in services)
    operations = tuple(
        _operation(method, service.name if short[service.name] == 1 else service.full_name, comments)
        for service in services
        for method in service.methods
    )
    # What is only used along with others (policies, long-running operations) has the fewer rpcs.
    rpcs = Counter({service.file.package: 0 for service in services})
    for service in services:
        rpcs[service.file.package] += len(service.methods)
    package = rpcs.most_common(1)[0][0]
    return Contract(
        kind="protobuf",
        title=package or services[0].name,
        version=_version(package),
        dialect="protobuf",
        source=source,
        digest=hashlib.sha256(plain).hexdigest(),
        operations=operations,
        schemes={},
        document={
            "descriptors": base64.b64encode(plain).decode("ascii"),
            "services": [service.full_name for service in services],
        },
    )


def reads(operation: Operation) -> bool:
    """Whether an rpc only reads: the contract declares it, or its name says so (`GetOrder`, `ListOrders`).

    A name is no promise: in production only what the contract declares counts (`Operation.safe`).
    """
    return operation.safe or _READING.match(operation.path.rpartition("/")[2]) is not None


def _operation(method: Any, service: str, comments: Mapping[str, str]) -> Operation:
    options = method.GetOptions()
    path = f"/{method.containing_service.full_name}/{method.name}"
    return Operation(
        id=f"{service}.{method.name}",
        method=_KINDS[method.client_streaming, method.server_streaming],
        path=path,
        body=Body(required=True, content={MEDIA_TYPE: _media(method.input_type)}),
        answers={"200": Answer("200", {MEDIA_TYPE: _media(method.output_type)})},
        summary=comments.get(path, ""),
        tags=(method.containing_service.full_name,),
        deprecated=options.deprecated,
        declared_safe=options.idempotency_level == NO_SIDE_EFFECTS,
    )


_KINDS = {
    (False, False): "UNARY",
    (False, True): "SERVER_STREAM",
    (True, False): "CLIENT_STREAM",
    (True, True): "BIDI_STREAM",
}


def _media(descriptor: Any) -> MediaType:
    return MediaType(schema={"type": "object", "title": descriptor.full_name})


def _refuse_unreadable(message: Any) -> None:
    """Raise ValueError for text that is no UTF-8: protobuf libraries give bytes in its place, and nobody expects them.

    Comments may be written in any way; compilers let them pass.
    """
    for field, value in message.ListFields():
        if field.name == "source_code_info":
            continue
        inside = value if field.is_repeated else (value,)
        if field.type == field.TYPE_STRING and any(isinstance(text, bytes) for text in inside):
            text = next(text for text in inside if isinstance(text, bytes))
            raise ValueError(f"holds a {field.name} that is no UTF-8: {text[:60]!r}")
        if field.message_type is not None:
            for each in inside:
                _refuse_unreadable(each)


def _plain(files: Any) -> bytes:
    """The set without comments, its files in order of their names: one contract has one digest however it was read."""
    kept = type(files)()
    for file in sorted(files.file, key=lambda file: str(file.name)):
        kept.file.add().CopyFrom(file)
        kept.file[-1].ClearField("source_code_info")
    data: bytes = kept.SerializeToString(deterministic=True)
    return data


def _comments(file: Any) -> Iterator[tuple[str, str]]:
    """The first sentence of what stands above each rpc, by its path."""
    for location in file.source_code_info.location:
        place = list(location.path)
        text = location.leading_comments
        if len(place) == 4 and place[0] == _SERVICE and place[2] == _METHOD and isinstance(text, str) and text.strip():
            _, service_at, _, method_at = place
            # Comments are about what was there when they were kept; somebody may have taken it out since.
            if service_at >= len(file.service) or method_at >= len(file.service[service_at].method):
                continue
            service = file.service[service_at]
            name = f"{file.package}.{service.name}" if file.package else service.name
            text = " ".join(text.split())
            yield f"/{name}/{service.method[method_at].name}", re.split(r"(?<=[.!?])\s", text)[0]


def _version(package: str) -> str:
    """The version that a package is named after, as `v1` of `shop.v1`; empty where it is not."""
    last = package.rpartition(".")[2]
    return last if re.fullmatch(r"v\d+\w*", last) else ""
