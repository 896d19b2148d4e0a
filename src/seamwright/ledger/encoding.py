"""How nouns become bytes in the ledger, and back: canonical JSON, digests, compression.

Canonical JSON here means: keys sorted, no white space, ASCII with `\\u` escapes, no NaN or infinity (they become null).
"""

from __future__ import annotations

import hashlib
import json
import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from seamwright.ledger.trouble import our_fault
from seamwright.model.evidence import Evidence
from seamwright.model.exchange import Exchange

__all__ = [
    "GENESIS",
    "Packed",
    "canonical",
    "chain_digests",
    "decoded",
    "digest",
    "digest_of",
    "encoded",
    "evidence_body",
    "exchanges_digest",
    "pack",
    "read_evidence",
    "unpack",
    "unzipped",
]

T = TypeVar("T")

GENESIS = "0" * 64
"""What the first evidence of a ledger names as the one before it."""

_OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Packed:
    """An exchange as it is stored: its number, SHA-256 of its canonical JSON, and that JSON compressed."""

    number: int
    digest: str
    body: bytes


def digest(*texts: str) -> str:
    """SHA-256, in hex, over texts joined by line ends (canonical JSON holds none, so the joints are unambiguous)."""
    return hashlib.sha256("\n".join(texts).encode("utf-8")).hexdigest()


def digest_of(raw: bytes) -> str:
    """SHA-256, in hex, over bytes."""
    return hashlib.sha256(raw).hexdigest()


def chain_digests(digests: Iterable[str]) -> str:
    """SHA-256, in hex, over hex digests written one after the other."""
    return hashlib.sha256("".join(digests).encode("ascii")).hexdigest()


def exchanges_digest(exchanges: Iterable[Exchange]) -> str:
    """The `exchanges_digest` of evidence: SHA-256 over the concatenated hex digests of its exchanges, in order."""
    return chain_digests(exchange.digest() for exchange in exchanges)


def canonical(value: Any) -> str:
    """Write plain JSON values as canonical JSON."""
    return json.dumps(_finite(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def encoded(of: Any, value: object) -> str:
    """Write a value of type `of` (a frozen dataclass, or a tuple of them) as canonical JSON."""
    return canonical(_plain(of, value))


def decoded(of: type[T], text: str) -> T:
    """Read back what `encoded` wrote. Raises ValueError where the text is no such value."""
    adapter: TypeAdapter[T] = _adapter(of)  # type: ignore[arg-type]
    return adapter.validate_python(json.loads(text))


def evidence_body(evidence: Evidence, opening: str) -> str:
    """Write all of evidence but its own hash, with the digest of the opening of its run, as canonical JSON."""
    content = _plain(Evidence, evidence)
    del content["hash"]
    content[_OPENING] = opening
    return canonical(content)


def read_evidence(body: str, row_hash: str) -> tuple[Evidence, str]:
    """Read evidence and the digest of its run's opening from a stored body. Raises ValueError where it is none."""
    content = json.loads(body)
    if not isinstance(content, dict):
        raise ValueError("not a JSON object")
    opening = str(content.pop(_OPENING, ""))
    content["hash"] = row_hash
    evidence: Evidence = _adapter(Evidence).validate_python(content)
    return evidence, opening


def pack(exchanges: Sequence[Exchange]) -> list[Packed]:
    """Compress exchanges and digest each. Raises LedgerError where one holds text that is no Unicode."""
    packed = []
    for exchange in exchanges:
        # The same bytes that Exchange.digest() digests, so that each is serialised once.
        text = json.dumps(exchange.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        try:
            raw = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise our_fault(
                f"exchange {exchange.number} of {exchange.check or 'a run'} holds text that is no Unicode and cannot "
                "be kept; its driver must decode headers as Latin-1. Please report this."
            ) from error
        packed.append(Packed(exchange.number, digest_of(raw), zlib.compress(raw, 6)))
    return packed


def unzipped(body: bytes) -> bytes:
    """Decompress a stored exchange. Raises ValueError where the bytes are damaged."""
    try:
        return zlib.decompress(body)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def unpack(raw: bytes) -> Exchange:
    """Read an exchange from its canonical JSON. Raises ValueError where it is none."""
    try:
        return Exchange.from_json(json.loads(raw))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not an exchange: {error!r}") from error


@cache
def _adapter(of: Any) -> TypeAdapter[Any]:
    return TypeAdapter(of)


def _plain(of: Any, value: object) -> Any:
    return _adapter(of).dump_python(value, mode="json", fallback=_stranger)


def _stranger(value: Any) -> Any:
    """Numbers of numpy become plain; anything else that JSON does not know is kept as its text."""
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
