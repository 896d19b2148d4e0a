"""How long a caller waits and a recovery may take, by what the manifest promises."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.checks.resilience._crossing import (
    applies_to_dependencies,
    applies_to_http_dependencies,
    deadline_of,
    recovery_of,
)
from seamwright.model.check import Applies
from seamwright.model.subject import Subject
from tests.checks.resilience.caller import DOCUMENT
from tests.checks.stage import contract_of, manifest_of

_BANK = {"kind": "http", "url": "http://127.0.0.1:9", "relay": {"listen": "127.0.0.1:8"}}
_BOOKS = {"kind": "sql", "url": "sqlite:///books.db"}


def _subject(**objectives: Any) -> Subject:
    manifest = manifest_of(
        "http://127.0.0.1:7",
        {"depends_on": ["bank", "books"], "objectives": objectives},
        boundaries={"bank": _BANK, "books": _BOOKS},
    )
    return Subject(manifest.boundaries["api"], contract_of(DOCUMENT), manifest)


@pytest.mark.parametrize(
    ("objectives", "seconds"),
    [
        ({"deadline": "700ms", "latency": {"p99": "5s"}}, 0.7),
        ({"latency": {"p99": "400ms"}}, 0.8),
        ({}, 3.0),
    ],
)
def test_the_deadline_is_what_is_promised(objectives: dict[str, Any], seconds: float) -> None:
    assert deadline_of(_subject(**objectives)) == pytest.approx(seconds)


def test_the_time_to_recover_is_what_is_promised() -> None:
    assert recovery_of(_subject(recovery="2s")) == 2.0
    assert recovery_of(_subject()) == 5.0


def test_answers_can_be_spoiled_where_http_is_spoken_in_the_clear() -> None:
    safe = {**_BANK, "url": "https://127.0.0.1:9"}
    manifest = manifest_of(
        "http://127.0.0.1:7", {"depends_on": ["bank", "safe"]}, boundaries={"bank": _BANK, "safe": safe}
    )
    answer = applies_to_http_dependencies(Subject(manifest.boundaries["api"], contract_of(DOCUMENT), manifest))
    assert isinstance(answer, Applies)
    assert answer.cells == ("bank",)
    assert "without TLS" in answer.left_out["safe"]


def test_each_dependency_with_a_relay_is_a_cell_and_the_others_are_named() -> None:
    answer = applies_to_dependencies(_subject())
    assert isinstance(answer, Applies)
    assert answer.cells == ("bank",)
    assert "relay" in answer.left_out["books"]
