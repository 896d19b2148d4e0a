"""The validator of a contract is compiled once for all benches of a run."""

from __future__ import annotations

from typing import Any, cast

import pytest

from seamwright.model.errors import Undecided
from seamwright.model.subject import Subject
from seamwright.model.verdict import Cause
from seamwright.run.world import World
from tests.run.trial import contract_of, document, manifest_of


def _world() -> World:
    nothing = cast("Any", None)
    return World({}, {}, {}, nothing, nothing, nothing)


def test_one_validator_for_all() -> None:
    manifest = manifest_of({"api": {"kind": "http", "url": "http://127.0.0.1:1"}})
    subject = Subject(manifest.boundaries["api"], contract_of(document("GET /items")), manifest)
    world = _world()
    assert world.validator(subject) is world.validator(subject)


def test_where_there_is_no_contract_nothing_can_be_held_against_it() -> None:
    manifest = manifest_of({"api": {"kind": "http", "url": "http://127.0.0.1:1"}})
    with pytest.raises(Undecided, match="api has no contract") as told:
        _world().validator(Subject(manifest.boundaries["api"], None, manifest))
    assert told.value.cause is Cause.USAGE
