"""The relay's own process: bound before it says so, closed to strangers, and gone with its parent."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from typing import Any

import httpx2
import pytest

from tests.engines.faults.processes import RelayProcess, relay_process
from tests.engines.servers import free_port, http, serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def call(relay: RelayProcess, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
    authorization = {"Authorization": f"Bearer {relay.token if token is None else token}"}
    response = httpx2.request(method, relay.control + path, json=body, headers=authorization, trust_env=False)
    return response.status_code, response.json()


def test_a_fault_is_armed_seen_logged_and_ended_over_http() -> None:
    with serving(http(OK)) as port, relay_process(port) as relay:
        url = f"http://{relay.host}:{relay.port}/"
        assert httpx2.get(url, trust_env=False).text == "ok"
        status, armed = call(relay, "POST", "/faults", {"kind": "reset", "where": {"first": 9}, "ttl": 30})
        assert status == 201
        assert (armed["id"], armed["kind"], armed["where"]) == (1, "reset", {"first": 9})
        with pytest.raises(httpx2.TransportError):
            httpx2.get(url, trust_env=False)
        _, state = call(relay, "GET", "/state")
        assert state["armed"] == [armed]
        assert state["upstream"] == f"127.0.0.1:{port}"
        assert state["listening"] is True
        assert call(relay, "DELETE", "/faults/1") == (200, {"ended": True})
        assert call(relay, "DELETE", "/faults/1") == (200, {"ended": False})
        assert httpx2.get(url, trust_env=False).text == "ok"
        _, log = call(relay, "GET", "/log?since=1")
        assert [entry["number"] for entry in log["entries"]] == [2, 3]
        assert log["entries"][-1]["done"] == "ended: disarmed"


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer wrong", "Bearer wröng", "Basic eDp5"])
def test_without_the_token_nothing_is_told_or_done(authorization: str) -> None:
    with relay_process(free_port()) as relay:
        for method, path in (("GET", "/state"), ("POST", "/faults"), ("DELETE", "/faults"), ("GET", "/log")):
            response = httpx2.request(
                method, relay.control + path, headers={b"Authorization": authorization.encode()}, trust_env=False
            )
            assert response.status_code == 401
            assert set(response.json()) == {"error"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"kind": "flood", "ttl": 1}, "there are latency"),
        ({"kind": "reset"}, "ttl"),
        ({"kind": "reset", "ttl": 0}, "time to live"),
        ({"kind": "reset", "ttl": 1e9}, "time to live"),
        ({"kind": "latency", "params": {"seconds": "x"}, "ttl": 1}, "number"),
        ({"kind": "reset", "ttl": 1, "more": 1}, "armed with"),
        ([], "armed with"),
    ],
)
def test_a_wrong_request_is_answered_with_what_is_wrong(body: Any, words: str) -> None:
    with relay_process(free_port()) as relay:
        status, answer = call(relay, "POST", "/faults", body)
        assert status == 422
        assert words in answer["error"]
        assert call(relay, "GET", "/state")[1]["armed"] == []
        assert call(relay, "PUT", "/state")[0] == 404


def test_rubbish_on_the_control_port_harms_nothing() -> None:
    with relay_process(free_port()) as relay:
        address = ("127.0.0.1", int(relay.control.rpartition(":")[2]))
        for rubbish in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000):
            with socket.create_connection(address, 5) as stranger:
                stranger.sendall(rubbish)
                assert stranger.recv(100).startswith(b"HTTP/1.1 4")
        assert call(relay, "GET", "/state")[0] == 200


def test_it_ends_with_its_lifeline_and_with_sigterm() -> None:
    with relay_process(free_port()) as relay:
        assert relay.process.stdin is not None
        relay.process.stdin.close()
        assert relay.process.wait(5) == 0
    with relay_process(free_port()) as relay:
        relay.process.terminate()
        assert relay.process.wait(5) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((relay.host, relay.port), 5)


def test_it_takes_the_token_from_the_environment_and_the_port_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SEAMWRIGHT_FAULTS_TOKEN", "from-the-environment")
    port = free_port()
    with relay_process(free_port(), "--listen", f"127.0.0.1:{port}") as relay:
        assert relay.port == port
        assert call(relay, "GET", "/state", token="from-the-environment")[0] == 200


def test_a_port_in_use_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        command = [sys.executable, "-m", "seamwright.engines.faults.control", "--upstream", "127.0.0.1:1"]
        done = subprocess.run([*command, "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=10)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_is_ready_soon() -> None:
    took = []
    for _ in range(3):
        began = time.monotonic()
        with relay_process(free_port()):
            took.append(time.monotonic() - began)
    assert min(took) < 1.0, json.dumps(took)
