"""Notes of relays on disk: only for their owner, whole, and read again."""

from __future__ import annotations

import shutil
from pathlib import Path

from seamwright.engines.faults.left import Note, left_in

FACTS = {"upstream": "127.0.0.1:2", "control": "http://127.0.0.1:3", "token": "t", "pid": 4}


def test_a_note_is_read_as_it_was_written(tmp_path: Path) -> None:
    note = Note(tmp_path / "notes", "127.0.0.1:1", FACTS)
    note.write([{"kind": "hang", "id": 7}], orphaned=12.5)
    assert note.path.stat().st_mode & 0o077 == 0
    (left,) = left_in(tmp_path / "notes")
    assert (left.listen, left.upstream, left.pid, left.orphaned) == ("127.0.0.1:1", "127.0.0.1:2", 4, 12.5)
    assert left.faults() == "hang (7)"
    assert left.token not in repr(left).split("'")
    note.remove()
    assert list(left_in(tmp_path / "notes")) == []


def test_what_was_cut_short_is_no_note(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"listen"', encoding="utf-8")
    (tmp_path / "b.json").write_text("[]", encoding="utf-8")
    assert list(left_in(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_no_folder_nothing_was_left(tmp_path: Path) -> None:
    assert list(left_in(tmp_path / "none")) == []


def test_a_note_whose_folder_was_removed_is_written_again(tmp_path: Path) -> None:
    note = Note(tmp_path / "notes", "127.0.0.1:1", FACTS)
    note.write([])
    shutil.rmtree(tmp_path / "notes")
    note.write([])
    assert note.path.is_file()
