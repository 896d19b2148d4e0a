"""Documents for the rules, written as short as they can be."""

from __future__ import annotations

from pathlib import Path

from seamwright.contracts.graphql import load_sdl
from seamwright.contracts.lint import Kind, Problem, lint, rules
from seamwright.contracts.parsing import parsed
from seamwright.contracts.protobuf.sources import DescriptorSet
from seamwright.contracts.source import Source
from tests.rpc import descriptors_of

__all__ = ["of_kind", "only", "problems", "source", "whole"]


def whole(text: str) -> str:
    """A document with the version and the title that it leaves out; one in JSON is complete."""
    text = text.lstrip("\n")
    if text.startswith("{"):
        return text
    head = "" if "openapi:" in text or "swagger:" in text else "openapi: 3.1.0\n"
    head += "" if "info:" in text else "info: {title: Shop, version: 1.0.0}\n"
    return head + text


def source(text: str, path: Path | None = None) -> Source:
    """A document as it is written."""
    data = whole(text).encode()
    return Source(str(path or "shop.yaml"), data, parsed(data, source="shop.yaml"), path)


def problems(text: str, *names: str, path: Path | None = None) -> tuple[Problem, ...]:
    """What the rules see in a document; all of them where none is named."""
    known = rules()
    held = {known[name]: known[name].severity for name in names or known}
    return lint(source(text, path), held)


def of_kind(kind: Kind, text: str, *names: str) -> tuple[Problem, ...]:
    """What the rules of a kind see in a contract of that kind; all of them where none is named."""
    known = {name: rule for name, rule in rules().items() if rule.kind == kind}
    held = {known[name]: known[name].severity for name in names or known}
    match kind:
        case "openapi":
            return lint(source(text), held)
        case "graphql":
            return lint(load_sdl(text.lstrip("\n"), source="shop.graphql", digest=""), held)
        case "protobuf":
            return lint(DescriptorSet("shop.proto", descriptors_of(text.lstrip("\n"))), held)


def only(text: str, name: str) -> list[str]:
    """What one rule says about a document."""
    return [problem.text for problem in problems(text, name)]
