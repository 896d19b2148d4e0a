"""Feeds: rows in their orders, from files of any size, and what is wrong in them with file and line."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from seamwright.engines.load import Feed
from seamwright.model.errors import UsageError

CSV = 'name,age,"with, comma"\r\nAnn,1,x\r\n\r\n"B ""b""\nc",2,"y,z"\nÇ,3,\n'


def written(folder: Path, text: str | bytes, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def drawn(feed: Feed, number: int) -> list[Any]:
    rows = [feed.draw() for _ in range(number)]
    feed.close()
    return rows


def test_rows_come_in_turn_and_again_with_quotes_and_breaks_inside(tmp_path: Path) -> None:
    feed = Feed(written(tmp_path, "\ufeff" + CSV), ("with, comma", "name"))
    assert feed.rows == 3
    once = [("x", "Ann"), ("y,z", 'B "b"\nc'), ("", "Ç")]
    assert drawn(feed, 7) == [*once, *once, once[0]]


def test_each_row_once_and_then_none(tmp_path: Path) -> None:
    feed = Feed(written(tmp_path, CSV), ("age",), order="once", types={"age": "integer"})
    assert drawn(feed, 5) == [(1,), (2,), (3,), None, None]


def test_shuffled_is_every_row_once_a_round_and_decided_by_the_seed(tmp_path: Path) -> None:
    text = "n,t\n" + "".join(f'{i},"a\nb{i}"\n' for i in range(50))
    path = written(tmp_path, text)
    rounds = [drawn(Feed(path, ("n", "t"), order="shuffled", seed=seed), 100) for seed in (4, 4, 5)]
    whole = sorted((str(i), f"a\nb{i}") for i in range(50))
    assert sorted(rounds[0][:50]) == sorted(rounds[0][50:]) == whole
    assert rounds[0] == rounds[1] != rounds[2]
    assert rounds[0][:50] != rounds[0][50:]
    lines = written(tmp_path, "".join(f'{{"n": {i}}}\n\n' for i in range(9)), "a.jsonl")
    assert sorted(drawn(Feed(lines, ("n",), order="shuffled"), 9)) == [(i,) for i in range(9)]


def test_json_lines_keep_their_types(tmp_path: Path) -> None:
    path = written(tmp_path, '{"a": 1, "b": {"c": [true]}}\n\n{"b": null, "a": "x"}', "rows.ndjson")
    assert drawn(Feed(path, ("b", "a")), 3) == [({"c": [True]}, 1), (None, "x"), ({"c": [True]}, 1)]


def test_types_of_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "i,n,b,t\n-5,1.5,TRUE,5\n")
    kinds: Any = {"i": "integer", "n": "number", "b": "boolean", "t": "text"}
    assert drawn(Feed(path, ("i", "n", "b", "t"), types=kinds), 1) == [(-5, 1.5, True, "5")]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "", "a.csv:1: has no first line"),
        ("a.csv", "a,b\n", "a.csv:1: has no row"),
        ("a.csv", "a,a\n1,2\n", "a.csv:1: the column 'a' is there twice"),
        ("a.csv", "b,c\n1,2\n", "a.csv:1: has no column 'a'; there are: b, c"),
        ("a.csv", 'a,b\n"x\ny",2\n3\n', "a.csv:4: has 1 fields, and the first line names 2 columns"),
        ("a.csv", 'a,b\n1,2\n"3,4\n', "a.csv:3: is no CSV"),
        ("a.csv", b"a,b\n1,2\n\xff,4\n", "a.csv:3: is not UTF-8"),
        ("a.csv", "a,n\n1,2\nx,two\n", "a.csv:3: n is 'two', which is not of the type"),
        ("a.csv", "a,n\n1,nan\n", "a.csv:2: n is 'nan'"),
        ("a.jsonl", '{"a": 1, "n": 2}\n{"a": 1,}\n', "a.jsonl:2: is no JSON"),
        ("a.jsonl", '{"a": 1, "n": 2}\n[1]\n', "a.jsonl:2: is no JSON object"),
        ("a.jsonl", '{"a": 1, "n": 2}\n{"n": 1}\n', "a.jsonl:2: has no 'a'; there is: n"),
        ("a.txt", "a\n1\n", "a.txt: ends with none of .csv, .jsonl, .ndjson"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, name: str, text: Any, told: str) -> None:
    kinds: Any = {"n": "number"}
    columns = ("a", "n") if isinstance(text, str) and (",n" in text or '"n"' in text) else ("a",)
    with pytest.raises(UsageError) as error:
        Feed(written(tmp_path, text, name), columns, types=kinds, shown=name)
    assert str(error.value).startswith(told)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"people.csv: cannot be read: No such file"):
        Feed(tmp_path / "people.csv", ("a",), shown="people.csv")


def test_a_file_that_changes_under_our_hands_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n" + "1,2\n" * 9)
    feed = Feed(path, ("a",), order="shuffled", shown="people.csv")
    path.write_text("a,b\n")
    with pytest.raises(UsageError, match=r"people\.csv: has changed while it was read"):
        feed.draw()
    feed.close()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "id,text\n" + "".join(f"{i},{'x' * 80}\n" for i in range(30_000)))
    tracemalloc.start()
    feed = Feed(path, ("id", "text"))
    for _ in range(40_000):
        feed.draw()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    feed.close()
    assert path.stat().st_size > 2_000_000
    assert peak < 200_000
