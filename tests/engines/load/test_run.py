"""Load runs against real servers: the schedule is kept or said not to be, and no latency is hidden."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.engines.load import (
    LoadPlan,
    LoadResult,
    Profile,
    RequestTemplate,
    Response,
    Users,
    render_request,
    run_load,
)
from tests.engines.servers import Behaviour, free_port, http, read_request, reset, serving

SERVER = Path(__file__).parents[3] / "benchmarks" / "_plain.py"
STALL = 0.5

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def template(operation: str = "get", target: str = "/", weight: float = 1.0) -> RequestTemplate:
    return RequestTemplate(operation, render_request("GET", target, {"Host": "test"}), weight)


def plan(port: int, **more: Any) -> LoadPlan:
    # The bound is wide: two cores shared with everybody must not fail tests about something else.
    settings: dict[str, Any] = {"requests": (template(),), "rate": 200, "duration": 0.5, "lag_bound": 0.25}
    return LoadPlan("127.0.0.1", port, **(settings | more))


async def test_a_healthy_target_is_asked_as_often_as_planned() -> None:
    with serving(http(OK)) as port:
        result = await run_load(plan(port, duration=1.2))
    assert result.kept_schedule, result.not_kept_because
    assert (result.target, result.sent, result.answered) == (240, 240, 240)
    assert result.statuses == {200: 240}
    assert result.errors == {}
    assert result.intended is not None
    assert result.service is not None
    assert result.intended.count == 240
    assert result.intended.p50 >= result.service.p50
    assert sum(row.answered for row in result.timeline) == 240
    assert sum(row.sent for row in result.timeline) == 240
    assert sum(row.offered for row in result.timeline) == 240
    assert 1.1 < result.elapsed < 3
    assert 0 < result.cpu < 1


async def _stalled_once() -> tuple[list[float], LoadResult]:
    """When the target was first called, and stood still; and what a run of it gave."""
    started: list[float] = []

    async def stalls_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            if not started:
                started.append(time.monotonic())
            if len(started) == 1 and time.monotonic() - started[0] > 0.8:
                started.append(time.monotonic())
                time.sleep(0.3)  # noqa: ASYNC251 - the whole server stands still, as in a long collection
            writer.write(OK)

    with serving(stalls_once) as port:
        return started, await run_load(plan(port, duration=2.0, connections=2))


async def test_a_stall_shows_in_intended_latency_and_not_in_service_latency() -> None:
    """Coordinated omission: frozen for 300 ms of 2 s, a target delays 15% of what was due, but holds only two."""
    for _ in range(3):
        started, result = await _stalled_once()
        if result.own_lag.p99 < 0.1:
            break  # else the machine was too busy for us to come in time ourselves
    assert len(started) == 2
    assert result.kept_schedule, result.not_kept_because
    assert result.answered == 400
    assert result.intended is not None
    assert result.service is not None
    assert 0.2 < result.intended.p99 < 0.45
    assert result.service.p99 < 0.1
    assert result.service.maximum > 0.25
    assert result.backlog >= 40
    assert result.send_lag.p99 > 0.2
    assert result.own_lag.p99 < 0.1


async def test_a_profile_is_followed_and_the_timeline_shows_what_was_offered() -> None:
    with serving(http(OK)) as port:
        result = await run_load(plan(port, rate=None, duration=None, profile=Profile.steps([50, 200], 2.0)))
    assert result.kept_schedule, result.not_kept_because
    assert (result.rate, result.duration, result.target, result.answered) == (125, 2.0, 250, 250)
    first, second = result.timeline[:2]
    assert first.offered == pytest.approx(50, abs=10)
    assert second.offered == pytest.approx(200, abs=10)


async def test_a_starved_run_says_that_it_did_not_keep_its_schedule() -> None:
    async def hog() -> None:
        while True:
            time.sleep(0.1)  # noqa: ASYNC251 - it is the point
            await asyncio.sleep(0.02)

    with serving(http(OK)) as port:
        other = asyncio.create_task(hog())
        result = await run_load(plan(port, lag_bound=0.02, duration=0.8))
        other.cancel()
    assert not result.kept_schedule
    assert result.not_kept_because is not None
    assert "our own process" in result.not_kept_because
    assert "20 ms" in result.not_kept_because
    assert result.own_lag.p99 > 0.05


async def test_even_a_slow_run_notices_that_the_loop_is_held_up() -> None:
    async def hog() -> None:
        while True:
            await asyncio.sleep(0.15)
            time.sleep(0.1)  # noqa: ASYNC251 - between two requests, where no request is late

    with serving(http(OK)) as port:
        other = asyncio.create_task(hog())
        result = await run_load(plan(port, rate=2, duration=1.0, lag_bound=0.05))
        other.cancel()
    assert not result.kept_schedule


async def test_a_refused_port_is_counted_as_connect_and_the_run_ends() -> None:
    result = await run_load(plan(free_port(), rate=100))
    assert result.target == 50
    assert result.sent == 0
    assert result.errors == {"connect": 50}
    assert result.intended is None
    assert "refused" in result.error_samples[0].detail
    assert len(result.error_samples) == 10


async def test_resets_are_counted_as_reset() -> None:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        reset(writer)

    with serving(behave) as port:
        result = await run_load(plan(port, rate=50))
    assert result.errors == {"reset": 25}


async def test_no_answer_is_a_timeout_and_no_connection_in_time_is_unsent() -> None:
    async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    with serving(hangs) as port:
        result = await run_load(plan(port, rate=40, timeout=0.2, connections=3))
    assert set(result.errors) == {"timeout", "unsent"}
    assert sum(result.errors.values()) == result.target == 20
    assert result.sent == result.errors["timeout"]
    assert result.intended is not None
    assert result.intended.minimum >= 0.19
    assert result.kept_schedule, "a target that hangs is not our own lateness"
    assert result.elapsed < 0.5 + 3 * 0.2 + 0.3


async def test_closing_servers_cost_a_connection_each_and_no_error() -> None:
    with serving(http(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))) as port:
        result = await run_load(plan(port, rate=100))
    assert result.errors == {}
    assert result.answered == 50
    assert result.connects >= 50


async def test_an_idle_connection_is_not_trusted_for_long() -> None:
    """A request on a connection that the server is just closing would fail, and the target would be blamed."""
    with serving(http(OK)) as port:
        trusting = await run_load(plan(port, rate=4, duration=1, idle=5))
        wary = await run_load(plan(port, rate=4, duration=1, idle=0.1))
    assert trusting.answered == wary.answered == 4
    assert trusting.connects == 1
    assert wary.connects == 4


async def test_every_answer_is_validated_and_samples_are_bounded() -> None:
    def validate(request: RequestTemplate, response: Response) -> str | None:
        return "teapots are not promised" if response.status == 418 else None

    teapot = b"HTTP/1.1 418 No\r\nContent-Length: 3\r\n\r\ntea"
    with serving(by_target({b"/tea": teapot}, OK)) as port:
        requests = (template("coffee", "/"), template("tea", "/tea"))
        result = await run_load(plan(port, requests=requests, validate=validate, max_samples=3))
    tea, coffee = result.operations["tea"], result.operations["coffee"]
    assert result.invalid == tea.invalid == tea.answered > 20
    assert coffee.invalid == 0
    assert tea.answered + coffee.answered == 100
    assert len(result.failures) == 3
    sample = result.failures[0]
    assert (sample.operation, sample.reason, sample.response.body) == ("tea", "teapots are not promised", b"tea")
    assert sample.request.startswith(b"GET /tea ")
    assert tea.statuses == {418: tea.answered}
    assert result.recorder.latency("service", "tea", ["4xx"]).count == tea.answered


async def test_a_validator_that_breaks_ends_the_run_with_its_own_exception() -> None:
    def validate(request: RequestTemplate, response: Response) -> str | None:
        raise KeyError("a bug of the validator")

    with serving(http(OK)) as port:
        began = time.monotonic()
        with pytest.raises(KeyError, match="a bug of the validator"):
            await run_load(plan(port, validate=validate, duration=20))
        assert time.monotonic() - began < 5


async def test_cancelling_closes_every_connection() -> None:
    open_now: set[asyncio.StreamWriter] = set()

    async def counts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(writer)
        try:
            await http(OK)(reader, writer)
        finally:
            open_now.discard(writer)

    with serving(counts) as port:
        task = asyncio.create_task(run_load(plan(port, duration=30)))
        await until(lambda: bool(open_now))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: not open_now)


async def test_the_same_seed_sends_the_same_requests_in_the_same_order() -> None:
    orders = []
    for _ in range(2):
        seen: list[bytes] = []
        with serving(http(OK, seen=seen)) as port:
            requests = (template("a", "/a", 1), template("b", "/b", 2))
            result = await run_load(plan(port, requests=requests, arrival="poisson", seed=11, connections=1, rate=100))
        assert result.answered == result.target
        orders.append(seen)
    assert orders[0] == orders[1]
    assert len(set(orders[0])) == 2


def users(port: int, number: int, duration: float, think: float = 0.0, **more: Any) -> LoadPlan:
    return plan(port, rate=None, duration=None, profile=Users(number, duration, think), **more)


async def test_users_wait_for_their_answers() -> None:
    """Three users of a target that takes 50 ms make sixty calls a second, and never have more than three on the way."""

    async def takes_its_time(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            await asyncio.sleep(0.05)
            writer.write(OK)

    with serving(takes_its_time) as port:
        result = await run_load(users(port, 3, 0.6))
    assert result.kept_schedule, result.not_kept_because
    assert result.errors == {}
    assert result.target == result.sent == result.answered
    assert 15 <= result.answered <= 39
    assert result.in_flight == result.connects == 3
    assert result.arrival == "closed"
    assert result.rate == pytest.approx(result.answered / result.elapsed)
    assert result.duration == 0.6
    assert result.intended is not None
    assert result.intended.p50 == pytest.approx(0.05, abs=0.04)


async def test_users_think_between_two_calls_and_do_not_walk_in_step() -> None:
    with serving(http(OK)) as port:
        result = await run_load(users(port, 4, 0.6, think=0.2))
    assert result.kept_schedule, result.not_kept_because
    assert result.errors == {}
    assert 8 <= result.answered <= 12
    assert result.in_flight < 4


async def test_users_of_a_target_that_refuses_do_not_hammer_it() -> None:
    result = await run_load(users(free_port(), 2, 0.5))
    assert result.answered == 0
    assert 2 <= result.errors["connect"] <= 22
    assert result.target == sum(result.errors.values())


async def test_users_whose_answers_do_not_come_go_on_after_the_time_out() -> None:
    async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    with serving(hangs) as port:
        result = await run_load(users(port, 2, 0.5, timeout=0.1))
    assert set(result.errors) == {"timeout"}
    assert 4 <= result.errors["timeout"] == result.target <= 10


@pytest.fixture
def server() -> Iterator[tuple[int, int]]:
    """A server in a process of its own: its port and its process id."""
    with subprocess.Popen(
        [sys.executable, str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.kill()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot stop a process")
async def test_the_p99_of_a_frozen_target_is_told(server: tuple[int, int]) -> None:
    """Frozen for a tenth of the run, a target has a p99 of nine tenths of that stall.

    The short variant, half a second of five; benchmarks/load.py measures one second of ten.
    """
    port, pid = server
    request = RequestTemplate("get", render_request("GET", "/", {"Host": "plain"}))
    plan = LoadPlan("127.0.0.1", port, (request,), profile=Profile.constant(1000, 10 * STALL), lag_bound=0.015)

    async def freeze() -> None:
        await asyncio.sleep(4 * STALL)
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(STALL)
        finally:
            os.kill(pid, signal.SIGCONT)

    # A run that was starved itself says so, and says nothing of the target.
    for _ in range(4):
        async with asyncio.TaskGroup() as group:
            frozen = group.create_task(freeze())
            running = group.create_task(run_load(plan))
        assert frozen.done()
        result = running.result()
        if result.kept_schedule:
            break
    else:
        pytest.skip(f"this machine is too busy for the schedule: {result.not_kept_because}")
    assert result.answered == result.target == 5000
    assert result.intended is not None
    assert result.service is not None
    assert 0.85 * STALL <= result.intended.p99 <= 0.95 * STALL
    assert result.service.p50 < 0.1 * STALL


def by_target(answers: dict[bytes, bytes], otherwise: bytes) -> Behaviour:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            writer.write(answers.get(request.split(b" ")[1], otherwise))

    return behave


async def until(true: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)
