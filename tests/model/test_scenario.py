"""Scenarios in a manifest: what they may say, and every mistake in them with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from seamwright.model.errors import ManifestError
from seamwright.model.manifest import Manifest, manifest_schema
from seamwright.model.reading import problem_at, read_manifest
from seamwright.model.scenario import LoadSection

WHOLE = """\
system: shop
boundaries:
  orders: {kind: http, url: http://127.0.0.1:1}
identities:
  alice: {token: "${ALICE}"}
load:
  orders:
    feeds:
      people: {file: data/people.csv, order: shuffled, types: {token: integer}}
    setup:
      - operation: login
        body: {user: alice, password: "${ALICE}"}
        keep: {token: $.access_token}
    scenarios:
      buy:
        weight: 2.5
        steps:
          - operation: createOrder
            name: order
            identity: alice
            headers: {x-token: "${kept.token}", x-run: "run-${scenario.number}"}
            query: {of: "${people.name}"}
            body: {"${people.key}": [1, "${people.item}"], password: "${people.token}"}
            keep: {id: /id, etag: "header:ETag", code: status}
            think: {uniform: [100ms, 1s]}
          - operation: getOrder
            path: {id: "${kept.id}"}
            think: 200ms
    teardown:
      - operation: logout
        headers: {x-token: "${kept.token}"}
        think: {exponential: 1s}
"""


def read(folder: Path, text: str) -> Manifest:
    path = folder / "seamwright.yaml"
    path.write_text(text, encoding="utf-8")
    return read_manifest(path, {"ALICE": "hunter2000"})


def test_all_that_may_be_said_is_read_and_names_of_values_are_no_secrets(tmp_path: Path) -> None:
    section = read(tmp_path, WHOLE).load["orders"]
    order, got = section.scenarios["buy"].steps
    assert section.feeds["people"].order == "shuffled"
    assert section.setup[0].body["password"] == "hunter2000"
    assert order.headers == {"x-token": "${kept.token}", "x-run": "run-${scenario.number}"}
    assert order.think.uniform == (0.1, 1.0)
    assert (got.think.constant, section.teardown[0].think.exponential) == (0.2, 1.0)
    assert {f"{group}.{name}" for _, group, name in order.references()} == {
        *("kept.token", "scenario.number", "people.name", "people.key", "people.item", "people.token"),
    }
    assert [step.operation for step in section.steps] == ["login", "createOrder", "getOrder", "logout"]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("${kept.id}", "${kept.ids}", 27, "no step before this one keeps 'ids'; did you mean 'id'?"),
        ("${people.name}", "${poeple.name}", 22, "there is no feed 'poeple'; did you mean 'people'?"),
        ("${people.name}", "${scenario.nr}", 22, "there is no feed 'scenario'"),
        ("user: alice", 'user: "${people.name}"', 12, "before and after the run only kept values"),
        ("/id, etag", "id, etag", 24, "'id' names no place of an answer"),
        ("{id: /id", "{i d: /id", 24, "'i d' is no name"),
        ("identity: alice", "identity: alic", 20, "'alic' is no identity of this manifest; did you mean 'alice'?"),
        ("[100ms, 1s]", "[2s, 1s]", 25, "is longer than the second"),
        ("think: 200ms", "think: soon", 28, "'soon' is no duration"),
        ("think: 200ms", "think: {normal: 1s}", 28, "unknown key"),
        ("think: 200ms", "thinks: 200ms", 28, "unknown key; did you mean 'think'?"),
        ("weight: 2.5", "weight: 0", 16, "greater than 0"),
        ("people.csv", "people.xls", 9, "match pattern"),
        ("order: shuffled", "order: random", 9, "'in-turn', 'shuffled' or 'once'"),
        ("      people:", "      kept:", 9, "cannot be the name of a feed"),
        ("  orders:\n    feeds", "  order:\n    feeds", 7, "'order' is no boundary of this manifest; did you mean"),
        ('${kept.token}", x-run', 'literal", x-run', 21, "a secret is written out here"),
    ],
)
def test_every_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    assert old in WHOLE
    with pytest.raises(ManifestError) as caught:
        read(tmp_path, WHOLE.replace(old, new, 1))
    assert (line, True) in [(each.line, told in each.text) for each in caught.value.problems], str(caught.value)


def test_a_scenario_without_steps_is_told_once(tmp_path: Path) -> None:
    text = WHOLE[: WHOLE.index("          - operation: createOrder")].replace("        steps:\n", "        steps: []\n")
    with pytest.raises(ManifestError) as caught:
        read(tmp_path, text)
    (problem,) = caught.value.problems
    assert (problem.line, problem.text) == (17, "a scenario needs at least one step")


def test_without_a_file_mistakes_are_refused_too() -> None:
    step = {"operation": "a", "path": {"id": "${kept.id}"}}
    with pytest.raises(ValueError, match="keeps 'id'"):
        LoadSection.model_validate({"scenarios": {"s": {"steps": [step]}}})
    least: dict[str, Any] = {"system": "s", "boundaries": {"b": {"kind": "http", "url": "http://h"}}}
    plain = {"scenarios": {"s": {"steps": [{"operation": "a", "identity": "nobody"}]}}}
    with pytest.raises(ValueError, match="which is no identity"):
        Manifest.model_validate({**least, "load": {"b": plain}})
    with pytest.raises(ValueError, match="no boundary"):
        Manifest.model_validate({**least, "load": {"c": plain}})


def test_the_schema_for_editors_knows_scenarios() -> None:
    from ruamel.yaml import YAML

    schema = jsonschema_rs.validator_for(manifest_schema())
    assert [str(error) for error in schema.iter_errors(YAML(typ="safe").load(WHOLE))] == []
    for old, new in (("think: 200ms", "think: soon"), ("/id, etag", "1, etag"), ("order: shuffled", "order: random")):
        assert not schema.is_valid(YAML(typ="safe").load(WHOLE.replace(old, new, 1))), new


def test_a_place_of_a_manifest_that_was_read_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "seamwright.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    error = problem_at(str(path), ("load", "orders", "scenarios", "buy", "steps", 1, "operation"), "is not there")
    assert str(error) == f"{path}:26: load.orders.scenarios.buy.steps[1].operation: is not there"
    assert str(problem_at("http://h/openapi.json", ("load",), "is wrong")) == "http://h/openapi.json: load: is wrong"
