"""Every scope that is asked for is one that the scheme grants."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Part, Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, sequence

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    granted = {
        name: scopes for name, part in reading.schemes.items() if (scopes := _granted(reading, part)) is not None
    }
    for part in [reading.top, *(call.part for call in reading.calls)]:
        for index, requirement in enumerate(sequence(part.node.get("security"))):
            for name, scopes in mapping(requirement).items():
                for scope in sequence(scopes) if name in granted else []:
                    if isinstance(scope, str) and scope not in granted[name]:
                        place = part.below("security", index, name)
                        yield Found(
                            place, f"no flow of {name} grants the scope {scope}", "list it in the flow's scopes"
                        )


def _granted(reading: Reading, scheme: Part) -> set[str] | None:
    if scheme.text("type") != "oauth2":
        return None
    found = set(mapping(scheme.node.get("scopes")))
    for _, flow in reading.children(reading.child(scheme, "flows")):
        found |= set(mapping(flow.node.get("scopes")))
    return found


RULE = Rule(
    id="security-scopes",
    severity=Severity.WARNING,
    says="every scope that is asked for is one that the scheme grants",
    why="no token can ever have it (RFC 6749, section 3.3)",
    run=_run,
    wrong="""
paths:
  /orders:
    get: {security: [{login: ["orders:raed"]}], responses: {}}
components:
  securitySchemes:
    login:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: "https://login.example/token", scopes: {"orders:read": see orders}}}
""",
    right="""
paths:
  /orders:
    get: {security: [{login: ["orders:read"]}], responses: {}}
components:
  securitySchemes:
    login:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: "https://login.example/token", scopes: {"orders:read": see orders}}}
""",
)
