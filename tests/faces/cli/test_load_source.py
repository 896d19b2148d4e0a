"""`seamwright load` with scenarios, feeds and recordings; what is wrong is told before anything is sent."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.faces.cli.load_source import Source, source
from seamwright.model.errors import UsageError
from seamwright.model.scenario import LoadSection
from tests.faces.conftest import Served
from tests.faces.shelf import Logged, shelf
from tests.faces.terminal import Done, begun, seamwright, until
from tests.serving import serving

TOKEN = "t0ken-of-the-reader"
MANIFEST = """\
system: books
boundaries:
  books: {kind: http, url: URL, contract: URL/openapi.json}
identities:
  reader: {token: "${READER}"}
load:
  books:
    feeds:
      titles: {file: titles.csv, order: once}
    setup:
      - operation: add_book_books_post
        body: {title: first}
        keep: {first: $.id}
    scenarios:
      add:
        steps:
          - operation: add_book_books_post
            body: {title: "${titles.title}"}
            keep: {book: $.id}
          - operation: read_book_books__book_id__get
            path: {book_id: "${kept.book}"}
      look:
        weight: 2
        steps:
          - operation: read_book_books__book_id__get
            path: {book_id: "${kept.first}"}
    teardown:
      - operation: list_books_books_get
"""


@pytest.fixture(scope="module")
def closed() -> Iterator[Served]:
    """The stranger's API, whose books want a token."""
    app = Logged(shelf(token=TOKEN))
    with serving(app) as url:
        yield Served(url, app)


def written(here: Path, served: Served, text: str = MANIFEST, rows: int = 1000) -> None:
    (here / "seamwright.yaml").write_text(text.replace("URL", served.url), encoding="utf-8")
    (here / "titles.csv").write_text("title\n" + "".join(f"Book {n}\n" for n in range(rows)), encoding="utf-8")


def loaded(*words: str, cwd: Path) -> Done:
    """A run in which nothing was wrong; that a busy machine was late is told, and is no matter to these tests."""
    done = seamwright("load", *words, cwd=cwd, env={"READER": TOKEN})
    assert done.status == 0 or (done.status == 3 and "our own schedule was not kept" in done.out), done.out + done.err
    return done


def har(here: Path, served: Served) -> None:
    """What a browser saw: two hosts, a login of its own, and a body."""

    def entry(moment: float, method: str, url: str, body: str = "", status: int = 200) -> dict[str, Any]:
        headers = [
            {"name": "Authorization", "value": "Bearer stolen-from-a-browser"},
            {"name": "Accept", "value": "*/*"},
        ]
        request: dict[str, Any] = {"method": method, "url": url, "headers": headers}
        if body:
            request["headers"].append({"name": "Content-Type", "value": "application/json"})
            request["postData"] = {"mimeType": "application/json", "text": body}
        moment_text = f"2024-05-01T10:00:{moment:06.3f}Z"
        return {"startedDateTime": moment_text, "time": 10, "request": request, "response": {"status": status}}

    entries = [
        entry(0.0, "GET", f"{served.url}/books"),
        entry(0.0, "GET", "https://cdn.example/app.js"),
        entry(0.2, "POST", f"{served.url}/books", '{"title": "recorded"}', 201),
        entry(0.3, "GET", f"{served.url}/page"),
        entry(0.4, "GET", f"{served.url}/books"),
    ]
    (here / "shop.har").write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")


def test_scenarios_of_the_manifest_are_what_is_sent(closed: Served, here: Path) -> None:
    written(here, closed)
    closed.app.credentials.clear()
    done = loaded("books", "--rate", "40/s", "--duration", "1s", "--seed", "5", "--json", cwd=here)
    assert "40 walks over 1 s, seed 5" in done.err
    told = done.json["load"]["scenarios"]
    assert told["add"]["begun"] + told["look"]["begun"] == 40
    assert told["add"]["completed"] == told["add"]["begun"] > 3
    assert [step["step"] for step in told["add"]["steps"]] == [
        *("add/add_book_books_post", "add/read_book_books__book_id__get"),
    ]
    assert set(closed.app.credentials) == {f"Bearer {TOKEN}"}
    assert closed.app.log[-1] == "GET /books"
    report = seamwright("report", "--format", "html", "--out", "out.html", cwd=here)
    assert report.status == 0, report.err
    page = (here / "out.html").read_text(encoding="utf-8")
    assert "Scenario add" in page
    assert "Step add/read_book_books__book_id__get" in page


def test_some_of_them_by_users_until_the_data_are_used_up(closed: Served, here: Path) -> None:
    written(here, closed, rows=12)
    done = loaded("books", "--scenario", "add=2", "--users", "3", "--duration", "5s", "--seed", "5", cwd=here)
    assert "ended there: the feed of add was used up after 12 rows" in done.out
    assert "look" not in done.out
    assert closed.app.log.count("POST /books") >= 13


def test_ctrl_c_tears_down(closed: Served, here: Path) -> None:
    written(here, closed)
    closed.app.log.clear()
    words = ("load", "books", "--scenario", "add", "--rate", "40/s", "--duration", "20s")
    with begun(*words, cwd=here, env={"READER": TOKEN}) as process:
        until(lambda: closed.app.log.count("POST /books") > 10, "the load to begin")
        os.kill(process.pid, signal.SIGINT)
        process.wait(20)
    assert process.returncode not in (0, 1)
    assert closed.app.log[-1] == "GET /books"
    assert closed.app.log.count("GET /books") == 1


def test_a_recording_is_walked_through_as_the_identity(closed: Served, here: Path) -> None:
    written(here, closed)
    har(here, closed)
    closed.app.credentials.clear()
    done = loaded("books", "--har", "shop.har", "--rate", "20/s", "--duration", "500ms", "--speed", "10", cwd=here)
    assert "10 walks over 0.5 s" in done.err
    assert all(f"shop/{name}" in done.out for name in ("list_books_books_get", "add_book_books_post"))
    assert "left out: https://cdn.example: another host than the boundary's" in done.out
    assert "left out: GET /page: is no operation of the contract" in done.out
    assert "those of the identity are sent: header authorization" in " ".join(done.out.split())
    assert set(closed.app.credentials) == {f"Bearer {TOKEN}"}


def test_a_recording_is_replayed_at_its_own_moments(closed: Served, here: Path) -> None:
    written(here, closed)
    har(here, closed)
    closed.app.log.clear()
    words = ("books", "--har", "shop.har", "--profile", "replay", "--speed", "2", "--json")
    told = loaded(*words, cwd=here).json["load"]
    assert (told["offered"], told["arrival"], told["duration"]) == (3, "replay", pytest.approx(0.2))
    assert [line for line in closed.app.log if "openapi" not in line][-3:] == [
        *("GET /books", "POST /books", "GET /books"),
    ]


def test_a_trace_says_when_scenarios_begin(closed: Served, here: Path) -> None:
    written(here, closed)
    (here / "trace.txt").write_text("0\n0.4\n1\n", encoding="utf-8")
    words = ("books", "--trace", "trace.txt", "--speed", "5", "--scenario", "add", "--json")
    told = loaded(*words, cwd=here).json["load"]
    assert (told["scenarios"]["add"]["begun"], told["arrival"]) == (3, "replay")
    assert told["duration"] == pytest.approx(0.2)


def test_operations_go_before_scenarios(closed: Served, here: Path) -> None:
    written(here, closed)
    words = ("--operations", "list_books_books_get=2,add_book_books_post", "--rate", "30/s", "--duration", "1s")
    told = loaded("books", *words, "--json", cwd=here).json["load"]
    assert set(told["operations"]) == {"list_books_books_get", "add_book_books_post"}
    assert "scenarios" not in told


@pytest.mark.parametrize(
    ("words", "change", "told"),
    [
        (("--rate", "1/s"), ("${titles.title}", "${titles.titel}"), "titles.csv:1: has no column 'titel'"),
        (("--rate", "1/s"), ("read_book_books__book_id__get", "read_books"), "seamwright.yaml:20: load.books"),
        (("--rate", "1/s"), ("${kept.book}", "${kept.books}"), "seamwright.yaml:21: load.books"),
        (("--rate", "1/s", "--scenario", "ad"), None, "there is no 'ad'; did you mean 'add'?"),
        (("--rate", "1/s", "--scenario", "add", "--operation", "x"), None, "give one of them"),
        (("--har", "broken.har", "--rate", "1/s"), None, "broken.har:2: is no JSON"),
        (("--har", "shop.har"), None, "--rate 2/s, --users 5, or --profile replay"),
        (("--rate", "1/s", "--speed", "2"), None, "--speed goes with --trace or --har"),
        (("--har", "shop.har", "--rate", "1/s", "--speed", "0"), None, "--speed: 0 is no number above 0"),
        (("--trace", "t.txt"), None, "t.txt: line 2: 'soon' is no offset"),
        (("--profile", "replay"), None, "--trace FILE or --har FILE"),
        (("--rate", "1/s", "--processes", "2"), None, "scenarios and recordings are sent by one process"),
        (("--find-limit", "--scenario", "add"), None, "--scenario"),
    ],
)
def test_wrong_usage_is_status_2_with_file_and_line(
    closed: Served, here: Path, words: tuple[str, ...], change: tuple[str, str] | None, told: str
) -> None:
    written(here, closed, MANIFEST.replace(*change, 1) if change else MANIFEST)
    har(here, closed)
    (here / "broken.har").write_text('{"log":\n {"entries": [}\n', encoding="utf-8")
    (here / "t.txt").write_text("0\nsoon\n", encoding="utf-8")
    closed.app.log.clear()
    done = seamwright("load", "books", *words, cwd=here, env={"READER": TOKEN})
    assert (done.status, told in done.err, "Traceback" in done.err) == (2, True, False), done.err
    assert set(closed.app.log) <= {"GET /openapi.json"}, "nothing was sent"


def test_a_source_is_one_of_them_and_knows_its_steps() -> None:
    section = LoadSection.model_validate(
        {"scenarios": {"a": {"weight": 3, "steps": [{"operation": "x"}]}, "b": {"steps": [{"operation": "x"}] * 5}}}
    )
    none: dict[str, float] = {}

    def made(*given: Any, **more: Any) -> Source:
        return source(*given, **({"speed": None, "trace": None, "profile": "constant"} | more))

    assert made(section, none, none, None).steps == 2.0
    assert made(section, {"b": 1.0}, none, None).steps == 5.0
    assert not made(section, none, {"x": 1.0}, None).has_script
    assert not made(None, none, none, None).has_script
    with pytest.raises(UsageError, match="there is no 'a'"):
        made(None, {"a": 1.0}, none, None)
