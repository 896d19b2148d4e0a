"""`seamwright load`, as a user runs it: thresholds as statuses, exports by ending, and nothing where it may not be."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seamwright.ledger.store import Ledger
from tests.faces.conftest import Served
from tests.faces.shelf import Logged, shelf
from tests.faces.terminal import PROGRAM, Done, alive, begun, descendants, environment, seamwright, until
from tests.serving import free_port, serving

QUICK = ("--rate", "40/s", "--duration", "1s", "--seed", "5")


@pytest.fixture
def lonely() -> Iterator[Served]:
    """The stranger's API for one test alone, whose requests are counted."""
    app = Logged(shelf())
    with serving(app) as url:
        yield Served(url, app)


def manifest(here: Path, url: str, objectives: str = "{}", more: str = "") -> Path:
    path = here / "seamwright.yaml"
    boundary = f"{{kind: http, url: {url}, contract: {url}/openapi.json, objectives: {objectives}}}"
    path.write_text(f"system: books\n{more}boundaries:\n  books: {boundary}\n", encoding="utf-8")
    return path


def loaded(*words: str, cwd: Path) -> Done:
    """A run that kept its schedule; a machine that is too busy for forty requests a second gets more chances."""
    for _ in range(5):
        done = seamwright("load", *words, cwd=cwd)
        if "our own schedule was not kept" not in done.out:
            break
    return done


def test_a_url_needs_no_manifest_and_a_stranger_who_fails_nothing_holds(books: Served, here: Path) -> None:
    done = loaded(books.document, *QUICK, cwd=here)
    assert done.status == 0, done.out + done.err
    assert "offered 40 (40/s, constant)" in done.out
    assert "✓ availability: 100%, promised 100%" in done.out
    assert "intended" in done.out
    assert "send lag" in done.out
    assert "40 requests over 1 s, seed 5" in done.err
    assert "Traceback" not in done.err


def test_json_has_every_figure_and_the_ledger_the_evidence(books: Served, here: Path) -> None:
    done = loaded(books.document, *QUICK, "--json", cwd=here)
    told = done.json
    assert done.status == 0, told["why"]
    assert (told["verdict"], told["seed"], told["load"]["offered"]) == ("proved", 5, 40)
    assert sum(row["offered"] for row in told["load"]["timeline"]) == 40
    assert told["thresholds"][0]["held"] is True
    with Ledger.open(str(here / ".seamwright/ledger.db")) as ledger:
        (row,) = ledger.record(told["run"]).evidence
    assert (row.check, row.verdict, row.tried) == ("load.by-hand", "proved", 40)
    assert row.measures["load"]["sent"] == 40


def test_a_broken_objective_is_status_1_with_the_command_that_shows_it_again(books: Served, here: Path) -> None:
    manifest(here, books.url, "{latency: {p50: 1us}, rate: 40/s}")
    done = loaded("books", "--duration", "1s", cwd=here)
    assert done.status == 1, done.out + done.err
    assert "✗ latency p50" in done.out
    assert "promised 0.001 ms" in done.out
    again = next(line for line in done.out.splitlines() if "again: seamwright load books --duration 1s --seed " in line)
    assert again


def test_objectives_of_the_command_line_take_the_place_of_the_manifests(books: Served, here: Path) -> None:
    manifest(here, books.url, "{latency: {p50: 9s}, rate: 40/s}")
    done = loaded("books", *QUICK, "--objective", "p50<1us", "--objective", "errors<1%", cwd=here)
    assert done.status == 1, done.out + done.err
    assert "✗ latency p50" in done.out
    assert "✓ availability: 100%, promised 99%" in done.out


def test_too_few_answers_for_a_quantile_are_status_3_with_the_reason(books: Served, here: Path) -> None:
    manifest(here, books.url, "{latency: {p99: 9s}}")
    done = loaded("books", *QUICK, cwd=here)
    assert done.status == 3
    assert "p99 needs 300 requests" in done.out


def test_only_what_is_safe_is_called_unless_it_is_named(lonely: Served, here: Path) -> None:
    read = loaded(lonely.document, *QUICK, "--json", cwd=here).json["load"]["operations"]
    assert read
    assert all(name.endswith("_get") for name in read)
    words = ("--operation", "list_books_books_get=3,add_book_books_post")
    both = loaded(lonely.document, *QUICK, *words, "--json", cwd=here).json
    parts = both["load"]["operations"]
    assert set(parts) == {"list_books_books_get", "add_book_books_post"}
    assert parts["list_books_books_get"]["sent"] > parts["add_book_books_post"]["sent"] > 0


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--profile", "ramp", "--from", "20/s"), 30),
        (("--profile", "steps", "--from", "20/s", "--steps", "2"), 30),
        (("--profile", "spike", "--from", "20/s", "--spike", "500ms"), 30),
    ],
)
def test_profiles_offer_their_integral(books: Served, here: Path, words: tuple[str, ...], count: int) -> None:
    done = seamwright("load", books.document, *QUICK, *words, "--json", cwd=here)
    assert done.json["load"]["offered"] == count


def test_poisson_is_decided_by_the_seed(books: Served, here: Path) -> None:
    def offered(*words: str) -> Any:
        return seamwright("load", books.document, *QUICK, *words, "--json", cwd=here).json["load"]

    process, again = offered("--profile", "poisson"), offered("--random")
    assert process["arrival"] == again["arrival"] == "poisson"
    assert process["offered"] == again["offered"]


def test_users_wait_for_their_answers(books: Served, here: Path) -> None:
    words = ("--users", "2", "--think", "50ms", "--duration", "1s", "--seed", "5")
    done = loaded(books.document, *words, cwd=here)
    assert done.status == 0, done.out + done.err
    assert "2 users over 1 s, seed 5" in done.err
    assert "/s, closed)" in done.out


def test_a_trace_is_replayed(books: Served, here: Path) -> None:
    (here / "trace.txt").write_text("# recorded\n0.3\n0.0\n0.1\n", encoding="utf-8")
    done = seamwright("load", books.document, "--profile", "replay", "--trace", "trace.txt", "--json", cwd=here)
    assert (done.json["load"]["offered"], done.json["load"]["arrival"]) == (3, "replay")


def test_figures_are_exported_by_ending(books: Served, here: Path) -> None:
    names = ("out/run.json", "run.csv", "run.hlog", "run.prom")
    words = [word for name in names for word in ("--export", name)]
    done = seamwright("load", books.document, *QUICK, *words, cwd=here)
    assert all(f"export: {name}" in done.err for name in names)
    assert json.loads((here / names[0]).read_text())["offered"] == 40
    assert sum(int(row["offered"]) for row in csv.DictReader((here / names[1]).open())) == 40
    assert "Tag=intended," in (here / names[2]).read_text()
    assert (here / names[3]).read_text().endswith("# EOF\n")


def test_the_highest_rate_is_searched_and_told(books: Served, here: Path) -> None:
    words = ("--find-limit", "--rate", "20/s", "--step", "1s", "--warm-up", "0", "--repeat", "2")
    for _ in range(5):
        done = seamwright("load", books.document, *words, "--objective", "rate>=15/s", cwd=here)
        if "our own" not in done.out:
            break
    assert done.status == 0, done.out + done.err
    assert "keeps 20/s: 2 of 2 kept" in done.out
    assert "20/s kept, p99 " in done.err
    told = seamwright("load", books.document, *words, "--json", "--quiet", cwd=here)
    assert told.status == 3
    assert told.json["verdict"] == "unknown"
    assert list(dict.fromkeys(step["rate"] for step in told.json["limit"]["steps"])) == [10, 20]


def test_nothing_is_sent_where_load_is_not_allowed(lonely: Served, here: Path) -> None:
    for named in ("staging", "production"):
        done = seamwright("load", lonely.document, *QUICK, "--environment", named, cwd=here)
        assert done.status == 2
        assert f"environment is {named}, which does not allow load" in done.err
    assert set(lonely.app.log) == {"GET /openapi.json"}


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot stop a process")
def test_a_process_that_gets_too_little_cpu_says_so_and_nothing_of_the_target(lonely: Served, here: Path) -> None:
    """Stopped five sixths of the time from outside, as by a machine that has other things to do."""
    manifest(here, lonely.url, "{latency: {p50: 1us}}")
    command = [str(PROGRAM), "load", "books", "--rate", "100/s", "--duration", "2s", "--seed", "5"]
    with subprocess.Popen(
        command, cwd=here, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            until(lambda: len(lonely.app.log) > 40, "the load to begin")
            for _ in range(15):
                process.send_signal(signal.SIGSTOP)
                time.sleep(0.1)
                process.send_signal(signal.SIGCONT)
                time.sleep(0.02)
            out, err = process.communicate()
        finally:
            process.kill()
    assert process.returncode == 3, out + err
    assert "our own schedule was not kept" in out


def test_several_processes_tell_one_result(books: Served, here: Path) -> None:
    done = loaded(books.document, *QUICK, "--processes", "2", cwd=here)
    assert done.status == 0, done.out + done.err
    assert "offered 40 (40/s, constant)" in done.out
    assert "2 processes, which were ready after " in done.out


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are looked up in /proc")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_processes_end_with_the_command_however_it_ends(
    lonely: Served, here: Path, number: signal.Signals, status: int
) -> None:
    words = ("load", lonely.document, "--rate", "60/s", "--duration", "60s", "--processes", "2")
    with begun(*words, cwd=here) as process:
        until(lambda: len(lonely.app.log) > 30, "the load to begin", 60)
        children = descendants(process.pid)
        assert len(children) == 2
        os.killpg(process.pid, number)
        assert process.wait(60) == status
        until(lambda: not any(alive(child) for child in children), "the processes to end")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are looked up in /proc")
def test_a_process_that_is_lost_is_status_3_with_how(lonely: Served, here: Path) -> None:
    words = ("load", lonely.document, "--rate", "60/s", "--duration", "60s", "--processes", "2")
    with begun(*words, cwd=here) as process:
        until(lambda: len(lonely.app.log) > 30, "the load to begin", 60)
        os.kill(descendants(process.pid)[0], signal.SIGKILL)
        assert process.wait(60) == 3
    row = seamwright("evidence", "--run", "last", "--json", cwd=here).json[0]
    assert (row["verdict"], row["cause"]) == ("unknown", "ours")
    assert "was ended by SIGKILL" in row["why"]


def test_nobody_there_is_not_a_proof(here: Path) -> None:
    done = seamwright("load", f"http://127.0.0.1:{free_port()}/openapi.json", *QUICK, cwd=here)
    assert done.status == 3, done.err
    assert "nothing usable answers" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--rate is needed"),
        (("--rate", "fast"), "--rate"),
        (("--rate", "1/s", "--profile", "wave"), "constant, ramp"),
        (("--rate", "1/s", "--profile", "replay"), "--trace"),
        (("--rate", "1/s", "--from", "1/s"), "--from"),
        (("--rate", "1/s", "--spike", "1s"), "--spike"),
        (("--rate", "1/s", "--profile", "spike", "--spike", "1m"), "--spike"),
        (("--rate", "1/s", "--operation", "a=x"), "listOrders=3"),
        (("--rate", "1/s", "--operation", "list_books"), "list_books_books_get"),
        (("--rate", "1/s", "--export", "x.xls"), ".hlog"),
        (("--profile", "replay", "--trace", "none.txt"), "cannot be read"),
        (("--users", "2", "--rate", "1/s"), "--users: --rate"),
        (("--users", "2", "--profile", "ramp"), "--users: --profile"),
        (("--users", "2", "--think", "long"), "--think"),
        (("--rate", "1/s", "--objective", "p99"), "--objective"),
        (("--find-limit", "--users", "2", "--abort"), "leave out --users, --abort"),
        (("--find-limit", "--from", "9/s", "--rate", "1/s"), "--from"),
        (("--find-limit", "--precision", "5"), "--precision"),
        (("--find-limit", "--step", "10ms"), "--step"),
        (("--rate", "1/s", "--think", "1s"), "--think goes with --users"),
    ],
)
def test_wrong_usage_is_told_and_is_status_2(books: Served, here: Path, words: tuple[str, ...], told: str) -> None:
    done = seamwright("load", books.document, *words, cwd=here)
    assert done.status == 2
    assert told in done.err
    assert "Traceback" not in done.err
