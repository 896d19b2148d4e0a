"""Shops that are forked from one process whose imports are done: a third of what a shop from cold costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from seamwright.demo.nursery import Nursery


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """A nursery that stands for all tests; it is started here because their event loops do not last."""
    path = tmp_path_factory.mktemp("nursery") / "socket"
    command = [sys.executable, "-m", "seamwright.demo.nursery", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield Nursery(path)
        process.stdin.close()
        assert process.wait(10) == 0
