"""Every message and enum is used."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint.protobuf._examples import GET_ORDER
from seamwright.contracts.lint.protobuf._files import Files

__all__ = ["RULE"]


def _run(files: Files) -> Iterator[Found]:
    used: set[str] = set()
    waiting = [name for rpc in files.rpcs for name in (rpc.request, rpc.response)]
    while waiting:
        name = waiting.pop()
        message = files.messages.get(name)
        if name not in used:
            used.add(name)
            waiting += [field.type for field in message.fields] if message else []
    # Somebody may send any message inside an Any.
    if "google.protobuf.Any" in used:
        return
    for each in (*files.messages.values(), *files.enums):
        if each.place not in used and not any(name.startswith(f"{each.place}.") for name in used):
            yield Found(each.place, f"no rpc leads to {each.place}", "use it, or remove it")


RULE = Rule(
    id="protobuf.message-unused",
    kind="protobuf",
    severity=Severity.WARNING,
    says="every message and enum is used",
    why="readers take it for a part of the API that they cannot find",
    run=_run,
    wrong=GET_ORDER
    + """\
message Order {
  string id = 1;
}
message Forgotten { string id = 1; }
""",
    right=GET_ORDER
    + """\
message Order {
  repeated Line lines = 1;
}
message Line { string sku = 1; }
""",
)
