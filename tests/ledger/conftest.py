"""Stores of both kinds, and other processes that use them."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from seamwright.ledger.store import Ledger
from tests.warm import Warm

Worker = Callable[..., "subprocess.Popen[str]"]
_ROOT = Path(__file__).parents[2]


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own."""
    name = f"seamwright_ledger_{uuid.uuid4().hex[:12]}"
    url = make_url(postgres_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger may be made, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / ".seamwright" / "ledger.db")
    return str(request.getfixturevalue("postgres_store"))


@pytest.fixture
def ledger(store: str) -> Iterator[Ledger]:
    """An open, empty ledger, on SQLite and on PostgreSQL."""
    with Ledger.open(store) as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a ledger of SQLite may be made."""
    return tmp_path / ".seamwright" / "ledger.db"


@pytest.fixture
def worker() -> Iterator[Worker]:
    """Starts another process, `worker("appends", url, …)`; it is gone at the end of the test.

    Its imports are done already, unless it is to begin `cold`.
    """
    started: list[subprocess.Popen[str]] = []

    def start(*words: str, cold: bool = False) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.ledger.worker", *words]
        pipe, env = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(_ROOT / "src")}
        how: Any = {"cwd": _ROOT, "env": env, "stdin": pipe, "stdout": pipe, "stderr": pipe, "text": True}
        process: subprocess.Popen[str]
        if cold:
            process = subprocess.Popen(command, **how)
        else:
            process = Warm("tests.ledger.worker:main", ["worker", *words], command, **how)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
