"""GraphQL contracts: schemas to operations, answers held against them, and where the ids of real objects come from.

The specification that is meant everywhere is the edition of September 2025, unless another one is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.model.errors import UsageError
from seamwright.model.operation import Contract

__all__ = ["load_introspection", "load_sdl"]


def load_sdl(text: str, *, source: str, digest: str) -> Contract:
    """Read a schema in the schema definition language (section 3 of the specification).

    Raises ContractError with line and column, and UsageError where the extra is not installed.
    """
    _needed(source)
    from seamwright.contracts.graphql import reading

    return reading.from_sdl(text, source=source, digest=digest)


def load_introspection(document: Mapping[str, Any], *, source: str, digest: str) -> Contract:
    """Read the result of an introspection query (section 4), as it was answered or the inner part of it.

    Raises ContractError, and UsageError where the extra is not installed.
    """
    _needed(source)
    from seamwright.contracts.graphql import reading

    return reading.from_introspection(document, source=source, digest=digest)


def _needed(source: str) -> None:
    try:
        import graphql  # noqa: F401
    except ModuleNotFoundError:
        raise UsageError(f"{source}: a GraphQL schema needs graphql-core: pip install 'seamwright[graphql]'") from None
