"""Whatever is changed behind the ledger's back shows, and where."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, text

from seamwright.ledger import encoding
from seamwright.ledger.store import Ledger
from seamwright.model.errors import LedgerError
from seamwright.model.verdict import Verdict
from tests.ledger.making import COVERAGE, an_exchange, begun, some_evidence


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """A ledger with two finished runs of two rows each and one that runs, with two exchanges a row."""
    for name in ("one", "two"):
        begun(ledger, name, rows=2, exchanges=[1, 2])
        ledger.notice(name, "told")
        ledger.finish(name, Verdict.REFUTED, COVERAGE, 2_000_000_000.5)
    begun(ledger, "three", rows=2, exchanges=[1, 2])
    assert ledger.verify().problems == ()
    assert ledger.verify().rows == 6
    return ledger


def _tamper(ledger: Ledger, *statements: str, **values: object) -> list[tuple[int, str]]:
    """Change the store without the ledger and its foreign keys, and tell what verify says then."""
    with _behind_its_back(ledger) as connection:
        for statement in statements:
            connection.execute(text(statement), values)
    return _problems(ledger)


@contextmanager
def _behind_its_back(ledger: Ledger) -> Iterator[Connection]:
    if ledger.database.engine.dialect.name == "sqlite":
        engine = create_engine(f"sqlite:///{ledger.database.where}")
        with engine.begin() as connection:
            yield connection
        engine.dispose()
    else:
        with ledger.database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE exchanges DROP CONSTRAINT IF EXISTS fk_exchanges_sequence"))
            connection.execute(text("ALTER TABLE evidence DROP CONSTRAINT IF EXISTS fk_evidence_run_id"))
            yield connection


def _problems(ledger: Ledger) -> list[tuple[int, str]]:
    return [(broken.sequence, broken.what) for broken in ledger.verify().problems]


def _body(ledger: Ledger, sequence: int) -> str:
    with ledger.database.reading("look") as connection:
        return str(connection.scalar(text("SELECT body FROM evidence WHERE sequence = :s"), {"s": sequence}))


def test_a_changed_verdict_shows_and_is_never_given_as_evidence(full: Ledger) -> None:
    body = _body(full, 3).replace('"verdict":"refuted"', '"verdict":"proved"')
    problems = _tamper(full, "UPDATE evidence SET body = :body, verdict = 'proved' WHERE sequence = 3", body=body)
    assert problems == [(3, "it was changed after it was written: its content does not fit its hash")]
    for read in (full.evidence, lambda: full.record("two")):
        with pytest.raises(LedgerError, match=r"evidence 3 cannot be trusted.*ledger verify"):
            read()
    assert len(full.record("one").evidence) == 2


def test_a_changed_row_with_its_hash_made_anew_breaks_the_chain(full: Ledger) -> None:
    body = _body(full, 3).replace('"verdict":"refuted"', '"verdict":"proved"')
    problems = _tamper(
        full,
        "UPDATE evidence SET body = :body, verdict = 'proved', hash = :hash WHERE sequence = 3",
        body=body,
        hash=encoding.digest(body),
    )
    assert problems == [(4, "it does not follow the row before it: one of them was replaced")]


def test_the_last_row_made_anew_shows_by_the_end_of_the_chain(full: Ledger) -> None:
    body = _body(full, 6).replace('"verdict":"refuted"', '"verdict":"proved"')
    problems = _tamper(
        full,
        "UPDATE evidence SET body = :body, verdict = 'proved', hash = :hash WHERE sequence = 6",
        body=body,
        hash=encoding.digest(body),
    )
    assert len(problems) == 1
    assert "the chain ends at row 6" in problems[0][1]


@pytest.mark.parametrize(
    ("column", "value"),
    [("verdict", "proved"), ("boundary", "payments"), ("check_id", "auth.x"), ("system", "x"), ("run_id", "one")],
)
def test_a_changed_column_shows(full: Ledger, column: str, value: str) -> None:
    problems = _tamper(full, f"UPDATE evidence SET {column} = :value WHERE sequence = 4", value=value)
    assert problems
    assert {sequence for sequence, _ in problems} == {4}


def test_a_removed_row_shows(full: Ledger) -> None:
    problems = _tamper(full, "DELETE FROM exchanges WHERE sequence = 3", "DELETE FROM evidence WHERE sequence = 3")
    assert problems == [(4, "row 3 is missing before this one")]


def test_a_removed_row_with_numbers_moved_up_shows(full: Ledger) -> None:
    problems = _tamper(
        full,
        "DELETE FROM exchanges WHERE sequence >= 3",
        "DELETE FROM evidence WHERE sequence = 3",
        "UPDATE evidence SET sequence = 3 WHERE sequence = 4",
    )
    assert (3, "it does not follow the row before it: one of them was replaced") in problems


def test_swapped_rows_show(full: Ledger) -> None:
    problems = _tamper(
        full,
        "UPDATE evidence SET sequence = 99 WHERE sequence = 2",
        "UPDATE evidence SET sequence = 2 WHERE sequence = 3",
        "UPDATE evidence SET sequence = 3 WHERE sequence = 99",
    )
    assert {2, 3, 4} <= {sequence for sequence, _ in problems}


@pytest.mark.parametrize("keep", [0, 2, 3, 4, 5])
def test_a_cut_tail_shows(full: Ledger, keep: int) -> None:
    problems = _tamper(
        full,
        f"DELETE FROM exchanges WHERE sequence > {keep}",
        f"DELETE FROM evidence WHERE sequence > {keep}",
    )
    assert any("tail was cut off" in what for _, what in problems)
    cut = [what for _, what in problems if "evidence was cut off" in what]
    assert len(cut) == (2 if keep < 2 else 1 if keep < 4 else 0)


def test_a_cut_tail_shows_by_a_finished_run_even_when_the_end_was_written_anew(full: Ledger) -> None:
    hashes = {row.sequence: row.hash for row in full.evidence()}
    problems = _tamper(
        full,
        "DELETE FROM exchanges WHERE sequence > 3",
        "DELETE FROM evidence WHERE sequence > 3",
        "UPDATE meta SET value = :value WHERE key = 'chain'",
        value=json.dumps({"count": 3, "head": hashes[3], "runs": 3}),
    )
    assert problems == [(0, "run two: when it finished, the chain had 4 rows and another end: evidence was cut off")]


def test_rows_appended_after_a_cut_show(full: Ledger) -> None:
    with full.database.writing("tamper") as connection:
        connection.execute(text("DELETE FROM exchanges WHERE sequence = 6"))
        connection.execute(text("DELETE FROM evidence WHERE sequence = 6"))
    full.append(some_evidence("three"))
    assert _problems(full) == [(7, "row 6 is missing before this one")]


def test_an_added_row_shows(full: Ledger) -> None:
    last = full.evidence(limit=1)[0]
    body = encoding.canonical({**json.loads(_body(full, 6)), "sequence": 7, "previous": last.hash, "exchanges": 0})
    problems = _tamper(
        full,
        "INSERT INTO evidence SELECT 7, run_id, system, boundary, check_id, verdict, :body, hash, :hash "
        "FROM evidence WHERE sequence = 6",
        body=body,
        hash=encoding.digest(body),
    )
    assert any("tail was cut off or added to" in what for _, what in problems)


def test_a_changed_exchange_shows_even_with_its_digest_made_anew(full: Ledger) -> None:
    forged = encoding.pack([an_exchange(1, note="forged")])[0]
    problems = _tamper(full, "UPDATE exchanges SET body = :body WHERE sequence = 2 AND position = 0", body=forged.body)
    assert problems == [
        (2, "exchange 1 was changed"),
        (2, "its exchanges do not fit their digest: one was changed, or their order"),
    ]
    with pytest.raises(LedgerError, match="exchange 1 of run one cannot be trusted"):
        full.exchanges("one")
    forge = "UPDATE exchanges SET digest = :digest WHERE sequence = 2 AND position = 0"
    assert _tamper(full, forge, digest=forged.digest) == problems[1:]


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM exchanges WHERE sequence = 1 AND position = 1", "it stands on 2 exchanges, and 1 are there"),
        ("UPDATE exchanges SET number = 9 WHERE sequence = 1 AND position = 1", "exchange 2 was given the number 9"),
        (
            "INSERT INTO exchanges SELECT 1, 2, run_id, 2, digest, body FROM exchanges WHERE sequence * position = 1",
            "it stands on 2 exchanges, and 3 are there",
        ),
    ],
)
def test_exchanges_removed_added_or_renumbered_show(full: Ledger, statement: str, says: str) -> None:
    assert _tamper(full, statement) == [(1, says)]


@pytest.mark.parametrize("body", [b"", b"no zlib", zlib.compress(b"no json"), zlib.compress(b"{}")])
def test_a_damaged_exchange_shows(full: Ledger, body: bytes) -> None:
    problems = _tamper(full, "UPDATE exchanges SET body = :body WHERE sequence = 1 AND position = 0", body=body)
    assert (1, "exchange 1 is damaged") in problems


def test_exchanges_without_their_evidence_show(full: Ledger) -> None:
    assert _tamper(full, "DELETE FROM evidence WHERE sequence = 3") == [
        (3, "there are exchanges of it, but it is missing"),
        (4, "row 3 is missing before this one"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "verdict = 'proved'",
        "coverage = '[]'",
        "notices = '[]'",
        "finished = 1",
        "seal = NULL",
        "chain_rows = 3",
        "state = 'running'",
    ],
)
def test_a_changed_end_of_a_run_shows(full: Ledger, change: str) -> None:
    problems = _tamper(full, f"UPDATE runs SET {change} WHERE id = 'one'")
    assert problems
    assert all(what.startswith("run one: ") for _, what in problems)


@pytest.mark.parametrize(("column", "old", "new"), [("header", "tttt", "uuuu"), ("plan", "refused", "let in")])
def test_a_changed_beginning_of_a_run_shows_even_with_its_digest_made_anew(
    full: Ledger, column: str, old: str, new: str
) -> None:
    problems = _tamper(full, f"UPDATE runs SET {column} = replace({column}, '{old}', '{new}') WHERE id = 'three'")
    assert problems == [(0, "run three: plan, seams or what was asked were changed")]
    with pytest.raises(LedgerError, match="run three cannot be trusted"):
        full.record("three")
    with _behind_its_back(full) as connection:
        texts = connection.execute(text("SELECT header, plan, seams FROM runs WHERE id = 'three'")).one()
        opening = encoding.digest(*texts)
        connection.execute(text("UPDATE runs SET opening = :o WHERE id = 'three'"), {"o": opening})
    problems = _problems(full)
    assert [sequence for sequence, _ in problems] == [5, 6]
    assert "did not begin as the row says" in problems[0][1]


def test_a_removed_run_shows(full: Ledger) -> None:
    problems = _tamper(
        full,
        "DELETE FROM exchanges WHERE sequence > 4",
        "DELETE FROM evidence WHERE sequence > 4",
        "DELETE FROM runs WHERE id = 'three'",
    )
    assert (0, "there are 2 runs, and 3 were begun") in problems


def test_a_removed_end_of_the_chain_shows_and_nothing_more_is_written(full: Ledger) -> None:
    problems = _tamper(full, "DELETE FROM meta WHERE key = 'chain'")
    assert problems == [(0, "the end of the chain is not written down any more")]
    with pytest.raises(LedgerError, match="end of the chain was removed"):
        full.append(some_evidence("three"))
