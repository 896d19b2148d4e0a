"""Every file has a package."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import SHOP
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for file in files.files:
        if not file.package:
            yield Found(file.place, f"{file.name} has no package", "add one, such as package shop.v1;")


RULE = Rule(
    id="protobuf.package-declared",
    kind="protobuf",
    severity=Severity.WARNING,
    says="every file has a package",
    why="its names meet those of other files in every program that loads both",
    run=_run,
    wrong=SHOP.replace("package shop.v1;\n", ""),
    right=SHOP,
)
