"""`seamwright demo`: the shop for a person, and the rehearsal that proves the checks."""

from __future__ import annotations

import os
import shlex
import signal
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import aio_pika
import nats
import pytest

from tests.faces.terminal import alive, begun, descendants, seamwright, shop_up, until
from tests.kit.databases import fresh_database

CHECKS = ("--check", "contract.response-conforms", "--check", "consistency.idempotent-replay")


def test_the_defects_are_listed_with_the_check_that_finds_each(here: Path) -> None:
    listed = seamwright("demo", "defects", "--json", cwd=here).json
    assert len(listed) >= 20
    families = {"contract", "auth", "security", "resilience", "load", "consistency"}
    assert {defect["family"] for defect in listed} == families
    assert all(defect["check"] and defect["mistake"] and defect["service"] for defect in listed)
    known = {check["id"] for check in seamwright("checks", "--json", cwd=here).json}
    assert {defect["check"] for defect in listed} <= known
    assert "bola-read" in seamwright("demo", "defects", cwd=here).out


@pytest.mark.parametrize("command", ["up", "verify"])
def test_a_defect_that_is_not_there_is_told(here: Path, command: str) -> None:
    done = seamwright("demo", command, "--defect", "bola-raed", cwd=here)
    assert done.status == 2
    assert "bola-raed" in done.err
    assert "bola-read" in done.err


def test_a_shop_for_a_person_is_verified_from_another_terminal_and_ends_with_ctrl_c(here: Path) -> None:
    with begun("demo", "up", "--defect", "bola-read", cwd=here) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        manifest = process.stdout.readline().decode().strip()
        assert manifest == ".seamwright/demo/seamwright.yaml"
        assert (here / ".seamwright" / "demo" / ".env").stat().st_mode & 0o777 == 0o600
        words = ("--check", "security.object-read-across-customers")
        done = seamwright("verify", manifest, *words, cwd=here)
        assert done.status == 1
        assert f"seamwright verify {manifest} orders --check security.object-read-across-customers" in done.out
        family = [process.pid, *descendants(process.pid)]
        assert len(family) >= 7  # ours, the launcher with its four services, and the relay
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(15) == 130
        told = process.stderr.read().decode()
        assert "the shop is up, with bola-read" in told
        assert "verify it: seamwright verify .seamwright/demo/seamwright.yaml" in told
        assert "Traceback" not in told
    until(lambda: not any(alive(pid) for pid in family), "every process of the shop to end")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_of_the_shop_outlives_its_command(here: Path, number: signal.Signals) -> None:
    with begun("demo", "up", "--json", cwd=here) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        family = [process.pid, *descendants(process.pid)]
        process.send_signal(number)
        process.wait(15)
    until(lambda: not any(alive(pid) for pid in family), "every process of the shop to end")


# -- on real servers ---------------------------------------------------------------------------------------------------


@pytest.fixture
def databases(postgres_url: str) -> Iterator[list[str]]:
    """Options that give each service a database of its own."""
    with ExitStack() as stack:
        services = ("orders", "payments", "inventory")
        urls = {service: stack.enter_context(fresh_database(postgres_url)) for service in services}
        yield [word for service, url in urls.items() for word in (f"--{service}-db", url)]


@pytest.fixture
async def rabbitmq_queue(rabbitmq_url: str) -> AsyncIterator[str]:
    """A queue URL with a namespace of this test alone."""
    namespace = f"shop-{uuid.uuid4().hex[:12]}"
    yield f"{rabbitmq_url}?namespace={namespace}"
    async with await aio_pika.connect(rabbitmq_url) as connection:
        channel = await connection.channel()
        await channel.queue_delete(f"{namespace}.orders.inventory")
        await channel.exchange_delete(namespace)


@pytest.fixture
async def nats_queue(nats_url: str) -> AsyncIterator[str]:
    """A queue URL with a stream of this test alone."""
    namespace = f"shop-{uuid.uuid4().hex[:12]}"
    yield f"{nats_url}?namespace={namespace}"
    client = await nats.connect(nats_url)
    await client.jetstream().delete_stream(namespace)
    await client.close()


async def test_it_is_verified_on_postgresql_and_rabbitmq(here: Path, databases: list[str], rabbitmq_queue: str) -> None:
    with shop_up(here, *databases, "--queue", rabbitmq_queue) as shop:
        assert "postgresql" in shop.secrets()["SHOP_ORDERS_DB"]
        words = (*CHECKS, "--check", "consistency.invariants")
        done = seamwright("verify", shop.manifest, *words, "--json", cwd=here)
        assert done.json["summary"]["refuted"] == 0, done.err
        proved = {(row["boundary"], row["check"]) for row in done.json["evidence"] if row["verdict"] == "proved"}
        # Reservations come over the queue: the warehouse answers only once an order's event has arrived.
        assert ("inventory", "contract.response-conforms") in proved
        assert {check for _, check in proved} == set(words[1::2])


async def test_it_is_verified_on_nats(here: Path, nats_queue: str) -> None:
    with shop_up(here, "--queue", nats_queue) as shop:
        done = seamwright("verify", shop.manifest, "inventory", *CHECKS[:2], cwd=here)
        assert done.status == 0, done.out + done.err


# -- the rehearsal -----------------------------------------------------------------------------------------------------


def test_a_rehearsal_tells_broken_shops_from_the_healthy_one_and_each_row_runs_again(here: Path) -> None:
    words = ("--defect", "bola-read", "--defect", "alg-none", "--seed", "11")
    done = seamwright("demo", "verify", *words, "--json", cwd=here)
    assert done.status == 0, done.err
    told = done.json
    assert told["seed"] == 11
    assert told["healthy"]["verdict"] != "refuted"
    assert not [row for row in told["healthy"]["checks"] if row["verdict"] == "refuted"]
    assert [row["name"] for row in told["defects"]] == ["alg-none", "bola-read"]
    for row in told["defects"]:
        assert {"name", "family", "check", "broken", "healthy", "seconds"} <= set(row)
        assert (row["broken"], row["healthy"]) == ("refuted", "proved"), row
        assert row["finding"]
        assert row["reproduce"] == f"seamwright demo verify --defect {row['name']} --seed 11"
    assert (here / told["report"]).read_text(encoding="utf-8").startswith("<!doctype html>")

    program, *words_again = shlex.split(told["defects"][1]["reproduce"])
    assert program == "seamwright"
    again = seamwright(*words_again, cwd=here)
    assert again.status == 0, again.err
    (line,) = [line for line in again.out.splitlines() if line.startswith("bola-read ")]
    assert line.split() == ["bola-read", "security.object-read-across-customers", *["✗", "refuted", "✓", "proved"]]
    assert "1 of 1 defects told from the healthy shop" in again.out
