"""URLs of the real services that tests talk to; a missing one is a named skip, or a failure where it is required.

`SEAMWRIGHT_TEST_POSTGRES_URL` and its like say where a service is; without them the default ports of loopback are
tried. With `SEAMWRIGHT_REQUIRE_SERVICES=1` a service that does not answer fails the test.
"""

from __future__ import annotations

import importlib.util
import os
import socket
from urllib.parse import urlsplit

import pytest

__all__ = ["mariadb_url", "missing", "nats_url", "postgres_url", "rabbitmq_url", "redis_url"]


def missing(what: str) -> None:
    """Skip the test by name and reason, or fail it where services are required."""
    if os.environ.get("SEAMWRIGHT_REQUIRE_SERVICES") == "1":
        pytest.fail(f"{what} (SEAMWRIGHT_REQUIRE_SERVICES=1)", pytrace=False)
    pytest.skip(what)


def _service(name: str, variable: str, default: str, module: str) -> str:
    url = os.environ.get(variable, default)
    parts = urlsplit(url)
    if importlib.util.find_spec(module) is None:
        missing(f"{name}: the Python package {module} is not installed")
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2).close()
    except OSError as error:
        missing(f"{name} does not answer at {parts.hostname}:{parts.port} ({error.strerror}); set {variable}")
    return url


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """URL of a PostgreSQL server on which databases and schemas may be made."""
    default = "postgresql://postgres@127.0.0.1:5432/test"
    return _service("PostgreSQL", "SEAMWRIGHT_TEST_POSTGRES_URL", default, "psycopg")


@pytest.fixture(scope="session")
def mariadb_url() -> str:
    """URL of a MariaDB server on which databases may be made."""
    return _service("MariaDB", "SEAMWRIGHT_TEST_MARIADB_URL", "mysql://root@127.0.0.1:3306/test", "pymysql")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """URL of a Redis server."""
    return _service("Redis", "SEAMWRIGHT_TEST_REDIS_URL", "redis://127.0.0.1:6379/0", "redis")


@pytest.fixture(scope="session")
def rabbitmq_url() -> str:
    """URL of a RabbitMQ server."""
    return _service("RabbitMQ", "SEAMWRIGHT_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672/", "aio_pika")


@pytest.fixture(scope="session")
def nats_url() -> str:
    """URL of a NATS server with JetStream."""
    return _service("NATS", "SEAMWRIGHT_TEST_NATS_URL", "nats://127.0.0.1:4222", "nats")
