"""No amount of money is a floating-point number."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._naming import words
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


_MONEY = frozenset({"price", "amount", "cost", "fee", "balance", "total"})


def _run(files: Files) -> Iterator[Found]:
    for message in files.messages.values():
        for field in message.fields:
            if field.type in ("float", "double") and _MONEY & {*words(field.name)[-1:]}:
                yield Found(field.place, f"{field.place} is a {field.type}", "count in the smallest unit, as int64")


RULE = Rule(
    id="protobuf.money-type",
    kind="protobuf",
    severity=Severity.INFO,
    says="no amount of money is a floating-point number",
    why="sums of cents come out wrong, and differently in every language (AIP-213 has a type for it)",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  double price = 1;
}
""",
    right=GET_ORDER
    + """\
message Order {
  int64 price = 1;
}
""",
)
