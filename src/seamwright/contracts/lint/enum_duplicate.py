"""No value stands twice in an enum."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Edit, Found, Rule, Severity
from seamwright.contracts.lint._values import same, sequence

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    for place, schema in reading.schemas.items():
        values = sequence(schema.get("enum"))
        seen: set[str] = set()
        twice = []
        for index, value in enumerate(values):
            if same(value) in seen:
                twice.append(index)
            seen.add(same(value))
        if twice:
            told = ", ".join(repr(values[index]) for index in dict.fromkeys(twice))
            # From the last to the first, so that the places of the others stay what they are.
            edits = tuple(Edit(f"{place}/enum/{index}", remove=True) for index in reversed(twice))
            yield Found(f"{place}/enum/{twice[0]}", f"{told} stands twice in this enum", "remove it", edits=edits)


RULE = Rule(
    id="enum-duplicate",
    severity=Severity.WARNING,
    says="no value stands twice in an enum",
    why="generators of code make a name of each value, and fail (JSON Schema 2020-12, section 6.1.2)",
    run=_run,
    wrong="""
paths: {}
components:
  schemas:
    State: {type: string, enum: [open, paid, open]}
""",
    right="""
paths: {}
components:
  schemas:
    State: {type: string, enum: [open, paid]}
""",
)
