"""Refuses a request with a status that the contract declares, in words of the schema that it declares for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from seamwright.engines.mock.schemas import flat, item_of, members, types
from seamwright.model.bench import Violation
from seamwright.model.operation import Contract, Operation, Schema

__all__ = ["PROBLEM", "Refusal", "absence", "declared", "in_words_of", "problem", "refusing"]

PROBLEM = "application/problem+json"
"""The media type of problem details (RFC 9457)."""


_OWN_MEANING = frozenset({401, 402, 406, 407, 408, 411, 413, 414, 423, 425, 426, 428, 429, 431, 451})
"""Statuses that clients act upon in a way of their own, so that none of them stands for another refusal."""

_WRONG = re.compile(r"\b(invalid|bad|malformed|wrong|valid|incorrect|unprocessable)", re.IGNORECASE)


class Refusal(Exception):
    """A request that is not served. `status` is what it is answered with where the contract has no say in it.

    `instead` are other statuses that mean the same to a contract that declares them.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        instead: tuple[int, ...] = (),
        violations: tuple[Violation, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.instead = instead
        self.violations = violations
        self.headers = headers


def declared(operation: Operation, wanted: Sequence[int]) -> int | None:
    """The first of the statuses that the contract declares by itself, else the first where a range or `default` covers
    it; None where none is declared."""
    for status in wanted:
        if str(status) in operation.answers:
            return status
    return wanted[0] if operation.answer(wanted[0]) is not None else None


def refusing(operation: Operation, refusal: Refusal) -> int:
    """The status that a refusal is answered with: one that means the same to the contract, else any 4xx of it that can
    mean that something was wrong with the request, else the refusal's own."""
    found = declared(operation, (refusal.status, *refusal.instead))
    if found is not None or refusal.status in _OWN_MEANING or refusal.status >= 500:
        return found or refusal.status
    others = [int(s) for s in operation.answers if s.isdigit() and s.startswith("4") and int(s) not in _OWN_MEANING]
    others.sort(key=lambda s: (not _WRONG.search(operation.answers[str(s)].description), s != 404, s != 403, s))
    return others[0] if others and refusal.status != 404 else refusal.status


def absence(operation: Operation) -> int | None:
    """How an operation says that what its path names is not there; None where the contract leaves it no way to."""
    return declared(operation, (404, 410))


def problem(status: int, detail: str, violations: Sequence[Violation] = (), instance: str = "") -> dict[str, Any]:
    """Problem details (RFC 9457, section 3), with what broke the contract as `errors`."""
    return {
        "type": "about:blank",
        "title": _phrase(status),
        "status": status,
        "detail": detail,
        **({"instance": instance} if instance else {}),
        **(
            {"errors": [{"pointer": v.place, "keyword": v.keyword, "detail": v.text} for v in violations]}
            if violations
            else {}
        ),
    }


def in_words_of(
    contract: Contract,
    schema: Schema,
    status: int,
    detail: str,
    violations: Sequence[Violation] = (),
    instance: str = "",
) -> Any:
    """A refusal told by the members that a schema has: what says most of it, and still has to be brought into form."""
    told = problem(status, detail, violations, instance)
    return _told(contract, schema, told, violations, 0)


_STATUS = {"status", "statuscode", "httpstatus", "httpstatuscode", "httpcode", "errnum", "errorstatus"}
_TEXT = {
    "message", "msg", "detail", "description", "errordescription", "errormessage", "reason", "developermessage",
    "usermessage", "longmessage", "info", "explanation", "text", "errmsg",
}  # fmt: skip
_TITLE = {"title", "error", "name", "summary", "shortmessage", "errortitle", "statustext", "label"}
_CODE = {"code", "errorcode", "type", "errortype", "kind", "category", "errno"}
_LIST = {
    "errors", "violations", "details", "invalidparams", "fielderrors", "issues", "causes", "validationerrors",
    "validationmessages", "errordetails", "problems", "subproblems", "elements",
}  # fmt: skip
_PLACE = {
    "pointer", "field", "path", "location", "loc", "name", "property", "param", "parameter", "source", "target",
    "attribute", "key", "fieldname", "invalidfield",
}  # fmt: skip
_DEEPEST = 3


def _told(contract: Contract, schema: Schema, told: Mapping[str, Any], broken: Sequence[Violation], depth: int) -> Any:
    item = item_of(contract, schema)
    if item is not None:
        return _each(contract, item, told, broken, depth)
    named = members(contract, schema)
    if not named:
        return told["detail"] if "string" in types(contract, schema) else dict(told)
    found: dict[str, Any] = {}
    for name, child in named.items():
        spelt, kinds = flat(name), types(contract, child)
        many = item_of(contract, child)
        if many is not None and spelt in (_LIST | _TEXT | {"error", "messages"}):
            found[name] = _each(contract, many, told, broken, depth + 1)
        elif "object" in kinds or members(contract, child):
            if depth < _DEEPEST and spelt in (_LIST | _TITLE | _TEXT | {"fault", "problem", "body", "response"}):
                found[name] = _told(contract, child, told, broken, depth + 1)
        elif spelt in _STATUS or (spelt in _CODE and kinds & {"integer", "number"}):
            found[name] = told["status"]
        elif spelt in _CODE:
            found[name] = told["type"] if _is_uri(contract, child) else _code(told["status"])
        elif spelt in _TEXT:
            found[name] = told["detail"]
        elif spelt in _TITLE:
            found[name] = told["title"]
        elif spelt == "instance" and "instance" in told:
            found[name] = told["instance"]
        elif spelt in ("success", "ok", "succeeded") and "boolean" in kinds:
            found[name] = False
    return found


def _each(
    contract: Contract, item: Schema, told: Mapping[str, Any], broken: Sequence[Violation], depth: int
) -> list[Any]:
    named = members(contract, item)
    if not broken:
        return [_told(contract, item, told, (), depth)] if depth < _DEEPEST else []
    if not named:
        return [f"{v.place}: {v.text}" for v in broken]
    return [
        {name: value for name, child in named.items() if (value := _of_one(contract, name, child, v, told)) is not None}
        for v in broken
    ]


def _of_one(contract: Contract, name: str, child: Schema, broken: Violation, told: Mapping[str, Any]) -> Any:
    spelt, kinds = flat(name), types(contract, child)
    if spelt in _PLACE:
        if item_of(contract, child) is not None:
            return broken.place.split("/")[1:]
        inner = members(contract, child)
        return {key: broken.place for key in inner if flat(key) in _PLACE} if inner else broken.place
    if spelt in _STATUS or (spelt in _CODE and kinds & {"integer", "number"}):
        return told["status"] if "string" not in kinds else str(told["status"])
    if spelt in _CODE or spelt in ("keyword", "rule", "constraint"):
        return broken.keyword
    return broken.text if spelt in _TEXT | _TITLE else None


def _is_uri(contract: Contract, schema: Schema) -> bool:
    return isinstance(schema, Mapping) and str(schema.get("format", "")).startswith("uri")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


def _code(status: int) -> str:
    return "_".join(_phrase(status).lower().replace("-", " ").split())
