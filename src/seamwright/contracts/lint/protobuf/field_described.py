"""Every field says what it means."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


_PLAIN = frozenset({"id", "name", "page_size", "page_token", "next_page_token"})
"""These mean the same everywhere."""


def _run(files: Files) -> Iterator[Found]:
    for file in files.commented:
        for message in file.messages:
            for field in message.fields:
                if not field.comment and field.name not in _PLAIN:
                    yield Found(field.place, f"{field.place} has no comment", "say in a sentence what it means")


RULE = Rule(
    id="protobuf.field-described",
    kind="protobuf",
    severity=Severity.INFO,
    says="every field says what it means",
    why="a name leaves open the unit, the time zone, and what an empty value stands for",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  string id = 1; int32 total = 2;
}
""",
    right=GET_ORDER
    + """\
message Order {
  string id = 1;
  // In cents, with tax.
  int32 total = 2;
}
""",
)
