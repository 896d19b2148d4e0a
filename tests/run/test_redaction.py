"""No secret is written."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from seamwright.model.exchange import Exchange, Failure, Request, Response
from seamwright.model.finding import Finding, Severity
from seamwright.run.redaction import MASK, Redaction, secret_field, secret_header
from tests.run.rows import evidence

SECRET = 'p@ss w"rd/ä'


def exchange(*headers: tuple[str, str], body: bytes = b"", answer: Response | None = None, url: str = "/") -> Exchange:
    return Exchange(Request("POST", f"http://h{url}", headers, body), answer, None, 0, 0)


def test_known_secrets_are_masked_in_every_spelling() -> None:
    redaction = Redaction([SECRET])
    for spelling in (SECRET, "p%40ss%20w%22rd%2F%C3%A4", "p%40ss+w%22rd%2F%C3%A4", json.dumps(SECRET)[1:-1]):
        assert redaction.text(f"before {spelling} after") == f"before {MASK} after", spelling


def test_a_secret_inside_a_longer_one_leaves_nothing_of_it() -> None:
    redaction = Redaction(["hunter", "hunter2-and-more"])
    assert redaction.text("hunter2-and-more hunter") == f"{MASK} {MASK}"


def test_texts_of_three_letters_are_no_secrets() -> None:
    assert Redaction(["abc", ""]).text("abc and the alphabet") == "abc and the alphabet"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Authorization", "Bearer abc.def", f"Bearer {MASK}"),
        ("authorization", "raw-token", MASK),
        ("Cookie", "session=abc", MASK),
        ("X-API-Key", "abc", MASK),
        ("X-Shop-Secret", "abc", MASK),
        ("X-Trace", "abc hunter2", f"abc {MASK}"),
        (
            "Set-Cookie",
            "session=abc; Path=/; HttpOnly; SameSite=Lax",
            f"session={MASK}; Path=/; HttpOnly; SameSite=Lax",
        ),
        ("set-cookie", "session=abc", f"session={MASK}"),
    ],
)
def test_headers(name: str, value: str, kept: str) -> None:
    redaction = Redaction(["hunter2"], ["X-Shop-Secret"])
    given = exchange((name, value), answer=Response(200, ((name, value),)))

    done = redaction.exchange(given)

    assert done.request.headers == ((name, kept),)
    assert done.response is not None
    assert done.response.headers == ((name, kept),)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b'{"user": "a", "password": "x\\"y", "n": 1}', b'{"user": "a", "password": "[redacted]", "n": 1}'),
        (b'{"access_token":"abc","expires_in":3}', b'{"access_token":"[redacted]","expires_in":3}'),
        (b'{"SSN": 123456789, "secret": -1.5e3}', b'{"SSN": "[redacted]", "secret": "[redacted]"}'),
        (b'{"secret": null, "secretary": "eve"}', b'{"secret": null, "secretary": "eve"}'),
        (b"grant_type=x&client_secret=abc&scope=y", b"grant_type=x&client_secret=[redacted]&scope=y"),
        (b"password=abc", b"password=[redacted]"),
        (b"has hunter2 in it", b"has [redacted] in it"),
        (b"\xff hunter2 \x00", b"\xff [redacted] \x00"),
    ],
)
def test_bodies(body: bytes, kept: bytes) -> None:
    redaction = Redaction(["hunter2"], ["ssn"])
    done = redaction.exchange(exchange(body=body, answer=Response(200, (), body)))

    assert done.request.body == kept
    assert done.response is not None
    assert done.response.body == kept


def test_urls_notes_and_failures() -> None:
    given = replace(exchange(url="/a?api_key=abc&x=hunter2"), failure=Failure("reset", "at hunter2"), note="as hunter2")
    done = Redaction(["hunter2"]).exchange(given)

    assert done.request.url == f"http://h/a?api_key={MASK}&x={MASK}"
    assert done.failure == Failure("reset", f"at {MASK}")
    assert done.note == f"as {MASK}"


def test_a_token_that_is_learnt_late_is_masked_from_then_on() -> None:
    redaction = Redaction([])
    given = exchange(body=b"here is t0ken-of-alice")
    assert redaction.exchange(given) == given
    redaction.learn("t0ken-of-alice")
    assert redaction.exchange(given).request.body == b"here is [redacted]"


def test_it_goes_as_deep_as_a_value_does() -> None:
    finding = Finding("saw hunter2", "d", Severity.HIGH, facts={"list": ["hunter2", {"in": ("hunter2", 5)}]})
    row = evidence(findings=(finding,), measures={"at": "hunter2"}, traceback="hunter2", why="")

    done: Any = Redaction(["hunter2"]).deep(row)

    assert "hunter2" not in repr(done)
    assert done.findings[0].facts == {"list": [MASK, {"in": (MASK, 5)}]}
    assert done.findings[0].severity is Severity.HIGH
    assert replace(done, findings=(), measures={}, traceback="") == replace(row, findings=(), measures={}, traceback="")


def test_names_of_secrets_are_known_and_other_names_are_not() -> None:
    for name in ("authorization", "cookie", "x-api-key", "x-auth-token", "x-csrftoken", "x-session-id", "x-auth"):
        assert secret_header(name), name
    for name in ("access_token", "accesstoken", "password", "client_secret", "token", "api-key"):
        assert secret_field(name), name
    for name in ("accept", "content-type", "x-request-id", "author", "tokenizer", "sessions-open", "keyboard"):
        assert not secret_header(name), name
        assert not secret_field(name), name
