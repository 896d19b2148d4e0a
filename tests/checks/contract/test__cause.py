"""What makes two failures the same one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from seamwright.checks.contract._cause import fingerprint, kind_of_answer, resource, root, shape
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.model.operation import Operation


def answer(text: str, status: int = 500, kind: str = "application/json") -> Exchange:
    response = Response(status, (("content-type", kind),), text.encode())
    return Exchange(Request("GET", "http://t/"), response, None, 0.0, 0.0)


TRACE = 'Traceback (most recent call last):\n  File "/app/{}.py", line {}, in handle\n    {}\nValueError: {}'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            '{"error": "no 17 here", "at": "2026-01-02T03:04:05Z"}',
            '{"at": "2027-11-12T13:14:15Z", "error": "no 4 here"}',
        ),
        ('{"error": "cannot store \'a\'"}', '{"error": "cannot store \'b c\'"}'),
        ("request 0d9f5b1e-1111-4222-8333-444455556666 failed", "request 11111111-2222-4333-8444-555566667777 failed"),
        (TRACE.format("a", 5, "x", "one"), TRACE.format("a", 5, "x", "other")),
    ],
)
def test_what_varies_from_call_to_call_makes_no_difference(one: str, other: str) -> None:
    assert fingerprint(answer(one)) == fingerprint(answer(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"error": "no such table"}', '{"error": "out of range"}'),
        (TRACE.format("a", 5, "x", "one"), TRACE.format("a", 6, "x", "one")),
    ],
)
def test_another_text_or_place_in_the_code_is_another_cause(one: str, other: str) -> None:
    assert fingerprint(answer(one)) != fingerprint(answer(other))


def test_status_and_media_type_count() -> None:
    assert (
        len({fingerprint(answer("x")), fingerprint(answer("x", 502)), fingerprint(answer("x", kind="text/html"))}) == 3
    )


def test_no_answer_is_told_by_its_kind() -> None:
    reset = Exchange(Request("GET", "http://t/"), None, Failure("reset", "gone"), 0.0, 0.0)

    assert fingerprint(reset) == "no answer (reset)"


@pytest.mark.parametrize(
    ("path", "about"),
    [
        ("/orders/{id}/cancel", "orders"),
        ("/api/orders", "api/orders"),
        ("/v2/zones/{z}", "v2/zones"),
        ("/", "/"),
        ("/api/v1/users/{id}", "api/v1/users"),
        ("/api/v1", "api/v1"),
    ],
)
def test_an_operation_is_about_the_first_words_of_its_path(path: str, about: str) -> None:
    assert resource(Operation("op", "GET", path)) == about


def test_each_item_of_a_list_is_wrong_for_the_same_reason() -> None:
    assert shape("/body/items/0/tags/17/name") == "/body/items/*/tags/*/name"
    assert shape("/body/v2/3d") == "/body/v2/3d"


def test_answers_of_one_handler_have_their_form_in_common() -> None:
    same = {kind_of_answer(answer(text, 400)) for text in ('{"detail": "no a"}', '{"detail": ["b"]}')}
    other = {kind_of_answer(answer('{"error": 1}', 400)), kind_of_answer(answer("no JSON", 400))}

    assert len(same) == 1
    assert len(same | other) == 3


def test_what_a_path_answers_in_the_same_words_keeps_its_first_cause_and_other_words_have_another() -> None:
    bench: Any = SimpleNamespace(learned={})
    operation = Operation("write", "POST", "/notes")
    crash, taken = answer('{"error": "oh"}', 500), answer('{"error": "this title is taken"}', 500)

    assert root(bench, operation, crash, "a NUL character") == root(bench, operation, crash, "a long text")
    assert "NUL" in root(bench, operation, crash)
    assert "NUL" not in root(bench, operation, taken, "a title that is there")
    assert root(bench, operation, taken) != root(bench, operation, crash)
