"""The zero of every enum means that nothing was said."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import in_style, words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


_NOTHING = ("UNSPECIFIED", "UNKNOWN", "INVALID", "UNDEFINED", "NONE", "UNSET", "DEFAULT", "NULL_VALUE")


def _run(files: Files) -> Iterator[Found]:
    for enum in files.enums:
        zero = next((value for value in enum.values if value.number == 0), None)
        if zero is None:
            yield Found(enum.place, f"{enum.name} has no value 0", f"add {_name(enum.name)} = 0")
        elif not zero.name.upper().endswith(_NOTHING):
            yield Found(zero.place, f"the zero of {enum.name} is {zero.name}", f"add {_name(enum.name)} = 0")


def _name(enum: str) -> str:
    return in_style(words(enum), "SCREAMING_CASE") + "_UNSPECIFIED"


RULE = Rule(
    id="protobuf.enum-zero",
    kind="protobuf",
    severity=Severity.WARNING,
    says="the zero of every enum means that nothing was said",
    why="what was left out reads as the first value that means something (style guide of protobuf.dev)",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  State state = 1;
}
enum State { STATE_OPEN = 0; }
""",
    right=GET_ORDER
    + """\
message Order {
  State state = 1;
}
enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }
""",
)
