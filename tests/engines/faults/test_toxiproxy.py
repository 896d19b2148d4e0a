"""Toxiproxy's API: its shapes, its toxics on the wire, and its own clients where they are installed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from seamwright.engines.faults.toxiproxy import VERSION, Toxiproxy
from tests.engines.faults.clients import ASK, OK
from tests.engines.servers import echo, free_port, http, serving


@contextlib.asynccontextmanager
async def api(**options: Any) -> AsyncIterator[tuple[Toxiproxy, httpx2.AsyncClient]]:
    toxiproxy = Toxiproxy(0, **{"ttl": 30.0, **options})
    await toxiproxy.start()
    host, port = toxiproxy.address
    try:
        async with httpx2.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False) as client:
            yield toxiproxy, client
    finally:
        await toxiproxy.stop()


async def made(client: httpx2.AsyncClient, upstream: int) -> str:
    """A proxy `p` to this port; where it listens."""
    answer = await client.post("/proxies", json={"name": "p", "upstream": f"127.0.0.1:{upstream}"})
    assert answer.status_code == 201
    return str(answer.json()["listen"])


async def ask(listen: str, data: bytes = ASK) -> bytes:
    def asked() -> bytes:
        host, _, port = listen.rpartition(":")
        with socket.create_connection((host, int(port)), 5) as connection:
            connection.sendall(data)
            return connection.recv(65536)

    return await asyncio.to_thread(asked)


async def test_proxies_are_made_told_changed_and_deleted() -> None:
    with serving(http(OK)) as one, serving(http(OK.replace(b"ok", b"OK"))) as two:
        async with api() as (_, client):
            assert (await client.get("/version")).json() == {"version": VERSION}
            assert (await client.get("/proxies")).json() == {}
            listen = await made(client, one)
            proxy = {"name": "p", "listen": listen, "upstream": f"127.0.0.1:{one}", "enabled": True, "toxics": []}
            assert (await client.get("/proxies/p")).json() == proxy
            assert (await client.get("/proxies")).json() == {"p": proxy}
            again = await client.post("/proxies", json={"name": "p", "upstream": "127.0.0.1:1"})
            assert again.status_code == 409
            assert again.json() == {
                "error": "proxy already exists",
                "title": "proxy already exists",
                "status": 409,
            }
            assert await ask(listen) == OK
            changed = await client.post("/proxies/p", json={"upstream": f"127.0.0.1:{two}"})
            assert changed.json()["listen"] == listen
            assert (await ask(listen)).endswith(b"OK")
            assert (await client.delete("/proxies/p")).status_code == 204
            assert (await client.get("/proxies/p")).status_code == 404
            with pytest.raises(ConnectionRefusedError):
                await ask(listen)


async def test_a_disabled_proxy_refuses_until_it_is_enabled_or_reset() -> None:
    with serving(http(OK)) as port:
        async with api() as (_, client):
            listen = await made(client, port)
            for back in (client.patch("/proxies/p", json={"enabled": True}), client.post("/reset")):
                assert (await client.post("/proxies/p", json={"enabled": False})).json()["enabled"] is False
                with pytest.raises(ConnectionRefusedError):
                    await ask(listen)
                assert (await back).status_code in (200, 204)
                assert (await client.get("/proxies/p")).json()["enabled"] is True
                assert await ask(listen) == OK


async def test_populate_makes_what_is_missing_and_leaves_what_is_the_same() -> None:
    with serving(http(OK)) as port:
        async with api() as (_, client):
            wanted = [
                {"name": name, "listen": f"127.0.0.1:{free_port()}", "upstream": f"127.0.0.1:{port}"} for name in "ab"
            ]
            for _ in range(2):
                answer = await client.post("/populate", json=wanted)
                assert answer.status_code == 201
                assert [proxy["name"] for proxy in answer.json()["proxies"]] == ["a", "b"]
                await client.post("/proxies/a/toxics", json={"type": "latency", "attributes": {"latency": 1}})
            assert len((await client.get("/proxies/a/toxics")).json()) == 1


async def test_a_toxic_is_added_told_changed_and_removed() -> None:
    with serving(http(OK)) as port:
        async with api() as (_, client):
            listen = await made(client, port)
            answer = await client.post("/proxies/p/toxics", json={"type": "latency", "attributes": {"latency": 150}})
            toxic = {
                "name": "latency_downstream",
                "type": "latency",
                "stream": "downstream",
                "toxicity": 1.0,
                "attributes": {"latency": 150, "jitter": 0},
            }
            assert (answer.status_code, answer.json()) == (200, toxic)
            assert (await client.get("/proxies/p")).json()["toxics"] == [toxic]
            began = time.monotonic()
            assert await ask(listen) == OK
            assert time.monotonic() - began > 0.145
            path = "/proxies/p/toxics/latency_downstream"
            assert (await client.post(path, json={"attributes": {"latency": 1}})).json()["attributes"]["latency"] == 1
            assert (await client.get(path)).json()["attributes"]["latency"] == 1
            assert (await client.delete(path)).status_code == 204
            assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/proxies", b"{", 400),
        ("/proxies", b"[]", 400),
        ("/proxies", b'{"name": "q"}', 400),
        ("/proxies", b'{"name": "q", "upstream": "nowhere"}', 400),
        ("/populate", b"{}", 400),
        ("/proxies/p/toxics", b'{"type": "noop"}', 400),
        ("/proxies/q/toxics", b'{"type": "latency"}', 404),
        ("/else", b"", 404),
    ],
)
async def test_what_is_wrong_is_told_and_changes_nothing(path: str, body: bytes, status: int) -> None:
    async with api() as (_, client):
        await made(client, free_port())
        before = (await client.get("/proxies")).json()
        answer = await client.post(path, content=body)
        assert answer.status_code == status
        assert answer.json()["error"]
        assert (await client.get("/proxies")).json() == before
        assert (await client.get("/proxies", headers={"Origin": "http://evil.test"})).status_code == 403


async def test_a_reset_reaches_connections_that_are_open_and_those_that_only_connect() -> None:
    with serving(echo) as port:
        async with api() as (_, client):
            host, _, listen = (await made(client, port)).rpartition(":")
            with socket.create_connection((host, int(listen)), 5) as before:
                await asyncio.to_thread(before.sendall, b"x")
                assert await asyncio.to_thread(before.recv, 1) == b"x"
                await client.post("/proxies/p/toxics", json={"type": "reset_peer"})
                with pytest.raises(ConnectionResetError):
                    await asyncio.to_thread(before.recv, 1)
            with socket.create_connection((host, int(listen)), 5) as after, pytest.raises(ConnectionResetError):
                await asyncio.to_thread(after.recv, 1)


@pytest.mark.parametrize(
    ("toxic", "expected", "least"),
    [
        ({"type": "limit_data", "attributes": {"bytes": 7}}, b"0123456", 0.0),
        ({"type": "timeout", "attributes": {"timeout": 100}}, b"", 0.095),
        ({"type": "timeout", "stream": "upstream", "attributes": {"timeout": 100}}, b"", 0.095),
        ({"type": "bandwidth", "attributes": {"rate": 1}}, b"0123456789" * 20, 0.15),
        ({"type": "slicer", "attributes": {"average_size": 20, "delay": 20_000}}, b"0123456789" * 20, 0.15),
        ({"type": "slow_close", "attributes": {"delay": 150}}, b"0123456789" * 20, 0.145),
    ],
    ids=lambda value: f"{value['type']}-{value.get('stream', 'downstream')}" if isinstance(value, dict) else None,
)
async def test_toxics_on_the_wire(toxic: dict[str, Any], expected: bytes, least: float) -> None:
    async def answers_and_ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(3)
        writer.write(b"0123456789" * 20)
        await writer.drain()

    with serving(answers_and_ends) as port:
        async with api() as (_, client):
            host, _, listen = (await made(client, port)).rpartition(":")
            assert (await client.post("/proxies/p/toxics", json=toxic)).status_code == 200
            began = time.monotonic()
            reader, writer = await asyncio.open_connection(host, int(listen))
            writer.write(b"ask")
            assert await asyncio.wait_for(reader.read(), 5) == expected
            assert time.monotonic() - began >= least
            writer.close()


async def test_toxics_have_a_time_to_live_and_a_share_of_the_connections_that_the_seed_decides() -> None:
    struck = []
    with serving(http(OK)) as port:
        for seed in (1, 1, 2):
            lines: list[dict[str, Any]] = []
            async with api(seed=seed, journal=lines.append) as (_, client):
                listen = await made(client, port)
                await client.post(
                    "/proxies/p/toxics", json={"type": "latency", "toxicity": 0.5, "attributes": {"latency": 1}}
                )
                for _ in range(12):
                    await ask(listen)
            struck.append([line["connection"] for line in lines])
            assert {line["proxy"] for line in lines} == {"p"}
        assert struck[0] == struck[1] != struck[2]
        assert 0 < len(struck[0]) < 12
        async with api(ttl=0.1) as (toxiproxy, client):
            await made(client, port)
            await client.post("/proxies/p/toxics", json={"type": "timeout"})
            async with asyncio.timeout(5):
                while toxiproxy.in_force:
                    await asyncio.sleep(0.01)
            assert (await client.get("/proxies/p/toxics")).json() == []


# the clients of its own people

PYTHON = """
import socket, sys, time
from toxiproxy import Toxiproxy

def ask(listen):
    host, _, port = listen.rpartition(":")
    with socket.create_connection((host, int(port)), 5) as connection:
        connection.sendall(b"GET / HTTP/1.1\\r\\nHost: t\\r\\n\\r\\n")
        return connection.recv(1000)

server = Toxiproxy()
server.update_api_consumer("127.0.0.1", int(sys.argv[1]))
assert server.running() and b"2." in server.version()
proxy = server.create(upstream=sys.argv[2], name="shop")
assert ask(proxy.listen).endswith(b"ok")
proxy.add_toxic(type="latency", attributes={"latency": 150})
began = time.monotonic()
assert ask(proxy.listen).endswith(b"ok") and time.monotonic() - began > 0.14
assert proxy.get_toxic("latency_downstream").attributes["latency"] == 150
proxy.destroy_toxic("latency_downstream")
assert proxy.toxics() == {}
with proxy.down():
    try:
        ask(proxy.listen)
        raise SystemExit("a proxy that is down answered")
    except ConnectionRefusedError:
        pass
assert ask(proxy.listen).endswith(b"ok")
server.populate([{"name": "more", "upstream": sys.argv[2], "listen": "127.0.0.1:0"}])
assert sorted(server.proxies()) == ["more", "shop"]
assert server.reset()
server.destroy_all()
assert server.proxies() == {}
print("driven")
"""

NODE = """
const { Toxiproxy } = require("toxiproxy-node-client");
(async () => {
  const server = new Toxiproxy(`http://127.0.0.1:${process.argv[2]}`);
  const body = { name: "shop", listen: "127.0.0.1:0", upstream: process.argv[3] };
  const proxy = await server.createProxy(body);
  const toxic = await proxy.addToxic({ name: "late", type: "latency", stream: "downstream", toxicity: 1,
    attributes: { latency: 150, jitter: 0 } });
  let began = Date.now();
  const answer = await fetch(`http://${proxy.listen}/`);
  if ((await answer.text()) !== "ok" || Date.now() - began < 145) throw new Error("not late");
  toxic.attributes.latency = 1;
  await toxic.update({ attributes: { latency: 1, jitter: 0 } });
  if ((await proxy.getToxic("late")).attributes.latency !== 1) throw new Error("not updated");
  await toxic.remove();
  await proxy.update({ enabled: false, listen: proxy.listen, upstream: proxy.upstream });
  if ((await server.get("shop")).enabled) throw new Error("not disabled");
  await server.reset();
  if (!(await server.get("shop")).enabled) throw new Error("not reset");
  await server.populate([{ name: "more", listen: "127.0.0.1:0", upstream: process.argv[3] }]);
  if (Object.keys(await server.getAll()).length !== 2) throw new Error("not populated");
  await (await server.get("more")).remove();
  if (!(await server.getVersion()).includes("2.")) throw new Error("no version");
  console.log("driven");
})().catch((error) => { console.error(error); process.exit(1); });
"""


async def driven(*command: str) -> None:
    """Run a client's program against an API of ours; it must say that it was driven."""
    with serving(http(OK)) as port:
        async with api() as (toxiproxy, _):
            arguments = [*command, str(toxiproxy.address[1]), f"127.0.0.1:{port}"]
            done = await asyncio.to_thread(subprocess.run, arguments, capture_output=True, text=True, timeout=30)
            assert (done.returncode, done.stdout) == (0, "driven\n"), done.stderr


async def test_the_python_client_drives_it() -> None:
    python = os.environ.get("SEAMWRIGHT_TEST_TOXIPROXY_PYTHON") or shutil.which("python3") or "python3"
    there = subprocess.run([python, "-c", "import toxiproxy"], capture_output=True)  # noqa: ASYNC221 - a moment
    if there.returncode:
        pytest.skip("toxiproxy-python is not installed (SEAMWRIGHT_TEST_TOXIPROXY_PYTHON: a Python that has it)")
    await driven(python, "-c", PYTHON)


async def test_the_node_client_drives_it(tmp_path: Any) -> None:
    node, modules = shutil.which("node"), os.environ.get("SEAMWRIGHT_TEST_NODE_MODULES")
    if node is None or modules is None:
        pytest.skip("toxiproxy-node-client is not installed (SEAMWRIGHT_TEST_NODE_MODULES: the folder it lies in)")
    program = tmp_path / "drive.js"
    program.write_text(NODE.replace('"toxiproxy-node-client"', json.dumps(f"{modules}/toxiproxy-node-client")))
    await driven(node, str(program))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/proxies", {"name": ["p"], "upstream": "127.0.0.1:1"}),
        ("/proxies", {"name": "q", "upstream": "127.0.0.1:1", "listen": 5}),
        ("/populate", [{"name": {}, "upstream": "127.0.0.1:1"}]),
        ("/proxies/p", {"upstream": 5}),
        ("/proxies/p", {"listen": "nowhere"}),
        ("/proxies/p/toxics", {"type": ["latency"]}),
        ("/proxies/p/toxics", {"type": "latency", "attributes": {"latency": 10**400}}),
    ],
)
async def test_nonsense_is_answered_and_changes_nothing(path: str, body: Any) -> None:
    with serving(http(OK)) as port:
        async with api() as (_, client):
            listen = await made(client, port)
            before = (await client.get("/proxies")).json()
            answer = await client.post(path, json=body)
            assert (answer.status_code, answer.json()["status"]) == (400, 400)
            assert (await client.get("/proxies")).json() == before
            assert await ask(listen) == OK


async def test_a_proxy_that_cannot_move_stays_as_it_was() -> None:
    with serving(http(OK)) as port, serving(http(OK)) as taken:
        async with api() as (_, client):
            listen = await made(client, port)
            await client.post("/proxies/p/toxics", json={"type": "latency", "attributes": {"latency": 1}})
            before = (await client.get("/proxies/p")).json()
            answer = await client.post("/proxies/p", json={"listen": f"127.0.0.1:{taken}"})
            assert answer.status_code == 500
            assert (await client.get("/proxies/p")).json() == before
            assert await ask(listen) == OK


async def test_a_proxy_that_is_disabled_stays_so_with_another_upstream() -> None:
    with serving(http(OK)) as one, serving(http(OK)) as two:
        async with api() as (_, client):
            listen = await made(client, one)
            await client.post("/proxies/p", json={"enabled": False})
            assert (await client.post("/proxies/p", json={"upstream": f"127.0.0.1:{two}"})).json()["enabled"] is False
            with pytest.raises(ConnectionRefusedError):
                await ask(listen)
