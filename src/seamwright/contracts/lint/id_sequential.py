"""Ids cannot be guessed by counting."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for call in reading.calls:
        for parameter in call.at("path"):
            name = parameter.text("name")
            if words(name)[-1:] in (["id"], ["number"], ["no"]) or name.lower().endswith("id"):
                schema, place = reading.schema_of(parameter)
                if reading.types(schema, place) == {"integer"}:
                    yield Found(
                        parameter.place,
                        f"the id {name} is an integer, and can be guessed by counting",
                        "use random ids, such as UUIDs",
                    )


RULE = Rule(
    id="id-sequential",
    severity=Severity.INFO,
    says="ids cannot be guessed by counting",
    why="where one check of ownership is missing, counting gives away everything (OWASP API1:2023)",
    run=_run,
    wrong="""
paths:
  /orders/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {}
""",
    right="""
paths:
  /orders/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
      responses: {}
""",
)
