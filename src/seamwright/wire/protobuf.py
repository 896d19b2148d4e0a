"""Protobuf messages by their descriptors: to bytes and back, and to the JSON that stands for them.

Nothing is generated and nothing imported by name: a set of file descriptors (`google.protobuf.FileDescriptorSet`) is
all that is needed. The JSON is the mapping of the protobuf language guide ("ProtoJSON"), with the field names of the
`.proto` file.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from seamwright.model.errors import UsageError

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, FieldDescriptor  # type: ignore[import-untyped]

    from seamwright.model.operation import Contract

__all__ = ["Descriptors", "Method", "described", "framed", "is_map", "needed", "strays", "unframed"]

DEEPEST = 100
"""Messages in messages that are read; the limit of the protobuf libraries themselves."""

_VARINT = 0

_WELL_KNOWN = (
    "any",
    "api",
    "descriptor",
    "duration",
    "empty",
    "field_mask",
    "source_context",
    "struct",
    "timestamp",
    "type",
    "wrappers",
)


def needed(what: str) -> UsageError:
    """The error where the extra is not installed; `what` says what is needed for it."""
    return UsageError(f"{what} needs grpcio and protobuf: pip install 'seamwright[grpc]'")


@dataclass(frozen=True, slots=True)
class Method:
    """One rpc: its path on the wire, the descriptors of its messages, and which side sends a stream."""

    path: str
    takes: Descriptor
    gives: Descriptor
    takes_stream: bool
    gives_stream: bool
    options: Any


class Descriptors:
    """The types and services of one set of files. Raises ValueError where the files do not fit together."""

    def __init__(self, files: bytes) -> None:
        """`files` is a serialised FileDescriptorSet; the order of its files does not matter."""
        try:
            from google.protobuf import descriptor_pb2, descriptor_pool, message  # type: ignore[import-untyped]
        except ImportError:
            raise needed("reading protobuf") from None
        self._undecodable = message.DecodeError
        try:
            self.files = descriptor_pb2.FileDescriptorSet.FromString(files)
        except message.DecodeError:
            raise ValueError("is no FileDescriptorSet") from None
        self.pool = descriptor_pool.DescriptorPool()
        self._methods: dict[str, Method] = {}
        self._add({file.name: file for file in self.files.file})

    def _add(self, files: Mapping[str, Any]) -> None:
        """Load every file after those that it imports, and then the well-known ones that nobody has brought along."""
        known = _well_known()
        loading: list[str] = []
        loaded: set[str] = set()

        def load(name: str) -> None:
            if name in loaded:
                return
            if name in loading:
                raise ValueError(f"imports itself: {' imports '.join([*loading, name])}")
            file = files.get(name) or known[name]
            loading.append(name)
            for imported in file.dependency:
                if imported not in files and imported not in known:
                    raise ValueError(f"{name} imports {imported}, which is not there")
                load(imported)
            try:
                self.pool.AddSerializedFile(file.SerializeToString())
            except (TypeError, KeyError) as error:
                raise ValueError(f"{name} cannot be used: {' '.join(str(error).split())}") from None
            loading.pop()
            loaded.add(name)

        for name in files:
            load(name)
        for name, file in known.items():
            # Some frameworks put all of them into a file of their own; then they are there already.
            if name not in loaded and not self._has(file):
                load(name)

    def _has(self, file: Any) -> bool:
        try:
            self.pool.FindMessageTypeByName(f"{file.package}.{file.message_type[0].name}")
        except KeyError:
            return False
        return True

    def services(self) -> Iterator[Any]:
        """The descriptors of the services, in the order of the files."""
        for file in self.files.file:
            loaded = self.pool.FindFileByName(file.name)
            yield from (loaded.services_by_name[service.name] for service in file.service)

    def messages(self) -> Iterator[Descriptor]:
        """The descriptors of the messages at the top of the files."""
        for file in self.files.file:
            loaded = self.pool.FindFileByName(file.name)
            yield from (loaded.message_types_by_name[message.name] for message in file.message_type)

    def method(self, path: str) -> Method | None:
        """The rpc at a path such as `/shop.v1.Orders/GetOrder`; None where there is none."""
        if path not in self._methods:
            try:
                found = self.pool.FindMethodByName(path.strip("/").replace("/", "."))
            except KeyError:
                return None
            self._methods[path] = Method(
                path,
                found.input_type,
                found.output_type,
                found.client_streaming,
                found.server_streaming,
                found.GetOptions(),
            )
        return self._methods[path]

    def message(self, name: str) -> Descriptor:
        """The descriptor of a message by its full name. Raises KeyError."""
        return self.pool.FindMessageTypeByName(name)

    def encode(self, descriptor: Descriptor, value: Any) -> bytes:
        """The bytes of a message that is given as JSON. Raises ValueError where it is no such message.

        Missing required fields (proto2) are no error here: what is sent may be meant to be wrong.
        """
        data: bytes = self.parse(descriptor, value).SerializePartialToString()
        return data

    def parse(self, descriptor: Descriptor, value: Any) -> Any:
        """The message that JSON stands for. Raises ValueError."""
        from google.protobuf import json_format

        if not isinstance(value, Mapping) and not descriptor.full_name.startswith("google.protobuf."):
            raise ValueError(f"is no {descriptor.full_name}: it is no JSON object")
        made = _class_of(descriptor)()
        try:
            json_format.ParseDict(value, made, descriptor_pool=self.pool, max_recursion_depth=DEEPEST)
        except (json_format.Error, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"is no {descriptor.full_name}: {error}") from None
        return made

    def read(self, descriptor: Descriptor, data: bytes) -> Any:
        """The message in bytes. Raises ValueError where they cannot be decoded."""
        made = _class_of(descriptor)()
        try:
            made.MergeFromString(data)
        except (self._undecodable, RecursionError, TypeError) as error:
            raise ValueError(f"is no {descriptor.full_name}: {error}") from None
        return made

    def show(self, message: Any) -> Any:
        """The JSON that stands for a message. Raises ValueError for what JSON cannot show, as a date of year 12000."""
        from google.protobuf import json_format

        try:
            return json_format.MessageToDict(message, preserving_proto_field_name=True, descriptor_pool=self.pool)
        except (json_format.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(f"{message.DESCRIPTOR.full_name} has no JSON: {error}") from None

    def decode(self, descriptor: Descriptor, data: bytes) -> Any:
        """The JSON that stands for a message in bytes. Raises ValueError."""
        return self.show(self.read(descriptor, data))


def described(contract: Contract) -> Descriptors:
    """The descriptors behind a contract of the kind `protobuf`, loaded once."""
    return _loaded(contract.document["descriptors"])


@functools.lru_cache(maxsize=16)
def _loaded(descriptors: str) -> Descriptors:
    return Descriptors(base64.b64decode(descriptors))


def is_map(field: FieldDescriptor) -> bool:
    """Whether a field is a map (`map<string, int32>`)."""
    message = field.message_type
    return bool(field.is_repeated and message is not None and message.GetOptions().map_entry)


def strays(message: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """What arrived under the number of a declared field and could not be read as that field: where, and in words.

    Either it travelled in another wire type than the field's, or it is no value of a closed enum. Fields under numbers
    that are not declared are no such thing: that is how contracts grow.
    """
    from google.protobuf.unknown_fields import UnknownFieldSet  # type: ignore[import-untyped]

    declared = message.DESCRIPTOR.fields_by_number
    for unknown in UnknownFieldSet(message):
        field = declared.get(unknown.field_number)
        if field is None:
            continue
        if field.enum_type is not None and unknown.wire_type == _VARINT:
            yield f"{place}/{field.name}", f"{field.enum_type.full_name} has no value {unknown.data}"
        else:
            yield f"{place}/{field.name}", f"field {field.number} ({field.name}) came in another wire type"
    for field, value in message.ListFields():
        if field.message_type is None or (
            is_map(field) and field.message_type.fields_by_number[2].message_type is None
        ):
            continue
        inside = value.items() if is_map(field) else enumerate(value) if field.is_repeated else (("", value),)
        for key, item in inside:
            yield from strays(item, f"{place}/{field.name}/{key}".removesuffix("/"))


def framed(messages: Iterable[bytes]) -> bytes:
    """Messages as they travel: each behind a flag (not compressed) and its length (PROTOCOL-HTTP2.md)."""
    return b"".join(b"\0" + len(message).to_bytes(4, "big") + message for message in messages)


def unframed(data: bytes) -> tuple[bytes, ...]:
    """The messages in what `framed` made."""
    found: list[bytes] = []
    while data:
        length = int.from_bytes(data[1:5], "big")
        found.append(data[5 : 5 + length])
        data = data[5 + length :]
    return tuple(found)


def _class_of(descriptor: Descriptor) -> Any:
    from google.protobuf import message_factory

    return message_factory.GetMessageClass(descriptor)


@functools.cache
def _well_known() -> Mapping[str, Any]:
    """The files that every protobuf library brings along; sets of descriptors often leave them out."""
    from google.protobuf import descriptor_pb2

    found = {}
    for name in _WELL_KNOWN:
        module = import_module(f"google.protobuf.{name}_pb2")
        file = descriptor_pb2.FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)
        found[file.name] = file
    return found
