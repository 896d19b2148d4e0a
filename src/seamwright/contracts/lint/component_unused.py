"""Every shared part is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from seamwright.contracts.bundle import FILES, escaped, tokens
from seamwright.contracts.lint._reading import SHARED, Reading
from seamwright.contracts.lint._rule import Edit, Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, sequence

__all__ = ["RULE"]

_OLD = ("definitions", "parameters", "responses")


def _run(reading: Reading) -> Iterator[Found]:
    components = mapping(reading.document.get("components"))
    parts = {
        f"#/components/{section}/{escaped(name)}": f"{section}/{name}"
        for section in SHARED
        for name in mapping(components.get(section))
    }
    if reading.dialect == "2.0":
        parts |= {
            f"#/{section}/{escaped(name)}": f"{section}/{name}"
            for section in _OLD
            for name in mapping(reading.bundle.document.get(section))
        }
    used = _used(reading, set(parts))
    for place, name in parts.items():
        if place not in used:
            yield Found(place, f"nothing uses {name}", "remove it", edits=(Edit(place, remove=True),))
    asked = {
        name
        for part in [reading.top, *(call.part for call in reading.calls)]
        for requirement in sequence(part.node.get("security"))
        for name in mapping(requirement)
    }
    for name, scheme in reading.schemes.items():
        if name not in asked:
            yield Found(scheme.place, f"nothing asks for the security scheme {name}", "ask for it, or remove it")


def _used(reading: Reading, parts: set[str]) -> set[str]:
    """The shared parts that are reached from outside of the shared parts, at once or through others."""
    document = reading.bundle.document
    inside: dict[str, set[str]] = {}
    outside: set[str] = set()
    waiting: list[tuple[Any, str, str]] = [(document, "#", "")]
    while waiting:
        node, place, owner = waiting.pop()
        owner = place if place in parts else owner
        refs = inside.setdefault(owner, set()) if owner else outside
        if isinstance(node, list):
            waiting += [(child, f"{place}/{index}", owner) for index, child in enumerate(node)]
        elif isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                refs.add(_part(node["$ref"]))
            told = mapping(mapping(node.get("discriminator")).get("mapping"))
            refs |= {_named(value) for value in told.values() if isinstance(value, str)}
            waiting += [(child, f"{place}/{escaped(key)}", owner) for key, child in node.items()]
    found: set[str] = set()
    reached = list(outside)
    while reached:
        place = reached.pop()
        if place not in found:
            found.add(place)
            reached += inside.get(place, ())
    return _with_heirs(document, found, inside)


def _with_heirs(document: dict[str, Any], found: set[str], inside: dict[str, set[str]]) -> set[str]:
    """Also those that extend a part with a discriminator: the value of the discriminator names them."""
    bases = {place for place in found if place in inside and _discriminates(document, place)}
    heirs = {place for place, refs in inside.items() if refs & bases}
    while not heirs <= found:
        found = found | heirs
        waiting = list(heirs)
        while waiting:
            for place in inside.get(waiting.pop(), set()) - found:
                found.add(place)
                waiting.append(place)
        bases = {place for place in found if place in inside and _discriminates(document, place)}
        heirs = {place for place, refs in inside.items() if refs & bases}
    return found


def _discriminates(document: dict[str, Any], place: str) -> bool:
    node: Any = document
    for step in tokens(place):
        node = mapping(node).get(step)
    return "discriminator" in mapping(node)


def _part(ref: str) -> str:
    """The shared part that a reference leads into: `#/components/schemas/A/properties/b` is a part of A."""
    steps = tokens(ref)
    count = 3 if steps[:1] == ["components"] else 2
    if steps[:1] == [FILES]:
        return ref
    return "#" + "".join(f"/{escaped(step)}" for step in steps[:count])


def _named(value: str) -> str:
    return _part(value) if value.startswith("#") else f"#/components/schemas/{escaped(value)}"


RULE = Rule(
    id="component-unused",
    severity=Severity.WARNING,
    says="every shared part is used",
    why="what nothing uses is often what something should have used, or a promise that nobody keeps",
    run=_run,
    asked=True,
    wrong="""
paths: {}
components:
  schemas:
    Order: {type: object}
""",
    right="""
paths:
  /orders:
    get:
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
components:
  schemas:
    Order: {type: object}
""",
)
