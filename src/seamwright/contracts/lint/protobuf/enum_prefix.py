"""Values of an enum begin with its name."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import in_style, words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for enum in files.enums:
        prefix = in_style(words(enum.name), "SCREAMING_CASE") + "_"
        odd = [value for value in enum.values if not value.name.upper().startswith(prefix)]
        if odd:
            text = f"{len(odd)} of the {len(enum.values)} values of {enum.name} do not begin with {prefix}"
            yield Found(odd[0].place, f"{text} ({odd[0].name})", f"name it {prefix}{odd[0].name.upper()}")


RULE = Rule(
    id="protobuf.enum-prefix",
    kind="protobuf",
    severity=Severity.WARNING,
    says="values of an enum begin with its name",
    why="all enums of a scope share their names: a second UNKNOWN does not compile (style guide of protobuf.dev)",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  State state = 1;
}
enum State { UNSPECIFIED = 0; OPEN = 1; }
""",
    right=GET_ORDER
    + """\
message Order {
  State state = 1;
}
enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }
""",
)
