"""Root causes: what makes two failures the same one, so that it is told once, with a count."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from seamwright.engines.generate.requests import Varied
from seamwright.model.bench import Bench, Violation
from seamwright.model.exchange import Exchange, Request
from seamwright.model.operation import Operation

__all__ = [
    "blamed",
    "breach",
    "breach_root",
    "fingerprint",
    "kind",
    "kind_of_answer",
    "resource",
    "root",
    "shape",
    "undocumented_root",
]

_LONGEST = 400

_UNAVAILABLE = 503

_ECHOED = 4
"""Characters of a text that was sent, from which on it is taken for an echo wherever an answer holds it; a shorter one
only where it is a word of its own."""

_NO_ECHO = re.compile(
    "a|an|and|any|are|as|at|be|by|can|false|for|from|get|has|i|id|if|in|is|it|key|may|must|no|none|not|null|of|on|one|"
    "or|out|put|so|the|to|too|true|two|was"
)
"""Words that stand in the texts of many errors, whatever was sent."""

_NAMING = frozenset({"required", "additionalProperties", "unevaluatedProperties", "dependentRequired"})
"""Keywords whose violations say in words which member they are about."""

_PREFIX = re.compile(r"api|v\d+|rest")
"""Parts that stand before the resources in every path of a service, one after the other in `/api/v1/users`."""

_SLIGHT = re.compile(r"[\x00-\x40\x5b-\x60\x7b-\x7f]*")
"""ASCII without its letters."""

_MARKS = frozenset("-:/|=&,.;+*!?()[]{}<>'\"")
"""Marks that stand by themselves in texts of any kind, whatever was sent."""

_PASSED_ON = re.compile(
    r"\b4\d\d\b[^\w]{0,3}(?:Client Error[^\w]{0,3})?"
    r"(Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Not Acceptable|Conflict|Gone|"
    r"Precondition Failed|Unsupported Media Type|Unprocessable (?:Entity|Content))\b.*",
    re.DOTALL,
)
"""A refusal that an error quotes, from its status and phrase (RFC 9110, section 15.5) to the end of the text."""

_STATEMENT = re.compile(
    r"\b(?:select\s.+?\sfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|with\s+\S+\s+as\s*\()\s*.+?(?=\s-\s)"
    r"|\[SQL:.*?\]|\[parameters:.*?\](?=\s|$)",
    re.IGNORECASE | re.DOTALL,
)
"""The statement that an error of a database quotes, as query builders put it before or after what the database said: a
value that no statement can take is one cause in all of them."""

_UNPRINTABLE = frozenset({"a text with a NUL character", "a text of control characters", "names of control characters"})
"""Kinds of values, as they are generated."""

_LONG_TEXT = re.compile(r"a text of \d+ characters")

_NUMBER = re.compile(r"\d+")

_FRAME = re.compile(
    r'File "([^"]+)", line (\d+)|\bat ([\w.$<>]+)\(([\w.]+:\d+)\)|^\s+at .+?([\w./-]+:\d+:\d+)', re.MULTILINE
)
_VARYING = (
    re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}"),
    re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.,Z+-]*"),
    re.compile(r"\b(?:0x)?[0-9a-fA-F]{12,}\b"),
    re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`"),
    re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"),
)
"""Ids, times, quoted texts and numbers: what stands in their place is what was sent, or no more than that."""


def fingerprint(exchange: Exchange) -> str:
    """What is the same of two error answers that have one cause: the stack trace where one is shown, otherwise status,
    media type and text without what varies from call to call (ids, times, quoted texts, numbers)."""
    response = exchange.response
    if response is None:
        return f"no answer ({exchange.failure.kind})" if exchange.failure else "no answer"
    text, sent = response.text[:20_000], _sent(exchange.request)
    url = urlsplit(exchange.request.url)
    # Where it is asked for a status, that one is an echo as any other.
    asked = str(response.status) in {*_NUMBER.findall(url.path), *(value for _, value in parse_qsl(url.query))}
    status = "<sent>" if asked else str(response.status)
    trace = _trace(text)
    if trace:
        return f"{status} trace {trace}"
    try:
        told = json.dumps(_lasting(json.loads(text), sent), sort_keys=True)
    except (ValueError, RecursionError):
        # A word of a page may be one of its tags, and no echo.
        words = sent if response.media_type == "text/plain" else [value for value in sent if len(value) >= _ECHOED]
        told = " ".join(str(_lasting(text, words)).split())
    return f"{status} {response.media_type} {told[:_LONGEST]}"


def root(bench: Bench, operation: Operation, exchange: Exchange, why: str = "", part: str = "", cause: str = "") -> str:
    """The root cause of a server error, for all checks of the run: its stack trace, where one is shown; the state of
    the service, where that is what a 503 tells of (RFC 9110, section 15.6.4); the kind of value that brings it about,
    where `why` tells of one; otherwise the path, behind which there is mostly one handler.

    What a method of a path answers in the same words keeps the cause that it was given first, for each `part` of the
    request (path, query, header, cookie, body) whose value brings it about: a service with one answer to all crashes
    has others in the parsing of its query than in the writing of a body. The objects that a path names are looked up
    alike by all its methods. A call of which no part is known to be to blame has the cause of any other that failed so.
    `cause` is what it is, where that is known whatever the answer; unless the answer has another one already.
    """
    response, seen = exchange.response, fingerprint(exchange)
    down = exchange.status == _UNAVAILABLE and not seen.startswith("<sent>")
    if response is not None and (down or _trace(response.text[:20_000])):
        return seen
    root = cause or f"{why or operation.path} {seen}"
    known: dict[tuple[str, str], str] = bench.learned.setdefault(("root", operation.path, seen), {})
    here = ("", part) if part == "path" else (operation.method, part)
    if here in known:
        return known[here]
    alike = [
        cause for (method, other), cause in known.items() if method in ("", operation.method) and not (part and other)
    ]
    return known.setdefault(here, root if root in alike or not alike else alike[0])


def blamed(places: Sequence[str]) -> tuple[str, str]:
    """What is to blame for a server error, where it comes because of these places of a call: in words, and the part of
    the request in which they all stand; empty where it is not known."""
    parts = {place.partition("/")[0] for place in places}
    return f"because of {', '.join(places)}" if places else "", parts.pop() if len(parts) == 1 else ""


def _without(text: str, sent: list[str]) -> str:
    """The text without what was sent: a value that is echoed makes no other cause."""
    for value in sent:
        if text == value:
            return "<sent>"
        if _NO_ECHO.fullmatch(value):
            continue
        if len(value) < _ECHOED and _SLIGHT.fullmatch(value):
            text = re.sub(rf"(?<!\S){re.escape(value)}(?!\S)", "<sent>", text) if value in text else text
            continue
        if len(value) < _ECHOED:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "<sent>", text) if value in text else text
            continue
        for written in {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}:
            text = text.replace(written, "<sent>")
    return text


def _sent(request: Request) -> list[str]:
    """The texts of a request, the longest first: parts of its path, values of its query, texts of a JSON body. Short
    ones only where they are more than numbers, which vary as those of any answer do, and than common marks."""
    url = urlsplit(request.url)
    found = {unquote(part) for part in url.path.split("/")} | {value for _, value in parse_qsl(url.query)}
    try:
        waiting = [json.loads(request.body)] if request.body else []
    except (ValueError, RecursionError):
        waiting = []
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, (dict, list)):
            waiting += value.values() if isinstance(value, dict) else value
    telling = {value for value in found if len(value) >= _ECHOED or _tells(value)}
    return sorted(telling, key=lambda value: (-len(value), value))


def _tells(short: str) -> bool:
    return bool(short.strip()) and not short.isdigit() and not _MARKS.issuperset(short)


def _trace(text: str) -> str:
    frames = ["".join(part for part in found if part) for found in _FRAME.findall(text)]
    return " ".join(frames[-6:])


def kind(varied: Varied) -> str:
    """The kind of value that stands in a varied call; empty where it is an ordinary one."""
    if varied.keyword == "drawn":
        return ""
    if varied.keyword != "unusual":
        return f"a value at or beyond {varied.keyword}"
    if varied.where != "body" and varied.why in _UNPRINTABLE:
        return "control characters"  # No header, URL or cookie that is made of it can hold them.
    if _LONG_TEXT.fullmatch(varied.why):
        return "a long text"  # How long it may be hangs on the part of the request.
    return "a number that is too large" if varied.why.startswith("a number ") else varied.why


def kind_of_answer(exchange: Exchange) -> str:
    """Status, media type and the names of the members: what answers have in common that one handler makes."""
    response = exchange.response
    if response is None:
        return fingerprint(exchange)
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = None
    names = " ".join(sorted(map(str, body))) if isinstance(body, dict) else type(body).__name__
    return f"{response.status} {response.media_type} {names}"


def _lasting(value: Any, sent: list[str]) -> Any:
    """A JSON value without what varies from call to call; what was sent is looked for in its texts alone, since the
    text `null` makes no difference to a null."""
    if isinstance(value, dict):
        return {name: _lasting(member, sent) for name, member in value.items()}
    if isinstance(value, list):
        return [_lasting(member, sent) for member in value[:8]]
    if isinstance(value, str):
        value = _PASSED_ON.sub(_refusal, _STATEMENT.sub("<statement>", _without(value, sent)))
        for pattern in _VARYING:
            value = pattern.sub("<sent>", value)
        return value
    return value if value is None or isinstance(value, bool) else "<number>"


def _refusal(quoted: re.Match[str]) -> str:
    """A refusal that is passed on as an error of the server is one cause, whatever it refuses."""
    return f"a refusal: {quoted.group(1)}"


def breach_root(bench: Bench, operation: Operation, violation: Violation, status: int) -> str:
    """The root cause of a breach, for all checks: a serializer that leaves members out, or writes others, does so in
    all of a resource, and wherever else the same schema is answered with; one that writes null does so everywhere."""
    if violation.keyword == "content-type":
        return f"content-type {violation.text.partition(' for ')[0]}"
    if violation.keyword == "type" and violation.text.startswith("null "):
        return "null where the contract has none"
    here = f"{resource(operation) if status < 400 else status} {violation.keyword}"
    if status >= 400 or not violation.component:
        return here
    root: str = bench.learned.setdefault(("breach", violation.component, violation.keyword), here)
    return root


def breach(operation: Operation, violation: Violation, status: int) -> str:
    """The same member of the same resource is one mistake, in however many operations it shows; a media type that
    nobody declared, and a refusal that is told in another form, is one mistake of the whole service."""
    if violation.keyword == "content-type":
        return f"content-type {violation.text}"
    member = shape(violation.place).rpartition("/")[2]
    named = violation.text if violation.keyword in _NAMING else ""
    about = resource(operation) if status < 400 else str(status)
    return " ".join((about, violation.keyword, member, named))


def undocumented_root(exchange: Exchange) -> str:
    """The root cause of a status that a contract does not declare: one class of them is left out as a whole."""
    return f"undocumented {exchange.status // 100}xx"


def resource(operation: Operation) -> str:
    """What an operation is about: the words of its path, without the ids and what is done with the object."""
    words = [part for part in operation.path.split("/") if part and "{" not in part]
    prefix = len(list(takewhile(_PREFIX.fullmatch, words)))
    return "/".join(words[: prefix + 1]) or "/"


def shape(place: str) -> str:
    """The place with every index as `*`: each item of a list is wrong for the same reason."""
    return re.sub(r"/\d+(?=/|$)", "/*", place)
