"""Finds how an object is read back, and which of its fields can carry a mark that is recognised again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from seamwright.contracts.links import path_parameters
from seamwright.contracts.schemas import items, properties, types
from seamwright.model.operation import Contract, Operation, Schema

__all__ = ["CANARY_LENGTH", "canary_field", "creator", "reader", "same_place"]

CANARY_LENGTH = 24
"""Characters that a canary needs (`Bench.canary`)."""

_LIKELY = ("note", "notes", "comment", "description", "memo", "remark", "message", "text", "title", "subject", "label")
# Texts that a service looks up, compares or parses, though its contract says only "string".
_MEANT = re.compile(
    r"(id|ids|uuid|key|code|sku|status|state|type|kind|role|email|mail|phone|url|uri|href|link|token|password|secret"
    r"|currency|country|locale|language|lang|date|time|zone|product|item|user|username|login|iban|card|version|hash"
    r"|amount|price|sort|order|format|path|ip|host|color|colour|category)$"
)


def reader(contract: Contract, operation: Operation) -> Operation | None:
    """The GET operation that reads the object that this operation makes, changes or removes.

    For a POST on a collection the GET on its items; for PUT, PATCH and DELETE the GET on the same path; for an action
    such as `POST /orders/{id}/cancel` the GET on the object above it; a GET reads itself. None where there is none.
    """
    if operation.method == "GET":
        return operation
    gets = {_shape(o.path).rstrip("/"): o for o in contract.operations if o.method == "GET"}
    path = _shape(operation.path).rstrip("/")
    candidates = [f"{path}/{{}}", path] if operation.method == "POST" else [path]
    if not path_parameters(operation.path):
        # Without an id in its path only what a POST makes is an object that can be found again.
        candidates = candidates[:1]
    else:
        candidates.append(path[: path.rindex("{}") + 2])
    return next((gets[shape] for shape in candidates if shape in gets), None)


def same_place(read: Operation, operation: Operation) -> bool:
    """Whether an operation is about the very object that is read, and not about something below it: not so for
    `DELETE /articles/{slug}/favorite` and `GET /articles/{slug}`."""
    return _shape(read.path).rstrip("/") == _shape(operation.path).rstrip("/")


def creator(contract: Contract, operation: Operation) -> Operation | None:
    """The POST on the collection that the object of this operation lies in; None where there is none."""
    if not path_parameters(operation.path):
        return None
    shape = _shape(operation.path)
    collection = shape[: shape.rindex("{}")].rstrip("/")
    posts = (o for o in contract.operations if o.method == "POST")
    return next((o for o in posts if _shape(o.path).rstrip("/") == collection), None)


def canary_field(contract: Contract, schema: Schema, answered: Schema | None = None) -> str | None:
    """A free-text field of a creating body that can carry a canary, and that `answered` gives back.

    `answered` is the success schema of the operation that reads the object (None: not asked). Free text has no enum,
    format or const, no pattern that a plain word does not match, and takes at least 24 characters. Fields that are
    there for people to write in come first; those whose name says that a service understands them are left out.
    """
    back = None if answered is None else {n for n, c in _fields(contract, answered).items() if _readable(c)}
    free = [
        name
        for name, child in properties(contract, schema).items()
        if _free(contract, child) and (back is None or name in back)
    ]
    likely = [name for word in _LIKELY for name in free if name.lower() == word]
    others = [name for name in free if not _MEANT.search(_snake(name))]
    return next(iter([*likely, *others]), None)


def _fields(contract: Contract, answered: Schema) -> dict[str, Mapping[str, Any]]:
    item = items(contract, answered)
    return properties(contract, answered if item is None else item, certain=False)


def _free(contract: Contract, schema: Mapping[str, Any]) -> bool:
    if types(contract, schema) - {"null"} != {"string"} or schema.get("readOnly") is True:
        return False
    for branch in [schema, *_branches(schema)]:
        if any(branch.get(key) is not None for key in ("enum", "format", "const")):
            return False
        if "pattern" in branch and not _takes_a_word(branch["pattern"]):
            return False
        longest = branch.get("maxLength")
        if isinstance(longest, int | float) and longest < CANARY_LENGTH:
            return False
    return schema.get("writeOnly") is not True


def _takes_a_word(pattern: Any) -> bool:
    """Whether a pattern lets a text of small letters and digits pass, as a canary is."""
    try:
        return all(re.search(pattern, word) is not None for word in ("swc" + "k7" * 10, "swc" + "a" * 17))
    except (re.error, TypeError):
        return False


def _branches(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    # Branches that are references themselves are not looked into: what they forbid is not seen, so they are no room.
    found = [b for key in ("allOf", "anyOf", "oneOf") for b in schema.get(key, []) if isinstance(b, Mapping)]
    return [{"enum": []} if "$ref" in branch else branch for branch in found]


def _readable(schema: Mapping[str, Any]) -> bool:
    return schema.get("writeOnly") is not True


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _shape(path: str) -> str:
    return re.sub(r"{[^{}]+}", "{}", path)
