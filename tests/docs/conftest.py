"""What the tests of the docs share with those of the doors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faces.conftest import Served
from tests.faces.shelf import Logged, shelf
from tests.serving import serving


@pytest.fixture(scope="module")
def module_books() -> Iterator[Served]:
    """An API as a reader of the docs may have it."""
    app = Logged(shelf())
    with serving(app) as url:
        yield Served(url, app)
