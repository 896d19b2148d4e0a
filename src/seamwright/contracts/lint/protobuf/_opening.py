"""Opens a set of descriptors for the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seamwright.contracts.lint.protobuf._files import Enum, Field, File, Files, Message, Part, Rpc, Service, Value
from seamwright.contracts.protobuf.operations import load_protobuf
from seamwright.contracts.protobuf.sources import DescriptorSet
from seamwright.wire.protobuf import described

__all__ = ["opened"]

# Numbers of the fields of FileDescriptorProto and of those below it (descriptor.proto), by which comments are kept.
_PACKAGE, _IMPORT, _MESSAGE, _ENUM, _SERVICE, _SYNTAX = 2, 3, 4, 5, 6, 12
_FIELD, _NESTED, _NESTED_ENUM, _ONEOF, _VALUE, _METHOD = 2, 3, 4, 8, 2, 2

_PROTO2_REQUIRED = 2
_REPEATED = 3
_LEGACY_REQUIRED = 3
_END = 536_870_912
"""One more than the greatest number that a field may have."""

_Path = tuple[int, ...]


def opened(source: DescriptorSet) -> Files:
    """Walk the files of a set. Raises ContractError where they do not fit together, or offer no service."""
    files = described(load_protobuf(source.data, source=source.shown)).files
    with_comments = type(files).FromString(source.data)
    own = _own(with_comments.file)
    return Files(
        tuple(_Walk(file).file() for file in own),
        {file.name: frozenset(_defined(file)) for file in with_comments.file if _is_plain(file)},
        {file.name: _shown(file.name, source.path) for file in own},
    )


def _own(files: Any) -> list[Any]:
    """The files of the packages that offer services, and of those beside them: `shop.common.v1` beside `shop.v1`."""
    first = {file.package.partition(".")[0] for file in files if file.service}
    # Whoever gives services of `google` means those.
    return [file for file in files if file.service or (file.package.partition(".")[0] in first and file.package)]


def _shown(name: str, path: Path | None) -> str:
    """The path of a file by the name that it is imported by, where it lies below or around what was named."""
    if path is None:
        return name
    if path.is_file() and path.name.endswith(".proto") and path.resolve().as_posix().endswith(f"/{name}"):
        return str(path)
    folder = path if path.is_dir() else path.parent
    for around in (folder, *folder.parents):
        if (around / name).is_file():
            return str(around / name)
    return name


def _is_plain(file: Any) -> bool:
    """Whether whoever uses a file names what it defines: options are used, and others' types reached, unnamed."""
    return not (file.extension or file.public_dependency or any(each.extension for each in file.message_type))


def _defined(file: Any) -> Iterator[str]:
    """The full names of the messages and enums of a file."""
    prefix = f"{file.package}." if file.package else ""
    waiting = [(prefix, each) for each in (*file.message_type, *file.enum_type)]
    while waiting:
        above, each = waiting.pop()
        yield f"{above}{each.name}"
        inside = (*getattr(each, "nested_type", ()), *getattr(each, "enum_type", ()))
        waiting += [(f"{above}{each.name}.", inner) for inner in inside]


class _Walk:
    """One file on its way to what the rules see."""

    def __init__(self, told: Any) -> None:
        self._told = told
        self._lines: dict[_Path, int] = {}
        self._comments: dict[_Path, str] = {}
        for location in told.source_code_info.location:
            path = tuple(location.path)
            comment = location.leading_comments or location.trailing_comments
            self._lines.setdefault(path, max(location.span[0], 0) + 1 if location.span else 1)
            # Bytes stand for what is no UTF-8: a comment all the same.
            self._comments.setdefault(path, comment.strip() if isinstance(comment, str) else repr(comment))

    def file(self) -> File:
        told = self._told
        prefix = f"{told.package}." if told.package else ""
        messages = [
            each
            for index, message in enumerate(told.message_type)
            for each in self._messages(message, prefix, (_MESSAGE, index))
        ]
        enums = [self._enum(each, prefix, (_ENUM, index)) for index, each in enumerate(told.enum_type)]
        public = set(told.public_dependency)
        return File(
            told.name,
            told.name,
            self._lines.get((_PACKAGE,), self._lines.get((_SYNTAX,), 1)),
            deprecated=told.options.deprecated,
            package=told.package,
            syntax=told.syntax or "proto2",
            imports=tuple(
                Part(name, f"{told.name}: {name}", self._lines.get((_IMPORT, index), 1))
                for index, name in enumerate(told.dependency)
                if index not in public
            ),
            services=tuple(self._service(each, prefix, (_SERVICE, i)) for i, each in enumerate(told.service)),
            messages=tuple(each for each, _ in messages),
            enums=(*enums, *(enum for _, inner in messages for enum in inner)),
            uses=frozenset(_used(told)),
            commented=bool(told.source_code_info.location),
        )

    def _part(self, told: Any, prefix: str, path: _Path) -> tuple[str, str, int, str, bool]:
        place = f"{prefix}{told.name}"
        line = self._lines.get(path, 1)
        return told.name, place, line, self._comments.get(path, ""), bool(getattr(told.options, "deprecated", False))

    def _service(self, told: Any, prefix: str, path: _Path) -> Service:
        rpcs = tuple(
            Rpc(
                *self._part(each, f"{prefix}{told.name}.", (*path, _METHOD, index)),
                request=each.input_type.lstrip("."),
                response=each.output_type.lstrip("."),
                takes_stream=each.client_streaming,
                gives_stream=each.server_streaming,
            )
            for index, each in enumerate(told.method)
        )
        return Service(*self._part(told, prefix, path), rpcs=rpcs)

    def _messages(self, told: Any, prefix: str, path: _Path) -> Iterator[tuple[Message, list[Enum]]]:
        """A message and those inside it, each with the enums that it defines."""
        if told.options.map_entry:
            return
        inside = f"{prefix}{told.name}."
        maps = {f".{inside}{entry.name}": tuple(entry.field) for entry in told.nested_type if entry.options.map_entry}
        synthetic = {field.oneof_index for field in told.field if field.proto3_optional}
        message = Message(
            *self._part(told, prefix, path),
            fields=tuple(
                self._field(each, inside, (*path, _FIELD, index), maps) for index, each in enumerate(told.field)
            ),
            oneofs=tuple(
                Part(*self._part(each, inside, (*path, _ONEOF, index)))
                for index, each in enumerate(told.oneof_decl)
                if index not in synthetic
            ),
            reserved=tuple(range(each.start, each.end) for each in told.reserved_range),
            extended=tuple(range(each.start, min(each.end, _END)) for each in told.extension_range),
        )
        yield (
            message,
            [self._enum(each, inside, (*path, _NESTED_ENUM, index)) for index, each in enumerate(told.enum_type)],
        )
        for index, each in enumerate(told.nested_type):
            yield from self._messages(each, inside, (*path, _NESTED, index))

    def _field(self, told: Any, prefix: str, path: _Path, maps: Mapping[str, tuple[Any, ...]]) -> Field:
        # What a map holds is what counts of it.
        held = maps[told.type_name][1] if told.type_name in maps else told
        return Field(
            *self._part(told, prefix, path),
            number=told.number,
            type=_type(held),
            repeated=told.label == _REPEATED,
            required=told.label == _PROTO2_REQUIRED or told.options.features.field_presence == _LEGACY_REQUIRED,
        )

    def _enum(self, told: Any, prefix: str, path: _Path) -> Enum:
        place = f"{prefix}{told.name}"
        values = tuple(
            Value(*self._part(each, f"{place}.", (*path, _VALUE, index)), number=each.number)
            for index, each in enumerate(told.value)
        )
        return Enum(*self._part(told, prefix, path), values=values)


def _type(field: Any) -> str:
    if field.type_name:
        return str(field.type_name).lstrip(".")
    name: str = field.DESCRIPTOR.fields_by_name["type"].enum_type.values_by_number[field.type].name
    return name.removeprefix("TYPE_").lower()


def _used(file: Any) -> Iterator[str]:
    waiting = [*file.message_type]
    fields = [*file.extension]
    while waiting:
        message = waiting.pop()
        fields += [*message.field, *message.extension]
        waiting += message.nested_type
    for field in fields:
        yield from (str(name).lstrip(".") for name in (field.type_name, field.extendee) if name)
    for service in file.service:
        for method in service.method:
            yield str(method.input_type).lstrip(".")
            yield str(method.output_type).lstrip(".")
