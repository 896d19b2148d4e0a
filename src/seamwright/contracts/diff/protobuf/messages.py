"""Compares two versions of a message: its fields by their numbers, its oneofs, what it reserves."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from seamwright.contracts.diff.change import Change, Level
from seamwright.contracts.diff.protobuf import rules
from seamwright.contracts.diff.protobuf.reserved import Reserved
from seamwright.contracts.diff.protobuf.types import NUMERIC, shown_type, type_change
from seamwright.wire.annotations import Rules, rules_of
from seamwright.wire.protobuf import is_map

__all__ = ["Compared", "message_changes"]


@dataclass(frozen=True, slots=True)
class Compared:
    """Whether the messages, or enums, that two fields now name stand for the same bytes; and what a message is used
    for: `requests` are the full names of those that callers send."""

    alike: Callable[[Any, Any], bool]
    requests: frozenset[str]


def message_changes(old: Any, new: Any, compared: Compared) -> Iterator[Change]:
    """What changed in a message, for whoever keeps the old version."""
    name = str(old.full_name)
    reserved = Reserved.of_message(new)
    for field in old.fields:
        place = f"{name}.{field.name}"
        now = new.fields_by_number.get(field.number)
        if now is not None:
            yield from _same_number(field, now, place, compared)
            continue
        elsewhere = new.fields_by_name.get(field.name)
        if elsewhere is not None:
            yield rules.FIELD_NUMBER.change(place, f"the number was {field.number} and is {elsewhere.number}")
        else:
            yield from _removed(field, place, reserved)
    for field in new.fields:
        if field.number not in old.fields_by_number and field.name not in old.fields_by_name:
            yield from _added(field, name, compared)
    yield from _oneofs(old, new, name)
    for gone in Reserved.of_message(old).lost_by(reserved):
        yield rules.RESERVED.change(name, f"{gone} was reserved and is not")


def _removed(field: Any, place: str, reserved: Reserved) -> Iterator[Change]:
    told = f"the field is gone ({shown_type(field)}, number {field.number})"
    if field.is_required:
        yield rules.FIELD_REMOVED.change(place, told, why="peers of the old version refuse a message without it")
    elif not reserved.has(field.number):
        yield rules.FIELD_REMOVED.change(place, f"{told}, and its number is not reserved")
    else:
        named = "" if field.name in reserved.names else ", and its name is not reserved"
        why = "what old callers send in it is passed over, and what they read from it is nothing"
        yield rules.FIELD_REMOVED.change(place, f"{told}{named}", level=Level.POTENTIALLY, why=why)


def _added(field: Any, name: str, compared: Compared) -> Iterator[Change]:
    place = f"{name}.{field.name}"
    told = f"{shown_type(field)}, number {field.number}"
    if rules_of(field).required and (field.is_required or name in compared.requests):
        yield rules.REQUEST_REQUIRED.change(place, f"the field is new and required ({told})")
    else:
        yield rules.FIELD_ADDED.change(place, f"the field is new ({told})")


def _same_number(old: Any, new: Any, place: str, compared: Compared) -> Iterator[Change]:
    changed = list(_types(old, new, place, compared))
    if old.name != new.name:
        if any(change.level is Level.BREAKING for change in changed):
            was, now = f"{old.name} ({shown_type(old)})", f"{new.name} ({shown_type(new)})"
            yield rules.FIELD_REUSED.change(place, f"number {old.number} was {was} and is {now}")
            return
        yield rules.FIELD_RENAMED.change(place, f"number {old.number} was {old.name} and is {new.name}")
    elif _json_name(old) != _json_name(new):
        yield rules.JSON_NAME.change(place, f"the name in JSON was {_json_name(old)} and is {_json_name(new)}")
    yield from changed
    yield from _requirements(old, new, place, compared)
    if _default(old) != _default(new):
        yield rules.DEFAULT.change(place, f"the default was {_default(old)!r} and is {_default(new)!r}")
    if new.GetOptions().deprecated and not old.GetOptions().deprecated:
        yield rules.FIELD_DEPRECATED.change(place, "the field is deprecated")


def _types(old: Any, new: Any, place: str, compared: Compared) -> Iterator[Change]:
    if is_map(old) != is_map(new):
        yield rules.FIELD_TYPE.change(place, f"the type was {_whole(old)} and is {_whole(new)}")
        return
    if is_map(old):
        for part in ("key", "value"):
            was, now = old.message_type.fields_by_name[part], new.message_type.fields_by_name[part]
            yield from _one_type(was, now, f"{place} ({part})", compared)
        return
    if old.is_repeated != new.is_repeated:
        lost = old.is_repeated or old.type in NUMERIC
        why = "a list that travels packed is no single value" if old.type in NUMERIC else "all but the last are lost"
        level = None if lost else Level.POTENTIALLY
        why = why if lost else "an old peer takes the last of several"
        yield rules.CARDINALITY.change(place, f"it was {_whole(old)} and is {_whole(new)}", level=level, why=why)
    yield from _one_type(old, new, place, compared)


def _one_type(old: Any, new: Any, place: str, compared: Compared) -> Iterator[Change]:
    told = f"the type was {shown_type(old)} and is {shown_type(new)}"
    found = type_change(old, new)
    if found is not None:
        level, why = found
        yield rules.FIELD_TYPE.change(place, told, level=level, why=why)
        return
    was, now = old.message_type or old.enum_type, new.message_type or new.enum_type
    if was is not None and now is not None and was.full_name != now.full_name:
        alike = compared.alike(was, now)
        why = "the two are the same bytes; generated code sees another type" if alike else ""
        yield rules.FIELD_TYPE.change(place, told, level=Level.POTENTIALLY if alike else None, why=why)


def _whole(field: Any) -> str:
    return f"{'repeated ' if field.is_repeated and not is_map(field) else ''}{shown_type(field)}"


def _requirements(old: Any, new: Any, place: str, compared: Compared) -> Iterator[Change]:
    was, now = rules_of(old), rules_of(new)
    sent = str(old.containing_type.full_name) in compared.requests
    if now.required and not was.required and (new.is_required or sent):
        yield rules.REQUEST_REQUIRED.change(place, "the field was not required and is")
    elif was.required and not now.required:
        why = "peers of the old version refuse a message without it"
        level = Level.BREAKING if old.is_required else None
        yield rules.REQUIRED_DROPPED.change(
            place, "the field was required and is not", level=level, why=why if level else ""
        )
    if sent:
        stricter = list(_stricter(was, now))
        if stricter:
            yield rules.RULE_STRICTER.change(place, "; ".join(stricter))
        elif list(_stricter(now, was)):
            yield rules.RULE_LOOSER.change(place, "; ".join(_stricter(now, was)).replace(" is now ", " was "))
    plain = not (old.is_repeated or new.is_repeated or old.message_type or new.message_type)
    if plain and old.has_presence != new.has_presence and not (old.is_required or new.is_required):
        gains = new.has_presence
        told = "not set and zero can be told apart" if gains else "not set and zero are the same"
        yield rules.PRESENCE.change(place, f"now {told}", level=Level.INFO if gains else None)


def _stricter(old: Rules, new: Rules) -> Iterator[str]:
    """In which ways the second rules allow less than the first."""
    for name, was, now, worse in (
        ("the least value", old.least, new.least, operator.gt),
        ("the largest value", old.most, new.most, operator.lt),
        ("the least length", old.shortest, new.shortest, operator.gt),
        ("the largest length", old.longest, new.longest, operator.lt),
    ):
        if now is not None and (was is None or worse(now, was)):
            yield f"{name} is now {now}"
    for name, was, now in (("pattern", old.pattern, new.pattern), ("format", old.format, new.format)):
        if now and now != was:
            yield f"the {name} is now {now}"
    if new.among and (not old.among or set(old.among) - set(new.among)):
        yield f"one of {', '.join(map(str, new.among))} is now wanted"
    if new.defined_only and not old.defined_only:
        yield "only declared values are now taken"


def _oneofs(old: Any, new: Any, name: str) -> Iterator[Change]:
    was, now = _membership(old), _membership(new)
    joined: dict[str, list[str]] = {}
    for number, field in old.fields_by_number.items():
        if number not in new.fields_by_number:
            continue
        before, after = was.get(number), now.get(number)
        if before is None and after is not None:
            joined.setdefault(after, []).append(field.name)
        elif before is not None and after is None:
            yield rules.ONEOF_LEFT.change(f"{name}.{field.name}", f"it was one of {before} and is by itself")
    for oneof, fields in joined.items():
        alone = len(fields) == 1 and not any(member == oneof for number, member in was.items())
        others = [n for n, member in now.items() if member == oneof and n in old.fields_by_number]
        safe = alone and len(others) == 1
        for field in fields:
            why = "by itself in a oneof a field is the same bytes; generated code sees another member" if safe else ""
            yield rules.ONEOF_JOINED.change(
                f"{name}.{field}", f"it is now one of {oneof}", level=Level.POTENTIALLY if safe else None, why=why
            )
    for oneof in sorted(set(was.values()) - set(now.values())):
        yield rules.ONEOF_REMOVED.change(f"{name}.{oneof}", "the oneof is gone, or has another name")


def _membership(descriptor: Any) -> dict[int, str]:
    """Number of a field → the oneof that it is written in; that of an `optional` field is none."""
    found: dict[int, str] = {}
    for oneof in descriptor.oneofs:
        if not (len(oneof.fields) == 1 and oneof.name == f"_{oneof.fields[0].name}"):
            found |= {field.number: str(oneof.name) for field in oneof.fields}
    return found


def _json_name(field: Any) -> str:
    return str(field.camelcase_name if not field.json_name else field.json_name)


def _default(field: Any) -> Any:
    return field.default_value if field.has_default_value else None
