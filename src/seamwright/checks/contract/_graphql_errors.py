"""Tells an error of GraphQL that the server is to blame for from one that the caller is.

The specification leaves that to `extensions`, and servers write there, or in the message, what their language does. An
error that says neither counts as a refusal: better to miss a fault than to call a refusal one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from seamwright.contracts.graphql.answers import FieldError, answer_of
from seamwright.model.exchange import Exchange

__all__ = ["Fault", "faults", "is_fault", "is_limit", "is_validation"]

_FAULT_CODES = frozenset(
    {"internalservererror", "internalerror", "internal", "unexpected", "unexpectederror", "unknown", "unknownerror"}
    | {"datafetchingexception", "executionaborted", "serviceunavailable", "downstreamserviceerror", "servererror"}
    | {"nullvalueinnonnullablefield", "postgreserror", "databaseerror"}
)
_REFUSAL_CODES = re.compile(
    r"unauthenticated|unauthorized|forbidden|denied|notfound|badrequest|baduserinput|invalid|validation|argument"
    r"|conflict|exists|ratelimit|throttled|toomany|complexity|depth|persisted|precondition|input"
)
_REFUSED = re.compile(
    r"not found|does ?n[o']t exist|no such|unknown \w+ (id|with)|invalid|must (be|not|have)|required|already|expired"
    r"|unauthori[sz]ed|unauthenticated|not (logged|signed) in|forbidden|permission|not allowed|access denied"
    r"|too (long|short|many)|at (least|most)|cannot be (blank|empty|null)",
    re.IGNORECASE,
)
"""Words in which a caller is refused."""

_ENGINE = re.compile(
    r"cannot return null for non-?null|declared as a non.?null type|must not be null|expected iterable"
    r"|cannot represent|must resolve to an? object type|expected value of type|did not resolve to|cannot be serialized"
    r"|unable to serialize|can't serialize",
    re.IGNORECASE,
)
"""What engines say of a value that a resolver gave, when there is a path: it does not fit the schema."""

_RUNTIME = re.compile(
    # Python
    r"'\w+' object (has no attribute|is not (subscriptable|iterable|callable))|\bNoneType\b|unsupported operand type"
    r"|\blist index out of range|\bdivision by zero\b|invalid literal for \w+\(\)|^'[^']*'$|positional arguments?\b"
    r"|^-?\d+$|maximum recursion depth|codec can't (en|de)code|string indices must be|^Expecting value: line"
    r"|\bTraceback \(|cannot unpack non-iterable"
    # JavaScript
    r"|Cannot read propert|is not a function\b|is not iterable|Maximum call stack|\bE(CONNREFUSED|NOTFOUND|TIMEDOUT)\b"
    r"|Invalid `prisma|Invalid regular expression|of undefined\b|converting circular structure"
    # Java, .NET, Go, Ruby, PHP, Rust
    r"|NullPointerException|ClassCastException|IndexOutOfBounds|Object reference not set|Unexpected Execution Error"
    r"|runtime error:|nil pointer|internal system error|undefined (local variable or )?method|undefined index"
    r"|panicked at|Call to (a member function|undefined)|must be of type \w+, \w+ given"
    # databases
    r"|SQLSTATE\[|(UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed|no such (table|column)|ORA-\d{5}"
    r"|duplicate key value violates|violates (foreign key|not-null|check|unique) constraint|syntax error at or near"
    r"|value too long for type|invalid byte sequence|\b(psycopg|sqlalchemy|sqlite3|pymysql|asyncpg)\."
    r"|Duplicate entry '|(relation|column) \"\w+\" does not exist|out of range for type|^integer out of range"
    # what servers say when they hide the rest
    r"|internal server error|^internal error|^unexpected error|an (unknown|internal|unexpected) error"
    r"|INTERNAL_ERROR for ",
    re.IGNORECASE,
)
"""What runtimes, databases and servers say when something broke."""

_PERHAPS = re.compile(
    r"\w+(Error|Exception)\b|something went wrong|Unexpected token|\b\w+ is not defined$|Exception while fetching data"
)
"""The same, unless the rest of the message refuses the caller: `ValidationError: the name is required`."""

_VALIDATION_CODES = frozenset(
    {"graphqlvalidationfailed", "graphqlparsefailed", "validationerror", "invalidsyntax", "validationfailed"}
)
_VALIDATION = re.compile(
    r"cannot query field|unknown (argument|type|fragment|directive|field)|is not defined (by|on|in)"
    r"|(got|has) invalid value|expected (value of )?type|of required type .* was not provided|was used where"
    r"|used in position expecting"
    r"|field .* (is undefined|doesn't exist|does not exist|not found) (on|in) type|fieldundefined|wrongtype"
    r"|unknownargument|unknowntype|missingfieldargument|syntax error|must (not )?have a (sub)?selection"
    r"|variable .* is not defined|enum .* (has no|cannot represent|does not have a) value|does not exist in .* enum",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(depth|complexity|cost|nodes? limit|too (deep|complex|many (aliases|fields|tokens))|token limit|query size)\b"
    r"|persisted|rate limit|throttl",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the server is to blame for: where in the answer (as its path), and in words."""

    path: tuple[str | int, ...]
    text: str
    status: int

    @property
    def shape(self) -> str:
        """The text without what differs each time: numbers, ids, and what was sent."""
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{16,}\b|(?<!\w)-?\d+|\d+", "#", self.text)
        text = re.sub(r"\b(undefined|null|nil|None|NoneType)\b", "null", text)
        text = re.sub(r"[\"'`]?(\w)\1{19,}[\"'`]?", "…", text)  # what is long is ours, and often cut off
        # A name in quotes says what broke; all else in quotes is likely to be what was sent.
        return re.sub(r"([\"'`])(?!\w{1,40}\1[^$])(?:(?!\1).)*\1", "…", text)[:160]

    @property
    def short(self) -> str:
        """The text for a title."""
        return self.text if len(self.text) <= 160 else f"{self.text[:160]}…"


def faults(exchange: Exchange) -> Iterator[Fault]:
    """What of an answer the server is to blame for."""
    answer = answer_of(exchange)
    told = False
    for error in answer.errors if answer is not None else ():
        if is_fault(error):
            told = True
            yield Fault(error.path, error.message or "an error without a message", exchange.status)
    if exchange.status >= 500 and not told:
        excerpt = " ".join(exchange.response.text.split())[:120] if exchange.response else ""
        text = answer.errors[0].message if answer is not None and answer.errors else excerpt
        yield Fault((), f"status {exchange.status}: {text}" if text else f"status {exchange.status}", exchange.status)


def is_fault(error: FieldError) -> bool:
    """Whether the server is to blame for an error."""
    code = re.sub(r"[^a-z]", "", error.code.lower())
    if code not in _FAULT_CODES and _REFUSAL_CODES.search(code):
        return False
    if is_validation(error):
        return False
    if (error.path and _ENGINE.search(error.message)) or _RUNTIME.search(error.message):
        return True
    if _PERHAPS.search(error.message) and not _REFUSED.search(error.message):
        return True
    # Many servers give this code to whatever a resolver throws, refusals included; then the message decides.
    return code in _FAULT_CODES and not _REFUSED.search(error.message)


def is_validation(error: FieldError) -> bool:
    """Whether an error says that the request does not keep to the schema; nothing was executed."""
    if error.path or is_limit(error):
        return False
    code = re.sub(r"[^a-z]", "", error.code.lower())
    return code in _VALIDATION_CODES or bool(_VALIDATION.search(error.message))


def is_limit(error: FieldError) -> bool:
    """Whether an error says that too much was asked for."""
    return bool(_LIMIT.search(error.message) or _LIMIT.search(error.code))
