"""Servers that answer for a contract: they read it, keep its state and speak its protocol.

A kind of contract is one module of `kinds` that holds a `MOCK`; what is there is what lies on disk.
"""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.model.errors import UsageError
from seamwright.services.mock.kind import MockKind, Running, Settings, Source

__all__ = ["MockKind", "Running", "Settings", "Source", "every_kind", "kind_of"]


def every_kind() -> Mapping[str, MockKind]:
    """Every kind of contract that can be mocked, by its name."""
    # Not called `kinds`: once that folder is imported, the name is the folder's.
    from seamwright.seams import discover

    return discover("seamwright.services.mock.kinds", "MOCK", MockKind, key=lambda kind: kind.name)


def kind_of(source: Source) -> MockKind:
    """The kind that takes a document: that of its boundary, or the one that knows it. Raises UsageError."""
    known = every_kind()
    if source.kind is not None:
        if source.kind not in known:
            raise UsageError(f"{source.name}: there is no mock of kind {source.kind}; there are: {', '.join(known)}")
        return known[source.kind]
    found = [kind for kind in known.values() if kind.takes(source.contract)]
    return found[0] if found else known["http"]
