"""Finds where the ids of a path come from: which operation makes or lists the object that a path names.

The order of trust: the contract's own `links` (OpenAPI 3.1, link object); the POST on the collection that the path
goes through; a POST or PUT elsewhere that answers a property of the parameter's very name, or whose path is the
collection that the name speaks of; and last the operation that lists a collection, for places where nothing may be
created.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

import orjson

from seamwright.contracts.media import is_json
from seamwright.contracts.schemas import items, properties, types
from seamwright.model.exchange import Exchange
from seamwright.model.operation import Contract, Operation, Schema

__all__ = ["Producer", "Source", "path_parameters", "producers", "silent", "success_schema"]

Kind = Literal["create", "list"]


# What takes the name of an object in its body and makes none.
_NO_CREATION = re.compile(
    r"/(log-?(in|out)|sign-?(in|out)|auth\w*|token|sessions?|verify|check|search)/?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands in an exchange.

    `body`: a JSON pointer into the answer's body; `header`: the name of an answer's header, whose last path segment
    is the value; `request`: a JSON pointer into the body that was sent, for ids that the client chooses; `named`: the
    first of these names (apart by `|`) that stands in the answer's body, of which the contract tells nothing.
    """

    where: Literal["body", "header", "request", "named"]
    pointer: str
    otherwise: Source | None = None
    """Where it stands when it is not here."""

    def read(self, exchange: Exchange) -> Any:
        """The value; None where the exchange does not hold it."""
        value = self._here(exchange)
        return self.otherwise.read(exchange) if value is None and self.otherwise is not None else value

    def _here(self, exchange: Exchange) -> Any:
        if self.where == "request":
            return _scalar(_json(exchange.request.body), self.pointer)
        if exchange.response is None:
            return None
        if self.where == "header":
            told = exchange.response.header(self.pointer) or ""
            return unquote(re.split(r"[?#]", told)[0].rstrip("/").rpartition("/")[2]) or None
        if self.where == "named":
            return _by_name(_json(exchange.response.body), self.pointer.split("|"))
        return _scalar(_json(exchange.response.body), self.pointer)


@dataclass(frozen=True, slots=True)
class Producer:
    """An operation whose answer holds values of path parameters: parameter → where. Lists are read at their first
    item."""

    operation: Operation
    parameters: Mapping[str, Source]
    kind: Kind

    def values(self, exchange: Exchange) -> dict[str, Any] | None:
        """The parameters' values from an exchange of this operation; None where one is missing or it failed."""
        if not exchange.ok:
            return None
        found = {name: source.read(exchange) for name, source in self.parameters.items()}
        return None if any(value is None for value in found.values()) else found


def producers(contract: Contract, operation: Operation) -> tuple[Producer, ...]:
    """Who gives the values of this operation's path parameters: parents first, and for each the best first.

    A producer that has path parameters itself needs those of the producers before it, under the names of its own
    path in the same order. Empty where the path has no parameters, or nothing gives them.
    """
    found: list[Producer] = []
    for position, name in enumerate(path_parameters(operation.path)):
        seen: set[tuple[str, str]] = set()
        for producer in _of_parameter(contract, operation, position, name):
            key = (producer.operation.id, producer.kind)
            if key not in seen:
                seen.add(key)
                found.append(producer)
    return tuple(found)


def path_parameters(path: str) -> tuple[str, ...]:
    """The names of a path's parameters, from left to right."""
    return tuple(re.findall(r"{([^{}]+)}", path))


def success_schema(contract: Contract, operation: Operation) -> Schema | None:
    """The schema of the JSON that an operation answers in its success class; None where it declares none."""
    for status in sorted(operation.answers):
        if not status.startswith("2"):
            continue
        for key, media in operation.answers[status].content.items():
            if is_json(key) or key.startswith("*"):
                return media.schema
    return None


def silent(contract: Contract, schema: Schema | None) -> bool:
    """Whether a contract tells nothing of what an answer holds: no schema at all, or an object without properties."""
    if schema is None:
        return True
    if items(contract, schema) is not None or properties(contract, schema, certain=False):
        return False
    return types(contract, schema) <= {"object"}


def _of_parameter(contract: Contract, operation: Operation, position: int, name: str) -> Iterator[Producer]:
    before, _, _ = _cut(operation.path, position)
    collection = before.rstrip("/")
    others = [o for o in contract.operations if o.id != operation.id]
    yield from _linked(contract, operation, name, "create")
    shape = _shape(collection)
    schema = next((p.schema for p in operation.at("path") if p.name == name), True)
    for other in others:
        if other.method == "POST" and _shape(other.path.rstrip("/")) == shape:
            source = _created(contract, other, name, collection, schema)
            if source:
                yield Producer(other, {name: source}, "create")
    parents = set(path_parameters(before))
    for other in others:
        # Elsewhere only the parameter's very name counts: everything has an `id`.
        if other.method in ("POST", "PUT") and _generic(name) is False and set(path_parameters(other.path)) <= parents:
            place = _named(contract, success_schema(contract, other), name, schema)
            if place is None and _below(other.path, collection) and not _NO_CREATION.search(other.path):
                place = _sent(contract, other, name, schema)
            if place:
                yield Producer(other, {name: Source(*place)}, "create")
    elsewhere = [o for o in others if _speaks_of(o.path, name) and set(path_parameters(o.path)) <= parents]
    for other in elsewhere:
        if other.method == "POST":
            answered = success_schema(contract, other)
            place = _identity(contract, answered, name, other.path.rstrip("/"), schema)
            if place:
                yield Producer(other, {name: Source(*place)}, "create")
    yield from _linked(contract, operation, name, "list")
    for other in [*(o for o in others if _shape(o.path.rstrip("/")) == shape), *elsewhere]:
        if other.method == "GET":
            listed = _listed(contract, other, name, other.path.rstrip("/"), schema)
            if listed:
                yield Producer(other, {name: listed}, "list")


def _linked(contract: Contract, operation: Operation, name: str, kind: Kind) -> Iterator[Producer]:
    """The operations whose answers link to this one, or to another on the same path."""
    for other in contract.operations:
        if (kind == "list") is not other.safe or other.id == operation.id:
            continue
        for status, answer in other.answers.items():
            if not status.startswith("2"):
                continue
            for link in answer.links.values():
                target = _link_target(contract, link)
                if target is None or not _same_object(target, operation, name):
                    continue
                source = _expression(link, name)
                if source:
                    yield Producer(other, {name: source}, kind)


def _link_target(contract: Contract, link: Mapping[str, Any]) -> Operation | None:
    if isinstance(link.get("operationId"), str):
        return contract.operation(link["operationId"])
    match = re.fullmatch(r"#/paths/([^/]+)/(\w+)", str(link.get("operationRef", "")))
    if match is None:
        return None
    path = match[1].replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
    return next((o for o in contract.operations if o.path == path and o.method.lower() == match[2]), None)


def _same_object(target: Operation, operation: Operation, name: str) -> bool:
    if target.id == operation.id:
        return True
    ours = operation.path.partition(f"{{{name}}}")
    return bool(ours[1]) and target.path.startswith(f"{ours[0]}{ours[1]}")


def _expression(link: Mapping[str, Any], name: str) -> Source | None:
    parameters = link.get("parameters")
    if not isinstance(parameters, Mapping):
        return None
    told = str(parameters.get(f"path.{name}", parameters.get(name, "")))
    if told.startswith("$response.body#"):
        return Source("body", told.removeprefix("$response.body#"))
    if told.startswith("$response.header."):
        return Source("header", told.removeprefix("$response.header.").lower())
    if told.startswith("$request.body#"):
        return Source("request", told.removeprefix("$request.body#"))
    return None


def _created(contract: Contract, other: Operation, name: str, collection: str, wanted: Schema) -> Source | None:
    """Where a POST on the collection tells the id of what it made."""
    answered = success_schema(contract, other)
    place = _named(contract, answered, name, wanted) or _identity(contract, answered, name, collection, wanted)
    if place:
        return Source(*place)
    told = [a for status, a in other.answers.items() if status.startswith("2")]
    if any(header.lower() == "location" for answer in told for header in answer.headers):
        return Source("header", "location")
    elsewhere = _elsewhere(contract, other, name, wanted)
    if silent(contract, answered):
        names = [_flat(name), *(word for words in _words(name, collection) for word in words)]
        return Source("named", "|".join(dict.fromkeys(names)), elsewhere)
    return elsewhere


def _elsewhere(contract: Contract, other: Operation, name: str, wanted: Schema) -> Source | None:
    """Where a POST tells the id of what it made when nothing that its answer declares does."""
    sent = _sent(contract, other, name, wanted)
    if sent:
        return Source(*sent)
    # RFC 9110, section 15.3.2: a 201 tells what it made by Location, declared or not.
    return Source("header", "location") if "201" in other.answers else None


def _listed(contract: Contract, other: Operation, name: str, collection: str, wanted: Schema) -> Source | None:
    answered = success_schema(contract, other)
    if answered is None:
        return None
    item, prefix = items(contract, answered), ""
    if item is None:
        arrays = {
            key: found
            for key, child in properties(contract, answered).items()
            if (found := items(contract, child)) is not None
        }
        if len(arrays) != 1:
            return None
        [(key, item)] = arrays.items()
        prefix = f"/{_escaped(key)}"
    if types(contract, item) and not types(contract, item) & {"object"}:
        return Source("body", f"{prefix}/0") if _fits(contract, item, wanted) else None
    place = _named(contract, item, name, wanted) or _identity(contract, item, name, collection, wanted)
    return Source("body", f"{prefix}/0{place[1]}") if place else None


_Place = tuple[Literal["body", "header", "request"], str]


def _named(contract: Contract, schema: Schema | None, name: str, wanted: Schema) -> _Place | None:
    """A property of the parameter's name, at the top or one object below it."""
    return _pick(contract, schema, {_flat(name)}, wanted)


def _identity(contract: Contract, schema: Schema | None, name: str, collection: str, wanted: Schema) -> _Place | None:
    """The property `id` (or `uuid`, `key` …) that a parameter such as `orderId` of `/orders/{orderId}` means."""
    for names in _words(name, collection):
        place = _pick(contract, schema, set(names), wanted)
        if place:
            return place
    return None


def _words(name: str, collection: str) -> Iterator[tuple[str, str]]:
    """What a property may be called that a parameter of a collection means, the likeliest first."""
    thing = _singular(_flat(collection.rpartition("/")[2]))
    flat = _flat(name)
    for word in ("id", "uuid", "guid", "key", "slug", "name", "number", "code"):
        if flat == "username" and word == "name":
            continue  # the name of a person is not the name of an account
        if flat in (word, f"{thing}{word}") or (word == "id" and (flat.endswith(("id", "uuid")) or flat == thing)):
            yield word, f"{thing}{word}"


def _pick(contract: Contract, schema: Schema | None, names: set[str], wanted: Schema) -> _Place | None:
    if schema is None:
        return None
    top = properties(contract, schema, certain=False)
    for key, child in top.items():
        if _flat(key) in names and _fits(contract, child, wanted):
            return "body", f"/{_escaped(key)}"
    for key, child in top.items():
        for inner, below in properties(contract, child).items():
            if _flat(inner) in names and _fits(contract, below, wanted):
                return "body", f"/{_escaped(key)}/{_escaped(inner)}"
    return None


def _sent(contract: Contract, other: Operation, name: str, wanted: Schema) -> _Place | None:
    """A property of the creating body that has the parameter's name: the client chooses the id."""
    for key, media in (other.body.content if other.body else {}).items():
        if is_json(key):
            for field, child in properties(contract, media.schema).items():
                if _flat(field) == _flat(name) and _fits(contract, child, wanted):
                    return "request", f"/{_escaped(field)}"
    return None


def _fits(contract: Contract, schema: Schema, wanted: Schema) -> bool:
    has, wants = types(contract, schema) - {"null"}, types(contract, wanted) - {"null"}
    if has & {"object", "array"}:
        return False
    # A path is text, so a text parameter takes anything; a number needs one.
    return not has or not wants or "string" in wants or bool(has & wants) or {"integer", "number"} == has | wants


def _speaks_of(path: str, name: str) -> bool:
    """Whether a path is the collection of what a parameter names: `/v2/zones` of `zoneId`."""
    thing = _singular(_flat(path.rstrip("/").rpartition("/")[2]))
    return bool(thing) and not path.endswith("}") and _flat(name) in (f"{thing}id", f"{thing}uuid")


def _generic(name: str) -> bool:
    return _flat(name) in ("id", "uuid", "guid", "key", "name", "slug", "code", "version", "type")


def _below(path: str, collection: str) -> bool:
    return path.startswith(f"{collection}/") or path == collection


def _cut(path: str, position: int) -> tuple[str, str, str]:
    """The path before its n-th parameter, that parameter, and what follows."""
    match = list(re.finditer(r"{[^{}]+}", path))[position]
    return path[: match.start()], match[0], path[match.end() :]


def _shape(path: str) -> str:
    return re.sub(r"{[^{}]+}", "{}", path)


def _flat(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")


def _escaped(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _by_name(value: Any, names: list[str]) -> Any:
    """The value of the first of these names, at the top of an object or one object below it."""
    if not isinstance(value, Mapping):
        return None
    for shown in (value, *(child for child in value.values() if isinstance(child, Mapping))):
        flat = {_flat(str(key)): child for key, child in shown.items()}
        for name in names:
            found = flat.get(name)
            if isinstance(found, str | int) and not isinstance(found, bool) and found != "":
                return found
    return None


def _scalar(value: Any, pointer: str) -> Any:
    for raw in pointer.split("/")[1:]:
        token = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping):
            value = value.get(token)
        elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return None if isinstance(value, Mapping | list) or value == "" else value
