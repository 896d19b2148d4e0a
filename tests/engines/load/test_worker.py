"""A process of a load run, spoken to over its pipes as the one that starts it does."""

from __future__ import annotations

import contextlib
import io
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from seamwright.engines.load.outcome import Outcome
from seamwright.engines.load.worker import FRAME, Share, framed
from tests.engines.load.test_run import OK, plan
from tests.engines.servers import http, serving


@contextlib.contextmanager
def worker(*messages: Any) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-c", "from seamwright.engines.load.worker import main; main()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            tell(process, *messages)
            yield process
        finally:
            process.kill()


def tell(process: subprocess.Popen[bytes], *messages: Any) -> None:
    assert process.stdin is not None
    for message in messages:
        process.stdin.write(framed(message))
    process.stdin.flush()


def heard(process: subprocess.Popen[bytes]) -> tuple[str, Any]:
    assert process.stdout is not None
    (length,) = FRAME.unpack(process.stdout.read(FRAME.size))
    kind, value = pickle.loads(process.stdout.read(length))
    return kind, value


def test_a_message_has_its_length_before_it() -> None:
    stream = io.BytesIO(framed(("go", 7)))
    (length,) = FRAME.unpack(stream.read(FRAME.size))
    assert pickle.loads(stream.read(length)) == ("go", 7)
    assert stream.read() == b""


def test_it_is_ready_begins_when_it_is_told_and_tells_its_share() -> None:
    with serving(http(OK)) as port, worker(sys.path, Share(plan(port, rate=40), 1, 2, None, None)) as process:
        assert heard(process)[0] == "ready"
        tell(process, ("go", time.monotonic_ns() + 1_000_000))
        kinds = [heard(process)]
        while kinds[-1][0] == "row":
            kinds.append(heard(process))
        kind, outcome = kinds[-1]
        assert kind == "done"
        assert isinstance(outcome, Outcome)
        assert outcome.target == outcome.sent == 10, "every second of twenty"
        assert process.wait(20) == 0


def test_it_ends_when_it_is_told_to_stop_and_says_why() -> None:
    with serving(http(OK)) as port, worker(sys.path, Share(plan(port, duration=60), 0, 2, None, None)) as process:
        assert heard(process)[0] == "ready"
        tell(process, ("go", time.monotonic_ns() + 1_000_000))
        assert heard(process)[0] == "row"
        tell(process, ("stop", "enough"))
        kind = "row"
        while kind == "row":
            kind, outcome = heard(process)
        assert (kind, outcome.ended_early) == ("done", "enough")


@pytest.mark.parametrize("early", [True, False])
def test_it_ends_with_its_input(early: bool) -> None:
    with serving(http(OK)) as port:
        messages = () if early else (sys.path, Share(plan(port, duration=60), 0, 2, None, None))
        with worker(*messages) as process:
            if not early:
                assert heard(process)[0] == "ready"
            assert process.stdin is not None
            process.stdin.close()
            process.wait(20)
