"""A real headless Chromium for tests of pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

__all__ = ["Chromium", "browser"]

T = TypeVar("T")

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


class Chromium:
    """A running browser; all of it happens in one thread of its own.

    Playwright's synchronous door keeps an event loop running in its thread, and the asynchronous tests of the same
    process could not start theirs in that thread any more.
    """

    def __init__(self, executable: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chromium")
        self._playwright, self._browser = self._thread.submit(_launched, executable).result()

    def visit(self, act: Callable[[Page], T], *, width: int = 1280, height: int = 900, **context: Any) -> T:
        """Give what `act` gives for a new page of this size in a fresh context; its failed assertions come through."""

        def work() -> T:
            opened = self._browser.new_context(viewport={"width": width, "height": height}, **context)
            try:
                return act(opened.new_page())
            finally:
                opened.close()

        return self._thread.submit(work).result()

    def close(self) -> None:
        """End the browser and its thread."""
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()


def _launched(executable: str) -> tuple[Playwright, Browser]:
    from playwright.sync_api import sync_playwright

    playwright = sync_playwright().start()
    try:
        return playwright, playwright.chromium.launch(executable_path=executable, args=[*_FLAGS])
    except BaseException:
        playwright.stop()
        raise


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """A real Chromium. Where it or Playwright is missing the test is skipped, or fails when services are required."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        _missing("Playwright for Python is not installed: pip install playwright")
    executable = _executable()
    if executable is None:
        places = os.environ.get("SEAMWRIGHT_TEST_CHROMIUM") or ", ".join(_PLACES)
        _missing(f"Chromium was not found at {places}; install it, or set SEAMWRIGHT_TEST_CHROMIUM")
    chromium = Chromium(executable)
    yield chromium
    chromium.close()


def _executable() -> str | None:
    told = os.environ.get("SEAMWRIGHT_TEST_CHROMIUM")
    if told:
        return told if Path(told).exists() else None
    return next((place for place in _PLACES if Path(place).exists()), shutil.which("chromium"))


def _missing(reason: str) -> NoReturn:
    if os.environ.get("SEAMWRIGHT_REQUIRE_SERVICES") == "1":
        pytest.fail(f"Chromium is required (SEAMWRIGHT_REQUIRE_SERVICES=1): {reason}", pytrace=False)
    pytest.skip(f"Chromium: {reason}")
