"""Compares two protobuf contracts: what old callers, and messages that were stored, can bear.

Messages and enums are compared by their full names, and those that an rpc or a field has exchanged for others by their
structure: a name never travels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.protobuf import rules
from seamwright.contracts.diff.protobuf.enums import enum_changes
from seamwright.contracts.diff.protobuf.messages import Compared, message_changes
from seamwright.contracts.diff.protobuf.rules import RULES
from seamwright.model.operation import Contract
from seamwright.wire.protobuf import Descriptors, described

__all__ = ["RULES", "changes"]

_IDEMPOTENCY = ("unknown", "without side effects", "idempotent")
"""`MethodOptions.IdempotencyLevel` by number."""

_FILE_OPTIONS = (
    "go_package",
    "java_package",
    "java_outer_classname",
    "java_multiple_files",
    "csharp_namespace",
    "objc_class_prefix",
    "php_namespace",
    "ruby_package",
    "swift_prefix",
)


def changes(old: Contract, new: Contract) -> tuple[Change, ...]:
    """What changed from `old` to `new`, in no particular order."""
    return tuple(_Comparison(described(old), described(new)).changes())


class _Comparison:
    def __init__(self, old: Descriptors, new: Descriptors) -> None:
        self._old, self._new = _Parts(old), _Parts(new)
        self._compared = Compared(self._alike, self._old.sent | self._new.sent)
        self._asked: dict[tuple[str, str], bool] = {}

    def changes(self) -> Iterator[Change]:
        gone = self._old.packages - self._new.packages
        for package in sorted(gone):
            yield rules.PACKAGE_REMOVED.change(package or "(no package)", "the package is gone with all that is in it")
        for package in sorted(self._new.packages - self._old.packages):
            yield rules.PACKAGE_ADDED.change(package or "(no package)", "the package is new")
        yield from self._services(gone)
        yield from self._types(self._old.messages, self._new.messages, rules.MESSAGE_REMOVED, rules.MESSAGE_ADDED, gone)
        yield from self._types(self._old.enums, self._new.enums, rules.ENUM_REMOVED, rules.ENUM_ADDED, gone)
        for name, message in self._old.messages.items():
            if name in self._new.messages:
                yield from message_changes(message, self._new.messages[name], self._compared)
        for name, enum in self._old.enums.items():
            if name in self._new.enums:
                yield from enum_changes(enum, self._new.enums[name])
        yield from self._files()

    def _services(self, gone: set[str]) -> Iterator[Change]:
        for name, service in self._old.services.items():
            now = self._new.services.get(name)
            if now is not None:
                yield from self._methods(service, now)
            elif service.file.package not in gone:
                yield rules.SERVICE_REMOVED.change(name, "the service is gone with all its rpcs")
        for name, service in self._new.services.items():
            if name not in self._old.services and service.file.package in self._old.packages:
                yield rules.SERVICE_ADDED.change(name, "the service is new")

    def _methods(self, old: Any, new: Any) -> Iterator[Change]:
        after = {method.name: method for method in new.methods}
        for method in old.methods:
            place = f"{old.full_name}/{method.name}"
            now = after.pop(method.name, None)
            if now is not None:
                yield from self._method(method, now, place)
            elif method.GetOptions().deprecated:
                why = "it was deprecated; who still calls it is answered UNIMPLEMENTED"
                yield rules.RPC_REMOVED.change(place, "the rpc is gone", level=Level.POTENTIALLY, why=why)
            else:
                yield rules.RPC_REMOVED.change(place, "the rpc is gone")
        for name in after:
            yield rules.RPC_ADDED.change(f"{old.full_name}/{name}", "the rpc is new")

    def _method(self, old: Any, new: Any, place: str) -> Iterator[Change]:
        for rule, was, now in (
            (rules.REQUEST_TYPE, old.input_type, new.input_type),
            (rules.RESPONSE_TYPE, old.output_type, new.output_type),
        ):
            if was.full_name == now.full_name:
                continue
            told = f"the message was {was.full_name} and is {now.full_name}"
            if self._alike(was, now):
                why = "the two are the same bytes; generated code sees another type"
                yield rule.change(place, told, level=Level.POTENTIALLY, why=why)
            else:
                yield rule.change(place, told)
        for rule, had, has in (
            (rules.CLIENT_STREAM, old.client_streaming, new.client_streaming),
            (rules.SERVER_STREAM, old.server_streaming, new.server_streaming),
        ):
            if had != has:
                yield rule.change(place, f"it was {'a stream' if had else 'one message'} and is the other")
        before, after = old.GetOptions(), new.GetOptions()
        if before.idempotency_level != after.idempotency_level:
            first, second = _IDEMPOTENCY[before.idempotency_level], _IDEMPOTENCY[after.idempotency_level]
            level = Level.INFO if before.idempotency_level == 0 or after.idempotency_level == 1 else None
            why = "it now promises more" if level else ""
            yield rules.IDEMPOTENCY.change(place, f"it was {first} and is {second}", level=level, why=why)
        if after.deprecated and not before.deprecated:
            yield rules.RPC_DEPRECATED.change(place, "the rpc is deprecated")

    def _types(
        self,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        removed: Rule,
        added: Rule,
        gone: set[str],
    ) -> Iterator[Change]:
        """Types that came or went; whoever used one that went is told of its exchange at the place of use."""
        for name, descriptor in old.items():
            if name not in new and descriptor.file.package not in gone:
                yield removed.change(name, "it is gone")
        for name, descriptor in new.items():
            if name not in old and descriptor.file.package in self._old.packages:
                yield added.change(name, "it is new")

    def _alike(self, old: Any, new: Any) -> bool:
        """Whether nothing breaks where one message, or enum, stands in the place of the other."""
        key = (str(old.full_name), str(new.full_name))
        if key not in self._asked:
            # While two messages are compared that hold themselves, they count as alike: what differs shows elsewhere.
            self._asked[key] = True
            found: Callable[[Any, Any], Iterator[Change]] = (
                enum_changes if hasattr(old, "values_by_number") else self._message
            )
            same_kind = hasattr(old, "values_by_number") == hasattr(new, "values_by_number")
            self._asked[key] = same_kind and not any(c.level is Level.BREAKING for c in found(old, new))
        return self._asked[key]

    def _message(self, old: Any, new: Any) -> Iterator[Change]:
        return message_changes(old, new, self._compared)

    def _files(self) -> Iterator[Change]:
        for name, old in self._old.files.items():
            new = self._new.files.get(name)
            if new is None:
                continue
            was, now = _syntax(old), _syntax(new)
            if was != now:
                yield rules.SYNTAX.change(name, f"the syntax was {was} and is {now}")
            for option in _FILE_OPTIONS:
                before, after = getattr(old.options, option), getattr(new.options, option)
                if before != after:
                    yield rules.FILE_OPTION.change(name, f"{option} was {before!r} and is {after!r}")


class _Parts:
    """What a contract is made of, by full names; what protobuf itself brings along is left out."""

    def __init__(self, told: Descriptors) -> None:
        self.files = {f.name: f for f in told.files.file if not f.name.startswith("google/protobuf/")}
        loaded = [told.pool.FindFileByName(name) for name in self.files]
        self.services = {s.full_name: s for file in loaded for s in file.services_by_name.values()}
        self.messages: dict[str, Any] = {}
        self.enums: dict[str, Any] = {}
        for file in loaded:
            for message in file.message_types_by_name.values():
                self._take(message)
            self.enums |= {e.full_name: e for e in file.enum_types_by_name.values()}
        self.packages = {str(file.package) for file in loaded}
        self.sent = frozenset(self._reached([m.input_type for s in self.services.values() for m in s.methods]))

    def _take(self, message: Any) -> None:
        if message.GetOptions().map_entry:
            return
        self.messages[message.full_name] = message
        self.enums |= {e.full_name: e for e in message.enum_types}
        for inner in message.nested_types:
            self._take(inner)

    @staticmethod
    def _reached(start: list[Any]) -> Iterator[str]:
        """The full names of messages that are sent, whole or inside another."""
        seen: set[str] = set()
        while start:
            message = start.pop()
            if message.full_name not in seen:
                seen.add(message.full_name)
                yield str(message.full_name)
                start += [field.message_type for field in message.fields if field.message_type is not None]


def _syntax(file: Any) -> str:
    return f"edition {file.edition}" if file.syntax == "editions" else str(file.syntax or "proto2")
