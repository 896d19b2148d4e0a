"""Every tag of an operation is among the tags that the document lists."""

from __future__ import annotations

from collections.abc import Iterator

from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.lint._rule import Found, Rule, Severity
from seamwright.contracts.lint._values import mapping, sequence, text

__all__ = ["RULE"]


def _run(reading: Reading) -> Iterator[Found]:
    listed = sequence(reading.document.get("tags"))
    if not listed:
        return
    known = {text(mapping(tag).get("name")) for tag in listed}
    for call in reading.calls:
        for index, tag in enumerate(sequence(call.part.node.get("tags"))):
            if isinstance(tag, str) and tag not in known:
                known.add(tag)
                yield Found(
                    call.part.below("tags", index),
                    f"the tag {tag} of {call} is not among the `tags` of the document",
                    "list it there with a description, or correct its spelling",
                )


RULE = Rule(
    id="tag-declared",
    severity=Severity.INFO,
    says="every tag of an operation is among the tags that the document lists",
    why="a misspelt tag puts an operation into a group of its own",
    run=_run,
    wrong="""
tags: [{name: orders}]
paths:
  /orders:
    get: {tags: [order], responses: {}}
""",
    right="""
tags: [{name: orders}]
paths:
  /orders:
    get: {tags: [orders], responses: {}}
""",
)
