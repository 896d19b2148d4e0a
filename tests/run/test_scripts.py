"""Scripts from a manifest: what does not fit the contract is told with its line, before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seamwright.engines.load import Think
from seamwright.model.errors import UsageError
from seamwright.model.reading import read_manifest
from seamwright.model.subject import Subject
from seamwright.run.scripts import Line, Marks, Script, declared
from tests.run.trial import contract_of, document

MANIFEST = """\
system: shop
boundaries:
  orders: {kind: http, url: "http://127.0.0.1:1/v1", exclude: [deleteOrdersId]}
load:
  orders:
    feeds:
      people: {file: people.csv}
      unused: {file: none.csv}
    scenarios:
      buy:
        weight: 3
        steps:
          - operation: postOrders
            body: {who: "${people.name}", run: "r${scenario.number}"}
            keep: {id: $.id}
          - operation: getOrdersId
            path: {id: "${kept.id}"}
            think: {uniform: [1s, 2s]}
          - operation: getOrdersId
            name: again
            path: {id: "${kept.id}"}
      look:
        steps:
          - operation: getOrders
            query: {limit: 5}
            headers: {x-a: b}
"""


def contract() -> dict[str, Any]:
    made = document("GET /orders", "POST /orders", "GET /orders/{id}", "DELETE /orders/{id}")
    made["paths"]["/orders"]["get"]["parameters"] = [
        {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer"}},
        {"name": "X-A", "in": "header", "required": True, "schema": {"type": "string"}},
    ]
    return made


def script(folder: Path, text: str = MANIFEST, **chosen: float) -> Script:
    (folder / "people.csv").write_text("name\nAnn\n", encoding="utf-8")
    path = folder / "seamwright.yaml"
    path.write_text(text, encoding="utf-8")
    manifest = read_manifest(path, {})
    subject = Subject(manifest.boundaries["orders"], contract_of(contract()), manifest)
    return declared(subject, manifest.load["orders"], chosen, seed=1)


def lines(made: Script, name: str) -> tuple[Line, ...]:
    return made.scenarios[name][1]


def test_steps_are_named_and_rendered_with_marks_for_what_is_not_known_yet(tmp_path: Path) -> None:
    made = script(tmp_path)
    assert [line.name for line in lines(made, "buy")] == ["buy/postOrders", "buy/getOrdersId", "buy/again"]
    assert {name: weight for name, (weight, _) in made.scenarios.items()} == {"buy": 3, "look": 1}
    assert (made.steps, made.most, made.longest, made.writes) == (2.5, 3, 2.0, True)
    assert lines(made, "buy")[1].thinking == Think("uniform", 1, 2)
    marks = Marks()
    request = lines(made, "buy")[1].request({}, marks)
    (mark,) = marks.holes
    assert request.url == f"http://127.0.0.1:1/v1/orders/{mark.decode()}"
    assert marks.holes[mark].name == "kept.id"
    known = lines(made, "buy")[0].request({"people.name": {"first": "Ann"}, "scenario.number": 7}, Marks())
    assert known.body == b'{"who": {"first": "Ann"}, "run": "r7"}'
    with pytest.raises(ValueError, match="is no text or number"):
        lines(made, "buy")[0].request({"people.name": 1, "scenario.number": [7]}, Marks())
    look = lines(made, "look")[0].request({}, Marks())
    assert look.url.endswith("/orders?limit=5")
    assert ("x-a", "b") in look.headers
    made.close()


def test_only_feeds_that_are_used_are_opened(tmp_path: Path) -> None:
    made = script(tmp_path)
    feed, names = made.feeds["people"]
    assert (list(made.feeds), names, feed.rows) == (["people"], ("people.name",), 1)
    made.close()
    chosen = script(tmp_path, look=2.0)
    assert (chosen.feeds, list(chosen.scenarios), chosen.writes) == ({}, ["look"], False)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("postOrders", "postOrder", "13: BUY[0].operation: the contract has no operation"),
        ("getOrdersId", "deleteOrdersId", "16: BUY[1].operation: deleteOrdersId is not called"),
        ("path: {id:", "path: {i_d:", "17: BUY[1].path.i_d: getOrdersId has no path parameter"),
        ("path: {id: \"${kept.id}\"}", "path: {}", "16: BUY[1]: getOrdersId needs the path"),
        ("path: {id: \"${kept.id}\"}", "path: {id: ''}", "the value of the path parameter id is empty"),
        ("limit: 5", "limits: 5", "25: LOOK[0].query.limits: getOrders has no query parameter"),
        ("query: {limit: 5}", "query: {}", "24: LOOK[0]: getOrders needs the query parameter"),
        ("x-a: b", "x-b: b", "24: LOOK[0]: getOrders needs the header parameter 'X-A'"),
        ("headers: {x-a: b}", "headers: {x-a: b}\n            body: 1", "27: LOOK[0].body"),
        ('body: {who: "${people.name}", run: "r${scenario.number}"}', "name: n", "13: BUY[0]: "),
        ("x-a: b", 'x-a: "b\\nc"', "24: LOOK[0]: "),
        ("${people.name}", "${people.nam}", "people.csv:1: has no column 'nam'; there are: name"),
        ("${people.name}", "${unused.name}", "none.csv: cannot be read: No such file"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_contract_is_told_with_file_and_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in MANIFEST
    with pytest.raises(UsageError) as error:
        script(tmp_path, MANIFEST.replace(old, new, 1))
    told = told.replace("BUY", "load.orders.scenarios.buy.steps").replace("LOOK", "load.orders.scenarios.look.steps")
    assert told in str(error.value)
    if told[0].isdigit():
        assert str(error.value).startswith(f"{tmp_path}/seamwright.yaml:{told[:2]}: ")


def test_without_a_contract_nothing_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "seamwright.yaml"
    path.write_text(MANIFEST, encoding="utf-8")
    manifest = read_manifest(path, {})
    with pytest.raises(UsageError, match="has no contract"):
        declared(Subject(manifest.boundaries["orders"], None, manifest), manifest.load["orders"], {}, seed=1)
