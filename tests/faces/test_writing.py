"""A file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.faces.writing import folder_for, write_whole
from seamwright.model.errors import UsageError


def test_folders_are_made_and_the_file_has_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / ".env"
    write_whole(path, b"one", mode=0o600)
    assert path.read_bytes() == b"one"
    assert path.stat().st_mode & 0o777 == 0o600
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [child.name for child in path.parent.iterdir()] == [".env"]


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "file" / "report.html", tmp_path / "folder"):
        with pytest.raises(UsageError, match=r"cannot be written.*choose another place"):
            write_whole(place, b"x")
    assert sorted(child.name for child in tmp_path.iterdir()) == ["file", "folder"]


def test_a_folder_is_made_and_what_cannot_be_one_is_told(tmp_path: Path) -> None:
    folder_for(tmp_path / "a" / "b")
    folder_for(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "under"):
        with pytest.raises(UsageError, match=r"cannot be a folder.*choose another place"):
            folder_for(place)
