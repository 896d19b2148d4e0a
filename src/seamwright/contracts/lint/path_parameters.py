"""Every name in the braces of a path is described once, as a parameter in the path that is required."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from seamwright.contracts.lint._reading import Call, Item, Reading
from seamwright.contracts.lint._rule import Edit, Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for item in reading.items:
        yield from _of_path(item)
    for call in reading.calls:
        yield from _of_call(call)


def _of_path(item: Item) -> Iterator[Found]:
    for name, count in Counter(item.names).items():
        if not name:
            yield Found(item.part.place, f"{item.path} has braces without a name", "name the parameter in them")
        elif count > 1:
            yield Found(item.part.place, f"{item.path} has {{{name}}} {count} times", "give each a name of its own")
    if item.path.count("{") != item.path.count("}"):
        yield Found(item.part.place, f"{item.path} has a brace without its other half", "close it")


def _of_call(call: Call) -> Iterator[Found]:
    described = {parameter.text("name"): parameter for parameter in call.at("path")}
    for name in dict.fromkeys(call.item.names):
        if name and name not in described:
            text = f"{call} does not describe the {{{name}}} of its path"
            yield Found(call.part.place, text, f"add the parameter {name} with `in: path` and `required: true`")
    for name, parameter in described.items():
        if name and name not in call.item.names:
            yield Found(parameter.place, f"the path of {call} has no {{{name}}}", "correct the name, or remove it")
        elif parameter.node.get("required") is not True:
            edit = Edit(parameter.below("required"), True)
            yield Found(parameter.place, f"the path parameter {name} is not `required: true`", edits=(edit,))


RULE = Rule(
    id="path-parameters",
    severity=Severity.ERROR,
    says="every name in the braces of a path is described once, as a parameter in the path that is required",
    why="nobody can tell what to put there (OpenAPI 3.1, path templating)",
    run=_run,
    wrong="""
paths:
  /orders/{id}:
    get: {responses: {}}
""",
    right="""
paths:
  /orders/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {}
""",
)
