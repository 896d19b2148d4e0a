"""The version of the contract is a semantic one or a date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping

__all__ = ["RULE"]

_SEMANTIC = re.compile(r"v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[-.][0-9A-Za-z.-]+)?")


def _run(reading: Reading) -> Iterator[Found]:
    version = mapping(reading.document.get("info")).get("version")
    if version is None or isinstance(version, dict | list):
        return
    told = str(version).strip()
    if not _SEMANTIC.fullmatch(told) and not _DATE.fullmatch(told):
        text = f"the version {told!r} is neither semantic, such as 1.4.0, nor a date, such as 2026-01-31"
        yield Found("#/info/version", text, "write it as MAJOR.MINOR.PATCH and count up what changed")


RULE = Rule(
    id="version-info",
    severity=Severity.WARNING,
    says="the version of the contract is a semantic one or a date",
    why="whoever integrates sees from it whether a change breaks anything (semver.org)",
    run=_run,
    wrong="""
info: {title: Shop, version: latest}
paths: {}
""",
    right="""
info: {title: Shop, version: 1.4.0}
paths: {}
""",
)
