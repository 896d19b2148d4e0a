"""A relay process for the tests, and its ready line."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["RelayProcess", "relay_process"]


@dataclass(frozen=True)
class RelayProcess:
    process: subprocess.Popen[bytes]
    host: str
    port: int
    control: str
    token: str


@contextlib.contextmanager
def relay_process(upstream: int, *arguments: str) -> Iterator[RelayProcess]:
    """`python -m seamwright.engines.faults.control`, ready and with a lifeline, and gone afterwards."""
    command = [sys.executable, "-m", "seamwright.engines.faults.control", "--upstream", f"127.0.0.1:{upstream}"]
    process = subprocess.Popen(
        [*command, "--lifeline", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        host, _, port = ready["relay"].rpartition(":")
        yield RelayProcess(process, host, int(port), ready["control"], ready["token"])
    finally:
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            process.stdout.close()
            assert process.stderr is not None
            complaint = process.stderr.read().decode()
            process.stderr.close()
        assert complaint == ""
