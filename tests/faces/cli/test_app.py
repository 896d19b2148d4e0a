"""The command line as a whole: quick to help, clear about what it does not know."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from seamwright import __version__
from seamwright.faces.cli.app import app
from tests.faces.terminal import environment, program

COMMANDS = [
    "checks",
    "contract",
    "demo",
    "doctor",
    "evidence",
    "gate",
    "init",
    "ledger",
    "load",
    "manifest",
    "mock",
    "proxy",
    "report",
]
COMMANDS += ["runs", "verify"]
HEAVY = ["pydantic", "sqlalchemy", "numpy", "httpx2", "jinja2", "ruamel.yaml", "rich", "joserfc", "starlette"]


def test_help_is_quick(tmp_path: Path) -> None:
    def cpu() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert program("--help", cwd=tmp_path).status == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(cpu() for _ in range(3)) < 0.3


@pytest.mark.parametrize(
    # For the options of a command, typer itself asks pydantic.
    ("words", "allowed"),
    [(["--help"], []), (["verify", "--help"], ["pydantic"]), (["demo", "up", "--help"], ["pydantic"])],
)
def test_help_waits_for_no_heavy_library(tmp_path: Path, words: list[str], allowed: list[str]) -> None:
    probe = (
        f"import sys; sys.argv = ['seamwright', *{words!r}]\n"
        "from seamwright.faces.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules and name not in {allowed!r}])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_every_command_and_option_says_what_it_does() -> None:
    import typer.main

    group = typer.main.get_command(app)
    assert sorted(group.commands) == COMMANDS  # type: ignore[attr-defined]
    queue = [("seamwright", group)]
    while queue:
        name, command = queue.pop()
        assert command.help, f"{name} says nothing of itself"
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name}: {parameter.name} says nothing of itself"
        queue += [(f"{name} {child}", made) for child, made in getattr(command, "commands", {}).items()]


def test_the_version(tmp_path: Path) -> None:
    done = program("--version", cwd=tmp_path)
    assert (done.status, done.out) == (0, f"seamwright {__version__}\n")


@pytest.mark.parametrize("words", [["verfy"], ["demo", "nosuch"], ["verify", "--nosuch"], ["gate", "8"], ["gate", "x"]])
def test_what_is_unknown_ends_with_2_on_standard_error(tmp_path: Path, words: list[str]) -> None:
    done = program(*words, cwd=tmp_path)
    assert done.status == 2
    assert done.out == ""
    assert "Error" in done.err
    assert list(tmp_path.iterdir()) == []


def test_python_dash_m_is_the_same_door(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "seamwright", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"seamwright {__version__}\n"
