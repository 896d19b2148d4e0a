"""A contract is taken up again when its files change, once they are written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from seamwright.model.errors import ContractError
from seamwright.services.mock.documents import ContractDocument, Source, read_document
from seamwright.services.mock.watching import LOOKS_EVERY, Watch
from tests.mocking import document, never, until, written


@asynccontextmanager
async def watched(path: Path, take_up: Callable[[ContractDocument], None], said: list[str]) -> AsyncIterator[None]:
    source = Source(path.name, path.parent, never)
    watch = Watch(source, await read_document(source), take_up, said.append)
    watch.start()
    try:
        yield
    finally:
        await watch.close()
        await watch.close()


async def test_a_changed_file_is_read_once(tmp_path: Path) -> None:
    taken: list[str] = []
    said: list[str] = []
    path = written(tmp_path, document())
    async with watched(path, lambda found: taken.append(found.contract.title), said):
        written(tmp_path, document(title="Second"))
        await until(said, "the contract was taken up again: 4 operations")
        await asyncio.sleep(3 * LOOKS_EVERY)
    assert taken == ["Second"]
    assert len(said) == 1


async def test_a_file_that_is_half_written_is_waited_for(tmp_path: Path) -> None:
    said: list[str] = []
    path = written(tmp_path, document())
    whole = path.read_text(encoding="utf-8").replace("Pets", "Cats")
    async with watched(path, lambda found: None, said):
        for end in range(0, len(whole), len(whole) // 12):
            path.write_text(whole[:end], encoding="utf-8")
            await asyncio.sleep(LOOKS_EVERY / 3)
        path.write_text(whole, encoding="utf-8")
        await until(said, "the contract was taken up again")
    assert len(said) == 1, said


async def test_one_that_cannot_be_used_is_told_once_and_tried_again(tmp_path: Path) -> None:
    said: list[str] = []
    usable = False

    def take_up(found: ContractDocument) -> None:
        if not usable:
            raise ContractError("the engine cannot use it")

    async with watched(written(tmp_path, document()), take_up, said):
        written(tmp_path, document(title="Second"))
        await until(said, "the contract was not taken up, the one from before still answers: the engine cannot use it")
        await asyncio.sleep(3 * LOOKS_EVERY)
        usable = True
        await until(said, "the contract was taken up again")
    assert len(said) == 2


async def test_a_contract_from_a_url_is_not_looked_at(tmp_path: Path) -> None:
    async def fetch(url: str) -> bytes:
        return written(tmp_path, document()).read_bytes()

    source = Source("https://pets.example/openapi.json", tmp_path, fetch)
    watch = Watch(source, await read_document(source), lambda found: None, lambda line: None)
    watch.start()
    await watch.close()
