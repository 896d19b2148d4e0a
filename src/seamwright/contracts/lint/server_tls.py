"""Every server is spoken to over TLS."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, sequence, text

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for index, server in enumerate(sequence(reading.document.get("servers"))):
        url = text(mapping(server).get("url"))
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            continue  # `server-form` tells of it.
        if parts.scheme in ("http", "ws") and not _loopback(host):
            yield Found(f"#/servers/{index}/url", f"{url} is spoken to without TLS", "write https://")


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


RULE = Rule(
    id="server-tls",
    severity=Severity.ERROR,
    says="every server is spoken to over TLS",
    why="whoever is on the way reads the credentials and changes the answers (OWASP API8:2023); this machine may",
    run=_run,
    wrong="""
servers: [{url: "http://shop.example"}]
paths: {}
""",
    right="""
servers: [{url: "https://shop.example"}, {url: "http://127.0.0.1:8801"}]
paths: {}
""",
)
