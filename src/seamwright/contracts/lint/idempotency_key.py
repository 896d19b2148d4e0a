"""An operation that creates can be tried again without creating twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._reading import Call, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_KEY = re.compile(r"idempoten|(?:request|transaction|dedup\w*)[-_]?(?:id|key|token)$|client[-_]?token$", re.IGNORECASE)
_ID = re.compile(r"{[^/]+}")
_NO_CREATION = frozenset({"login", "logout", "token", "search", "query", "refresh", "validate", "verify", "graphql"})


def _run(reading: Reading) -> Iterator[Found]:
    held = (item.path.rpartition("/") for item in reading.items)
    collections = {above for above, _, last in held if _ID.fullmatch(last)}
    for call in reading.calls:
        if call.method == "post" and _creates(call, collections) and not _keyed(reading, call):
            yield Found(
                call.part.place,
                f"{call} creates, and a caller that got no answer cannot try again without creating twice",
                "take an Idempotency-Key header",
            )


def _creates(call: Call, collections: set[str]) -> bool:
    if "201" in call.answers:
        return True
    last = call.item.segments[-1:] or [""]
    return last[0].lower() not in _NO_CREATION and call.path.rstrip("/") in collections


def _keyed(reading: Reading, call: Call) -> bool:
    if any(_KEY.search(parameter.text("name")) for parameter in call.parameters):
        return True
    media = call.body.media if call.body else ()
    return any(_KEY.search(name) for medium in media for name in reading.properties(*medium.schema))


RULE = Rule(
    id="idempotency-key",
    severity=Severity.WARNING,
    says="an operation that creates can be tried again without creating twice",
    why="every network loses answers; without a key a retry orders or charges twice (IETF, Idempotency-Key header)",
    run=_run,
    wrong="""
paths:
  /orders:
    post: {responses: {"201": {description: the order}}}
""",
    right="""
paths:
  /orders:
    post:
      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]
      responses: {"201": {description: the order}}
""",
)
