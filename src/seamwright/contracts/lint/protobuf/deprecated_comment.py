"""What is deprecated says what to use instead."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for file in files.commented:
        inside = [each for service in file.services for each in (service, *service.rpcs)]
        fields = [each for message in file.messages for each in (message, *message.fields)]
        values = [each for enum in file.enums for each in (enum, *enum.values)]
        for each in (*inside, *fields, *values):
            if each.deprecated and not each.comment:
                yield Found(each.place, f"{each.place} is deprecated without a comment", "name what replaces it")


RULE = Rule(
    id="protobuf.deprecated-comment",
    kind="protobuf",
    severity=Severity.INFO,
    says="what is deprecated says what to use instead",
    why="callers learn that they have to move, and not where to",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  string id = 1 [deprecated = true];
}
""",
    right=GET_ORDER
    + """\
message Order {
  // Use order_id.
  string id = 1 [deprecated = true];
  string order_id = 2;
}
""",
)
