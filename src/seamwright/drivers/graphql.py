"""GraphQL over HTTP: requests travel as HTTP does, and an endpoint tells its schema by introspection."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from seamwright.drivers.http import HttpConnection
from seamwright.model.boundary import Boundary
from seamwright.model.driver import Driver
from seamwright.model.errors import ContractError, TargetError, UsageError
from seamwright.model.exchange import Exchange, Request

__all__ = ["DRIVER", "names_graphql"]

ACCEPT = "application/graphql-response+json, application/json"
TIMEOUT = 20.0
"""Seconds that an introspection query may take; large schemas have megabytes."""


def names_graphql(url: str) -> bool:
    """Whether a URL says by its path that it is a GraphQL endpoint. Nothing else is posted to on a guess where it could
    matter: what stands there may take the query for an order."""
    return re.search(r"graphql|gql", urlsplit(url).path, re.IGNORECASE) is not None


async def _describe(boundary: Boundary, callers: Sequence[Mapping[str, str]]) -> bytes:
    """Introspect the endpoint as each caller in turn, until one is told the schema."""
    connection = HttpConnection()
    answers: list[Exchange] = []
    try:
        for headers in callers:
            for query in _queries():
                exchange = await _asked(connection, boundary.url, query, headers)
                answers.append(exchange)
                data = _json(exchange).get("data")
                if isinstance(data, Mapping) and isinstance(data.get("__schema"), Mapping) and exchange.response:
                    return exchange.response.body
        answers += [await _asked(connection, boundary.url, "{ __typename }", headers) for headers in callers]
    finally:
        await connection.close()
    raise _why(boundary.url, answers)


async def _asked(connection: HttpConnection, url: str, query: str, headers: Mapping[str, str]) -> Exchange:
    pairs = (("accept", ACCEPT), ("content-type", "application/json"), *headers.items())
    exchange = await connection.send(
        Request("POST", url, pairs, json.dumps({"query": query}).encode()), timeout=TIMEOUT
    )
    if exchange.failure is not None:
        raise TargetError(
            f"nothing usable answers at {url} ({exchange.failure.text}): the target's fault; "
            "start it, or correct the URL"
        )
    return exchange


def _queries() -> tuple[str, ...]:
    """Introspection as the newest edition of the specification knows it, and as every edition does; nothing where the
    extra is not installed."""
    try:
        from graphql import get_introspection_query
    except ModuleNotFoundError:
        return ()
    known = inspect.signature(get_introspection_query).parameters
    newest = ("specified_by_url", "directive_is_repeatable", "schema_description", "input_value_deprecation", "one_of")
    options = [{n: True for n in newest if n in known}, dict.fromkeys(newest[:4], True), {}]
    return tuple(dict.fromkeys(get_introspection_query(**chosen) for chosen in options))


def _json(exchange: Exchange) -> Mapping[str, Any]:
    try:
        value = exchange.response.json() if exchange.response else {}
    except ValueError:
        return {}
    return value if isinstance(value, Mapping) else {}


def _messages(exchange: Exchange) -> list[str]:
    """The messages of the errors of a GraphQL answer; none where it is no such answer."""
    errors = _json(exchange).get("errors")
    if not isinstance(errors, list) or not all(isinstance(e, Mapping) and "message" in e for e in errors):
        return []
    return [str(error["message"]) for error in errors]


def _speaks(exchange: Exchange) -> bool:
    """Whether an answer to our queries is one of GraphQL."""
    data = _json(exchange).get("data")
    return bool(_messages(exchange)) or (isinstance(data, Mapping) and bool({"__typename", "__schema"} & data.keys()))


def _why(url: str, answers: Sequence[Exchange]) -> UsageError | TargetError:
    if any(_speaks(exchange) for exchange in answers):
        if not _queries():
            return UsageError(f"{url}: speaking GraphQL needs graphql-core: pip install 'seamwright[graphql]'")
        messages = [message for exchange in answers for message in _messages(exchange)]
        told = messages[0] if messages else "it answers without one"
        return ContractError(
            f"{url} does not tell its schema by introspection ({told}); name the schema's file under "
            "'contract' in a manifest (kind: graphql), or let introspection be asked with a token that may"
        )
    return TargetError(f"{url} answers {answers[-1].status} and no GraphQL to a query sent by POST; correct the URL")


def _open(boundary: Boundary) -> HttpConnection:
    return HttpConnection()


DRIVER = Driver(kind="graphql", speaks="GraphQL over HTTP", open=_open, describe=_describe)
