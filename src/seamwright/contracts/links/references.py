"""Finds the fields of a call that name objects which other operations make: `POST /orders {customerId}`.

A field counts where its name says what it names (`customerId`, `customer_ids`, `customer: {id}`), or its schema does
(`$ref` to `CustomerId`; a `uuid` called `customer`), and an operation of the contract makes or lists such things under
an id of the same type. The contract's own links come first (OpenAPI 3.1, link object). What is not that sure is no
reference: a made-up value is better than the id of something else.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from seamwright.contracts.kept import kept
from seamwright.contracts.links._links import body_sources, links_to, parameter_source
from seamwright.contracts.links._names import collection_word, flat, nouns, singulars, speaks_of
from seamwright.contracts.links._places import escaped, identity_place, success_schema
from seamwright.contracts.links.paths import listed_at, path_parameters, silent
from seamwright.contracts.links.sources import Producer, Source
from seamwright.contracts.media import is_json
from seamwright.contracts.schemas import formats, items, properties, resolved, types
from seamwright.model.accounts import ACCOUNTS, signs_up
from seamwright.model.exchange import Case
from seamwright.model.operation import Contract, Operation, Schema

__all__ = ["Reference", "carried", "references"]

DEEPEST = 5
"""How far below the top of a body references are looked for."""

_MEANT = frozenset({"idempotency-key", "if-match", "if-none-match", "x-request-id", "x-correlation-id"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A place of a call that names an object of another operation.

    `location` is `body`, `query`, `header` or `cookie`; `place` the name of the parameter, or for a body a JSON
    pointer in which `*` stands for every item of an array. With `own`, the place repeats that path parameter of the
    very call. Each of the `producers`, the best first, holds the value under the name `value`.
    """

    location: Literal["body", "query", "header", "cookie"]
    place: str
    noun: str
    required: bool
    producers: tuple[Producer, ...] = ()
    own: str | None = None

    def values(self, case: Case) -> list[Any]:
        """What a case has at this place, once for each item of an array; empty where it leaves the place out."""
        return [found for steps in self._steps(case) if (found := _at(self._root(case), steps)) is not None]

    def filled(self, case: Case, values: Sequence[Any]) -> Case:
        """The case with these values in its places, one after the other; places without a value keep theirs."""
        root = copy.deepcopy(self._root(case))
        places = [steps for steps in self._steps(case) if _at(root, steps) is not None]
        for steps, value in zip(places, values, strict=False):
            _at(root, steps[:-1])[steps[-1]] = value
        return case.but(**{_ATTRIBUTES[self.location]: root})

    def _root(self, case: Case) -> Any:
        return getattr(case, _ATTRIBUTES[self.location])

    def _steps(self, case: Case) -> list[list[Any]]:
        """Where the place is in this very case, each as the keys that lead there."""
        root = self._root(case)
        if self.location != "body":
            value = root.get(self.place) if isinstance(root, Mapping) else None
            many = isinstance(value, list)
            return [[self.place, n] for n in range(len(cast(list[Any], value)))] if many else [[self.place]]
        found: list[list[Any]] = [[]]
        for raw in self.place.split("/")[1:]:
            token = raw.replace("~1", "/").replace("~0", "~")
            if raw != "*":
                found = [[*steps, token] for steps in found if isinstance(_at(root, steps), Mapping)]
                continue
            arrays = [(steps, array) for steps in found if isinstance(array := _at(root, steps), list)]
            found = [[*steps, number] for steps, array in arrays for number in range(len(array))]
        return found


_ATTRIBUTES = {"body": "body", "query": "query", "header": "headers", "cookie": "cookies"}


def _at(root: Any, steps: Sequence[Any]) -> Any:
    """What lies at the end of these keys; None where nothing does."""
    for step in steps:
        if isinstance(root, Mapping):
            root = root.get(step)
        elif isinstance(root, list) and isinstance(step, int) and step < len(root):
            root = root[step]
        else:
            return None
    return root


def references(contract: Contract, operation: Operation) -> tuple[Reference, ...]:
    """The references of a call beside its path, in the order of the contract."""
    return kept(
        contract,
        ("references", operation.id),
        lambda: tuple(_of_parameters(contract, operation)) + tuple(_of_body(contract, operation)),
    )


def carried(contract: Contract, operation: Operation, onto: Case, source: Case) -> Case:
    """A case with the references of another one, as far as both have them."""
    for reference in references(contract, operation):
        values, count = reference.values(source), len(reference.values(onto))
        if values:
            onto = reference.filled(onto, [values[number % len(values)] for number in range(count)])
    return onto


VALUE = "value"
"""The name under which a reference's producers hold the value."""


def _of_parameters(contract: Contract, operation: Operation) -> Iterator[Reference]:
    links = links_to(contract, operation)
    for parameter in operation.parameters:
        if parameter.location == "path" or parameter.name.lower() in _MEANT:
            continue
        linked = [
            Producer(other, {VALUE: source}, "list" if other.safe else "create")
            for other, link in links
            if (source := parameter_source(link, parameter.location, parameter.name))
        ]
        name = parameter.name.removeprefix("X-").removeprefix("x-")
        many = items(contract, parameter.schema)
        found = _named(contract, operation, name, parameter.schema if many is None else many, textual=True)
        if linked or found:
            noun, made = found or ("", ())
            yield Reference(parameter.location, parameter.name, noun, parameter.required, (*linked, *made))


def _of_body(contract: Contract, operation: Operation) -> Iterator[Reference]:
    media = next((m for key, m in (operation.body.content if operation.body else {}).items() if is_json(key)), None)
    if media is None:
        return
    linked: dict[str, list[Producer]] = {}
    for other, link in links_to(contract, operation):
        for pointer, source in body_sources(link):
            kind: Literal["create", "list"] = "list" if other.safe else "create"
            linked.setdefault(pointer, []).append(Producer(other, {VALUE: source}, kind))
    for field in _fields(contract, media.schema, "", "", required=True, depth=0):
        own = _own(contract, operation, field)
        if own is not None:
            yield Reference("body", field.place, "", field.required, own=own)
            continue
        named = _named(contract, operation, field.name, field.schema, ref=field.ref, inside=field.inside)
        made = linked.pop(field.place, [])
        if named or made:
            noun, others = named or ("", ())
            yield Reference("body", field.place, noun, field.required, (*made, *others))


@dataclass(frozen=True, slots=True)
class _Field:
    """One scalar of a body: where it stands, what it is called, and inside of what."""

    place: str
    name: str
    inside: str
    schema: Mapping[str, Any]
    ref: str
    required: bool


def _fields(
    contract: Contract, schema: Schema, place: str, inside: str, *, required: bool, depth: int
) -> Iterator[_Field]:
    """Every scalar of a body and every item of an array of scalars; `inside` is the name of the object around it."""
    if depth > DEEPEST:
        return
    raw = _raw_properties(contract, schema)
    needed = _needed(contract, schema)
    for name, child in properties(contract, schema).items():
        if child.get("readOnly") is True:
            continue
        wanted = required and name in needed
        here = f"{place}/{escaped(name)}"
        item = items(contract, child)
        if item is not None:
            here, ref = f"{here}/*", _ref(child.get("items"))
        else:
            item, ref = child, _ref(raw.get(name))
        if "object" in types(contract, item) or "properties" in item:
            yield from _fields(contract, item, here, name, required=wanted, depth=depth + 1)
        elif items(contract, item) is None:
            yield _Field(here, name, inside, item, ref, wanted)


def _named(
    contract: Contract,
    operation: Operation,
    name: str,
    schema: Schema,
    *,
    ref: str = "",
    inside: str = "",
    textual: bool = False,
) -> tuple[str, tuple[Producer, ...]] | None:
    """The thing that a field names, and who makes it; None where nothing sure can be said."""
    found = resolved(contract, schema)
    if "enum" in found or "const" in found:
        return None
    for noun, sure in _likely(contract, found, name, ref, inside):
        producers = tuple(_producers(contract, operation, noun, found, textual=textual))
        if not sure:
            producers = tuple(p for p in producers if _is_uuid(contract, p))
        if producers:
            return noun, producers
    return None


def _likely(
    contract: Contract, schema: Mapping[str, Any], name: str, ref: str, inside: str
) -> Iterator[tuple[str, bool]]:
    """The things that a field may name, the likeliest first, each with whether its name alone is enough."""
    for noun in nouns(name):
        yield noun, True
    if inside and flat(name) in ("id", "uuid", "guid"):
        for word in singulars(flat(inside)):
            yield word, True
    for noun in nouns(ref):
        yield noun, True
    if "uuid" in formats(contract, schema):
        for word in singulars(flat(name)):
            yield word, False


def _producers(
    contract: Contract, operation: Operation, noun: str, wanted: Mapping[str, Any], *, textual: bool
) -> Iterator[Producer]:
    """The operations that make things of this name, then those that list them; those nearer to the root first."""
    others = [o for o in contract.operations if o.id != operation.id]
    about = [o for o in others if speaks_of(o.path, noun) or (noun in ACCOUNTS and signs_up(o))]
    about.sort(key=lambda o: len(path_parameters(o.path)))
    for other in about:
        if other.method == "POST":
            answered = success_schema(contract, other)
            place = identity_place(contract, answered, f"{noun}id", other.path.rstrip("/"), {})
            if place and _same_type(contract, _shown(contract, other, Source(*place)), wanted, textual=textual):
                yield Producer(other, {VALUE: Source(*place)}, "create")
            elif silent(contract, answered):
                yield Producer(other, {VALUE: Source("named", f"{noun}id|id|{noun}uuid|uuid")}, "create")
    for other in about:
        if other.method == "GET":
            listed = listed_at(contract, other, f"{noun}id", other.path.rstrip("/"), {})
            if listed and _same_type(contract, _shown(contract, other, listed), wanted, textual=textual):
                yield Producer(other, {VALUE: listed}, "list")


def _own(contract: Contract, operation: Operation, field: _Field) -> str | None:
    """The path parameter that a field at the top of a body repeats: `PUT /orders/{orderId}` with `id` or `orderId`."""
    names = path_parameters(operation.path)
    if operation.method not in ("PUT", "PATCH") or field.place.count("/") != 1 or not names:
        return None
    parameter = operation.parameter("path", names[-1])
    if not operation.path.rstrip("/").endswith(f"{{{names[-1]}}}") or parameter is None:
        return None
    if not _same_type(contract, parameter.schema, field.schema, textual=False):
        return None
    collection = collection_word(operation.path.rstrip("/").rpartition("/")[0])
    same = {flat(names[-1]), "id", *(f"{thing}id" for thing in singulars(collection))}
    return names[-1] if flat(field.name) in same else None


def _shown(contract: Contract, operation: Operation, source: Source) -> Mapping[str, Any]:
    """The schema of what stands at a source in the answer."""
    schema: Schema = success_schema(contract, operation) or {}
    for token in source.pointer.split("/")[1:]:
        item = items(contract, schema) if token.isdigit() else None
        if item is not None:
            schema = item
            continue
        name = token.replace("~1", "/").replace("~0", "~")
        schema = properties(contract, schema, certain=False).get(name, {})
    return resolved(contract, schema)


def _same_type(contract: Contract, schema: Schema, wanted: Schema, *, textual: bool) -> bool:
    has, wants = types(contract, schema) - {"null"}, types(contract, wanted) - {"null"}
    if not has or (has | wants) & {"object", "array", "boolean"}:
        return False
    ours, theirs = formats(contract, schema), formats(contract, wanted)
    if ours and theirs and not ours & theirs and not ours & {"int32", "int64"}:
        return False
    if "number" in wants:
        wants = wants | {"integer"}
    return not wants or bool(has & wants) or (textual and "string" in wants)


def _is_uuid(contract: Contract, producer: Producer) -> bool:
    return "uuid" in formats(contract, _shown(contract, producer.operation, producer.parameters[VALUE]))


def _raw_properties(contract: Contract, schema: Schema) -> dict[str, Any]:
    """The properties as they are written, with their `$ref`s."""
    found: dict[str, Any] = {}
    stack = [schema]
    seen: set[int] = set()
    while stack:
        node = resolved(contract, stack.pop(0))
        if id(node) in seen:
            continue
        seen.add(id(node))
        named = node.get("properties")
        for name, child in named.items() if isinstance(named, Mapping) else ():
            found.setdefault(name, child)
        stack += [branch for branch in node.get("allOf", ()) if isinstance(branch, Mapping)]
    return found


def _needed(contract: Contract, schema: Schema) -> frozenset[str]:
    """The required properties of an object, `allOf` followed."""
    found: set[str] = set()
    stack = [schema]
    seen: set[int] = set()
    while stack:
        node = resolved(contract, stack.pop())
        if id(node) in seen:
            continue
        seen.add(id(node))
        required = node.get("required")
        found |= {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
        stack += [branch for branch in node.get("allOf", ()) if isinstance(branch, Mapping)]
    return frozenset(found)


def _ref(node: Any) -> str:
    """The name of the schema that a node refers to; empty where it does not."""
    ref = node.get("$ref") if isinstance(node, Mapping) else None
    return ref.rpartition("/")[2] if isinstance(ref, str) else ""
