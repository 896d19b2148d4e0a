"""Credentials travel in a way that keeps them secret."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Part, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]

_SECRET = {"access_token", "api_key", "apikey", "auth_token", "password", "secret", "client_secret"}
_FLOWS = {
    "implicit": "the token passes through the address of a page (RFC 9700, section 2.1.2)",
    "password": "the client sees the password (RFC 9700, section 2.4)",
}


def _run(reading: Reading) -> Iterator[Found]:
    for name, scheme in reading.schemes.items():
        yield from _of_scheme(reading, name, scheme)
    for call in reading.calls:
        for parameter in call.at("query"):
            if parameter.text("name").lower() in _SECRET:
                text = f"{call} takes the secret {parameter.text('name')} in its query"
                yield Found(parameter.place, text, "take it in a header or in the body")


def _of_scheme(reading: Reading, name: str, scheme: Part) -> Iterator[Found]:
    if scheme.text("type") == "apiKey" and scheme.text("in") == "query":
        yield Found(scheme.place, f"the key of {name} travels in the query, and so into logs", "take it in a header")
    if scheme.text("type") == "http" and scheme.text("scheme").lower() == "basic":
        text = f"{name} sends the password itself with every call"
        yield Found(scheme.place, text, "give out tokens that end", Severity.INFO)
    flows = set(reading.child(scheme, "flows").node) | {scheme.text("flow")}
    for flow in sorted(flows & _FLOWS.keys()):
        yield Found(scheme.place, f"the {flow} flow of {name} is given up: {_FLOWS[flow]}", "use authorizationCode")


RULE = Rule(
    id="security-weak",
    severity=Severity.WARNING,
    says="credentials travel in a way that keeps them secret",
    why="addresses are written into logs and histories (RFC 6750, section 5.3; RFC 9700)",
    run=_run,
    wrong="""
paths: {}
components:
  securitySchemes:
    key: {type: apiKey, in: query, name: key}
""",
    right="""
paths: {}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
""",
)
