"""Numbers of fields that are no longer used are reserved."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


_MOST = 10_000
"""Numbers that are looked through: some services number their fields by a plan."""


def _run(files: Files) -> Iterator[Found]:
    for message in files.messages.values():
        used = {field.number for field in message.fields}
        spoken = (*message.reserved, *message.extended)
        gaps = [number for number in range(1, min(max(used, default=0), _MOST)) if number not in used]
        gaps = [number for number in gaps if not any(number in numbers for numbers in spoken)]
        # Authors leave room in steps of ten; what lies between two neighbours was a field once.
        if gaps and len(gaps) <= len(used):
            told = ", ".join(map(str, gaps[:5])) + (", …" if len(gaps) > 5 else "")
            yield Found(message.place, f"{message.name} uses {told} for nothing", f"write reserved {told};")


RULE = Rule(
    id="protobuf.numbers-reserved",
    kind="protobuf",
    severity=Severity.INFO,
    says="numbers of fields that are no longer used are reserved",
    why="a number that is given a second time is read as the first meant it (language guide, deleting fields)",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  string id = 1; string note = 2; int32 total = 4;
}
""",
    right=GET_ORDER
    + """\
message Order {
  reserved 3; string id = 1; string note = 2; int32 total = 4;
}
""",
)
