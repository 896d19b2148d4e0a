"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.faces.cli.options import (
    environment_named,
    known_names,
    listed,
    manifest_at,
    seconds,
    seeded,
    token_in,
)
from seamwright.model.errors import UsageError


def test_lists_may_be_written_with_commas_and_again() -> None:
    assert listed(["a,b", " c , ", ""]) == ("a", "b", "c")
    assert listed(None) == ()


@pytest.mark.parametrize(("text", "value"), [("60s", 60), ("2m", 120), ("500ms", 0.5), ("90", 90), ("1.5", 1.5)])
def test_durations(text: str, value: float) -> None:
    assert seconds(text, "--budget") == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "x", "-5s", "0", "0s", "nan", "inf", "1e3", "s"])
def test_what_is_no_duration_names_its_option(text: str) -> None:
    with pytest.raises(UsageError, match="--budget"):
        seconds(text, "--budget")


def test_a_seed_is_kept_or_made() -> None:
    assert seeded(0) == 0
    assert seeded(7) == 7
    assert len({seeded(None) for _ in range(5)}) > 1


def test_a_manifest_is_a_target() -> None:
    assert manifest_at(Path("a.yaml")) == ("a.yaml",)
    assert manifest_at(None) == ()


def test_a_name_that_is_not_there_is_told_with_the_one_that_was_meant() -> None:
    known_names("--proves", ["auth"], ["auth", "load"])
    with pytest.raises(UsageError, match=r"--proves: there is no 'atuh'; did you mean 'auth'\?"):
        known_names("--proves", ["atuh"], ["auth", "load"])
    with pytest.raises(UsageError, match="there are: auth, load"):
        known_names("--proves", ["xyz"], ["auth", "load"])


def test_an_environment_is_one_of_three() -> None:
    assert (environment_named(None), environment_named("staging")) == (None, "staging")
    with pytest.raises(UsageError, match="--environment: 'prod'"):
        environment_named("prod")


def test_a_token_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKS_TOKEN", "t0ken")
    monkeypatch.delenv("NO_SUCH_TOKEN", raising=False)
    assert (token_in(None), token_in("BOOKS_TOKEN")) == (None, "t0ken")
    with pytest.raises(UsageError, match="NO_SUCH_TOKEN is not set"):
        token_in("NO_SUCH_TOKEN")
