"""A key does its work once, however often and however quickly it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from seamwright.kit.idempotency import (
    Answer,
    Claim,
    IdempotencyStore,
    KeyInFlight,
    KeyReused,
    fingerprint_of,
    parse_key,
)
from seamwright.kit.problems import Problem
from tests.kit.databases import engine, server_databases

__all__ = ["engine", "server_databases"]

ANSWER = Answer(201, {"ETag": '"1"'}, b'{"id": 7}')


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(engine: sa.Engine, clock: Clock) -> IdempotencyStore:
    metadata = sa.MetaData()
    made = IdempotencyStore(metadata, keep=100, lease=10, clock=clock)
    metadata.create_all(engine)
    return made


Take = Callable[..., Claim | Answer]


@pytest.fixture
def take(engine: sa.Engine, store: IdempotencyStore) -> Take:
    def claim(key: str = "k", *, scope: str = "alice", fingerprint: str = "f") -> Claim | Answer:
        with engine.begin() as connection:
            return store.claim(connection, key, scope=scope, fingerprint=fingerprint)

    return claim


def complete(engine: sa.Engine, store: IdempotencyStore, claim: Claim | Answer) -> None:
    assert isinstance(claim, Claim)
    with engine.begin() as connection:
        store.complete(connection, claim, ANSWER)


def test_a_repeated_request_gets_the_stored_answer(engine: sa.Engine, store: IdempotencyStore, take: Take) -> None:
    complete(engine, store, take())
    assert take() == ANSWER


def test_the_key_of_one_caller_is_nothing_to_another(engine: sa.Engine, store: IdempotencyStore, take: Take) -> None:
    complete(engine, store, take(scope="alice"))
    assert isinstance(take(scope="bob"), Claim)


def test_another_request_with_the_key_is_refused(engine: sa.Engine, store: IdempotencyStore, take: Take) -> None:
    claim = take()
    with pytest.raises(KeyReused) as caught:
        take(fingerprint="other")
    assert caught.value.status == 422
    complete(engine, store, claim)
    with pytest.raises(KeyReused):
        take(fingerprint="other")


def test_a_request_under_way_is_told_so(take: Take) -> None:
    take()
    with pytest.raises(KeyInFlight) as caught:
        take()
    assert caught.value.status == 409
    assert caught.value.headers == {"Retry-After": "1"}


def test_after_the_lease_another_takes_over_the_same_work_and_the_first_can_no_longer_complete(
    engine: sa.Engine, store: IdempotencyStore, take: Take, clock: Clock
) -> None:
    first = take()
    clock.now += 11
    second = take()
    assert isinstance(first, Claim)
    assert isinstance(second, Claim)
    assert (second.work_id, second.token != first.token) == (first.work_id, True)
    with pytest.raises(KeyInFlight), engine.begin() as connection:
        store.complete(connection, first, ANSWER)
    complete(engine, store, second)
    assert take() == ANSWER


def test_a_released_key_is_open_to_the_same_request_alone(
    engine: sa.Engine, store: IdempotencyStore, take: Take
) -> None:
    claim = take()
    assert isinstance(claim, Claim)
    with engine.begin() as connection:
        store.release(connection, claim)
    with pytest.raises(KeyReused):
        take(fingerprint="other")
    again = take()
    assert isinstance(again, Claim)
    assert again.work_id == claim.work_id


def test_an_expired_key_is_new_and_purged(engine: sa.Engine, store: IdempotencyStore, take: Take, clock: Clock) -> None:
    first = take()
    complete(engine, store, first)
    clock.now += 101
    second = take(fingerprint="other")
    assert isinstance(first, Claim)
    assert isinstance(second, Claim)
    assert second.work_id != first.work_id
    clock.now += 101
    with engine.begin() as connection:
        assert store.purge(connection) == 1


def test_work_that_is_rolled_back_leaves_no_key(engine: sa.Engine, store: IdempotencyStore, take: Take) -> None:
    with engine.connect() as connection:
        store.claim(connection, "k", scope="alice", fingerprint="f")
        connection.rollback()
    assert isinstance(take(), Claim)


def test_in_one_transaction_the_second_waits_and_gets_the_answer(engine: sa.Engine, store: IdempotencyStore) -> None:
    claims: list[Claim] = []
    answers: list[Answer] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        with engine.begin() as connection:
            claim = store.claim(connection, "k", scope="alice", fingerprint="f")
            if isinstance(claim, Answer):
                answers.append(claim)
                return
            claims.append(claim)
            store.complete(connection, claim, ANSWER)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == 1
    assert answers == [ANSWER] * 7


@pytest.mark.parametrize(
    ("header", "key"), [("abc-1", "abc-1"), ('"8e03978e-40d5"', "8e03978e-40d5"), (" spaced ", "spaced")]
)
def test_a_key_is_read_quoted_or_bare(header: str, key: str) -> None:
    assert parse_key(header) == key


@pytest.mark.parametrize("header", [None, "", '""', "two words", "ü", "x" * 256, '"'])
def test_a_key_that_is_missing_or_malformed_is_a_400(header: str | None) -> None:
    with pytest.raises(Problem) as caught:
        parse_key(header)
    assert caught.value.status == 400


def test_a_fingerprint_tells_requests_apart_and_not_their_white_space() -> None:
    same = fingerprint_of("post", "/orders", {"a": 1, "b": 2})
    assert same == fingerprint_of("POST", "/orders", {"b": 2, "a": 1})
    others = {
        fingerprint_of("PUT", "/orders", {"a": 1, "b": 2}),
        fingerprint_of("POST", "/orders/1", {"a": 1, "b": 2}),
        fingerprint_of("POST", "/orders", {"a": 1, "b": 3}),
        fingerprint_of("POST", "/orders", b"{}"),
    }
    assert same not in others
    assert len(others) == 4
