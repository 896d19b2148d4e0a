"""Turns a manifest into subjects: reads the contract of every boundary."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from seamwright.contracts.reading import read_contract
from seamwright.model.boundary import Boundary
from seamwright.model.errors import TargetError
from seamwright.model.manifest import Manifest
from seamwright.model.operation import Contract
from seamwright.model.subject import Subject

__all__ = ["Fetch", "Subjects", "read_subjects"]

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets a document by URL; raises TargetError when the host does not give it."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Every boundary of a manifest as a subject, and why some have no contract although they name one."""

    by_name: dict[str, Subject]
    unreadable: dict[str, str]


async def read_subjects(manifest: Manifest, fetch: Fetch) -> Subjects:
    """Read the contracts of a manifest.

    A contract that cannot be had because its host does not answer is told in `unreadable`, and the run goes on. A
    contract that is wrong raises ContractError.
    """
    by_name: dict[str, Subject] = {}
    unreadable: dict[str, str] = {}
    for name, boundary in manifest.boundaries.items():
        contract = None
        if boundary.contract is not None:
            try:
                contract = await _contract(boundary, manifest, fetch)
            except TargetError as error:
                unreadable[name] = str(error)
        by_name[name] = Subject(boundary, contract, manifest)
    return Subjects(by_name, unreadable)


async def _contract(boundary: Boundary, manifest: Manifest, fetch: Fetch) -> Contract:
    source = boundary.contract
    assert source is not None
    fetched: dict[str, bytes] = {}
    if urlsplit(source).scheme in ("http", "https"):
        fetched[source] = await fetch(source)
    return read_contract(source, base=manifest.origin.folder, fetch=fetched.__getitem__)
