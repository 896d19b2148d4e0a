"""Values of enums are written in SCREAMING_CASE."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import out_of_style
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for enum in files.enums:
        for value in enum.values:
            yield from out_of_style(value.place, value.name, "SCREAMING_CASE")


RULE = Rule(
    id="protobuf.enum-style",
    kind="protobuf",
    severity=Severity.WARNING,
    says="values of enums are written in SCREAMING_CASE",
    why="they are constants in every language (style guide of protobuf.dev)",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  State state = 1;
}
enum State { State_Unspecified = 0; open = 1; }
""",
    right=GET_ORDER
    + """\
message Order {
  State state = 1;
}
enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }
""",
)
