"""Reads what came back from a GraphQL endpoint: data, errors, and whether a field was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.model.exchange import Exchange

__all__ = ["Answer", "FieldError", "answer_of", "field_of", "outcome"]


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of `errors` (section 7.1.2), as far as it has the right form; `code` is what most servers tell under
    `extensions.code`, or empty."""

    message: str
    path: tuple[str | int, ...]
    code: str
    extensions: Mapping[str, Any]

    @property
    def place(self) -> str:
        """The path with every index as `*`: each item of a list is wrong for the same reason."""
        return "/".join("*" if isinstance(step, int) else step for step in self.path)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response of GraphQL (section 7.1); `data` is None where it is null or not there."""

    data: Mapping[str, Any] | None
    errors: tuple[FieldError, ...]

    def gave(self, field: str) -> bool:
        """Whether the data of a root field came; an error that lies deeper inside of it leaves only its own field null
        (section 6.4.4)."""
        return self.data is not None and self.data.get(field) is not None


def answer_of(exchange: Exchange) -> Answer | None:
    """Read an answer; None where none came, or what came is no response of GraphQL."""
    if exchange.response is None:
        return None
    try:
        whole = exchange.response.json()
    except ValueError:
        return None
    if not isinstance(whole, Mapping) or not ({"data", "errors"} & whole.keys()):
        return None
    data, errors = whole.get("data"), whole.get("errors")
    return Answer(
        data if isinstance(data, Mapping) else None,
        tuple(_error(e) for e in (errors if isinstance(errors, list) else [errors] if errors else [])),
    )


def field_of(operation_id: str) -> str:
    """The root field of an operation: `order` of `Query.order`."""
    return operation_id.partition(".")[2]


def outcome(exchange: Exchange) -> str:
    """How a field was answered, as coverage counts it: the status alone where its data came.

    Otherwise a status is followed by what came instead: `200 errors`, `200 null`.
    """
    if exchange.response is None:
        return exchange.failure.kind if exchange.failure else "?"
    if not exchange.ok:
        return str(exchange.status)
    answer = answer_of(exchange)
    if answer is None:
        return f"{exchange.status} no GraphQL"
    if answer.gave(field_of(exchange.operation)):
        return str(exchange.status)
    return f"{exchange.status} {'errors' if answer.errors else 'null'}"


def _error(value: Any) -> FieldError:
    told = value if isinstance(value, Mapping) else {}
    extensions = told.get("extensions") if isinstance(told.get("extensions"), Mapping) else {}
    path = told.get("path")
    # Some servers write indexes as text; no name begins with a digit.
    steps = [int(s) if isinstance(s, str) and s.isdecimal() else s for s in path] if isinstance(path, list) else []
    steps = [s for s in steps if isinstance(s, str | int)]
    assert extensions is not None
    code = extensions.get("code") or extensions.get("classification") or extensions.get("errorType") or ""
    return FieldError(str(told.get("message", value)), tuple(steps), code if isinstance(code, str) else "", extensions)
