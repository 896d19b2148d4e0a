"""Servers that answer for a contract: they read it, keep its state and speak its protocol.

A kind of contract is one module of `kinds` that holds a `MOCK`; what is there is what lies on disk.
"""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.model.errors import UsageError
from seamwright.services.mock.documents import Source
from seamwright.services.mock.kind import MockKind, Running, Settings

__all__ = ["MockKind", "Running", "Settings", "Source", "every_kind", "opened"]


def every_kind() -> Mapping[str, MockKind]:
    """Every kind of contract that can be mocked, by its name."""
    # Not called `kinds`: once that folder is imported, the name is the folder's.
    from seamwright.seams import discover

    return discover("seamwright.services.mock.kinds", "MOCK", MockKind, key=lambda kind: kind.name)


async def opened(source: Source, settings: Settings) -> Running:
    """Read the contract that a source names and start the mock of its kind.

    Raises ContractError where it cannot be read, TargetError where its host does not give it, and UsageError where
    its boundary is of another kind, or where the mock cannot listen.
    """
    from seamwright.services.mock.documents import read_document

    known = every_kind()
    if source.kind is not None and source.kind not in known:
        raise UsageError(f"{source.name}: there is no mock of kind {source.kind}; there are: {', '.join(known)}")
    document = await read_document(source)
    kind = next(kind for kind in known.values() if kind.language == document.contract.kind)
    if source.kind not in (None, kind.name):
        raise UsageError(
            f"{source.name}: is of kind {source.kind}, and {source.contract} is a contract of kind {kind.name}; "
            "correct one of them"
        )
    return await kind.open(source, settings, document)
