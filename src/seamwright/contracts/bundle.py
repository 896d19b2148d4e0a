"""Makes one self-contained document of a contract: plain JSON, neighbouring files inside, every `$ref` a pointer.

After this, a reference is `#` followed by an RFC 6901 pointer that leads somewhere without passing through another
reference, or it is listed as dangling or as remote. Anchors and `$id`s (JSON Schema 2020-12, section 8.2) become
pointers too.
"""

from __future__ import annotations

import math
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from seamwright.model.errors import ContractError

__all__ = ["FILES", "Bundle", "bundled", "direct", "escaped", "plain", "pointed", "tokens"]

FILES = "x-seamwright-files"
"""Where the neighbouring files lie in the bundled document, by their path."""

MAX_NODES = 5_000_000
MAX_DEPTH = 200

MAX_SHARED = 50
"""Values that there may be for each one that is written out; only aliases of aliases come to more."""

# Children of these are named by the author, so their keys are no keywords.
_NAMED = frozenset(
    {
        "properties",
        "patternProperties",
        "$defs",
        "definitions",
        "dependentSchemas",
        "schemas",
        "responses",
        "parameters",
    }
    | {"headers", "requestBodies", "links", "callbacks", "pathItems", "paths", "webhooks", "securitySchemes"}
    | {"securityDefinitions", "content", "encoding", "variables", FILES}
)
# Data, not structure: a `$ref` in there is somebody's value.
_DATA = frozenset({"example", "default", "enum", "const", "value"})


_SCALARS = frozenset({str, int, bool, type(None)})


@dataclass(slots=True)
class Bundle:
    """A self-contained document, and the references in it that lead nowhere: (place, reference)."""

    document: dict[str, Any]
    dangling: tuple[tuple[str, str], ...] = ()
    remote: tuple[tuple[str, str], ...] = ()
    """References to other hosts, which are never fetched; they stay in the document as they are written."""


@dataclass(slots=True)
class _Ref:
    node: dict[str, Any]
    key: str
    place: str
    file: str
    """Path of the file that it stands in, from the contract's folder; empty for the contract itself."""
    base: str
    """Base URI by the `$id`s around it; empty where there is none."""


@dataclass(slots=True)
class _Names:
    ids: dict[str, str] = field(default_factory=dict)
    anchors: dict[tuple[str, str, str], str] = field(default_factory=dict)


def bundled(
    document: Mapping[str, Any], *, source: str, name: str = "", load: Callable[[str], Any] | None = None
) -> Bundle:
    """Copy a document and settle its references.

    `load` gives the parsed content of a file by its path from the contract's folder, and is asked only for paths that
    stay inside it; `name` is the contract's own file name. Without `load`, a reference to another file is refused.
    Raises ContractError naming the place.
    """
    root: dict[str, Any] = plain(document, source=source)
    names = _Names()
    refs = _found(root, "#", "", names)
    files: dict[str, Any] = {}
    waiting = list(refs)
    while waiting:
        ref = waiting.pop()
        path = _other_file(ref, names, source=source, name=name)
        if path is None or path in files:
            continue
        if load is None:
            raise ContractError(
                f"{source}: {ref.place}: refers to another file ({ref.node[ref.key]}), which can be read only beside a "
                "contract that is a file itself; bundle the contract into one document"
            )
        files[path] = plain(load(path), source=f"{source} ({path})")
        root.setdefault(FILES, {})[path] = files[path]
        more = _found(files[path], f"#/{FILES}/{escaped(path)}", path, names)
        refs += more
        waiting += more
    for ref in refs:
        ref.node[ref.key] = _settled(ref, names, root, source=source, name=name)
        if ref.key == "$dynamicRef":
            # Without overriding anchors elsewhere a dynamic reference is a plain one (2020-12, section 8.2.3.2).
            ref.node["$ref"] = ref.node.pop("$dynamicRef")
            ref.key = "$ref"
    dangling: list[tuple[str, str]] = []
    remote: list[tuple[str, str]] = []
    straights: dict[str, str | None] = {}
    for ref in refs:
        pointer = ref.node[ref.key]
        if pointer not in straights:
            straights[pointer] = direct(root, pointer)
        straight = straights[pointer]
        if straight is not None:
            ref.node[ref.key] = straight
        elif ref.key == "$ref":
            (dangling if pointer.startswith("#") else remote).append((ref.place, pointer))
    return Bundle(root, tuple(dangling), tuple(remote))


def plain(value: Any, *, source: str) -> Any:
    """Copy parsed JSON or YAML to dicts with text keys, lists and scalars; bounded, so that aliases cannot explode."""
    count = 0
    written = 0
    seen: set[int] = set()

    def copied(node: Any, depth: int) -> Any:
        nonlocal count, written
        kind = type(node)
        if kind in _SCALARS:
            return node
        mapping = kind is dict or isinstance(node, Mapping)
        if mapping or kind is list:
            count += len(node)
            if id(node) not in seen:
                seen.add(id(node))
                written += len(node)
        if count > MAX_NODES or depth > MAX_DEPTH or count > MAX_SHARED * (written + 2000):
            raise ContractError(
                f"{source}: too large or too deep once its aliases are expanded (limits: {MAX_NODES} values, "
                f"{MAX_DEPTH} levels); a YAML alias may contain itself"
            )
        if mapping:
            return {key if type(key) is str else _key(key): copied(child, depth + 1) for key, child in node.items()}
        if isinstance(node, list | tuple):
            return [copied(child, depth + 1) for child in node]
        if isinstance(node, float) and not math.isfinite(node):
            raise ContractError(f"{source}: holds the number {node}, which JSON cannot; write it otherwise")
        if isinstance(node, str | int | float):
            return node
        return str(node)

    return copied(value, 0)


def escaped(token: str) -> str:
    """Escape one token of a JSON pointer (RFC 6901), and the percent sign because the pointer is a URI fragment."""
    if token.isidentifier():
        return token
    return token.replace("~", "~0").replace("/", "~1").replace("%", "%25")


def tokens(pointer: str) -> list[str]:
    """The tokens of a JSON pointer in the form of a URI fragment (RFC 6901, section 6): `#/a~1b` is `["a/b"]`."""
    return list(_tokens(pointer))


@lru_cache(maxsize=4096)
def _tokens(pointer: str) -> tuple[str, ...]:
    # A document names the same few hundred places again and again.
    return tuple(unquote(raw).replace("~1", "/").replace("~0", "~") for raw in pointer.lstrip("#").split("/")[1:])


def pointed(root: Any, pointer: str) -> Any:
    """Give what lies at `#/a/b`, without passing through references. Raises KeyError."""
    node = root
    for token in _tokens(pointer):
        node = _child(node, token)
    return node


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)


def _found(root: Any, place: str, file: str, names: _Names) -> list[_Ref]:
    """Every reference below a node, in the order of the document; its ids and anchors are noted."""
    found: list[_Ref] = []

    def look(node: Any, place: str, base: str, named: bool) -> None:
        if isinstance(node, list):
            for index, child in enumerate(node):
                if isinstance(child, dict | list):
                    look(child, f"{place}/{index}", base, named=False)
            return
        if not named:
            identifier = node.get("$id")
            if isinstance(identifier, str):
                base = _joined(base, identifier)
                names.ids.setdefault(base, place)
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(node.get(keyword), str):
                    names.anchors.setdefault((file, base, node[keyword]), place)
            keywords = (key for key in ("$ref", "$dynamicRef", "operationRef") if isinstance(node.get(key), str))
            found.extend(_Ref(node, keyword, place, file, base) for keyword in keywords)
        for key, child in node.items():
            if not isinstance(child, dict | list):
                continue
            here = f"{place}/{escaped(key)}"
            if named:
                look(child, here, base, named=False)
            elif key in _DATA or (key.startswith("x-") and key != FILES):
                continue
            elif key == "examples":
                found.extend(_example_refs(child, here, file, base))
            elif key == "discriminator" and isinstance(child, dict) and isinstance(child.get("mapping"), dict):
                found.extend(_mapping_refs(child["mapping"], f"{here}/mapping", file, base))
            else:
                look(child, here, base, named=key in _NAMED and isinstance(child, dict))

    if isinstance(root, dict | list):
        look(root, place, "", named=False)
    return found


def _mapping_refs(mapping: dict[str, Any], place: str, file: str, base: str) -> Iterator[_Ref]:
    for value, target in mapping.items():
        if isinstance(target, str) and ("#" in target or target.endswith((".json", ".yaml", ".yml"))):
            yield _Ref(mapping, value, f"{place}/{escaped(value)}", file, base)


def _example_refs(node: Any, place: str, file: str, base: str) -> Iterator[_Ref]:
    # A list holds plain values; a map holds Example objects, each of which may be a reference.
    if isinstance(node, dict):
        for key, child in node.items():
            if isinstance(child, dict) and isinstance(child.get("$ref"), str):
                yield _Ref(child, "$ref", f"{place}/{escaped(key)}", file, base)


def _other_file(ref: _Ref, names: _Names, *, source: str, name: str) -> str | None:
    """The path of the neighbouring file that a reference needs; None where it stays in the document."""
    text = ref.node[ref.key]
    target, _, _ = text.partition("#")
    if not target or _joined(ref.base, target) in names.ids:
        return None
    if _remote(target):
        return None
    if target.startswith("/"):
        if ref.key not in ("$ref", "$dynamicRef"):
            return None
        raise ContractError(
            f"{source}: {ref.place}: refers to {text}, which is outside the contract's folder; nothing is fetched for "
            "a reference: bundle the contract into one document first"
        )
    path = posixpath.normpath(posixpath.join(posixpath.dirname(ref.file), unquote(target)))
    if path == name:
        return None
    if path == ".." or path.startswith("../"):
        raise ContractError(
            f"{source}: {ref.place}: refers to {text}, which is outside the contract's folder; move the file into it, "
            "or bundle the contract into one document"
        )
    return path


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target).rstrip("#")
    except ValueError:
        return target  # Such as `http://[`, which is no URI.


def _remote(target: str) -> bool:
    """Whether a reference, its fragment taken off, names another host."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc)


def _settled(ref: _Ref, names: _Names, root: dict[str, Any], *, source: str, name: str) -> str:
    text: str = ref.node[ref.key]
    target, _, fragment = text.partition("#")
    identified = names.ids.get(_joined(ref.base, target)) if target or ref.base else None
    if target and identified is None:
        if _remote(target) or target.startswith("/"):
            return text
        path = _other_file(ref, names, source=source, name=name)
        file, base = path or "", ""
        start = f"#/{FILES}/{escaped(path)}" if path else "#"
    elif identified is not None:
        file, base, start = ref.file, _joined(ref.base, target), identified
    else:
        file, base = ref.file, ""
        start = f"#/{FILES}/{escaped(file)}" if file else "#"
    if fragment and not fragment.startswith("/"):
        anchor = names.anchors.get((file, base, fragment))
        return anchor if anchor is not None else f"{start}/{escaped(fragment)}"
    pointer = start + fragment
    if identified is not None and not target and direct(root, pointer) is None and direct(root, f"#{fragment}"):
        # Strictly a fragment belongs to the nearest `$id`; many documents mean the whole document all the same.
        return f"#{fragment}"
    return pointer


def direct(root: Any, pointer: str) -> str | None:
    """The same place by a pointer that passes through no reference; None where nothing lies there."""
    if not pointer.startswith("#"):
        return None
    node, place, hops = root, "#", 0
    steps = tokens(pointer)
    while steps:
        token = steps.pop(0)
        try:
            node, place = _child(node, token), f"{place}/{escaped(token)}"
        except KeyError:
            target = node.get("$ref") if isinstance(node, dict) else None
            hops += 1
            if not isinstance(target, str) or not target.startswith("#") or hops > 50:
                return None
            steps = [*tokens(target), token, *steps]
            node, place = root, "#"
    return place


def _child(node: Any, token: str) -> Any:
    if isinstance(node, dict) and token in node:
        return node[token]
    if isinstance(node, list) and token.isdigit() and int(token) < len(node):
        return node[int(token)]
    raise KeyError(token)
