"""Reads a contract from a file or a URL: bytes to a document, and the document to operations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from seamwright.contracts.openapi import load_openapi
from seamwright.model.errors import ContractError
from seamwright.model.operation import Contract

__all__ = ["MAX_JSON", "MAX_YAML", "is_url", "parsed", "read_contract"]

MAX_JSON = 64 * 1024 * 1024
"""Bytes of JSON that are read."""

MAX_YAML = 8 * 1024 * 1024
"""Bytes of YAML that are read; parsing takes about four seconds a megabyte."""

_SDL = re.compile(
    r"^\s*(?:extend\s+)?(?:type|schema|input|enum|interface|union|scalar|directive)\b[^:]*?(?:{|=|@|$)", re.MULTILINE
)
_PROTO = re.compile(r"^\s*(?:syntax\s*=\s*[\"']proto|package\s+[\w.]+;|service\s+\w+\s*{)", re.MULTILINE)


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
        data = fetch(source)
        return load_openapi(_document(data, source), source=source, digest=hashlib.sha256(data).hexdigest())
    path = Path(source).expanduser()
    path = path if path.is_absolute() else base / path
    shown = str(path)
    data = _bytes(path, shown)
    neighbours: dict[str, bytes] = {}

    def load(name: str) -> Any:
        beside = (path.parent / name).resolve()
        if not beside.is_relative_to(path.parent.resolve()):
            raise ContractError(f"{beside}: lies outside the contract's folder {path.parent}; move it there")
        neighbours[name] = _bytes(beside, str(beside))
        return parsed(neighbours[name], source=str(beside))

    contract = load_openapi(_document(data, shown), source=shown, digest="", name=path.name, load=load)
    return _with_digest(contract, data, neighbours)


def is_url(source: str) -> bool:
    """Whether a contract is named by an http or https URL."""
    return urlsplit(source).scheme in ("http", "https")


def parsed(data: bytes, *, source: str) -> Any:
    """Parse JSON or YAML. Raises ContractError with line and column where the parser knows them."""
    if len(data) > MAX_JSON:
        raise ContractError(f"{source}: has {len(data)} bytes, more than the {MAX_JSON} that are read; split it")
    text = _text(data, source)
    start = text.lstrip()[:1]
    if not start:
        raise ContractError(f"{source}: is empty; write the contract into it, or name another one")
    if start in "{[":
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            if not _flow_yaml(text):
                raise ContractError(f"{source}:{error.lineno}:{error.colno}: is no valid JSON: {error.msg}") from error
    return _yaml(text, source)


def _document(data: bytes, source: str) -> Mapping[str, Any]:
    _refuse_strangers(_text(data[:4096], source, partial=True), source)
    document = parsed(data, source=source)
    if not isinstance(document, Mapping):
        raise ContractError(
            f"{source}: holds {type(document).__name__} at its top, and an OpenAPI document is a mapping; "
            "name an OpenAPI 3.0, 3.1 or Swagger 2.0 document"
        )
    for key, what in (("asyncapi", "an AsyncAPI document"), ("__schema", "a GraphQL introspection result")):
        inner = document.get("data")
        if key in document or (isinstance(inner, Mapping) and key in inner):
            raise ContractError(f"{source}: is {what}, not OpenAPI; name an OpenAPI 3.0, 3.1 or Swagger 2.0 document")
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
    if _PROTO.search(head):
        raise ContractError(f"{source}: is a protobuf file, not OpenAPI; name an OpenAPI or Swagger document")
    if stripped[:1] not in "{[" and not re.search(r"^(openapi|swagger)\s*:", head, re.MULTILINE) and _SDL.search(head):
        raise ContractError(f"{source}: is a GraphQL schema, not OpenAPI; name an OpenAPI or Swagger document")


def _text(data: bytes, source: str, *, partial: bool = False) -> str:
    encoding = "utf-8-sig"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
        data = data[: len(data) // 2 * 2] if partial else data
    try:
        return data.decode(encoding, "ignore" if partial else "strict")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContractError(
            f"{source}:{line}: byte {error.start} is no {encoding.removesuffix('-sig').upper()}; save it as UTF-8"
        ) from error


def _bytes(path: Path, shown: str) -> bytes:
    try:
        if path.is_dir():
            raise ContractError(f"{shown}: is a folder; name the contract document in it")
        if path.stat().st_size > MAX_JSON:
            raise ContractError(f"{shown}: is larger than the {MAX_JSON} bytes that are read; split it")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ContractError(f"{shown}: does not exist; correct the path of the contract") from error
    except OSError as error:
        raise ContractError(f"{shown}: cannot be read: {error.strerror}; check its permissions") from error


class _Constructor(SafeConstructor):
    """Builds plain values; a date stays the text that was written, as JSON would have it."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def _yaml(text: str, source: str) -> Any:
    if len(text) > MAX_YAML:
        raise ContractError(
            f"{source}: has {len(text)} characters of YAML, more than the {MAX_YAML} that are read; convert it to JSON"
        )
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    try:
        return yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{source}:{mark.line + 1}:{mark.column + 1}" if mark else source
        raise ContractError(f"{where}: is no valid YAML: {error.problem or error.context}") from error
    except YAMLError as error:
        raise ContractError(f"{source}: is no valid YAML: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise ContractError(f"{source}: is nested too deep to be read; flatten it") from error
    except ValueError as error:
        raise ContractError(f"{source}: holds a value that YAML cannot read: {error}") from error


def _flow_yaml(text: str) -> bool:
    """Whether text in braces is meant as YAML: a bare or single-quoted key is its first."""
    return re.match(r"\s*{\s*(?:[A-Za-z_']|#)", text) is not None


def _with_digest(contract: Contract, data: bytes, neighbours: Mapping[str, bytes]) -> Contract:
    digest = hashlib.sha256(data)
    for name in sorted(neighbours):
        digest.update(name.encode() + b"\0" + hashlib.sha256(neighbours[name]).digest())
    return replace(contract, digest=digest.hexdigest())
