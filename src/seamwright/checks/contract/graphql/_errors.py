"""Tells an error of GraphQL that the server is to blame for from one that the caller is.

The specification leaves that to `extensions`, and servers write there, or in the message, what their language does. An
error that says neither counts as a refusal: better to miss a fault than to call a refusal one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.contracts.graphql.answers import Answer, FieldError, answer_of
from seamwright.model.exchange import Exchange

__all__ = ["Fault", "exception", "faults", "is_fault", "is_limit", "is_validation", "raised", "texts"]

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
    r"|NullPointerException|ClassCastException|IndexOutOfBounds|Object reference not set"
    r"|runtime error:|nil pointer|undefined (local variable or )?method|undefined index"
    r"|panicked at|Call to (a member function|undefined)|must be of type \w+, \w+ given"
    # databases
    r"|SQLSTATE\[|(UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed|no such (table|column)|ORA-\d{5}"
    r"|duplicate key value violates|violates (foreign key|not-null|check|unique) constraint|syntax error at or near"
    r"|value too long for type|invalid byte sequence|\b(psycopg|sqlalchemy|sqlite3|pymysql|asyncpg)\."
    r"|Duplicate entry '|(relation|column) \"\w+\" does not exist|out of range for type|^integer out of range",
    re.IGNORECASE,
)
"""What runtimes and databases say when something broke."""

_HIDDEN = re.compile(
    r"internal server error|^internal error|^unexpected error|an (unknown|internal|unexpected) error"
    r"|INTERNAL_ERROR for |internal system error|Unexpected Execution Error",
    re.IGNORECASE,
)
"""What servers say when they hide the rest."""

_PERHAPS = re.compile(
    r"\w+(Error|Exception)\b|something went wrong|Unexpected token|\b\w+ is not defined$|Exception while fetching data"
)
"""The same, unless the rest of the message refuses the caller: `ValidationError: the name is required`."""

_NAMED = re.compile(r"^[ \t]*(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception)(?:[ \t]*:.*)?$", re.MULTILINE)
"""An exception as runtimes write it on a line: its class, and what it says."""

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
    """Something that the server is to blame for: where in the answer (as its path), and in words.

    `beside` is what else the answer says of it: the texts among the extensions of the error, or in the data. A `silent`
    one says nothing.
    """

    path: tuple[str | int, ...]
    text: str
    status: int
    beside: tuple[str, ...] = ()
    silent: bool = False

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
            message = error.message or "an error without a message"
            yield Fault(error.path, message, exchange.status, tuple(texts(error.extensions)))
    if exchange.status >= 500 and not told:
        yield _failed(exchange, answer)


def _failed(exchange: Exchange, answer: Answer | None) -> Fault:
    """A status that says that the server failed, and what it said of it: in an error, in its data, or in plain text."""
    status = f"status {exchange.status}"
    if answer is not None and answer.errors:
        error = answer.errors[0]
        text = f"{status}: {error.message}" if error.message else status
        return Fault(error.path, text, exchange.status, (error.message, *texts(error.extensions)))
    beside = tuple(texts(answer.data)) if answer is not None else ()
    excerpt = " ".join(exchange.response.text.split())[:120] if exchange.response else ""
    raised = next((line for line in map(exception, beside) if ":" in line), "")
    said = raised or excerpt
    silent = not raised and (answer is not None or not excerpt)
    return Fault((), f"{status}: {said}" if said else status, exchange.status, beside, silent)


def exception(text: str) -> str:
    """The line of a text that begins with the name of an exception, as runtimes write them; empty where none does."""
    found = _NAMED.search(text)
    return found[0].strip() if found is not None else ""


def texts(value: Any) -> Iterator[str]:
    """Every text inside a JSON value, in its order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def is_fault(error: FieldError) -> bool:
    """Whether the server is to blame for an error."""
    code = re.sub(r"[^a-z]", "", error.code.lower())
    if code not in _FAULT_CODES and _REFUSAL_CODES.search(code):
        return False
    if is_validation(error):
        return False
    if (error.path and _ENGINE.search(error.message)) or _HIDDEN.search(error.message) or raised(error.message):
        return True
    if _PERHAPS.search(error.message) and not _REFUSED.search(error.message):
        return True
    # Many servers give this code to whatever a resolver throws, refusals included; then the message decides.
    return code in _FAULT_CODES and not _REFUSED.search(error.message)


def raised(message: str) -> bool:
    """Whether a message is what a runtime or a database says of its own accord: it tells the cause by itself."""
    return _RUNTIME.search(message) is not None


def is_validation(error: FieldError) -> bool:
    """Whether an error says that the request does not keep to the schema; nothing was executed."""
    if error.path or is_limit(error):
        return False
    code = re.sub(r"[^a-z]", "", error.code.lower())
    return code in _VALIDATION_CODES or bool(_VALIDATION.search(error.message))


def is_limit(error: FieldError) -> bool:
    """Whether an error says that too much was asked for."""
    return bool(_LIMIT.search(error.message) or _LIMIT.search(error.code))
