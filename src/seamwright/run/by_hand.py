"""The `curl` command that shows a finding by hand, for findings that one plain request shows."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from seamwright.model.check import Check, Dares
from seamwright.model.exchange import Exchange, Request
from seamwright.model.finding import Finding
from seamwright.model.identity import ANYONE
from seamwright.model.operation import SAFE_METHODS
from seamwright.model.subject import Subject
from seamwright.run.redaction import MASK

__all__ = ["by_hand"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PRINTABLE = re.compile(r"[ -~]*")
_URL = re.compile(r"https?://[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
"""RFC 3986, appendix A; what is no character of a URL, each client encodes in its own way."""

_LONGEST_BODY = 4000

_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie"})


def by_hand(finding: Finding, exchanges: Mapping[int, Exchange], check: Check, subject: Subject) -> str:
    """A command that shows the finding's first witness again as it was; empty where there is none that would.

    `exchanges` are those of the check by number, redacted. The witness must be a safe request without a body (or a
    GraphQL query, whose body is one) and without credentials, answered while nothing else was done to the boundary (no
    fault, no load), and nothing in it may have been masked.
    """
    witness = exchanges.get(finding.exchanges[0]) if finding.exchanges else None
    if witness is None or witness.response is None or check.dares in (Dares.FAULT, Dares.LOAD):
        return ""
    if not _anonymous(witness.identity, subject) or _names_credentials(witness.request, subject):
        return ""
    return _curl(witness.request, _graphql_query(witness, subject))


def _anonymous(name: str | None, subject: Subject) -> bool:
    known = subject.manifest.identities.get(name or "")
    return name in (None, ANYONE.name) if known is None else known.anonymous


def _names_credentials(request: Request, subject: Subject) -> bool:
    """Whether a request carries credentials, made-up ones included, in any place where the contract expects them."""
    schemes = subject.contract.schemes.values() if subject.contract else ()
    headers = _CREDENTIALS | {s.parameter.lower() for s in schemes if s.location == "header"}
    query = {s.parameter for s in schemes if s.location == "query"}
    asked = {name for name, _ in parse_qsl(urlsplit(request.url).query, keep_blank_values=True)}
    return bool(asked & query) or any(name.lower() in headers for name, _ in request.headers)


def _graphql_query(witness: Exchange, subject: Subject) -> str:
    """The body of a GraphQL query; empty where the witness is none, or its body is nothing that a shell can hold."""
    contract = subject.contract
    operation = contract.operation(witness.operation) if contract and contract.kind == "graphql" else None
    if operation is None or not operation.safe:
        return ""
    try:
        body = witness.request.body.decode("utf-8")
        document = json.loads(body)["query"]
    except (ValueError, KeyError, TypeError):
        return ""
    reads = isinstance(document, str) and document.startswith(("query ", "{")) and "mutation" not in document
    return body if reads and "\0" not in body and len(body) <= _LONGEST_BODY else ""


def _curl(request: Request, query: str = "") -> str:
    if not _URL.fullmatch(request.url) or (not query and (request.method not in SAFE_METHODS or request.body)):
        return ""
    if any(unquote(step) in (".", "..") for step in urlsplit(request.url).path.split("/")):
        return ""  # clients resolve such steps, each in its own way
    if any(MASK in text for text in (request.url, query, *(value for _, value in request.headers))):
        return ""
    words = ["curl", "-i"]
    if request.method == "HEAD":
        words.append("--head")  # with -X HEAD, curl would wait for a body
    elif query:
        words += ["--data-raw", query]
    elif request.method != "GET":
        words += ["-X", request.method]
    if "[" in request.url or "]" in request.url:
        words.append("--globoff")
    for name, value in request.headers:
        if not _TOKEN.fullmatch(name) or not _PRINTABLE.fullmatch(value):
            return ""
        # "Name:" would take a header away; "Name;" sends it without a value.
        words += ["-H", f"{name}: {value}" if value.strip() else f"{name};"]
    return shlex.join([*words, request.url])
