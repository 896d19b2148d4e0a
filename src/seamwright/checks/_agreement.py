"""Tells whether what is shown of an object agrees with what was sent for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from seamwright.contracts.links import success_schema
from seamwright.contracts.schemas import formats, properties, resolved, types
from seamwright.engines.generate.rendering import media_type_for
from seamwright.model.accounts import flat
from seamwright.model.operation import Contract, Operation, Schema

__all__ = ["agree", "compared_fields", "differing"]


def compared_fields(contract: Contract, write: Operation, read: Operation) -> tuple[str, ...]:
    """The fields that a body sends and that the reading shows in a form that can be compared.

    Fields of declared schemas that are not write-only, and have no format: formatted texts have more than one spelling.
    What the path calls the object by is left out: the object keeps its name, or goes by the new one from then on. So is
    what may be sent and cannot be shown, where only the reading lists its values, or has fewer types.
    """
    media_type, answered_by = media_type_for(write), success_schema(contract, read)
    if media_type is None or write.body is None or answered_by is None:
        return ()
    asked, told = properties(contract, write.body.content[media_type].schema), properties(contract, answered_by)
    address = [flat(parameter.name) for parameter in write.at("path")]
    return tuple(
        name
        for name, schema in asked.items()
        if name in told
        and not any(parameter.endswith(flat(name)) for parameter in address)
        and _listed(contract, told[name]) in (None, _listed(contract, schema))
        and _of_types_shown(contract, schema, told[name])
        and schema.get("writeOnly") is not True
        and schema.get("readOnly") is not True
        and not formats(contract, told[name])
        and not formats(contract, schema)
    )


def _of_types_shown(contract: Contract, sent: Schema, shown: Schema) -> bool:
    given, there = types(contract, sent), types(contract, shown)
    return not there or given - {"null"} <= there | ({"integer"} if "number" in there else set())


def _listed(contract: Contract, schema: Schema) -> list[Any] | None:
    listed = resolved(contract, schema).get("enum")
    return listed if isinstance(listed, list) else None


def differing(contract: Contract, write: Operation, read: Operation, sent: Any, shown: Any) -> Iterator[str]:
    """The fields that were sent and are shown otherwise; only plain values are compared."""
    if not isinstance(sent, Mapping) or not isinstance(shown, Mapping):
        return
    for name in compared_fields(contract, write, read):
        value = sent.get(name)
        if value is None or isinstance(value, Mapping | list):
            continue
        if not agree(shown.get(name), value):
            yield name


def agree(shown: Any, sent: Any) -> bool:
    """Whether a value is shown as it was sent, texts without regard to case, outer blanks and Unicode form, which
    services may settle in their own way."""
    if isinstance(shown, str) is not isinstance(sent, str) and isinstance(shown, str | int | float):
        # Amounts are often taken as numbers and told as texts, or the other way, so that no digit is lost.
        try:
            return Decimal(str(shown).strip()) == Decimal(str(sent).strip())
        except InvalidOperation:
            return False
    return bool(_plain(shown) == _plain(sent))


def _plain(value: Any) -> Any:
    return unicodedata.normalize("NFC", value).strip().casefold() if isinstance(value, str) else value
