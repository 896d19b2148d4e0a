"""What is written on a terminal, and where there is none."""

from __future__ import annotations

import json

import pytest

from seamwright.faces.cli.terminal import out, print_json, print_lines


def test_what_a_target_answers_cannot_speak_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    out().print("\x1b[2Jgone \u202e desrever \ud800 end\nnext line")
    assert capsys.readouterr().out == "\\x1b[2Jgone \\u202e desrever \\ud800 end\nnext line\n"


def test_lines_are_told_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 500
    print_lines([("[bold]no markup[/] :smile:", "bold"), ("\x1b[2Jgone", ""), ("", ""), (long, "dim")])
    assert capsys.readouterr().out == f"[bold]no markup[/] :smile:\n\\x1b[2Jgone\n\n{long}\n"


@pytest.mark.parametrize("value", [{"a": ["ü", None]}, {"a": ["half of a pair: \ud800"]}, [], {"5": 1.5}])
def test_json_is_one_value(capsys: pytest.CaptureFixture[str], value: object) -> None:
    print_json(value)
    assert json.loads(capsys.readouterr().out) == value


def test_a_pipe_is_wide_enough_for_every_table() -> None:
    assert out().width >= 200
