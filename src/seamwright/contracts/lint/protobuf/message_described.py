"""Every message and enum that is no request or answer says what it is."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER, SHOP
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    for file in files.commented:
        for each in (*file.messages, *file.enums):
            if not each.comment and not each.name.endswith(("Request", "Response", "Reply")):
                yield Found(each.place, f"{each.place} has no comment", "say in a sentence what it is")


RULE = Rule(
    id="protobuf.message-described",
    kind="protobuf",
    severity=Severity.INFO,
    says="every message and enum that is no request or answer says what it is",
    why="it is used in many places, and its name is all that they tell of it",
    run=_run,
    wrong=SHOP,
    right=GET_ORDER
    + """\
// What a customer has asked for.
message Order { string id = 1; }
""",
)
