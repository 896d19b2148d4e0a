"""Exchanges are numbered, counted, and kept redacted."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from seamwright.contracts.graphql import load_sdl
from seamwright.model.exchange import Case, Exchange, Failure, Request, Response
from seamwright.model.subject import Subject
from seamwright.run.recording import Coverage, Numbers, Recording, digest_of
from seamwright.run.redaction import Redaction
from tests.run.trial import contract_of, document, manifest_of


def exchange(operation: str = "getItems", status: int = 200, body: bytes = b"") -> Exchange:
    request = Request("GET", "http://h/items")
    answer = Response(status, (), body) if status else None
    failure = None if status else Failure("reset", "reset")
    return Exchange(request, answer, failure, 1.0, 0.1, boundary="api", operation=operation)


def test_numbers_run_through_all_recordings_of_a_run() -> None:
    redaction, numbers, coverage = Redaction([]), Numbers(), Coverage()
    first = Recording("contract.a", redaction, numbers, coverage)
    second = Recording("contract.b", redaction, numbers, coverage)

    given = [first.add(exchange()), second.add(exchange()), first.add(exchange())]

    assert [(e.number, e.check) for e in given] == [(1, "contract.a"), (2, "contract.b"), (3, "contract.a")]
    assert first.exchanges == (given[0], given[2])


def test_what_is_kept_is_redacted_with_all_that_is_known_by_then() -> None:
    redaction = Redaction([])
    recording = Recording("contract.a", redaction, Numbers(), Coverage())

    seen = recording.add(exchange(body=b"t0ken"))
    redaction.learn("t0ken")

    assert seen.response is not None
    assert seen.response.body == b"t0ken", "the check itself sees what came"
    kept = recording.exchanges[0].response
    assert kept is not None
    assert kept.body == b"[redacted]"


def test_every_operation_is_covered_or_said_not_to_be() -> None:
    coverage = Coverage()
    recording = Recording("contract.a", Redaction([]), Numbers(), coverage)
    for status in (200, 200, 404, 0):
        recording.add(exchange(status=status))
    recording.add(exchange(), counted=False)
    recording.add(exchange(operation=""))
    coverage.count("api", "getItems", "500", 10)
    manifest = manifest_of({"api": "http://h"})
    contract = contract_of(document("GET /items", "POST /items"))

    rows = coverage.rows({"api": Subject(manifest.boundaries["api"], contract, manifest)})

    assert [(r.operation, r.calls, r.statuses, r.answered) for r in rows] == [
        ("getItems", 14, {"200": 2, "404": 1, "500": 10, "reset": 1}, True),
        ("postItems", 0, {}, False),
    ]


def test_points_are_measured_by_what_was_sent_and_answered() -> None:
    manifest = manifest_of({"api": "http://h"})
    subject = Subject(manifest.boundaries["api"], contract_of(document("GET /items", "POST /items")), manifest)
    coverage = Coverage(subjects={"api": subject})
    recording = Recording("contract.a", Redaction([]), Numbers(), coverage)
    get = subject.operations[0]
    seen = exchange()
    assert recording.measured(get, Case("getItems"), seen) is seen
    recording.measured(get, Case("getItems"), replace(exchange(), boundary="another"))
    coverage.count("api", "postItems", "201", 1000)
    coverage.count("api", "postItems", "reset")

    first, second = coverage.rows({"api": subject})

    assert [(p.place, p.keyword) for p in first.points if p.done] == [
        ("response", "success"),
        ("response/2XX", "status"),
    ]
    assert (first.exercised, first.total, first.clipped) == (2, 2, False)
    told = [(p.place, p.keyword) for p in second.points if p.done]
    assert told == [("response", "success"), ("response/2XX", "status")], "a status is all that is known under load"
    assert second.total > 2


def test_the_digest_is_over_the_digests_in_order() -> None:
    one, two = exchange(), exchange(status=404)
    by_hand = hashlib.sha256((one.digest() + two.digest()).encode()).hexdigest()
    assert digest_of([one, two]) == by_hand
    assert digest_of([two, one]) != by_hand
    assert digest_of([]) == hashlib.sha256(b"").hexdigest()


def test_a_status_under_load_says_nothing_of_data_in_graphql() -> None:
    manifest = manifest_of({"api": "http://h", "graph": "http://g"})
    graph = load_sdl("type Query { a: Int }", source="x", digest="")
    subjects = {
        "api": Subject(manifest.boundaries["api"], contract_of(document("GET /items")), manifest),
        "graph": Subject(manifest.boundaries["graph"], graph, manifest),
    }
    coverage = Coverage(subjects=subjects)
    coverage.count_loaded("api", "getItems", 200, 5)
    coverage.count_loaded("graph", "Query.a", 200, 5)
    rows = coverage.rows(subjects)
    assert [(row.operation, row.statuses, row.answered) for row in rows] == [
        ("getItems", {"200": 5}, True),
        ("Query.a", {"200 under load": 5}, False),
    ]
