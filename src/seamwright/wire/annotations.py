"""What a field must be beyond its type, as annotations of a `.proto` file say it.

Three of them are read: `google.api.field_behavior` (AIP-203), `buf.validate` (protovalidate) and `validate.rules`
(protoc-gen-validate), whose messages name the same rules in the same way. Expressions in CEL are not understood.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.protobuf.descriptor import (  # type: ignore[import-untyped]
        Descriptor,
        FieldDescriptor,
        OneofDescriptor,
    )

__all__ = ["NONE", "Rules", "breaches", "needs_one", "rules_of"]

_BEHAVIOUR = "google.api.field_behavior"
_RULES = ("buf.validate.field", "validate.rules")
_NEEDS_ONE = ("buf.validate.oneof", "validate.required")

_IGNORE_ALWAYS = 3
"""`buf.validate.Ignore`; its other values leave out fields that are not set."""

_REQUIRED, _OUTPUT_ONLY = 2, 3
"""Values of `google.api.FieldBehavior`."""

_FORMATS = ("email", "hostname", "ip", "ipv4", "ipv6", "uri", "uri_ref", "address", "uuid", "tuuid", "host_and_port")


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of one field; what is None is not asked.

    `least` and `most` are inclusive for integers; for other numbers `open_least` and `open_most` say that the limit
    itself is not allowed. `shortest` and `longest` count characters, bytes, items or pairs, as the field has them.
    """

    required: bool = False
    zero_is_exempt: bool = False
    """Whether a field that is not set, or of the zero value, is not held to the rules."""
    given_by_server: bool = False
    """Whether the server fills it in (OUTPUT_ONLY), so that a request leaves it out."""
    const: Any = None
    among: tuple[Any, ...] = ()
    not_among: tuple[Any, ...] = ()
    least: Any = None
    most: Any = None
    open_least: bool = False
    open_most: bool = False
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    prefix: str = ""
    suffix: str = ""
    contains: str = ""
    format: str = ""
    defined_only: bool = False
    unique: bool = False
    items: Rules | None = field(default=None)
    keys: Rules | None = field(default=None)


NONE = Rules()


@functools.lru_cache(maxsize=8192)
def rules_of(descriptor: FieldDescriptor) -> Rules:
    """The rules of a field; none where its file has no annotations that are known here."""
    rules = replace(NONE, required=True) if descriptor.is_required else NONE
    options = _Options.of(descriptor.file.pool, "google.protobuf.FieldOptions", descriptor.GetOptions())
    if options is None:
        return rules
    behaviour = options.extension(_BEHAVIOUR) or ()
    rules = replace(
        rules,
        required=rules.required or _REQUIRED in behaviour,
        given_by_server=_OUTPUT_ONLY in behaviour,
    )
    for name in _RULES:
        told = options.extension(name)
        if told is not None:
            rules = _told(told, rules)
    if not rules.required and not rules.zero_is_exempt and _zero_is_wrong(descriptor, rules):
        # What cannot tell zero from nothing is held to its rules either way, so that leaving it out breaks them.
        return replace(rules, required=True)
    return rules


def _zero_is_wrong(descriptor: FieldDescriptor, rules: Rules) -> bool:
    if descriptor.has_presence or (descriptor.message_type is not None and not descriptor.is_repeated):
        return False
    if descriptor.is_repeated:
        return bool(rules.shortest)
    zero = "" if descriptor.type in (_BYTES, _TEXT) else 0
    if rules.const is not None and rules.const not in (zero, b""):
        return True
    return any(True for _ in _of_scalar(descriptor, rules, zero, ""))


def needs_one(descriptor: OneofDescriptor) -> bool:
    """Whether one member of a oneof must be set."""
    options = _Options.of(descriptor.containing_type.file.pool, "google.protobuf.OneofOptions", descriptor.GetOptions())
    if options is None:
        return False
    return any(told is True or getattr(told, "required", False) for told in map(options.extension, _NEEDS_ONE))


@dataclass(frozen=True, slots=True)
class _Options:
    """Options read with the extensions of their own pool: the class that protobuf brings along knows none of them."""

    pool: Any
    message: Any

    @staticmethod
    def of(pool: Any, name: str, options: Any) -> _Options | None:
        data = options.SerializeToString()
        if not data:
            return None
        from google.protobuf import message_factory  # type: ignore[import-untyped]

        known: Descriptor = pool.FindMessageTypeByName(name)
        return _Options(pool, message_factory.GetMessageClass(known).FromString(data))

    def extension(self, name: str) -> Any:
        """The value of an extension; None where it is not set, or nobody declares it."""
        try:
            extension = self.pool.FindExtensionByName(name)
        except KeyError:
            return None
        if extension.containing_type.full_name != self.message.DESCRIPTOR.full_name:
            return None
        if extension.is_repeated:
            return tuple(self.message.Extensions[extension])
        return self.message.Extensions[extension] if self.message.HasExtension(extension) else None


def _told(told: Any, rules: Rules) -> Rules:
    """Lay what a message of rules says over what is known."""
    set_fields: Mapping[str, Any] = {field.name: value for field, value in told.ListFields()}
    message = set_fields.get("message")
    required = bool(set_fields.get("required")) or bool(message is not None and getattr(message, "required", False))
    ignored = int(set_fields.get("ignore", 0))
    if ignored == _IGNORE_ALWAYS:
        return rules
    rules = replace(rules, required=rules.required or required, zero_is_exempt=rules.zero_is_exempt or ignored != 0)
    kind = next((name for name in set_fields if name in _KINDS), None)
    return rules if kind is None else _of_kind(kind, set_fields[kind], rules)


_INTEGERS = frozenset(
    {"int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64"}
)
_KINDS = _INTEGERS | {
    *("float", "double", "bool", "string", "bytes", "enum", "repeated", "map"),
    *("any", "duration", "timestamp"),
}


def _of_kind(kind: str, told: Any, rules: Rules) -> Rules:
    said: Mapping[str, Any] = {field.name: value for field, value in told.ListFields()}
    if kind in _INTEGERS or kind in ("float", "double"):
        rules = _limits(said, rules, whole=kind in _INTEGERS)
    length = said.get("len", said.get("len_bytes"))
    longest = said.get("max_len", said.get("max_bytes", said.get("max_items", said.get("max_pairs"))))
    return replace(
        rules,
        required=rules.required or bool(said.get("required")),
        zero_is_exempt=rules.zero_is_exempt or bool(said.get("ignore_empty")),
        const=said.get("const") if kind not in ("duration", "timestamp") else None,
        among=tuple(said.get("in", ())) if kind not in ("any", "duration", "timestamp") else (),
        not_among=tuple(said.get("not_in", ())) if kind not in ("any", "duration", "timestamp") else (),
        shortest=length or _first(said, "min_len", "min_bytes", "min_items", "min_pairs"),
        longest=length or longest,
        pattern=said.get("pattern") if kind == "string" else None,
        prefix=said.get("prefix", "") if kind == "string" else "",
        suffix=said.get("suffix", "") if kind == "string" else "",
        contains=said.get("contains", "") if kind == "string" else "",
        format=next((name for name in _FORMATS if said.get(name) is True), ""),
        defined_only=bool(said.get("defined_only")),
        unique=bool(said.get("unique")),
        items=_inner(said.get("items") if kind == "repeated" else said.get("values")),
        keys=_inner(said.get("keys")),
    )


def _first(said: Mapping[str, Any], *names: str) -> int | None:
    return next((said[name] for name in names if name in said), None)


def _inner(told: Any) -> Rules | None:
    return None if told is None else _told(told, NONE)


def _limits(said: Mapping[str, Any], rules: Rules, *, whole: bool) -> Rules:
    step = 1 if whole else 0
    least = said["gt"] + step if "gt" in said else said.get("gte")
    most = said["lt"] - step if "lt" in said else said.get("lte")
    if least is not None and most is not None and least > most:
        # Turned round, the two mean everything outside (protovalidate, `gt` greater than `lt`).
        most = None
    return replace(
        rules,
        least=least,
        most=most,
        open_least="gt" in said and not whole,
        open_most="lt" in said and not whole,
    )


def breaches(descriptor: Descriptor, value: Any, place: str = "") -> Iterator[tuple[str, str, str]]:
    """How a message, given as JSON, breaks its annotations: where (`/lines/0/sku`), by which rule, and in words."""
    if not isinstance(value, Mapping) or descriptor.full_name.startswith("google.protobuf."):
        return
    for each in descriptor.oneofs:
        names = [member.name for member in each.fields]
        if needs_one(each) and not any(name in value for name in names):
            yield f"{place}/{each.name}", "required", f"one of {', '.join(names)} must be set"
    for each in descriptor.fields:
        yield from _of_field(each, rules_of(each), value.get(each.name), f"{place}/{each.name}")


def _of_field(descriptor: FieldDescriptor, rules: Rules, value: Any, place: str) -> Iterator[tuple[str, str, str]]:
    if value in (None, "", 0, False, [], {}, "0"):
        if rules.required and not (descriptor.has_presence and value is not None):
            yield place, "required", "must be set"
            return
        if value is None or rules.zero_is_exempt:
            return
    if descriptor.is_repeated:
        yield from _of_many(descriptor, rules, value, place)
    else:
        yield from _of_one(descriptor, rules, value, place)


def _of_many(descriptor: FieldDescriptor, rules: Rules, value: Any, place: str) -> Iterator[tuple[str, str, str]]:
    least, most = rules.shortest, rules.longest
    if least is not None and len(value) < least:
        yield place, "min_items", f"must have at least {least}, and has {len(value)}"
    if most is not None and len(value) > most:
        yield place, "max_items", f"must have at most {most}, and has {len(value)}"
    if rules.unique and isinstance(value, list) and any(item in value[:n] for n, item in enumerate(value)):
        yield place, "unique", "must not have the same item twice"
    if isinstance(value, Mapping):
        kind = descriptor.message_type.fields_by_name["value"]
        items = [(str(key), item) for key, item in value.items()]
    else:
        kind, items = descriptor, [(str(number), item) for number, item in enumerate(value)]
    for key, item in items:
        yield from _of_one(kind, rules.items or NONE, item, f"{place}/{key}")


def _of_one(descriptor: FieldDescriptor, rules: Rules, value: Any, place: str) -> Iterator[tuple[str, str, str]]:
    message = descriptor.message_type
    if isinstance(value, Mapping) and message is not None:
        yield from breaches(message, value, place)
    elif rules is not NONE:
        yield from _of_scalar(descriptor, rules, value, place)


def _of_scalar(descriptor: FieldDescriptor, rules: Rules, value: Any, place: str) -> Iterator[tuple[str, str, str]]:
    enum = descriptor.enum_type
    if rules.defined_only and isinstance(value, int) and enum is not None and value not in enum.values_by_number:
        yield place, "defined_only", f"{value} is no value of {enum.full_name}"
    if isinstance(value, bool) or enum is not None:
        return
    number = _number(descriptor, value)
    if rules.among and value not in rules.among and number not in rules.among:
        yield place, "in", f"must be one of {', '.join(map(str, rules.among))}"
    if number is not None:
        if rules.least is not None and (number <= rules.least if rules.open_least else number < rules.least):
            yield place, "minimum", f"must be {'more than' if rules.open_least else 'at least'} {rules.least}"
        if rules.most is not None and (number >= rules.most if rules.open_most else number > rules.most):
            yield place, "maximum", f"must be {'less than' if rules.open_most else 'at most'} {rules.most}"
    elif isinstance(value, str):
        size = len(base64.b64decode(value)) if descriptor.type == _BYTES else len(value)
        if rules.shortest is not None and size < rules.shortest:
            yield place, "min_len", f"must have a length of at least {rules.shortest}"
        if rules.longest is not None and size > rules.longest:
            yield place, "max_len", f"must have a length of at most {rules.longest}"
        if not _looks_right(rules, value):
            yield place, "pattern", f"must look like {rules.pattern or rules.format or 'the rule says'}"


_BYTES, _TEXT = 12, 9

_LOOKS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[^@\s]+@[^@\s]+"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
    "tuuid": re.compile(r"[0-9a-fA-F]{32}"),
    "ipv4": re.compile(r"\d{1,3}(?:\.\d{1,3}){3}"),
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+"),
    "hostname": re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?"),
}


def _looks_right(rules: Rules, text: str) -> bool:
    look = _LOOKS.get(rules.format)
    if look is not None and not look.fullmatch(text):
        return False
    if not (text.startswith(rules.prefix) and text.endswith(rules.suffix) and rules.contains in text):
        return False
    if rules.pattern is None:
        return True
    try:
        return re.search(rules.pattern, text) is not None
    except re.error:
        # RE2 knows classes that are not known here; what cannot be read forbids nothing.
        return True


def _number(descriptor: FieldDescriptor, value: Any) -> int | float | None:
    """The number that JSON writes as a number, or as text where it has 64 bits."""
    if isinstance(value, int | float):
        return value
    if descriptor.type in (_BYTES, _TEXT) or descriptor.message_type is not None or not isinstance(value, str):
        return None
    return float(value) if descriptor.type in (1, 2) else int(value)
