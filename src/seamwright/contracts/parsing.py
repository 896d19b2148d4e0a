"""Parses the bytes of a contract: JSON or YAML, in the encodings that people save them in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from seamwright.contracts.yaml_text import fast, yaml_value
from seamwright.model.errors import ContractError

__all__ = ["MAX_JSON", "MAX_YAML", "MAX_YAML_SLOW", "bytes_of", "parsed", "text_of"]

MAX_JSON = 64 * 1024 * 1024
"""Bytes of JSON that are read."""

MAX_YAML = 32 * 1024 * 1024
"""Characters of YAML that are read; parsing takes about a ninth of a second a megabyte."""

MAX_YAML_SLOW = 8 * 1024 * 1024
"""The same where libyaml is missing; a parser in Python takes about two seconds a megabyte."""


def parsed(data: bytes, *, source: str) -> Any:
    """Parse JSON or YAML. Raises ContractError with line and column where the parser knows them."""
    if len(data) > MAX_JSON:
        raise ContractError(f"{source}: has {len(data)} bytes, more than the {MAX_JSON} that are read; split it")
    text = text_of(data, source)
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


def text_of(data: bytes, source: str, *, partial: bool = False) -> str:
    """Decode bytes: UTF-8 with or without its mark, or UTF-16; with `partial` the end may be cut.

    Raises ContractError with the line of what is neither.
    """
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


def bytes_of(path: Path, shown: str) -> bytes:
    """Read a file. Raises ContractError that calls it `shown`."""
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


def _yaml(text: str, source: str) -> Any:
    most = MAX_YAML if fast() else MAX_YAML_SLOW
    if len(text) > most:
        raise ContractError(
            f"{source}: has {len(text)} characters of YAML, more than the {most} that are read; convert it to JSON"
        )
    return yaml_value(text, source)


def _flow_yaml(text: str) -> bool:
    """Whether text in braces is meant as YAML: a bare or single-quoted key is its first."""
    return re.match(r"\s*{\s*(?:[A-Za-z_']|#)", text) is not None
