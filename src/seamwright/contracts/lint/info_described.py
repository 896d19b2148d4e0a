"""The contract says what the API is for and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    info = reading.child(reading.top, "info")
    if not info.text("description") and not info.text("summary"):
        yield Found("#/info", "nothing says what this API is for", "describe it in `info.description`")
    contact = reading.child(info, "contact")
    if not any(contact.text(key) for key in ("name", "email", "url")):
        yield Found("#/info", "nothing says whom to ask about this API", "name them in `info.contact`")


RULE = Rule(
    id="info-described",
    severity=Severity.INFO,
    says="the contract says what the API is for and whom to ask",
    why="somebody who meets trouble at this boundary needs its owner",
    run=_run,
    wrong="""
info: {title: Shop, version: 1.0.0}
paths: {}
""",
    right="""
info: {title: Shop, version: 1.0.0, description: Takes orders, contact: {email: orders@shop.example}}
paths: {}
""",
)
