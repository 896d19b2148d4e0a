"""A run in several processes: one schedule, one result, and nobody left behind, whoever ends first and however."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.engines.load import (
    LoadPlan,
    LoadProcessError,
    LoadResult,
    Profile,
    RequestTemplate,
    Response,
    Users,
    run_load,
    run_spread,
)
from seamwright.engines.load.limits import Limits
from seamwright.engines.load.schedule import schedule
from tests.engines.load.test_run import OK, plan, template, until
from tests.engines.servers import free_port, http, serving
from tests.wire.test_http1 import certified

ONE_LOOP = pytest.mark.asyncio(loop_factories=["uvloop"])
"""For what does not depend on how processes are started and ended."""

ONLY_HERE = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are looked up in /proc")


def judging(words: bytes) -> Any:
    return functools.partial(_says, words)


def _says(words: bytes, template: RequestTemplate, response: Response) -> str | None:
    return None if response.body == words else f"{response.body!r}"


def breaking() -> Any:
    raise KeyError("a judge that cannot be made")


def children(pid: int) -> list[int]:
    found = [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]
    return [child for child in found if b"load.worker" in Path(f"/proc/{child}/cmdline").read_bytes()]


def gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def adds_up(result: LoadResult) -> None:
    assert result.target == result.answered + sum(result.errors.values())
    assert sum(row.answered for row in result.timeline) == result.answered
    assert sum(row.offered for row in result.timeline) == result.target + result.withdrawn


async def test_three_processes_send_what_one_would_and_tell_it_as_one() -> None:
    seen: list[bytes] = []
    with serving(http(OK, seen=seen)) as port:
        requests = (template("a", "/a", 1), template("b", "/b", 2))
        asked = plan(port, requests=requests, rate=100, duration=2.0, arrival="poisson", seed=7)
        expected = [index for _, index in schedule(asked.offered, [1, 2], 7)]  # type: ignore[arg-type]
        result = await run_spread(asked, 3, judge=functools.partial(judging, b"ok"))
    assert result.target == len(expected) == len(seen)
    assert result.answered == result.target
    assert result.operations["b"].sent == sum(expected)
    assert sum(request.startswith(b"GET /b ") for request in seen) == sum(expected)
    assert (result.invalid, result.errors, result.processes) == (0, {}, 3)
    assert result.intended is not None
    assert result.intended.count == result.target
    assert [round(row.start) for row in result.timeline][:2] == [0, 1]
    assert 0 < result.ready_after < 60
    adds_up(result)


@ONE_LOOP
async def test_answers_are_judged_in_the_processes_and_samples_come_back() -> None:
    with serving(http(OK)) as port:
        asked = plan(port, rate=60, duration=0.5, max_samples=3)
        result = await run_spread(asked, 2, judge=functools.partial(judging, b"no"))
    assert result.invalid == result.answered == 30
    assert [failure.reason for failure in result.failures] == ["b'ok'"] * 3


@ONE_LOOP
async def test_users_are_shared_out() -> None:
    with serving(http(OK)) as port:
        asked = plan(port, rate=None, duration=None, profile=Users(3, 0.6, 0.1))
        result = await run_spread(asked, 2)
        one = await run_spread(plan(port, rate=None, duration=None, profile=Users(1, 0.3)), 4)
    assert result.processes == 2
    assert result.connects == 3
    assert 6 <= result.answered <= 21
    adds_up(result)
    assert one.processes == 1


@ONE_LOOP
async def test_a_warm_up_is_sent_and_does_not_count() -> None:
    with serving(http(OK)) as port:
        for run in (run_load, functools.partial(run_spread, processes=2)):
            result = await run(plan(port, rate=50, duration=2.0, warm_up=1.0))
            assert 49 <= result.target <= 60, "what was on its way counts"
            assert result.duration == 1.0
            assert result.elapsed < 1.9
            assert result.timeline[0].start == pytest.approx(0, abs=0.5)
            adds_up(result)


@ONE_LOOP
async def test_limits_are_held_against_all_of_it_together() -> None:
    error = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
    with serving(http(error)) as port:
        result = await run_spread(plan(port, rate=60, duration=60, limits=Limits(failed=0.1, window=2)), 2)
    assert result.ended_early is not None
    assert result.elapsed < 30
    adds_up(result)


@ONE_LOOP
async def test_a_target_that_refuses_is_told_as_by_one_process() -> None:
    result = await run_spread(plan(free_port(), rate=60, duration=0.5), 2)
    assert result.errors == {"connect": 30}
    assert result.kept_schedule, result.not_kept_because


@ONLY_HERE
async def test_a_process_that_is_killed_leaves_the_run_unknown_and_ends_it() -> None:
    with serving(http(OK)) as port:
        running = asyncio.create_task(run_spread(plan(port, rate=60, duration=60), 2))
        await until(lambda: len(children(os.getpid())) == 2, 30)
        first, second = children(os.getpid())
        os.kill(second, signal.SIGKILL)
        result = await running
    assert not result.kept_schedule
    assert "was ended by SIGKILL before it was at its end" in (result.not_kept_because or "")
    assert result.processes == 2
    assert gone(first)
    assert gone(second)


@ONE_LOOP
@ONLY_HERE
async def test_a_process_that_is_starved_is_told_though_the_others_are_not() -> None:
    """Stopped most of the time from outside, as by a machine that has other things to do."""
    with serving(http(OK)) as port:
        running = asyncio.create_task(run_spread(plan(port, rate=100, duration=3, lag_bound=0.05), 2))
        await until(lambda: len(children(os.getpid())) == 2, 30)
        starved = children(os.getpid())[1]
        with contextlib.suppress(ProcessLookupError):  # it has come to its end
            while not running.done():
                os.kill(starved, signal.SIGSTOP)
                await asyncio.sleep(0.2)
                os.kill(starved, signal.SIGCONT)
                await asyncio.sleep(0.05)
        result = await running
    assert not result.kept_schedule
    assert (result.not_kept_because or "").startswith("in process "), result.not_kept_because
    assert result.target == 300


@ONLY_HERE
async def test_cancelling_leaves_no_process() -> None:
    with serving(http(OK)) as port:
        running = asyncio.create_task(run_spread(plan(port, rate=60, duration=60), 2))
        await until(lambda: len(children(os.getpid())) == 2, 30)
        pids = children(os.getpid())
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert all(gone(pid) for pid in pids)


async def test_a_judge_that_cannot_be_made_is_raised_with_its_traceback() -> None:
    told = r"process \d of 2 raised:\n(.*\n)*KeyError: 'a judge that cannot"
    with serving(http(OK)) as port, pytest.raises(LoadProcessError, match=told):
        await run_spread(plan(port, duration=20), 2, judge=breaking)
    if Path("/proc/self/task").is_dir():
        assert children(os.getpid()) == []


@ONE_LOOP
async def test_tls_is_spoken_by_each_process(tmp_path: Path) -> None:
    server, _ = certified(tmp_path)
    secure = functools.partial(ssl.create_default_context, cafile=str(tmp_path / "cert.pem"))
    with serving(http(OK), tls=server) as port:
        result = await run_spread(plan(port, rate=40, duration=0.5, server_name="127.0.0.1"), 2, secure=secure)
    assert result.answered == 20


@ONE_LOOP
async def test_what_cannot_go_over_is_refused() -> None:
    with pytest.raises(ValueError, match="judge and secure instead"):
        await run_spread(plan(1, tls=ssl.create_default_context()), 2)
    with pytest.raises(ValueError, match="at least one process"):
        await run_spread(plan(1), 0)


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has two others send for a minute; it says when they do."""
    with serving(http(OK)) as port:
        code = f"from tests.engines.load.test_spread import for_a_minute; for_a_minute({port})"
        with subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[3]) as process:
            try:
                yield process
            finally:
                process.kill()


def for_a_minute(port: int) -> None:
    asked = LoadPlan("127.0.0.1", port, (template(),), profile=Profile.constant(60, 60.0))
    asyncio.run(run_spread(asked, 2))


@ONLY_HERE
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_one_that_started_it(parent: subprocess.Popen[bytes], number: signal.Signals) -> None:
    end = time.monotonic() + 30
    while len(pids := children(parent.pid)) < 2:
        assert time.monotonic() < end, "the processes did not start"
        time.sleep(0.02)
    parent.send_signal(number)
    while not all(gone(pid) for pid in pids):
        assert time.monotonic() < end, "a process is still there"
        time.sleep(0.02)
