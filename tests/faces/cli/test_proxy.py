"""`seamwright proxy`: rules from the first connection on, gone afterwards in whatever way it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.engines.servers import free_port, http
from tests.engines.servers import serving as served
from tests.faces.terminal import alive, begun, seamwright, until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def target() -> Iterator[str]:
    with served(http(OK)) as port:
        yield f"127.0.0.1:{port}"


def told_by(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()[1].decode()
    told: dict[str, Any] = json.loads(line)
    return told


def ask(address: str, path: str = "/", method: str = "GET") -> int | str:
    """The status, or the error's name."""
    with httpx2.Client(trust_env=False, timeout=5) as client:
        try:
            return client.request(method, f"http://{address}{path}").status_code
        except httpx2.TransportError as error:
            return type(error).__name__


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_rules_strike_from_the_first_request_and_all_ends_together(
    here: Path, target: str, number: signal.Signals
) -> None:
    rules = (
        "--rule",
        "status,code=429,retry_after=1,operation=POST /orders/{id},nth=2",
        "--rule",
        "close,operation=GET /x",
    )
    with begun("proxy", "--upstream", target, *rules, "--seed", "7", "--log", "faults.jsonl", cwd=here) as process:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        address = line.split()[2]
        assert line == f"proxy at {address} to {target}, seed 7\n"
        assert process.stdout.readline().decode().startswith("rule 1: status code 429, retry_after 1, operation POST")
        assert [ask(address, "/orders/7", "POST") for _ in range(3)] == [200, 429, 200]
        assert ask(address, "/x") == "RemoteProtocolError"
        os.killpg(process.pid, number)
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert ask(address) == "ConnectError"
    lines = [json.loads(line) for line in (here / "faults.jsonl").read_text().splitlines()]
    assert [(line["kind"], line["request"], line["operation"]) for line in lines] == [
        ("status", 2, "POST /orders/7"),
        ("close", 4, "GET /x"),
    ]
    assert list((here / ".seamwright" / "proxies").iterdir()) == []


def test_more_faults_are_armed_over_the_control_api(here: Path, target: str) -> None:
    with begun("proxy", "--upstream", target, "--control", "--json", cwd=here) as process:
        told = told_by(process)
        rule = {"kind": "status", "params": {"code": 503}, "where": {"first": 1}, "ttl": 30}
        with httpx2.Client(trust_env=False, base_url=told["control"]) as control:
            assert control.post("/faults", json=rule).status_code == 401
            control.headers["Authorization"] = f"Bearer {told['token']}"
            assert control.post("/faults", json=rule).status_code == 201
            assert [ask(told["proxy"]), ask(told["proxy"])] == [503, 200]
            assert control.get("/state").json()["requests"] == 2


def test_stopping_the_relay_over_its_control_api_ends_the_command(here: Path, target: str) -> None:
    with begun("proxy", "--upstream", target, "--control", "--json", cwd=here) as process:
        told = told_by(process)
        asked = httpx2.post(
            f"{told['control']}/stop", headers={"Authorization": f"Bearer {told['token']}"}, trust_env=False
        )
        assert asked.status_code == 202
        assert process.wait(10) == 0
    assert ask(told["proxy"]) == "ConnectError"


def test_sigkill_amid_a_fault_leaves_the_target_within_reach_and_the_next_start_says_so(
    here: Path, target: str
) -> None:
    listen = f"127.0.0.1:{free_port()}"
    words = ("proxy", "--upstream", target, "--listen", listen, "--json")
    with begun(*words, "--rule", "refuse,ttl=20s", cwd=here) as process:
        relay = told_by(process)["pid"]
        assert ask(listen) == "ConnectError"
        process.kill()
        process.wait()
        until(lambda: ask(listen) == 200, "the target to be within reach again", seconds=5)
    with begun(*words, cwd=here) as process:
        told_by(process)
        assert process.stderr is not None
        found = process.stderr.readline().decode()
        assert found.startswith(f"found: whoever started the relay {listen} to {target} was killed at ")
        assert "its faults were ended then: refuse (1); it is taken over" in found
        assert ask(listen) == 200
        until(lambda: not alive(relay), "the relay that was left to end")


def test_a_relay_that_was_killed_is_put_up_again_and_one_killed_with_all_is_found(here: Path, target: str) -> None:
    listen = f"127.0.0.1:{free_port()}"
    words = ("proxy", "--upstream", target, "--listen", listen, "--json")
    with begun(*words, "--rule", "hang", cwd=here) as process:
        os.kill(told_by(process)["pid"], signal.SIGKILL)
        until(lambda: ask(listen) == 200, "the relay to be put up again")
        assert process.stderr is not None
        assert "put up again" in process.stderr.readline().decode()
        assert "was killed with hang (1) in force; nothing of it is left" in process.stderr.readline().decode()
        note = next((here / ".seamwright" / "proxies").glob("*.json"))
        assert note.stat().st_mode & 0o077 == 0
        process.kill()
        process.wait()
        os.kill(json.loads(note.read_text())["pid"], signal.SIGKILL)
    with begun(*words, cwd=here) as process:
        told_by(process)
        assert process.stderr is not None
        assert "was killed with no fault in force; nothing of it is left" in process.stderr.readline().decode()


def test_tls_is_ended_and_the_file_to_trust_is_told(here: Path, target: str) -> None:
    with begun("proxy", "--upstream", target, "--tls", "--rule", "status,nth=1", cwd=here) as process:
        assert process.stdout is not None
        address = process.stdout.readline().decode().split()[2]
        trusted = process.stdout.readline().decode().strip().rpartition(" ")[2]
        context = ssl.create_default_context(cafile=str(here / trusted))
        with httpx2.Client(trust_env=False, timeout=5, verify=context) as client:
            assert [client.get(f"https://{address}/").status_code for _ in range(2)] == [503, 200]


def test_toxics_are_added_by_toxiproxys_own_clients_and_end_with_a_kill(here: Path, target: str) -> None:
    with begun("proxy", "--toxiproxy", "0", "--json", "--log", "faults.jsonl", cwd=here) as process:
        api = f"http://{told_by(process)['proxy']}"
        with httpx2.Client(trust_env=False, base_url=api, timeout=5) as client:
            listen = client.post("/proxies", json={"name": "p", "upstream": target}).json()["listen"]
            toxic = {"type": "reset_peer"}
            assert client.post("/proxies/p/toxics", json=toxic).status_code == 200
            assert ask(listen) in ("ReadError", "WriteError", "ConnectError")  # as soon as the reset is there
            process.kill()
            process.wait()
            until(lambda: ask(listen) == 200, "the target to be within reach again", seconds=5)
    told = json.loads((here / "faults.jsonl").read_text().splitlines()[0])
    assert (told["proxy"], told["kind"]) == ("p", "reset")
    (note,) = (here / ".seamwright" / "proxies").glob("*.json")
    os.kill(json.loads(note.read_text())["pid"], signal.SIGTERM)
    until(lambda: not note.exists(), "the relay that was left to end")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say either --upstream HOST:PORT, or --toxiproxy PORT"),
        (("--toxiproxy", "0", "--rule", "reset"), "--rule goes with --upstream"),
        (("--upstream", "nowhere"), "--upstream: 'nowhere' is not HOST:PORT"),
        (("--upstream", "127.0.0.1:1", "--listen", "x"), "--listen: 'x' is not HOST:PORT"),
        (
            ("--upstream", "127.0.0.1:1", "--rule", "flood"),
            "--rule flood: fault 'flood' is not known; there are latency",
        ),
        (("--upstream", "127.0.0.1:1", "--rule", "reset,ttl=2h"), "at most 3600 s"),
        (("--upstream", "127.0.0.1:1", "--protocol", "smtp"), "--protocol: 'smtp' is none of auto"),
        (("--upstream", "127.0.0.1:1", "--upstream-ca", "x"), "--upstream-ca: goes with --upstream-tls"),
        (("--upstream", "127.0.0.1:1", "--log", "no/such/log"), "--log: no/such/log cannot be written"),
        (("--upstream", "127.0.0.1:1", "--protocol", "tcp", "--rule", "status"), "needs a relay that knows HTTP"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_started(here: Path, words: tuple[str, ...], told: str) -> None:
    done = seamwright("proxy", *words, cwd=here)
    assert done.status == 2
    assert told in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_port_in_use_is_one_clear_sentence(here: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        listen = f"127.0.0.1:{busy.getsockname()[1]}"
        began = time.monotonic()
        done = seamwright("proxy", "--upstream", "127.0.0.1:1", "--listen", listen, cwd=here)
        assert time.monotonic() - began < 10
    assert done.status == 2
    assert f"cannot listen on {listen}" in done.err
