"""Fields and oneofs are written in lower_snake_case."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import STYLES, in_style, words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for message in files.messages.values():
        for each in (*message.fields, *message.oneofs):
            if not STYLES["snake_case"].fullmatch(each.name):
                better = in_style(words(each.name), "snake_case")
                yield Found(each.place, f"{each.place} is not in lower_snake_case", f"write it {better}")


RULE = Rule(
    id="protobuf.field-style",
    kind="protobuf",
    severity=Severity.WARNING,
    says="fields and oneofs are written in lower_snake_case",
    why="the names in JSON and in every language are made from it (style guide of protobuf.dev)",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  string orderId = 1;
}
""",
    right=GET_ORDER
    + """\
message Order {
  string order_id = 1; oneof paid_by { string card = 2; }
}
""",
)
