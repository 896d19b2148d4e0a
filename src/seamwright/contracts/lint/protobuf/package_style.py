"""Packages are written in lower_snake_case with dots."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import STYLES, in_style, words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import SHOP
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for file in files.files:
        parts = file.package.split(".") if file.package else []
        if not all(STYLES["snake_case"].fullmatch(part) for part in parts):
            better = ".".join(in_style(words(part), "snake_case") for part in parts)
            yield Found(file.place, f"the package {file.package} is not in lower_snake_case", f"write it {better}")


RULE = Rule(
    id="protobuf.package-style",
    kind="protobuf",
    severity=Severity.WARNING,
    says="packages are written in lower_snake_case with dots",
    why="generated code makes folders and modules of them (style guide of protobuf.dev)",
    run=_run,
    wrong=SHOP.replace("shop.v1", "theShop.v1"),
    right=SHOP.replace("shop.v1", "the_shop.v1"),
)
