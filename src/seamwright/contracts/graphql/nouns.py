"""Reads the names of a schema: which object type a name means, and what an operation is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from graphql import GraphQLField, GraphQLSchema, get_named_type, is_composite_type, is_object_type

__all__ = ["CREATING", "ENDING", "Nouns", "singular", "words"]

CREATING = frozenset(
    {"create", "add", "new", "register", "place", "make", "insert", "submit", "open", "post", "import", "upsert"}
    | {"save", "publish", "book", "issue", "request", "send", "put", "store", "signup", "start"}
)
"""Verbs of mutations that make something new."""

ENDING = frozenset({"delete", "remove", "destroy", "archive", "purge", "revoke", "cancel", "close", "drop", "erase"})
"""Verbs of mutations that end something."""

_OTHER = frozenset(
    {"get", "find", "fetch", "list", "all", "search", "query", "load", "read", "show", "by", "one", "many", "single"}
    | {"update", "edit", "set", "change", "patch", "modify", "pk"}
)
_DECORATION = re.compile(r"(Type|Node|Object|Model|Entity|Dto|DTO|GraphQL|Gql|View)$")
_WRAPPING = re.compile(r"(Connection|Edge|Payload|Response|Result|Output|Page|PageInfo|List|Collection|Aggregate)$")
_BESIDE = ("pageInfo", "errors", "userErrors", "clientMutationId")


class Nouns:
    """The object types of a schema, by the names under which other parts of it speak of them."""

    def __init__(self, schema: GraphQLSchema) -> None:
        roots = {t.name for t in (schema.query_type, schema.mutation_type, schema.subscription_type) if t is not None}
        self._named: dict[str, str] = {}
        self._held_as: dict[str, str] = {}
        for name, kind in schema.type_map.items():
            if name in roots or name.startswith("__") or not is_composite_type(kind):
                continue
            self._named.setdefault(_joined(words(name)), name)
            if not _WRAPPING.search(name):
                self._named.setdefault(_joined(words(_DECORATION.sub("", name) or name)), name)
            for field_name, field in getattr(kind, "fields", {}).items():
                target = get_named_type(field.type)
                if is_object_type(target) and not _WRAPPING.search(target.name):
                    self._held_as.setdefault(_joined(words(field_name)), target.name)

    def meant(self, parts: Sequence[str]) -> str | None:
        """The type that a name means: `billing customer` is BillingCustomer or else Customer, and `author` is what
        fields of that name hold."""
        for start in range(len(parts)):
            found = self._named.get(_joined(parts[start:]))
            if found is not None:
                return found
        return self._held_as.get(_joined(parts))

    def subject(self, name: str) -> str | None:
        """The type that the name of a root field speaks of: `cancelOrder` of Order; the longest match counts."""
        whole = words(name)
        less = list(whole)
        while len(less) > 1 and less[0] in CREATING | ENDING | _OTHER:
            less = less[1:]
        return self._longest(less) or self._longest(whole)

    def _longest(self, parts: Sequence[str]) -> str | None:
        for length in range(len(parts), 0, -1):
            for start in range(len(parts) - length + 1):
                found = self._named.get(_joined(parts[start : start + length]))
                if found is not None:
                    return found
        return None

    def answered(self, field: GraphQLField) -> str | None:
        """The type that a field is there to give, inside of connections and payloads; None for scalars."""
        kind = get_named_type(field.type)
        for _ in range(3):
            if not is_composite_type(kind):
                return None
            fields: Mapping[str, GraphQLField] = getattr(kind, "fields", {})
            if not _WRAPPING.search(kind.name) or "id" in fields:
                break
            inner = [get_named_type(f.type) for name, f in fields.items() if name not in _BESIDE]
            objects = [k for k in inner if is_composite_type(k) and not k.name.endswith(("Error", "Errors"))]
            if not objects:
                break
            kind = objects[0]
        return kind.name


def words(name: str) -> list[str]:
    """A name in its words, in lower case: `billingCustomer_id` is `billing`, `customer`, `id`."""
    parts = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    return [part.lower() for part in parts]


def singular(word: str) -> str:
    """The singular of an English noun, as far as its ending tells."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2 else word


def _joined(parts: Sequence[str]) -> str:
    return " ".join(singular(part) for part in parts)
