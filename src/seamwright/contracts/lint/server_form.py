"""The servers are named, by URLs that paths can be appended to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from seamwright.contracts.lint._reading import Part, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, sequence

__all__ = ["RULE"]

_VARIABLE = re.compile(r"{([^{}]*)}")
_RESERVED = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|example|test|invalid)$")


def _run(reading: Reading) -> Iterator[Found]:
    servers = sequence(reading.document.get("servers"))
    if not servers:
        yield Found("#", "no server is named", "name at least the one for tests under `servers`")
    for index, server in enumerate(servers):
        yield from _of(Part(mapping(server), f"#/servers/{index}"))


def _of(server: Part) -> Iterator[Found]:
    url = server.text("url")
    place = server.below("url")
    variables = mapping(server.node.get("variables"))
    for name in _VARIABLE.findall(url):
        if name not in variables:
            yield Found(place, f"the variable {{{name}}} of {url} is not described", "add it", Severity.ERROR)
    for name, variable in variables.items():
        if f"{{{name}}}" not in url:
            yield Found(server.below("variables", name), f"{url} has no {{{name}}}", "correct the name, or remove it")
        options, default = sequence(mapping(variable).get("enum")), mapping(variable).get("default")
        if options and default not in options:
            at = server.below("variables", name, "default")
            yield Found(at, f"the default {default!r} of {{{name}}} is none of its values", "", Severity.ERROR)
        url = url.replace(f"{{{name}}}", str(default))
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        yield Found(place, f"{url} is no URL: {error}", "correct it", Severity.ERROR)
        return
    if len(url) > 1 and url.endswith("/"):
        yield Found(place, f"{url} ends with a slash, and every path begins with one", "leave it off")
    if parts.query or parts.fragment:
        yield Found(place, f"{url} has a query or a fragment, to which no path can be appended", "", Severity.ERROR)
    if _RESERVED.search(host):
        yield Found(place, f"{host} is a name for documentation, where nothing answers", "name the real server")


RULE = Rule(
    id="server-form",
    severity=Severity.INFO,
    says="the servers are named, by URLs that paths can be appended to",
    why="clients are generated for these addresses (OpenAPI 3.1, server object)",
    run=_run,
    wrong="""
servers: [{url: "https://shop.acme.com/"}]
paths: {}
""",
    right="""
servers: [{url: "https://shop.acme.com/v1"}]
paths: {}
""",
)
