"""What makes two failures the same one."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from seamwright.checks.contract._cause import (
    blamed,
    breach_root,
    fingerprint,
    kind,
    kind_of_answer,
    resource,
    root,
    shape,
)
from seamwright.engines.generate.requests import Varied
from seamwright.model.bench import Violation
from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.model.operation import Operation


def answer(text: str, status: int = 500, kind: str = "application/json", url: str = "http://t/") -> Exchange:
    response = Response(status, (("content-type", kind),), text.encode())
    return Exchange(Request("GET", url), response, None, 0.0, 0.0)


def told(text: str, *sent: str, kind: str = "application/json") -> set[str]:
    """The fingerprints of an answer to each of these values, which it echoes."""
    return {
        fingerprint(answer(text.replace("{}", value), kind=kind, url=f"http://t/{quote(value, safe='')}"))
        for value in sent
    }


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


def test_a_text_that_was_sent_is_looked_for_in_texts_alone() -> None:
    assert len(told('{"error": "no", "cause": null, "fatal": true}', "null", "true", "error", "abcd")) == 1
    assert len(told('{"error": "\'{}\': {} not found"}', "tR", "x9", "longer", "ü")) == 1
    assert len(told("{} not found", "tR", "x9", kind="text/plain")) == 1


def test_a_short_text_is_an_echo_only_as_a_word_of_its_own_that_is_no_word_of_every_error() -> None:
    assert (
        len(told('{"error": "a value is required in an item; null is not allowed"}', "a", "in", "ite", "7", ":")) == 1
    )
    assert len(told("<p>Server <b>Error</b></p>", "p", "b", "x", kind="text/html")) == 1
    assert "<sent>" in told('{"input": "in"}', "in").pop(), "the whole of a text is an echo, whichever word it is"


def test_each_method_and_part_of_a_request_has_a_cause_of_its_own() -> None:
    bench: Any = SimpleNamespace(learned={})
    listed, write = Operation("list", "GET", "/notes"), Operation("write", "POST", "/notes")
    crash = answer('{"error": "oh"}')
    body = root(bench, write, crash, "a NUL character", "body")

    assert root(bench, write, crash, "a long text", "body") == body, "one handler has one answer"
    assert root(bench, write, crash, "a huge number", "query") != body
    assert root(bench, listed, crash, "a huge number", "query") != body
    assert root(bench, write, crash) == body, "of which nothing is known goes with what is known"


def test_one_kind_of_value_that_many_operations_answer_alike_is_one_cause() -> None:
    bench: Any = SimpleNamespace(learned={})
    crash = answer('{"error": "oh"}')
    causes = {
        root(bench, Operation(f"{method}{path}", method, path), crash, "a NUL character", part)
        for method, path, part in (("GET", "/a", "query"), ("POST", "/a", "body"), ("PUT", "/b/{id}", "path"))
    }

    assert len(causes) == 1


def test_the_objects_of_a_path_are_looked_up_alike_by_all_its_methods() -> None:
    bench: Any = SimpleNamespace(learned={})
    crash = answer('{"error": "oh"}')
    causes = {
        root(bench, Operation(method, method, "/notes/{id}"), crash, why, "path")
        for method, why in (("GET", "a NUL character"), ("PUT", "a huge number"), ("DELETE", "a long text"))
    }

    assert len(causes) == 1


def test_a_call_of_which_nothing_is_known_takes_those_with_it_that_come_later() -> None:
    bench: Any = SimpleNamespace(learned={})
    write, crash = Operation("write", "POST", "/notes"), answer('{"error": "oh"}')

    assert root(bench, write, crash) == root(bench, write, crash, "a NUL character", "body")


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ((), ("", "")),
        (("body/title",), ("because of body/title", "body")),
        (("body/a", "body/b"), ("because of body/a, body/b", "body")),
        (("body/a", "query/b"), ("because of body/a, query/b", "")),
    ],
)
def test_the_part_to_blame_is_known_where_all_places_are_in_it(
    places: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert blamed(places) == expected


def test_a_text_or_number_in_one_place_of_an_answer_is_one_cause_whatever_was_sent_there() -> None:
    assert len(told('{"error": "the kernel \'{}\' is none", "short": "{} not found"}', "~", "9", "x1", "a b")) == 1


def test_a_refusal_that_is_passed_on_as_a_crash_is_one_cause_for_each_kind_of_refusal() -> None:
    texts = ("HTTP 404: Not Found (a is no path)", "HTTP 404: Not Found (/x is outside)", "HTTP 403: Forbidden (a)")
    found = [fingerprint(answer(f'{{"message": "{text}"}}')) for text in texts]

    assert found[0] == found[1]
    assert found[0] != found[2]
    assert fingerprint(answer('{"message": "404 rows lost"}')) != fingerprint(answer('{"message": "404 rows found"}'))


def test_texts_that_are_too_long_are_of_one_kind() -> None:
    assert len({kind(Varied("path", "p", "", "unusual", "path/p", f"a text of {n} characters")) for n in (9, 70)}) == 1


def test_a_cause_that_is_known_whatever_the_answer_is_taken_unless_the_answer_has_one() -> None:
    bench: Any = SimpleNamespace(learned={})
    write, crash, other = Operation("write", "POST", "/notes"), answer('{"e": "oh"}'), answer('{"e": "ah"}')
    before = root(bench, write, other, "a NUL character", "body")

    assert root(bench, write, crash, "a list", "body", "nothing is looked at") == "nothing is looked at"
    assert root(bench, write, crash) == "nothing is looked at"
    assert root(bench, write, other, "a list", "body", "nothing is looked at") == before


def test_a_status_that_was_asked_for_makes_no_difference() -> None:
    def of(status: int, path: str) -> str:
        return fingerprint(answer("", status, "text/html", f"http://t/status/{path}"))

    assert of(770, "770") == of(901, "901") == of(901, "200,901:0.5")
    assert of(500, "0") not in (of(502, "0"), of(770, "770"))
    bench: Any = SimpleNamespace(learned={})
    asked = Operation("status", "GET", "/status/{codes}")
    roots = {root(bench, asked, answer("", code, "text/html", f"http://t/status/{code}")) for code in (503, 770)}
    assert len(roots) == 1, "a 503 that was asked for tells nothing of the state of the service"


def test_control_characters_are_of_one_kind_but_for_those_in_a_body() -> None:
    whys = ("a text with a NUL character", "a text of control characters", "names of control characters")

    assert len({kind(Varied(where, "p", "", "unusual", "p", why)) for why in whys for where in ("path", "query")}) == 1
    assert len({kind(Varied("body", "p", "", "unusual", "p", why)) for why in whys}) == 3, "a store may take but one"


def test_a_schema_that_several_resources_share_is_broken_once() -> None:
    bench: Any = SimpleNamespace(learned={})
    users, me, pets = (Operation(path, "GET", path) for path in ("/users/{id}", "/auth/me", "/pets"))
    shared = Violation("/body", "required", '"photo" is a required property', "User")
    other = Violation("/body", "required", '"name" is a required property', "Pet")
    own = Violation("/body", "required", '"token" is a required property')

    assert breach_root(bench, users, shared, 200) == breach_root(bench, me, shared, 200) == "users required"
    assert breach_root(bench, me, own, 200) == "auth required"
    assert breach_root(bench, pets, other, 200) == "pets required"
    assert breach_root(bench, me, shared, 404) == "404 required", "refusals are told alike by all of a service"


def test_a_media_type_that_nobody_declared_is_one_mistake_whatever_the_status() -> None:
    bench: Any = SimpleNamespace(learned={})
    told = [
        Violation(
            "/headers/content-type", "content-type", f"text/plain is not documented for {status}; documented: a/b"
        )
        for status in (400, 404, 500)
    ]
    roots = {
        breach_root(bench, Operation("op", "GET", "/pets"), v, s) for v, s in zip(told, (400, 404, 500), strict=True)
    }
    assert roots == {"content-type text/plain is not documented"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            'select "id" from "users" where "name" = $1 - invalid byte sequence for encoding "UTF8": 0x00',
            'insert into "tags" ("a", "b") values ($1, $2) - invalid byte sequence for encoding "UTF8": 0x00',
        ),
        (
            "(psycopg.DataError) a NUL character [SQL: SELECT a FROM b WHERE c = %(c)s] [parameters: {}]",
            "(psycopg.DataError) a NUL character [SQL: UPDATE d SET e = %(e)s] [parameters: {1}]",
        ),
    ],
)
def test_what_a_database_says_is_the_same_in_each_statement(one: str, other: str) -> None:
    def of(text: str) -> str:
        return fingerprint(answer(json.dumps({"message": text})))

    assert of(one) == of(other)
    assert of(one) != of(one.replace("invalid byte", "duplicate").replace("NUL character", "long text"))
    assert of("to update failed with A - full") != of("to update failed with B - full"), "prose is no statement"
