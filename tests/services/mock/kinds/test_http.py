"""Mocks of HTTP APIs by their documents."""

from __future__ import annotations

from pathlib import Path

from seamwright.services.mock.kind import Settings, Source
from seamwright.services.mock.kinds.http import MOCK
from tests.mocking import document, never, written


def test_documents_that_it_takes() -> None:
    taken = ["a.json", "a.yaml", "a.yml", "https://x/a.json?v=1"]
    assert [name for name in [*taken, "a.graphql", "a.proto", "a"] if MOCK.takes(name)] == taken


async def test_it_opens_a_mock(tmp_path: Path) -> None:
    running = await MOCK.open(Source(str(written(tmp_path, document())), tmp_path, never, "pets"), Settings())
    try:
        assert running.title == "Pets"
        assert running.url.startswith("http://127.0.0.1:")
        assert running.facts()["operations"] == 4
    finally:
        await running.close()
