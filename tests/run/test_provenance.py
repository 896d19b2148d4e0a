"""Where evidence comes from."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from seamwright import __version__
from seamwright.run.provenance import git_tree, versions


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_versions_say_what_a_verdict_may_depend_on() -> None:
    told = versions()
    assert told["seamwright"] == __version__
    assert {"python", "platform", "httpx2"} <= set(told)


def test_a_git_tree_is_told_and_whether_it_was_changed(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert git_tree(tmp_path) == "", "nothing was committed yet"
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-q", "-m", "first")
    tree = git(tmp_path, "rev-parse", "HEAD^{tree}")

    assert git_tree(tmp_path) == tree
    (tmp_path / "untracked").write_text("1")
    assert git_tree(tmp_path) == tree
    (tmp_path / "a").write_text("2")
    assert git_tree(tmp_path) == f"{tree}-dirty"


def test_a_tree_that_cannot_be_looked_through_is_not_called_clean(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-q", "-m", "first")
    (tmp_path / ".git" / "index").write_bytes(b"broken")
    assert git_tree(tmp_path).endswith("-dirty")


def test_outside_git_there_is_nothing_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert git_tree(tmp_path) == ""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_tree(tmp_path) == "", "without git too"
