"""Mocks of HTTP APIs by their documents."""

from __future__ import annotations

from pathlib import Path

from seamwright.services.mock.documents import Source, read_document
from seamwright.services.mock.kind import Settings
from seamwright.services.mock.kinds.http import MOCK
from tests.mocking import document, never, written


async def test_it_opens_a_mock(tmp_path: Path) -> None:
    source = Source(str(written(tmp_path, document())), tmp_path, never, "pets")
    running = await MOCK.open(source, Settings(), await read_document(source))
    try:
        assert running.title == "Pets"
        assert running.url.startswith("http://127.0.0.1:")
        assert running.facts()["operations"] == 4
    finally:
        await running.close()
