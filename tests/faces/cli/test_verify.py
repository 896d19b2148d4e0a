"""`seamwright verify`, as a user runs it: verdicts as statuses, clear words for what is wrong, clean ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.ledger.store import Ledger
from seamwright.model.errors import LedgerError
from tests.faces.conftest import Served
from tests.faces.shelf import Logged, shelf
from tests.faces.terminal import PROGRAM, begun, environment, program, seamwright, shop_up, until
from tests.serving import free_port, serving

MANIFEST = """\
system: books
boundaries:
  books:
    kind: http
    url: {url}
    contract: {url}/openapi.json
"""


@pytest.mark.parametrize(
    ("words", "verdict", "status"),
    [
        (["--check", "contract.server-error-on-valid"], "proved", 0),
        (["--check", "contract.undocumented-status"], "refuted", 1),
        (["--check", "contract.undocumented-status", "--environment", "production"], "unknown", 3),
    ],
)
def test_a_strangers_api_needs_no_manifest_and_the_status_is_the_verdict(
    books: Served, here: Path, words: list[str], verdict: str, status: int
) -> None:
    done = seamwright("verify", books.document, "--json", "--seed", "5", *words, cwd=here)
    assert done.status == status, done.err
    assert done.json["summary"]["verdict"] == verdict
    assert done.json["run"]["seed"] == 5
    assert done.json["run"]["source"] == books.document


def test_the_whole_of_it_on_a_strangers_api(books: Served, here: Path) -> None:
    done = program("verify", books.document, cwd=here)
    assert done.status == 1
    assert "api · contract.undocumented-status" in done.out
    assert f"seamwright verify {books.document} --check contract.undocumented-status --seed " in done.out
    assert "✗ refuted — " in done.out
    assert "report: seamwright report 2" in done.err
    assert not done.err.startswith("✗")
    assert "\x1b" not in done.out + done.err
    assert "Traceback" not in done.err


def test_a_dead_port_is_the_targets_fault(here: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/openapi.json"
    done = seamwright("verify", url, "--json", cwd=here)
    assert done.status == 3
    assert done.json == {"error": {"cause": "target", "text": done.err.removeprefix("error: ").strip()}}
    assert f"nothing usable answers at {url}" in done.err
    assert "the target's fault" in done.err


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/page", 2, "is an HTML page, not a contract document"),
        ("/nowhere", 3, "answers 404 instead of a contract"),
        ("/moved", 3, "redirects to http://127.0.0.1:9/openapi.json, which was not followed"),
        ("/books", 2, "/books"),
    ],
)
def test_what_is_no_contract_is_told(books: Served, here: Path, path: str, status: int, told: str) -> None:
    done = seamwright("verify", books.url + path, cwd=here)
    assert done.status == status, done.err
    assert done.out == ""
    assert told in done.err
    assert "Traceback" not in done.err


def test_a_manifest_whose_host_does_not_answer_is_unknown_by_the_targets_fault(here: Path) -> None:
    (here / "seamwright.yaml").write_text(MANIFEST.format(url=f"http://127.0.0.1:{free_port()}"))
    done = seamwright("verify", cwd=here)
    assert done.status == 3
    assert "the target's fault" in done.err


def test_the_token_of_a_variable_is_sent_and_never_shown(here: Path) -> None:
    secret = "s3cret-and-long-enough"
    app = Logged(shelf(token=secret))
    with serving(app) as url:
        check = ("--check", "contract.response-conforms", "--out", "reports", "--format", "json,html,markdown,junit")
        words = ("verify", f"{url}/openapi.json", "--token-env", "BOOKS_TOKEN", *check)
        unset = seamwright(*words, cwd=here)
        assert unset.status == 2
        assert "--token-env: the variable BOOKS_TOKEN is not set" in unset.err
        assert app.log == []
        done = seamwright(*words, cwd=here, env={"BOOKS_TOKEN": secret})
    assert done.status == 0, done.out + done.err
    assert set(app.credentials) == {f"Bearer {secret}"}
    kept = [path for path in here.rglob("*") if path.is_file()]
    assert len(kept) >= 5
    assert not [path for path in kept if secret.encode() in path.read_bytes()]
    assert secret not in done.out + done.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("boundries: {}\n", "seamwright.yaml:2: boundries: unknown key; did you mean 'boundaries'?"),
        ("boundaries:\n  books: {kind: http, url: 7}\n", "seamwright.yaml:3: boundaries.books.url"),
        (
            'boundaries:\n  books: {kind: http, url: http://127.0.0.1}\nidentities:\n  a:\n    token: "abc"\n',
            "seamwright.yaml:6: identities.a.token: a secret is written out here",
        ),
        ('boundaries:\n  books:\n    kind: http\n    url: "${BOOKS_URL}"\n', "seamwright.yaml:5: boundaries.books.url"),
        ("boundaries: [\n", "seamwright.yaml:"),
    ],
)
def test_a_wrong_manifest_ends_with_2_and_file_and_line(here: Path, text: str, told: str) -> None:
    (here / "seamwright.yaml").write_text(f"system: books\n{text}")
    done = seamwright("verify", cwd=here)
    assert done.status == 2
    assert told in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["boks"], "there is no boundary 'boks'; did you mean 'books'?"),
        (["--check", "contract.response-conform"], "did you mean 'contract.response-conforms'?"),
        (["--proves", "securty"], "there is no family 'securty'; did you mean 'security'?"),
        (["--operation", "list_books_books_gt"], "did you mean 'list_books_books_get'?"),
        (["--budget", "soon"], "--budget: 'soon' is no duration; write it like 60s or 2m"),
        (["--format", "pdf"], "--format: there is no report 'pdf'; there are: html, json"),
        (["--environment", "prod"], "--environment: 'prod' is none of test, staging, production"),
        (["--token-env", "PATH"], "--token-env goes with a URL"),
        (["--out", "in-the-way"], "in-the-way"),
    ],
)
def test_a_wrong_command_line_ends_with_2_before_anything_is_tried(
    books: Served, here: Path, words: list[str], told: str
) -> None:
    (here / "seamwright.yaml").write_text(MANIFEST.format(url=books.url))
    (here / "in-the-way").write_text("a file where a folder should be")
    before = len(books.app.log)
    done = seamwright("verify", *words, cwd=here)
    assert done.status == 2
    assert told in done.err
    assert done.out == ""
    assert set(books.app.log[before:]) <= {"GET /openapi.json"}


@pytest.mark.parametrize("as_json", [False, True])
def test_a_plan_sends_nothing_but_for_the_document(books: Served, here: Path, as_json: bool) -> None:
    before = len(books.app.log)
    done = seamwright("verify", books.document, "--plan", *(["--json"] if as_json else []), cwd=here)
    assert done.status == 0
    assert books.app.log[before:] == ["GET /openapi.json"]
    assert list(here.iterdir()) == []
    if as_json:
        assert {"contract.response-conforms", "security.sql-injection"} <= {i["check"] for i in done.json["planned"]}
        assert all(item["cells"] and item["dares"] for item in done.json["planned"])
        assert all(item["why"] for item in done.json["skipped"])
    else:
        assert "would run" in done.out
        assert "would not run, and why" in done.out
        assert "the manifest names nothing that it depends on" in done.out


def test_reports_are_written_whole_into_the_folder(books: Served, here: Path) -> None:
    words = ("--check", "contract.undocumented-status", "--format", "html,junit", "--format", "sarif,json,markdown")
    done = seamwright("verify", books.document, *words, "--out", "a/reports", "-q", cwd=here)
    assert done.status == 1
    assert done.err == ""
    names = sorted(path.name.partition(".")[2] for path in (here / "a" / "reports").iterdir())
    assert names == ["html", "json", "md", "sarif", "xml"]
    assert {path.stat().st_mode & 0o777 for path in (here / "a" / "reports").iterdir()} == {0o644}
    seamwright("verify", books.document, *words[:2], "--out", "only-html", cwd=here)
    assert [path.suffix for path in (here / "only-html").iterdir()] == [".html"]


def test_quiet_is_quiet_and_colour_is_only_for_terminals_that_want_it(books: Served, here: Path) -> None:
    words = ("verify", books.document, "--check", "contract.undocumented-status")
    quiet = seamwright(*words, "--quiet", cwd=here)
    assert quiet.err == ""
    assert "see it again" in quiet.out
    bright = _on_a_terminal(*words, cwd=here, env={"TERM": "xterm-256color"})
    assert "\x1b[1;31m" in bright
    plain = _on_a_terminal(*words, cwd=here, env={"TERM": "xterm-256color", "NO_COLOR": "1"})
    assert "see it again" in plain
    assert "\x1b[1;31m" not in plain
    assert "\x1b[31m" not in plain
    assert "\x1b[33m" not in plain


def test_names_that_look_like_markup_are_shown_as_they_are(books: Served, here: Path) -> None:
    text = MANIFEST.format(url=books.url).replace("system: books", 'system: "[/red]shop"')
    (here / "seamwright.yaml").write_text(text.replace("  books:", '  "[/dim] books":'))
    done = seamwright("verify", "--check", "contract.undocumented-status", cwd=here)
    assert done.status == 1, done.err
    assert "[/dim] books" in done.out
    assert "[/red]shop" in done.err
    assert "[/dim] books" in seamwright("evidence", cwd=here).out
    assert "[/red]shop" in seamwright("runs", cwd=here).out
    assert "[/dim] books" in seamwright("doctor", cwd=here).out


@pytest.mark.parametrize(
    "words",
    [["checks"], ["manifest", "schema"], ["verify", "{document}", "--plan"], ["verify", "{document}", "--json"]],
)
def test_a_reader_that_goes_away_is_no_verdict(books: Served, here: Path, words: list[str]) -> None:
    with begun(*(word.format(document=books.document) for word in words), cwd=here, cold=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with shop_up(tmp_path_factory.mktemp("shop")) as shop:
        yield shop


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_a_run_that_is_cut_short_is_shown_as_interrupted_with_its_evidence_intact(
    shop: Any, here: Path, number: signal.Signals, status: int
) -> None:
    with begun("verify", str(shop.here / shop.manifest), "--seed", "3", cwd=here) as process:
        until(lambda: _rows(here) >= 3, "three rows of evidence")
        os.killpg(process.pid, number)
        assert process.wait(20) == status
    (run,) = seamwright("runs", "--json", cwd=here).json
    assert run["state"] == "interrupted"
    assert run["evidence"] >= 3
    verified = seamwright("ledger", "verify", "--json", cwd=here)
    assert (verified.status, verified.json["rows"], verified.json["problems"]) == (0, run["evidence"], [])
    evidence = seamwright("evidence", "--run", "last", "--json", cwd=here).json
    assert len(evidence) == run["evidence"]
    told = json.loads(seamwright("report", "last", "--format", "json", "--out", "-", cwd=here).out)
    assert told["run"]["state"] == "interrupted"
    assert told["summary"]["verdict"] != "proved"


def _rows(here: Path) -> int:
    path = here / ".seamwright" / "ledger.db"
    if not path.exists():
        return 0
    try:
        with Ledger.open(path, create=False) as ledger:
            return len(ledger.evidence(limit=None))
    except LedgerError:
        return 0  # it is being made at this very moment


def _on_a_terminal(*words: str, cwd: Path, env: dict[str, str]) -> str:
    """What a command shows when both of its outputs are a terminal."""
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [str(PROGRAM), *words], cwd=cwd, env=environment(env), stdin=slave, stdout=slave, stderr=slave, close_fds=True
    )
    os.close(slave)
    seen = b""
    try:
        while chunk := os.read(master, 65536):
            seen += chunk
    except OSError:
        pass  # Linux says EIO when the other side has closed the terminal
    finally:
        os.close(master)
    process.wait(30)
    return seen.decode()


def test_the_same_seed_sends_the_same_cases_with_one_in_flight_or_many(books: Served, here: Path) -> None:
    words = ("verify", f"{books.url}/openapi.json", "--check", "contract.response-conforms", "--seed", "5", "--json")
    logs, counts = set(), set()
    for more in (("--cases", "20"), ("--cases", "20", "--in-flight", "1"), ("--cases", "20", "--in-flight", "64")):
        [row] = seamwright(*words, *more, cwd=here).json["evidence"]
        logs.add(row["measures"]["request_log"])
        counts.add(row["measures"]["streamed"])
    assert len(logs) == 1
    assert len(counts) == 1

    [fewer] = seamwright(*words, "--cases", "10", cwd=here).json["evidence"]
    assert fewer["measures"]["streamed"] * 2 == counts.pop()
    assert fewer["measures"]["request_log"] not in logs
