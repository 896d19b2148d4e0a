"""A protobuf contract that answers: things with state, made, read, listed, changed and ended by rpcs. Sans-io.

Which rpc does what to which things is told by the caller, who has read it off names and messages. What no rpc has said
is generated, by the seed and the key of the thing alone, so that the same thing always shows the same.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from seamwright.engines.generate.protobuf import Messages
from seamwright.engines.mock.store import Record, Store
from seamwright.model.operation import Contract, Operation
from seamwright.wire.annotations import breaches
from seamwright.wire.protobuf import Method, described

__all__ = ["Doing", "GrpcMock", "Outcome"]

SOWN = 3
"""Things of each kind that are there from the beginning."""

LARGEST_PAGE = 100

_TEXT = 9

_SERVER_GIVEN = frozenset({"create_time", "created_at", "created", "update_time", "updated_at", "etag", "uid", "state"})
"""Fields of a thing that the server fills in whatever was said when it was made."""


class Doing(Protocol):
    """What an rpc does; paths are names of fields.

    `role` is one of create, get, list, update, delete, act and other; `key` leads to the id in the request, `body` to
    what describes the thing there, `thing` to the thing or the list of things in the answer; `id_name` is the field of
    a thing that holds its id.
    """

    @property
    def role(self) -> str: ...
    @property
    def noun(self) -> str: ...
    @property
    def key(self) -> tuple[str, ...] | None: ...
    @property
    def body(self) -> tuple[str, ...]: ...
    @property
    def thing(self) -> tuple[str, ...] | None: ...
    @property
    def id_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an rpc is answered: messages as JSON, or the name of a status and a text."""

    messages: tuple[Any, ...] = ()
    code: str = "OK"
    text: str = ""
    broken: tuple[tuple[str, str, str], ...] = ()
    """How the request broke the annotations of its message: place, rule, and in words."""


class GrpcMock:
    """Answers the rpcs of one contract. Give it the messages of one call, and get what it is answered."""

    def __init__(
        self, contract: Contract, doings: Mapping[str, Doing], *, seed: int = 0, before: GrpcMock | None = None
    ) -> None:
        """`doings` says for each operation's id what it does. The things that `before` keeps go over to this mock, as
        far as this contract has a place for them."""
        self.contract = contract
        self.store: Store = Store() if before is None else before.store
        self._doings = doings
        self._seed = seed
        self._told = described(contract)
        self._types = self._types_of_things()
        if before is not None:
            self._take_over()

    def _take_over(self) -> None:
        """Forget what is kept of things that this contract does not have, and of fields that do not fit any more."""
        self.store.retain(self._types)
        for noun, kind in self._types.items():
            for record in self.store.at(noun, ()):
                fitting = {name: value for name, value in record.value.items() if self._fits(kind, name, value)}
                if fitting != record.value:
                    self.store.change(record, fitting)

    def _fits(self, kind: Any, name: str, value: Any) -> bool:
        try:
            self._told.encode(kind, {name: value})
        except ValueError:
            return False
        return True

    def reset(self) -> None:
        """Put the first state back."""
        self.store.clear()

    def answer(self, operation: Operation, messages: Sequence[Any]) -> Outcome:
        """Answer a call: one message, or those of a stream, as JSON."""
        method = self._told.method(operation.path)
        assert method is not None, f"{operation.path} is not in its own contract"
        given: list[Any] = []
        outcome = Outcome()
        for message in messages:
            broken = tuple(breaches(method.takes, message))
            if broken:
                text = "; ".join(f"{place.strip('/').replace('/', '.')}: {why}" for place, _, why in broken)
                return Outcome((), "INVALID_ARGUMENT", text, broken)
            outcome = self._one(operation, method, message)
            if outcome.code != "OK":
                return outcome
            given += outcome.messages
        if not messages:
            given = list(self._one(operation, method, {}).messages)
        if method.takes_stream and not method.gives_stream:
            given = [self._together(operation, method, given)]
        return Outcome(tuple(given))

    def _one(self, operation: Operation, method: Method, message: Any) -> Outcome:
        doing = self._doings[operation.id]
        request = message if isinstance(message, dict) else {}
        if method.gives_stream and doing.thing is not None and doing.key is None:
            shown = [self._placed(method, doing, record.value) for record in self._things(doing.noun)]
            return Outcome(tuple(shown))
        if doing.role == "create":
            return self._created(method, doing, request)
        if doing.role == "list":
            return self._listed(method, doing, request)
        if doing.role == "other":
            return Outcome((self._made_up(operation, method, request),))
        record = self._found(doing, request)
        if record is None:
            return Outcome((), "NOT_FOUND", f"there is no {doing.noun} {_at(request, doing.key)!r}")
        if doing.role == "delete":
            self.store.remove(record)
        elif doing.role == "update":
            self.store.change(record, self._changed(doing, record.value, request))
        if doing.thing is None:
            return Outcome((self._made_up(operation, method, request),))
        return Outcome((self._placed(method, doing, record.value),))

    # -- what rpcs do ---

    def _created(self, method: Method, doing: Doing, request: dict[str, Any]) -> Outcome:
        self._things(doing.noun)
        chosen = _at(request, doing.key) if doing.key is not None else None
        if chosen is not None and self.store.find(doing.noun, (), str(chosen)) is not None:
            return Outcome((), "ALREADY_EXISTS", f"there is a {doing.noun} {chosen!r} already")
        count = len(self.store.at(doing.noun, ())) + 1
        while chosen is None:
            drawn = self._new_id(doing.noun, doing.id_name, count)
            count += 1
            if self.store.find(doing.noun, (), str(drawn)) is None and not self.store.removed(
                doing.noun, (), str(drawn)
            ):
                chosen = drawn
        thing = self._thing(doing.noun, str(chosen))
        said = _at(request, doing.body) if doing.body else request
        kind = self._types.get(doing.noun)
        known = {field.name for field in kind.fields} if kind is not None else set()
        kept = {
            name: value
            for name, value in thing.items()
            if name in _SERVER_GIVEN or name not in self._sayable(method, doing)
        }
        thing = {**kept, **{name: value for name, value in (said or {}).items() if name in known}}
        if doing.id_name in known:
            thing[doing.id_name] = self._as_id(doing, str(chosen))
        record = self.store.put(doing.noun, (), str(chosen), thing)
        if doing.thing is None:
            return Outcome((self._empty(method),))
        return Outcome((self._placed(method, doing, record.value),))

    def _listed(self, method: Method, doing: Doing, request: dict[str, Any]) -> Outcome:
        things = [record.value for record in self._things(doing.noun)]
        size = request.get("page_size") or request.get("limit") or LARGEST_PAGE
        token = str(request.get("page_token") or "0")
        if not token.isdigit():
            return Outcome((), "INVALID_ARGUMENT", "page_token: is none that was given out")
        start = int(token)
        size = min(int(size), LARGEST_PAGE) if int(size) > 0 else LARGEST_PAGE
        answer: dict[str, Any] = {}
        _put(answer, doing.thing or (), copy.deepcopy(things[start : start + size]))
        names = {field.name: field for field in method.gives.fields}
        if "next_page_token" in names and start + size < len(things):
            answer["next_page_token"] = str(start + size)
        for name in ("total_size", "total_count", "total"):
            if name in names and names[name].message_type is None and names[name].type != _TEXT:
                answer[name] = len(things)
        return Outcome((answer,))

    def _changed(self, doing: Doing, thing: Any, request: dict[str, Any]) -> Any:
        said = _at(request, doing.body) if doing.body else request
        kind = self._types.get(doing.noun)
        known = {field.name for field in kind.fields} if kind is not None else set(thing)
        named = _masked(request)
        taken = {
            name: value
            for name, value in (said or {}).items()
            if name in known and name != doing.id_name and (not named or name in named)
        }
        cleared = {name for name in named if name in known and name not in (said or {}) and name != doing.id_name}
        return {**{name: value for name, value in thing.items() if name not in cleared}, **copy.deepcopy(taken)}

    def _found(self, doing: Doing, request: dict[str, Any]) -> Record | None:
        self._things(doing.noun)
        key = _at(request, doing.key)
        return None if key is None else self.store.find(doing.noun, (), str(key))

    def _together(self, operation: Operation, method: Method, given: list[Any]) -> Any:
        """One answer to a stream of messages: what came of them as a list where there is room, else the last."""
        doing = self._doings[operation.id]
        field = method.gives.fields_by_name.get(doing.thing[0]) if doing.thing else None
        if field is not None and field.is_repeated:
            return {field.name: [thing for message in given for thing in message.get(field.name, ())]}
        return given[-1] if given else self._empty(method)

    # -- things, and what stands around them ---

    def _things(self, noun: str) -> list[Record]:
        """Every thing of a kind; the first of them are there from the beginning."""
        doing = next((d for d in self._doings.values() if d.noun == noun and d.role in ("create", "get", "list")), None)
        if doing is not None and noun in self._types and self.store.sow(noun, ()):
            for number in range(1, SOWN + 1):
                key = self._new_id(noun, doing.id_name, number)
                thing = self._thing(noun, key)
                if doing.id_name in {field.name for field in self._types[noun].fields}:
                    thing[doing.id_name] = self._as_id(doing, key)
                self.store.put(noun, (), key, thing)
        return self.store.at(noun, ())

    def _thing(self, noun: str, key: str) -> dict[str, Any]:
        kind = self._types.get(noun)
        made = Messages(kind).valid(Random(f"{self._seed}|{noun}|{key}"), fullness=1.0) if kind is not None else {}
        return made if isinstance(made, dict) else {}

    def _types_of_things(self) -> dict[str, Any]:
        """Noun → the message that its things are: what is listed or read says it best."""
        found: dict[str, Any] = {}
        for operation in self.contract.operations:
            doing, method = self._doings[operation.id], self._told.method(operation.path)
            if method is None or doing.thing is None or doing.role not in ("list", "get", "create", "update"):
                continue
            kind = method.gives
            for step in doing.thing:
                kind = kind.fields_by_name[step].message_type
            if doing.role in ("list", "get") or doing.noun not in found:
                found[doing.noun] = kind
        return found

    def _sayable(self, method: Method, doing: Doing) -> set[str]:
        """The fields of a thing that a creating request can tell."""
        kind = method.takes
        for step in doing.body:
            kind = kind.fields_by_name[step].message_type
        return {field.name for field in kind.fields}

    def _placed(self, method: Method, doing: Doing, thing: Any) -> Any:
        """An answer that shows a thing: the thing as far as the message has its fields, or in a field of its own."""
        shown = copy.deepcopy(thing)
        kind = method.gives
        for step in doing.thing or ():
            kind = kind.fields_by_name[step].message_type
        own = self._types.get(doing.noun)
        if own is not None and kind.full_name != own.full_name:
            shown = {name: value for name, value in shown.items() if _same_field(own, kind, name)}
            if doing.id_name in kind.fields_by_name and doing.id_name in thing:
                shown[doing.id_name] = thing[doing.id_name]
        if not doing.thing:
            return shown
        field = method.gives.fields_by_name[doing.thing[0]]
        return _put({}, doing.thing, [shown] if field.is_repeated else shown)

    def _made_up(self, operation: Operation, method: Method, request: dict[str, Any]) -> Any:
        """An answer that no state stands behind: generated, with what the request says under the same names."""
        made = Messages(method.gives).valid(Random(f"{self._seed}|{operation.id}|{sorted(request)}"), fullness=1.0)
        if not isinstance(made, dict):
            return made
        for name, value in request.items():
            if name in made and _same_field(method.takes, method.gives, name):
                made[name] = copy.deepcopy(value)
        return made

    def _empty(self, method: Method) -> Any:
        return Messages(method.gives).valid(Random(self._seed), fullness=0.0)

    def _new_id(self, noun: str, id_name: str, number: int) -> str:
        kind = self._types.get(noun)
        field = kind.fields_by_name.get(id_name) if kind is not None else None
        if field is not None and field.type != _TEXT:
            return str(number)
        if id_name == "name":
            return f"{noun}s/{number}"
        return str(uuid.UUID(int=Random(f"{self._seed}|{noun}|{number}").getrandbits(128), version=4))

    def _as_id(self, doing: Doing, key: str) -> Any:
        field = self._types[doing.noun].fields_by_name.get(doing.id_name)
        return int(key) if field is not None and field.type != _TEXT and key.lstrip("-").isdigit() else key


def _at(value: Any, path: tuple[str, ...] | None) -> Any:
    """What lies at a path of fields; None where nothing does."""
    for step in path or ():
        value = value.get(step) if isinstance(value, dict) else None
    if path is None or isinstance(value, list):
        return value[0] if isinstance(value, list) and value else None
    return value


def _put(message: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    node = message
    for step in path[:-1]:
        node = node.setdefault(step, {})
    node[path[-1]] = value
    return message


def _masked(request: dict[str, Any]) -> set[str]:
    """The fields that an update names (AIP-134); nothing where it names none, and all that is said is taken."""
    told = request.get("update_mask") or request.get("field_mask") or request.get("mask") or ""
    names = [part.partition(".")[0] for part in str(told).split(",") if part]
    return {"".join(f"_{c.lower()}" if c.isupper() else c for c in name) for name in names if name != "*"}


def _same_field(one: Any, other: Any, name: str) -> bool:
    """Whether two messages have a field of this name and of one type."""
    first, second = one.fields_by_name.get(name), other.fields_by_name.get(name)
    if first is None or second is None or first.type != second.type or first.is_repeated != second.is_repeated:
        return False
    kinds = [getattr(f.message_type or f.enum_type, "full_name", "") for f in (first, second)]
    return kinds[0] == kinds[1]
