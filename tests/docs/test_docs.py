"""The docs are true: what they say to run runs, what they link to is there, what is generated is up to date."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seamwright import __version__
from tests.faces.conftest import Served
from tests.faces.terminal import environment, seamwright
from tests.serving import serving

ROOT = Path(__file__).parents[2]
PAGES = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NOT_RUN = {
    # What sets the whole checkout up, or makes things in it.
    *("make demo", "make test", "make develop", "make check", "make docs", "make bench", "make install"),
}


def _commands(page: Path) -> list[str]:
    """The lines of every block of shell, those that go on after a backslash joined."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def test_the_readme_is_run_as_it_stands(module_books: Served, tmp_path: Path) -> None:
    commands = [line for line in _commands(ROOT / "README.md") if line not in NOT_RUN]
    assert [line for line in commands if line.startswith("seamwright verify")]
    for line in commands:
        program, *words = shlex.split(line.replace("http://127.0.0.1:8000", module_books.url), comments=True)
        assert program == "seamwright", f"what is {line!r}? say so in NOT_RUN, or test it here"
        done = seamwright(*words, cwd=tmp_path)
        # A stranger's API may be refuted, and the gate closed; a command that is wrong ends with 2.
        assert done.status in (0, 1, 3), f"{line}: {done.err}"
        assert "Traceback" not in done.err
    assert list(tmp_path.glob("reports/*.html"))
    assert (tmp_path / "seamwright.yaml").is_file()


def test_the_example_of_scenarios_is_run_as_it_stands(tmp_path: Path) -> None:
    page = ROOT / "docs" / "load-scenarios.md"
    text = page.read_text(encoding="utf-8")
    names = {"python": "books.py", "csv": "titles.csv", "yaml": "seamwright.yaml"}
    blocks = {names[kind]: re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in names}
    made: dict[str, Any] = {"__name__": "books"}
    exec(blocks["books.py"][0], made)  # the example itself
    with serving(made["app"]) as url:
        for name, (block,) in blocks.items():
            (tmp_path / name).write_text(block.replace("http://127.0.0.1:8000", url), encoding="utf-8")
        for line in _commands(page)[:4]:
            done = seamwright(*shlex.split(line)[1:], cwd=tmp_path)
            # A machine that is too busy cannot tell; a wrong example is wrong usage, or refuted.
            assert done.status in (0, 3), f"{line}: {done.out}{done.err}"
            assert done.status == 0 or "our own schedule was not kept" in done.out, done.out
            if "--operations" not in line:
                assert "add/removeBook" in done.out
                assert made["books"] == {}, "all that was added was removed again"


def test_every_command_of_the_other_pages_is_one(tmp_path: Path) -> None:
    for page in PAGES:
        for line in _commands(page):
            if page.name == "README.md" or line in NOT_RUN:
                continue
            program, *words = shlex.split(line, comments=True)
            if program == "python":
                assert (ROOT / words[0]).is_file(), f"{page.name} says {line!r}"
            else:
                assert program == "seamwright", f"{page.name} says {line!r}: say so in NOT_RUN, or test it here"
                assert _known(words, tmp_path), f"{page.name} says {line!r}"


def _inline() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        found += [(page.relative_to(ROOT).as_posix(), span) for span in re.findall(r"`(seamwright [a-z][^`]*)`", text)]
    return sorted(set(found))


def test_every_command_that_a_sentence_names_is_there(tmp_path: Path) -> None:
    spans = _inline()
    assert len(spans) > 10
    known: dict[str, bool] = {}
    for page, span in spans:
        words = [word for word in span.split()[1:] if re.fullmatch(r"[a-z]+", word)][:2]
        command = " ".join(words)
        if command not in known:
            known[command] = _known(words, tmp_path)
        assert known[command], f"{page} names {span!r}"


def _known(words: list[str], here: Path) -> bool:
    """Whether a command of these words is there: its own help tells, or that of the command above it."""
    names = [word for word in words if re.fullmatch(r"[a-z]+", word)][:2]
    return any(seamwright(*names[:count], "--help", cwd=here).status == 0 for count in range(len(names), 0, -1))


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{page.name} links to {target}"
        if anchor and there.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{page.name} links to {target}"


def test_the_changelog_knows_this_version_or_what_is_not_released() -> None:
    headings = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings
    assert headings[0] in ("Unreleased", __version__)


def test_no_file_of_the_project_knows_the_machine_it_was_made_on() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout of git, so nobody knows which files are the project's")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    # Put together here, so that this file itself does not hold them.
    machine = re.compile(
        "|".join(("/wor" + "k/", "/roo" + "t/", "/hom" + r"e/\w", "artifac" + "tory", "/simpl" + "e/?$"))
    )
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if not path.is_file() or path.suffix == ".png":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if machine.search(line):
                found.append(f"{name}:{number}: {line.strip()[:120]}")
    assert found == []
