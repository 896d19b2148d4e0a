"""What tests of the doors share: a stranger's API, served once for a module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faces.shelf import Logged, shelf
from tests.serving import serving

__all__ = ["Served"]


@dataclass(frozen=True, slots=True)
class Served:
    """A served API: its address, and what it received."""

    url: str
    app: Logged
    document: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "document", f"{self.url}/openapi.json")


@pytest.fixture(scope="module")
def books() -> Iterator[Served]:
    """The stranger's API, open to everybody."""
    app = Logged(shelf())
    with serving(app) as url:
        yield Served(url, app)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The folder that commands are run in."""
    return tmp_path
