"""A running mock: over real connections, with faults, a journal, and a contract that changes under it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from seamwright.engines.mock import fault_from, latency_from
from seamwright.model.errors import ContractError, UsageError
from seamwright.services.mock import Running, Settings, Source, opened
from tests.mocking import client, document, running, until, written


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    return written(tmp_path, document())


async def test_what_is_created_is_there_and_what_is_deleted_is_gone(pets: Path) -> None:
    async with running(pets) as server, client(server) as ask:
        made = await ask.post("/pets", json={"name": "rex"})
        assert made.status_code == 201
        assert made.headers["location"] == f"{server.url}/pets/{made.json()['id']}"
        assert (await ask.get(made.headers["location"])).json() == made.json()
        assert (await ask.delete(made.headers["location"])).status_code == 204
        assert (await ask.get(made.headers["location"])).status_code == 404


async def test_head_and_options_and_what_is_not_there(pets: Path) -> None:
    async with running(pets) as server, client(server) as ask:
        got, head = await ask.get("/pets"), await ask.request("HEAD", "/pets")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"]
        assert (await ask.request("OPTIONS", "/pets")).headers["allow"] == "GET, POST, HEAD, OPTIONS"
        assert (await ask.put("/pets")).status_code == 405
        assert (await ask.get("/nothing")).json()["detail"] == "the contract has no path /nothing"


async def test_the_contract_is_given_out_unless_it_has_that_path_itself(tmp_path: Path) -> None:
    told = document()
    async with running(written(tmp_path, told)) as server, client(server) as ask:
        assert (await ask.get("/openapi.json")).json() == told
        assert (await ask.get("/__seamwright/contract")).json() == told
    taken = document({"/openapi.json": {"get": {"responses": {"204": {"description": "mine"}}}}})
    async with running(written(tmp_path, taken)) as server, client(server) as ask:
        assert (await ask.get("/openapi.json")).status_code == 204
        assert (await ask.get("/__seamwright/contract")).json() == taken


async def test_paths_are_served_below_the_base_of_the_server_and_at_the_root(tmp_path: Path) -> None:
    async with running(written(tmp_path, document(prefix="/api/v3"))) as server, client(server) as ask:
        below = await ask.get("/api/v3/pets")
        assert below.json() == (await ask.get("/pets")).json()
        made = await ask.post("/api/v3/pets", json={"name": "rex"})
        assert made.headers["location"] == f"{server.url}/api/v3/pets/{made.json()['id']}"
        assert server.facts()["base"] == f"{server.url}/api/v3"
        assert (await ask.get("/api/v3x/pets")).status_code == 404


async def test_beside_the_base_only_what_the_contract_names_is_served(tmp_path: Path) -> None:
    anything: dict[str, Any] = {"/{word}": {"get": {"responses": {"204": {"description": ""}}}}}
    anything["/{word}"]["parameters"] = [{"name": "word", "in": "path", "required": True, "schema": {"type": "string"}}]
    async with running(written(tmp_path, document(anything, prefix="/v1"))) as server, client(server) as ask:
        assert (await ask.get("/v1/hello")).status_code == 204
        assert (await ask.get("/hello")).status_code == 404
        assert (await ask.get("/pets")).status_code == 200
    async with running(written(tmp_path, document(anything))) as server, client(server) as ask:
        assert (await ask.get("/hello")).status_code == 204


async def test_the_journal_tells_every_request(pets: Path, tmp_path: Path) -> None:
    file, said = tmp_path / "journal.jsonl", list[str]()
    async with running(pets, journal=file, say=said.append) as server, client(server) as ask:
        await ask.post("/pets", json={"name": 7}, headers={"authorization": "Bearer hush"})
        await ask.get("/pets")
        entries = (await ask.get("/__seamwright/journal")).json()["entries"]
        assert [(e["operation"], e["response"]["status"]) for e in entries] == [("addPet", 400), ("listPets", 200)]
        assert entries[0]["violations"][0]["place"] == "/body/name"
        only = (await ask.get("/__seamwright/journal?operation=listPets")).json()["entries"]
        assert [entry["number"] for entry in only] == [2]
        assert (await ask.delete("/__seamwright/journal")).status_code == 204
        assert (await ask.get("/__seamwright/journal")).json()["entries"] == []
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["operation"] for line in lines] == ["addPet", "listPets"]
    assert "hush" not in file.read_text(encoding="utf-8")
    assert said[0].startswith("POST /pets 400 addPet")


async def test_what_each_operation_is_taken_to_do(pets: Path) -> None:
    async with running(pets) as server, client(server) as ask:
        told = (await ask.get(f"{server.facts()['control']}operations")).json()["operations"]
    assert told[1] == {
        "id": "addPet",
        "method": "POST",
        "path": "/pets",
        "role": "create",
        "resource": "pets",
        "id_at": "id",
        "answers": ["201", "400"],
    }


async def test_the_first_state_comes_back(pets: Path) -> None:
    async with running(pets) as server, client(server) as ask:
        first = (await ask.get("/pets")).json()
        await ask.delete(f"/pets/{first[0]['id']}")
        assert (await ask.post("/__seamwright/reset")).status_code == 204
        assert (await ask.get("/pets")).json() == first


async def test_seeds(pets: Path) -> None:
    async def listed(seed: int) -> object:
        async with running(pets, seed=seed) as server, client(server) as ask:
            return (await ask.get("/pets")).json()

    assert await listed(1) == await listed(1)
    assert await listed(1) != await listed(2)


async def test_faults_strike_instead_of_answers(pets: Path) -> None:
    async with running(pets, faults=(fault_from("reset@listPets"),)) as server, client(server) as ask:
        with pytest.raises(httpx2.TransportError):
            await ask.get("/pets")
        assert (await ask.get("/pets/1")).status_code == 200
        entry = (await ask.get("/__seamwright/journal")).json()["entries"][0]
        assert (entry["fault"], entry["response"]) == ("reset", None)
    async with running(pets, faults=(fault_from("503"),)) as server, client(server) as ask:
        failed = await ask.get("/pets")
        assert (failed.status_code, failed.headers["retry-after"]) == (503, "1")
    async with running(pets, faults=(fault_from("malformed@listPets"),)) as server, client(server) as ask:
        with pytest.raises(ValueError):
            (await ask.get("/pets")).json()
    async with running(pets, faults=(fault_from("truncate@listPets"),)) as server, client(server) as ask:
        with pytest.raises(httpx2.TransportError):
            await ask.get("/pets")


async def test_a_dropped_answer_leaves_the_work_done(pets: Path) -> None:
    async with running(pets, faults=(fault_from("drop@addPet"),)) as server, client(server) as ask:
        before = len((await ask.get("/pets")).json())
        with pytest.raises(httpx2.TransportError):
            await ask.post("/pets", json={"name": "rex"})
        assert len((await ask.get("/pets")).json()) == before + 1


async def test_latency_and_slowness_and_hanging(pets: Path) -> None:
    settings = {
        "latencies": (latency_from("80ms"),),
        "faults": (fault_from("slow=150ms@getPet"), fault_from("hang@addPet")),
    }
    async with running(pets, **settings) as server, client(server) as ask:
        began = time.monotonic()
        await ask.get("/pets")
        assert time.monotonic() - began >= 0.08
        began = time.monotonic()
        await ask.get("/pets/1")
        assert time.monotonic() - began >= 0.23
        with pytest.raises(httpx2.ReadTimeout):
            await ask.post("/pets", json={"name": "rex"}, timeout=0.2)


async def test_a_contract_that_changes_is_taken_up_and_the_state_stays(pets: Path) -> None:
    said: list[str] = []
    async with running(pets, say=said.append) as server, client(server) as ask:
        rex = (await ask.post("/pets", json={"name": "rex"})).json()
        changed = document({"/health": {"get": {"responses": {"204": {"description": ""}}}}}, title="More pets")
        written(pets.parent, changed)
        await until(said, "the contract was taken up again")
        assert (await ask.get("/health")).status_code == 204
        assert (await ask.get(f"/pets/{rex['id']}")).json() == rex
        assert server.title == "More pets"
        assert (await ask.get("/openapi.json")).json() == changed


async def test_a_broken_contract_leaves_the_one_before(pets: Path) -> None:
    said: list[str] = []
    async with running(pets, say=said.append) as server, client(server) as ask:
        pets.write_text("{", encoding="utf-8")
        await until(said, "the contract was not taken up, the one from before still answers")
        assert (await ask.get("/pets")).status_code == 200
        written(pets.parent, document(title="Mended"))
        await until(said, "the contract was taken up again")
        assert server.title == "Mended"


async def test_what_a_changed_contract_lacks_may_come_later(pets: Path) -> None:
    said: list[str] = []
    async with running(pets, say=said.append) as server, client(server) as ask:
        more = {"/cages": {"$ref": "cages.json#/cages"}}
        written(pets.parent, document(more))
        await until(said, "the contract was not taken up")
        cages = {"cages": {"get": {"responses": {"204": {"description": ""}}}}}
        written(pets.parent, cages, "cages.json")
        await until(said, "the contract was taken up again")
        assert (await ask.get("/cages")).status_code == 204
    assert len([line for line in said if line.startswith("the contract was not taken up")]) == 1


async def test_pages_of_other_origins_may_read_answers(pets: Path) -> None:
    async with running(pets) as server, client(server) as ask:
        assert "access-control-allow-origin" not in (await ask.get("/pets")).headers
        told = await ask.get("/pets", headers={"origin": "http://localhost:3000"})
        assert told.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in told.headers
        headers = {"origin": "http://x", "access-control-request-method": "POST", "access-control-request-headers": "a"}
        asked = await ask.request("OPTIONS", "/pets", headers=headers)
        assert asked.headers["access-control-allow-methods"] == "GET, POST, HEAD, OPTIONS"
        assert asked.headers["access-control-allow-headers"] == "a"


async def test_what_cannot_be_started_is_told(tmp_path: Path, pets: Path) -> None:
    async def start(path: Path, **settings: object) -> Running:
        return await opened(Source(str(path), tmp_path, _fetch), Settings(**settings))  # type: ignore[arg-type]

    with pytest.raises(ContractError, match="does not exist"):
        await start(tmp_path / "nowhere.json")
    with pytest.raises(UsageError, match="--journal"):
        await start(pets, journal=tmp_path / "no" / "folder")
    async with running(pets) as server:
        with pytest.raises(UsageError, match="cannot be listened on"):
            await start(pets, port=int(server.url.rpartition(":")[2]))


async def test_a_contract_may_come_from_a_url(tmp_path: Path) -> None:
    source = Source("http://pets.example/openapi.json", tmp_path, _fetch)
    server = await opened(source, Settings())
    try:
        async with client(server) as ask:
            assert (await ask.get("/openapi.json")).json() == document()
    finally:
        await server.close()
        await server.close()


async def _fetch(url: str) -> bytes:
    assert url == "http://pets.example/openapi.json"
    return json.dumps(document()).encode()
