"""The root cause of a fault in a GraphQL answer: what is the same of two faults that are one.

One exception shows in as many operations as can raise it, with the values in its message that were sent. Where a server
names the exception (in the message, in `extensions`, or in a type of its own for errors), that is the cause; otherwise
it is the field, and the message without what was sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from seamwright.checks.contract.graphql._errors import Fault, exception, raised, texts
from seamwright.model.bench import Bench
from seamwright.model.exchange import Exchange

__all__ = ["cause", "shape"]

_SHORTEST = 3
"""Letters that a text must have to be looked for without quotes around it: a shorter one may be in any word."""

_LONGEST = 160

_VARYING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{16,}\b|(?<!\w)-?\d+|\d+"), "#"),
    (re.compile(r"\b(undefined|null|nil|None|NoneType)\b"), "null"),
    # What is long is ours, and often cut off.
    (re.compile(r"[\"'`]?(\w)\1{19,}[\"'`]?"), "…"),
    # A name in quotes says what broke; all else in quotes is likely to be what was sent.
    (re.compile(r"(([\"'`])[A-Za-z_]\w{0,39}\2)|([\"'`])(?:(?!\3).)*\3"), r"\1…"),
    (re.compile(r"([\"'`]\w{1,40}[\"'`])…"), r"\1"),
    # How many values were listed, what is called and which of its arguments is missing differ for one cause.
    (re.compile(r"['\"`]?…['\"`]?(?:,\s*['\"`]?…['\"`]?)+"), "…"),
    (re.compile(r"(?<![\w.])\w[\w.]*\(\)"), "…()"),
    (re.compile(r"(\b(?:missing|unexpected)\b.*?\bargument)s?\b.*"), r"\1"),
)


def cause(bench: Bench, exchange: Exchange, fault: Fault) -> str:
    """What is the same of two faults that have one cause.

    An exception of a module of its own (`shop.errors.StockError`) is one cause, whatever it says and wherever: nobody
    turned it into a refusal. A built-in one (`TypeError`) is one with what it says, and so is what a runtime says
    without naming one. All else is one in each field.
    """
    sent = _sent(exchange)
    lines = [line for line in map(exception, (fault.text, *fault.beside)) if line]
    if lines:
        # The type of an answer may be called after an error, and says less than the error inside it.
        kind, _, said = next((line for line in lines if ":" in line), lines[0]).partition(":")
        return kind if "." in kind else f"{kind} {shape(said, sent)}".strip()
    if raised(fault.text):
        return shape(fault.text, sent)
    told = f"status {fault.status}" if fault.silent else shape(fault.text, sent)
    return f"{_where(bench, exchange, fault)} {told}".strip()


def shape(text: str, sent: Sequence[str] = ()) -> str:
    """A text without what differs each time: numbers, ids, and the texts that were sent."""
    for each in sent:
        around = (r"(?<!\w)", r"(?!\w)") if len(each) >= _SHORTEST else (r"(?<=['\"`])", r"(?=['\"`])")
        text = re.sub(around[0] + re.escape(each) + around[1], "…", text)
    for pattern, instead in _VARYING:
        text = pattern.sub(instead, text)
    return text[:_LONGEST].strip(" …")


def _where(bench: Bench, exchange: Exchange, fault: Fault) -> str:
    from seamwright.contracts.graphql.coordinates import coordinate

    return coordinate(bench.contract, exchange, fault.path) if fault.path else exchange.operation


def _sent(exchange: Exchange) -> list[str]:
    """The texts among the variables of a call, as they are and as JSON and Python write them, the longest first."""
    try:
        body = json.loads(exchange.request.body)
    except ValueError:
        return []
    found = {text for text in texts(body.get("variables") if isinstance(body, dict) else None) if text.strip()}
    found |= {written[1:-1] for text in found for written in (json.dumps(text), repr(text))}
    return sorted(found, key=lambda text: (-len(text), text))
