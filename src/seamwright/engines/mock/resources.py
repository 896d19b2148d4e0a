"""Reads off paths and schemas which resources a contract is about, and what each operation does to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from seamwright.engines.mock.envelopes import item_envelope, list_envelope
from seamwright.engines.mock.identifiers import LIKELY_IDS, Way, id_names, id_way
from seamwright.engines.mock.kinds import Kind, Parent, Part, Role, Step, Steps
from seamwright.engines.mock.paths import Segment, segments
from seamwright.engines.mock.queries import is_ids
from seamwright.engines.mock.schemas import flat, identity, item_of, members, required, success_schema
from seamwright.model.operation import Contract, Operation, Parameter, Schema

__all__ = ["Resources"]

Shape = tuple[str, ...]

_ITSELF = "."
"""Stands at the end of the shape of a resource that is also the place of a collection."""

_ITS_OWN = (Role.READ, Role.REPLACE, Role.MERGE, Role.DELETE)
_VERSION = re.compile(r"v\d+((alpha|beta)\d*)?")
_MAKING = re.compile(r"(create|add|new|register|signup|insert)")


@dataclass(slots=True)
class _Draft:
    """A collection or a single resource, by the shape of its path, while the contract is read."""

    shape: Shape
    word: str
    single: bool
    steps: Steps
    parents: tuple[Parent, ...]
    operations: list[tuple[Operation, Role, tuple[str, ...]]] = field(default_factory=list)


class Resources:
    """The resources of a contract. Reading them looks at no schema deeper than it must."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._at: dict[Shape, dict[str, Operation]] = {}
        self._written: dict[Shape, tuple[Segment, ...]] = {}
        for operation in contract.operations:
            written = segments(operation.path)
            shape = tuple(segment.shape for segment in written)
            self._at.setdefault(shape, {}).setdefault(operation.method, operation)
            self._written.setdefault(shape, written)
        self._drafts: dict[Shape, _Draft] = {}
        for operation in contract.operations:
            self._place(operation)
        self.kinds: dict[str, Kind] = {}
        self._parts: dict[str, Part] = {}
        self._settle()

    def part(self, operation: Operation) -> Part:
        """What an operation does."""
        return self._parts[operation.id]

    # -- what each operation is about, by the shape of its path alone ---

    def _place(self, operation: Operation) -> None:
        written = segments(operation.path)
        shape = tuple(segment.shape for segment in written)
        if shape and shape[-1] == "{}" and not self._lists_within(shape):
            role = _ON_AN_ITEM.get(operation.method, Role.CALL)
            self._draft(shape[:-1], written[:-1]).operations.append((operation, role, written[-1].parameters))
            return
        role, about = self._on_a_literal(operation, shape)
        if about == shape and role in _ITS_OWN and self._is_both(shape):
            self._draft((*shape, _ITSELF), written).operations.append((operation, role, ()))
            return
        key = written[len(about)].parameters if role in (Role.ACT, Role.DELETE) and about != shape else ()
        draft = self._draft(about, written[: len(about)])
        draft.single = draft.single and role is not Role.CREATE
        draft.operations.append((operation, role, key))

    def _lists_within(self, shape: Shape) -> bool:
        """Whether what a path names is itself full of resources (`GET /repositories/{owner}` of `…/{owner}/{name}`).

        Not so where one is read as a list of one (`GET /books/{title}`, and `GET /books` shows the titles).
        """
        operation = self._at[shape].get("GET")
        answered = success_schema(operation) if operation is not None else None
        item = item_of(self._contract, answered) if answered is not None else None
        if item is None or not members(self._contract, item):
            return False
        named = {flat(name) for name in self._written[shape][-1].parameters}
        return not (named & self._shown(shape[:-1]) & {flat(name) for name in members(self._contract, item)})

    def _shown(self, shape: Shape) -> set[str]:
        """The flat names of what a listing shows of each of its resources."""
        operation = self._at.get(shape, {}).get("GET")
        answered = success_schema(operation) if operation is not None else None
        listed = list_envelope(self._contract, answered, _word(shape), sure=True) if answered is not None else None
        return {flat(name) for name in members(self._contract, listed.schema)} if listed is not None else set()

    def _on_a_literal(self, operation: Operation, shape: Shape) -> tuple[Role, Shape]:
        """The role of an operation whose path ends in a name, and the shape of what it is about."""
        method, has_items = operation.method, (*shape, "{}") in self._at
        above = self._above(shape)
        if above is not None and _ends(method, shape[len(above) + 1]):
            return Role.DELETE, above
        if method in ("GET", "HEAD", "QUERY"):
            if self._lists(shape):
                return Role.LIST, self._viewed(operation, shape)
            return Role.READ, shape
        if method == "POST":
            if not has_items and self._searches(operation, shape):
                return Role.LIST, shape
            if has_items or self._lists(shape):
                return Role.CREATE, shape
            if "GET" in self._at[shape]:
                return Role.MERGE, shape
            if above is not None:
                return Role.ACT, above
            if self._sends_many(operation, shape[:-1]) or self._makes_one(operation, shape):
                return Role.CREATE, shape[:-1]
            return (Role.CREATE if "201" in operation.answers else Role.CALL), shape
        if method not in _ON_AN_ITEM:
            return Role.CALL, shape
        answered = success_schema(operation)
        if above is not None and answered is not None and "GET" not in self._at[shape] and self._same(answered, above):
            return Role.ACT, above
        return _ON_AN_ITEM[method], shape

    def _is_both(self, shape: Shape) -> bool:
        """Whether a path is that of one resource, and of a collection below it (`/config`, and `/config/{subject}`)."""
        operation = self._at[shape].get("GET")
        answered = success_schema(operation) if operation is not None else None
        if (*shape, "{}") not in self._at or answered is None or self._lists(shape):
            return False
        return bool(members(self._contract, answered))

    def _searches(self, operation: Operation, shape: Shape) -> bool:
        """Whether a POST lists what a GET lists there, too: a search whose form is sent as a body."""
        listed, answered = self._at[shape].get("GET"), success_schema(operation)
        if listed is None or answered is None or "201" in operation.answers or not self._lists(shape):
            return False
        return identity(self._contract, answered) == identity(self._contract, success_schema(listed))

    def _sends_many(self, operation: Operation, collection: Shape) -> bool:
        """Whether a call sends a list of what a collection is full of (`POST /users/createWithList`)."""
        if operation.body is None or (*collection, "{}") not in self._at:
            return False
        sent = next(iter(operation.body.content.values())).schema
        item = item_of(self._contract, sent)
        return item is not None and self._same(item, collection)

    def _makes_one(self, operation: Operation, shape: Shape) -> bool:
        """Whether a path ends in a word for making one of the collection before it (`POST /users/register`)."""
        if not _MAKING.match(flat(shape[-1])) or operation.body is None or (*shape[:-1], "{}") not in self._at:
            return False
        sendable = {flat(name) for name in members(self._contract, next(iter(operation.body.content.values())).schema)}
        named = {flat(name) for name in self._written[*shape[:-1], "{}"][-1].parameters}
        return bool(sendable & (named | self._shown(shape[:-1])))

    def _above(self, shape: Shape) -> Shape | None:
        """The collection of the innermost resource that a path goes through."""
        for end in range(len(shape) - 1, 0, -1):
            if shape[end - 1] == "{}":
                return shape[: end - 1] if shape[:end] in self._at else None
        return None

    def _lists(self, shape: Shape) -> bool:
        operation = self._at.get(shape, {}).get("GET") or self._at.get(shape, {}).get("QUERY")
        if operation is None:
            return False
        answered = success_schema(operation)
        has_items = (*shape, "{}") in self._at
        if answered is None:
            return has_items
        words = [_word(shape), *([_word(shape[:-1])] if (*shape[:-1], "{}") in self._at else [])]
        return any(list_envelope(self._contract, answered, word, sure=has_items) for word in words)

    def _viewed(self, operation: Operation, shape: Shape) -> Shape:
        """The collection that a listing shows: its own, or the one above it (`/pets/findByStatus`)."""
        above = shape[:-1]
        if (*shape, "{}") in self._at or not above or above[-1] == "{}" or (*above, "{}") not in self._at:
            return shape
        answered = success_schema(operation)
        found = list_envelope(self._contract, answered, _word(above), sure=False) if answered is not None else None
        return above if found is not None and self._same(found.schema, above) else shape

    def _same(self, schema: Schema, collection: Shape) -> bool:
        """Whether a schema is that of the items of a collection, bare or wrapped."""
        one = self._at.get((*collection, "{}"), {}).get("GET")
        answered = success_schema(one) if one is not None else None
        if answered is None:
            return False
        names = frozenset(id_names(None, _word(collection)))
        there = item_envelope(self._contract, answered, _word(collection), names).schema
        here = item_envelope(self._contract, schema, _word(collection), names).schema
        name = identity(self._contract, here)
        return name is not None and name == identity(self._contract, there)

    # -- scopes ---

    def _draft(self, shape: Shape, written: tuple[Segment, ...]) -> _Draft:
        if shape not in self._drafts:
            single = (*shape, "{}") not in self._at and not self._lists(shape)
            steps, parents = self._scope(shape, written)
            self._drafts[shape] = _Draft(shape, _word(shape), single, steps, parents)
        return self._drafts[shape]

    def _scope(self, shape: Shape, written: tuple[Segment, ...]) -> tuple[Steps, tuple[Parent, ...]]:
        steps: list[Step] = []
        parents: list[Parent] = []
        label = ""
        for index, segment in enumerate(written):
            if segment.parameters:
                here = shape[: index + 1]
                if here in self._at or self._creates(here[:-1]):
                    parents.append(Parent("/".join(here[:-1]), tuple(steps), segment.parameters))
                steps.append(Step(label, segment.parameters))
                label += "/"
            else:
                label = segment.literal
                if index < len(written) - 1 and "GET" in self._at.get(shape[: index + 1], {}):
                    here = shape[: index + 1]
                    if (*here, "{}") not in self._at and not self._lists(here):
                        steps.append(Step(label))
        return tuple(steps), tuple(parents)

    def _creates(self, shape: Shape) -> bool:
        """Whether something is made here that no path of its own leads to (`POST /tickets`)."""
        made = self._at.get(shape, {}).get("POST")
        return made is not None and "201" in made.answers and "GET" not in self._at[shape]

    # -- kinds, once every path has been seen ---

    def _settle(self) -> None:
        groups: dict[tuple[str, ...], list[Kind]] = {}
        for shape, draft in self._drafts.items():
            kind = self._kind(draft)
            name = identity(self._contract, kind.item) if kind.word and not kind.single else None
            groups.setdefault((kind.word, name) if name is not None else shape, []).append(kind)
        for group in [group for group in groups.values() if self._summarises(group)]:
            whole = next((other for other in groups.values() if self._holds(other, group)), None)
            if whole is not None:
                whole += group
                group.clear()
        called: dict[str, str] = {}
        for group in filter(None, groups.values()):
            # The same resources may be shown in several places; they go by the name of the plainest.
            first, *others = sorted(group, key=lambda kind: (len(kind.places[0][0]), len(kind.name)))
            called |= {kind.name: first.name for kind in group}
            self.kinds[first.name] = reduce(_joined, others, first)
        for name, kind in self.kinds.items():
            places = tuple((steps, _renamed(parents, called)) for steps, parents in kind.places)
            self.kinds[name] = replace(kind, places=places)
        for shape, draft in self._drafts.items():
            kind = self.kinds[called["/".join(shape)]]
            for operation, role, key in draft.operations:
                # Each has its own names for what its path goes through: `/groups/{name}`, `/groups/{id}/members`.
                steps, parents = self._scope(shape, segments(operation.path)[: len(shape)])
                self._parts[operation.id] = Part(operation, role, kind, steps, key, _renamed(parents, called))

    def _summarises(self, group: list[Kind]) -> bool:
        """Whether resources are only ever listed, and so may be summaries of what is shown elsewhere."""
        return all(kind.item_path is None and not kind.created and not kind.single and kind.word for kind in group)

    def _holds(self, whole: list[Kind], summaries: list[Kind]) -> bool:
        """Whether resources of the same name have all that the summaries tell."""
        first, other = whole[0] if whole else None, summaries[0]
        if first is None or first.word != other.word or first.item_path is None or not first.id_at:
            return False
        told = members(self._contract, other.item).keys()
        return first.id_at[0] in told and told <= members(self._contract, first.item).keys()

    def _kind(self, draft: _Draft) -> Kind:
        keyed = [(o, key) for o, _, key in draft.operations if key]
        key = next((o.parameter("path", names[0]) for o, names in keyed), None)
        names = () if draft.single else id_names(key, draft.word)
        item = self._item(draft, frozenset(names))
        roles = {role for _, role, _ in draft.operations}
        return Kind(
            name="/".join(draft.shape),
            word=draft.word,
            single=draft.single,
            item=item,
            names=names,
            id_at=self._id_at(item, names, key),
            key=key,
            listed=any(role is Role.LIST and not _by_ids(operation) for operation, role, _ in draft.operations),
            created=Role.CREATE in roles,
            item_path=_item_path(draft),
            item_steps=draft.steps,
            places=((draft.steps, draft.parents),),
            sources=tuple(operation for operation, _, _ in draft.operations),
        )

    def _id_at(self, item: Schema, names: tuple[str, ...], key: Parameter | None) -> Way:
        """Where the id stands; where the contract tells nothing of the resource, it is called `id`."""
        wanted = key.schema if key else None
        found = id_way(self._contract, item, names, wanted) if names else ()
        if not found and key is not None:
            # Where nothing is called an id, what every resource has a name by is one (`/terminals/{terminal_id}`).
            always = {flat(name) for name in required(self._contract, item)}
            found = id_way(self._contract, item, tuple(name for name in LIKELY_IDS if name in always), wanted)
        return found or (("id",) if key is not None and names and not members(self._contract, item) else ())

    def _item(self, draft: _Draft, names: frozenset[str]) -> Schema:
        """What one looks like: as it is read, else as it is answered elsewhere, else as it is sent."""
        listed = self._answered_as(draft, Role.LIST, names)
        for role in (Role.READ, Role.CREATE, Role.REPLACE, Role.MERGE):
            found = self._answered_as(draft, role, names)
            # What creates may answer with a receipt, which is none of the things that are listed.
            if found is not None and (role is Role.READ or listed is None or self._alike(found, listed)):
                return found
        if listed is not None:
            return listed
        for operation, role, _ in draft.operations:
            if role in (Role.CREATE, Role.REPLACE) and operation.body is not None:
                sent = next(iter(operation.body.content.values())).schema
                return item_envelope(self._contract, sent, draft.word, names).schema
        return {}

    def _answered_as(self, draft: _Draft, wanted: Role, names: frozenset[str]) -> Schema | None:
        """What the operations of a role answer with; None where they answer with nothing."""
        for operation, role, _ in draft.operations:
            answered = success_schema(operation) if role is wanted else None
            if answered is None:
                continue
            if role is Role.LIST:
                found = list_envelope(self._contract, answered, draft.word, sure=True)
                return found.schema if found is not None else None
            if draft.single:
                return answered
            item = item_envelope(self._contract, answered, draft.word, names).schema
            if members(self._contract, item) or role is Role.READ:
                return item
        return None

    def _alike(self, one: Schema, other: Schema) -> bool:
        """Whether two schemas seem to be of the same thing: one has half of what the other has."""
        here, there = members(self._contract, one).keys(), members(self._contract, other).keys()
        return len(here & there) * 2 >= min(len(here), len(there))


_ON_AN_ITEM = {
    "GET": Role.READ,
    "HEAD": Role.READ,
    "PUT": Role.REPLACE,
    "PATCH": Role.MERGE,
    "POST": Role.MERGE,
    "DELETE": Role.DELETE,
}


def _ends(method: str, verb: str) -> bool:
    """Whether a verb below a resource is its end (`POST …/delete`, `DELETE …/destroy_with_all`)."""
    if method == "DELETE":
        return flat(verb).startswith(("delete", "destroy"))
    return method == "POST" and flat(verb) in ("delete", "destroy", "remove")


def _item_path(draft: _Draft) -> str | None:
    """The path that leads to one: where it is read, else where it is changed."""
    paths = {role: o.path for o, role, key in reversed(draft.operations) if key and role is not Role.ACT}
    found = [paths[role] for role in (Role.READ, Role.REPLACE, Role.MERGE, Role.DELETE) if role in paths]
    return found[0] if found and not draft.single else None


def _by_ids(operation: Operation) -> bool:
    """Whether a listing shows only what it is asked for by id, so that it tells nobody which ids there are."""
    return any(parameter.required and is_ids(parameter.name, ()) for parameter in operation.at("query"))


def _word(shape: Shape) -> str:
    """The flat name of the collection that a shape ends in."""
    words = [flat(part) for part in reversed(shape) if part not in ("{}", _ITSELF)]
    # Nobody calls a thing by the version of the contract, as in `/users/v1/{name}`.
    return next((word for word in words if not _VERSION.fullmatch(word)), next(iter(words), ""))


def _joined(first: Kind, second: Kind) -> Kind:
    """The same resources, seen in two places."""
    return replace(
        first,
        key=first.key or second.key,
        id_at=first.id_at or second.id_at,
        names=tuple(dict.fromkeys((*first.names, *second.names))),
        listed=first.listed or second.listed,
        created=first.created or second.created,
        item_path=first.item_path or second.item_path,
        item_steps=first.item_steps if first.item_path else second.item_steps,
        item=first.item if first.item_path or not second.item_path else second.item,
        places=(*first.places, *(place for place in second.places if place not in first.places)),
        sources=(*first.sources, *second.sources),
    )


def _renamed(parents: tuple[Parent, ...], called: Mapping[str, str]) -> tuple[Parent, ...]:
    return tuple(replace(parent, kind=called[parent.kind]) for parent in parents if parent.kind in called)
