"""Changes a JSON value by a patch: JSON Merge Patch (RFC 7396) and JSON Patch (RFC 6902)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

__all__ = ["PatchError", "json_patched", "merged"]


class PatchError(ValueError):
    """A patch that cannot be applied; nothing is changed. `place` is the pointer that it failed at."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place or '/'}: {why}")
        self.place = place
        self.why = why


def merged(target: Any, patch: Any) -> Any:
    """The target with a merge patch applied: null takes a member away, an object goes into an object (RFC 7396)."""
    if not isinstance(patch, Mapping):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def json_patched(target: Any, patch: Any) -> Any:
    """The target with a JSON Patch applied, wholly or not at all (RFC 6902, section 5). Raises PatchError."""
    if not isinstance(patch, list):
        raise PatchError("", "a JSON Patch is a list of operations")
    result = copy.deepcopy(target)
    for step in patch:
        if not isinstance(step, Mapping) or not isinstance(step.get("path"), str):
            raise PatchError("", "each operation is an object with op and path")
        result = _applied(result, step)
    return result


def _applied(target: Any, step: Mapping[str, Any]) -> Any:
    place = step["path"]
    match step.get("op"):
        case "add":
            return _put(target, place, copy.deepcopy(_given(step, "value")), insert=True)
        case "replace":
            _at(target, place)
            return _put(target, place, copy.deepcopy(_given(step, "value")), insert=False)
        case "remove":
            return _taken(target, place)
        case "move":
            source = _given(step, "from")
            if place.startswith(f"{source}/"):
                raise PatchError(place, "a value cannot be moved into itself")
            value = _at(target, source)
            return _put(_taken(target, source), place, value, insert=True)
        case "copy":
            return _put(target, place, copy.deepcopy(_at(target, _given(step, "from"))), insert=True)
        case "test":
            if not _equal(_at(target, place), _given(step, "value")):
                raise PatchError(place, "the value is another one than the test asks for")
            return target
        case other:
            raise PatchError(place, f"the operation {other!r} is not known (RFC 6902, section 4)")


def _given(step: Mapping[str, Any], name: str) -> Any:
    if name not in step:
        raise PatchError(step["path"], f"the operation {step.get('op')} needs {name!r}")
    return step[name]


def _tokens(pointer: str) -> list[str]:
    if pointer and not pointer.startswith("/"):
        raise PatchError(pointer, "a JSON Pointer begins with a slash (RFC 6901)")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _at(target: Any, pointer: str) -> Any:
    node = target
    for token in _tokens(pointer):
        if isinstance(node, dict) and token in node:
            node = node[token]
        elif isinstance(node, list):
            node = node[_index(node, token, pointer, end=False)]
        else:
            raise PatchError(pointer, "nothing is there")
    return node


def _put(target: Any, pointer: str, value: Any, *, insert: bool) -> Any:
    tokens = _tokens(pointer)
    if not tokens:
        return value
    parent = _at(target, pointer.rpartition("/")[0])
    if isinstance(parent, dict):
        parent[tokens[-1]] = value
    elif isinstance(parent, list):
        index = _index(parent, tokens[-1], pointer, end=insert)
        parent[index : index if insert else index + 1] = [value]
    else:
        raise PatchError(pointer, "what it would lie in is no object and no list")
    return target


def _taken(target: Any, pointer: str) -> Any:
    _at(target, pointer)
    tokens = _tokens(pointer)
    if not tokens:
        return None
    parent = _at(target, pointer.rpartition("/")[0])
    del parent[_index(parent, tokens[-1], pointer, end=False) if isinstance(parent, list) else tokens[-1]]
    return target


def _index(values: list[Any], token: str, pointer: str, *, end: bool) -> int:
    if token == "-" and end:
        return len(values)
    if not token.isdigit() or (len(token) > 1 and token[0] == "0") or int(token) >= len(values) + end:
        raise PatchError(pointer, "there is no such place in the list")
    return int(token)


def _equal(one: Any, other: Any) -> bool:
    """Equality of JSON: numbers by value, and `true` is no 1 (RFC 6902, section 4.6)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return type(one) is type(other) and one == other if isinstance(one, str) else bool(one == other)
