"""Every package says its version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import SHOP
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


_VERSION = re.compile(r"v\d+(?:(?:alpha|beta|p\d+alpha|p\d+beta)\d*)?|v\d+test.*")


def _run(files: Files) -> Iterator[Found]:
    for file in files.files:
        if file.services and file.package and not _VERSION.fullmatch(file.package.rpartition(".")[2]):
            yield Found(
                file.place, f"the package {file.package} does not end with a version", f"name it {file.package}.v1"
            )


RULE = Rule(
    id="protobuf.package-version",
    kind="protobuf",
    severity=Severity.WARNING,
    says="every package says its version",
    why="a change that breaks callers needs a second version beside the first (style guide of protobuf.dev)",
    run=_run,
    wrong=SHOP.replace("shop.v1", "shop"),
    right=SHOP.replace("shop.v1", "shop.v1beta1"),
)
