"""Reads a contract from a file or a URL: bytes to a document, and the document to operations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from seamwright.contracts.document import Misread
from seamwright.contracts.graphql import load_introspection, load_sdl
from seamwright.contracts.openapi import load_openapi
from seamwright.contracts.parsing import bytes_of, parsed, text_of
from seamwright.contracts.protobuf.sources import (
    SUFFIXES,
    DescriptorSet,
    alone,
    descriptor_set,
    is_descriptor_set,
    is_proto_text,
)
from seamwright.contracts.source import Source
from seamwright.model.errors import ContractError
from seamwright.model.operation import Contract

__all__ = ["contract_of", "is_url", "openapi_source", "read_contract", "written"]

_SDL = re.compile(
    r"^(?:extend\s+)?(?:type|schema|input|enum|interface|union|scalar|directive)\b[^:]*?(?:{|=|@|$)", re.MULTILINE
)
_INTROSPECTION = re.compile(r'\A(?:(?!"(?:openapi|swagger)"\s*:).)*?"__schema"\s*:\s*{', re.DOTALL)


def read_contract(source: str, *, base: Path, fetch: Callable[[str], bytes] | None = None) -> Contract:
    """Read the contract that `source` names: a URL, or a path from the folder `base`.

    The bytes of a URL come from `fetch`; whatever it raises passes through. A file's references to other files of its
    own folder are read too, those that lead out of it are refused. The digest is the SHA-256 of the bytes, those of
    neighbouring files included. Raises ContractError naming the file or URL, with line and column where the parser
    knows them.
    """
    if is_url(source):
        if fetch is None:
            raise ContractError(f"{source}: a URL cannot be read here; save the document and name its path")
        return contract_of(fetch(source), source=source)
    path = Path(source).expanduser()
    path = path if path.is_absolute() else base / path
    shown = str(path)
    if path.is_dir() and any(path.rglob("*.proto")):
        return _protobuf(descriptor_set(path, base), shown)
    data = bytes_of(path, shown)
    if is_proto_text(text_of(data[:4096], shown, partial=True)):
        return _protobuf(descriptor_set(path, base), shown)
    if _language(data, shown) != "openapi":
        return contract_of(data, source=shown)
    return _openapi(Source(shown, data, _document(data, shown), path))


def contract_of(data: bytes, *, source: str) -> Contract:
    """Read a contract that needs nothing beside it from its bytes, which are called `source`. Raises as above."""
    digest = hashlib.sha256(data).hexdigest()
    match _language(data, source):
        case "graphql":
            return load_sdl(text_of(data, source), source=source, digest=digest)
        case "introspection":
            return load_introspection(_mapping(data, source), source=source, digest=digest)
        case "protobuf":
            return _protobuf(data if is_descriptor_set(data) else alone(data, source), source)
        case _:
            return _openapi(Source(source, data, _document(data, source)))


def written(
    source: str, *, base: Path, fetch: Callable[[str], bytes] | None = None
) -> Source | DescriptorSet | Contract:
    """The contract that `source` names with all that rules about its text need: lines, comments, what is not used.

    An OpenAPI document is given as it is written, whether or not it can be used; protobuf as descriptors; a GraphQL
    schema as a contract, which keeps its text. Raises as `read_contract` does.
    """
    if is_url(source):
        if fetch is None:
            raise ContractError(f"{source}: a URL cannot be read here; save the document and name its path")
        shown, path = source, None
        data = fetch(source)
    else:
        path = Path(source).expanduser()
        path = path if path.is_absolute() else base / path
        shown = str(path)
        if path.is_dir() and any(path.rglob("*.proto")):
            return DescriptorSet(shown, descriptor_set(path, base), path)
        data = bytes_of(path, shown)
    match _language(data, shown):
        case "openapi":
            return Source(shown, data, _document(data, shown), path)
        case "protobuf" if path is not None:
            return DescriptorSet(shown, descriptor_set(path, base), path)
        case "protobuf":
            return DescriptorSet(shown, data if is_descriptor_set(data) else alone(data, shown))
        case _:
            return contract_of(data, source=shown)


def openapi_source(source: str, *, base: Path, fetch: Callable[[str], bytes] | None = None) -> Source | None:
    """The OpenAPI document that `source` names, as it is written; None where it is a contract of another kind.

    Raises ContractError where it cannot be parsed.
    """
    found = written(source, base=base, fetch=fetch)
    return found if isinstance(found, Source) else None


def _protobuf(data: bytes, source: str) -> Contract:
    # What speaks gRPC takes long to import, and most contracts are no protobuf.
    from seamwright.contracts.protobuf.operations import load_protobuf

    return load_protobuf(data, source=source)


def _openapi(source: Source) -> Contract:
    name = source.path.name if source.path else ""
    load = source.load if source.path else None
    try:
        contract = load_openapi(source.document, source=source.shown, digest="", name=name, load=load)
    except Misread as error:
        if not error.place.startswith("#"):
            raise
        at = source.locate([error.place])[error.place]
        raise ContractError(f"{at.file}:{at.line}: {error.place}: {error.text}") from None
    return replace(contract, digest=source.digest)


def is_url(source: str) -> bool:
    """Whether a contract is named by an http or https URL."""
    return urlsplit(source).scheme in ("http", "https")


def _language(data: bytes, source: str) -> Literal["openapi", "graphql", "introspection", "protobuf"]:
    """What a document is written in, by its name and its beginning; OpenAPI where nothing else is recognised."""
    head = text_of(data[:4096], source, partial=True)
    if source.lower().endswith(SUFFIXES) or is_descriptor_set(data) or is_proto_text(head):
        return "protobuf"
    start = head.lstrip()[:1]
    if start == "{" and _INTROSPECTION.match(head):
        return "introspection"
    if source.lower().endswith((".graphql", ".graphqls", ".gql")):
        return "graphql"
    openapi = re.search(r"^(openapi|swagger)\s*:", head, re.MULTILINE)
    return "graphql" if start and start not in "{[<" and not openapi and _SDL.search(head) else "openapi"


def _mapping(data: bytes, source: str) -> Mapping[str, Any]:
    document = parsed(data, source=source)
    if not isinstance(document, Mapping):
        raise ContractError(f"{source}: holds {type(document).__name__} at its top, and must hold a mapping")
    return document


def _document(data: bytes, source: str) -> Mapping[str, Any]:
    _refuse_strangers(text_of(data[:4096], source, partial=True), source)
    document = parsed(data, source=source)
    if not isinstance(document, Mapping):
        raise ContractError(
            f"{source}: holds {type(document).__name__} at its top, and an OpenAPI document is a mapping; "
            "name an OpenAPI 3.0, 3.1 or Swagger 2.0 document"
        )
    if "asyncapi" in document:
        raise ContractError(
            f"{source}: is an AsyncAPI document, not OpenAPI; name an OpenAPI 3.0, 3.1 or Swagger 2.0 document"
        )
    return document


def _refuse_strangers(head: str, source: str) -> None:
    """Say plainly what a document is when it is something else that people keep beside their contracts."""
    stripped = head.lstrip()
    if stripped[:1] == "<":
        what = "an HTML page" if re.search(r"<(!doctype html|html|head|body)", stripped, re.IGNORECASE) else "XML"
        raise ContractError(
            f"{source}: is {what}, not a contract document; name the document behind it, which often lies at "
            "/openapi.json, /v3/api-docs or /swagger.json (a login page may stand in its place)"
        )
