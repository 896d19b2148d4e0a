"""Reads off a body what it carries for a resource: bare or wrapped, and without what nobody declared."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.engines.mock.arrivals import Arrival
from seamwright.engines.mock.envelopes import item_envelope
from seamwright.engines.mock.kinds import Part
from seamwright.engines.mock.schemas import flat, followed, members
from seamwright.model.operation import Contract, Schema

__all__ = ["Sent", "sent"]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sent for a resource (None: nothing), and the members that it may send."""

    value: Any
    sendable: frozenset[str]

    @property
    def bodies(self) -> list[Any]:
        """What was sent, one by one."""
        return self.value if isinstance(self.value, list) else [self.value]


def sent(contract: Contract, part: Part, arrival: Arrival) -> Sent:
    """What a request carries. Members that the contract does not let a client send are left out, as a careful server
    does; where it names none at all, everything is taken."""
    operation, item = part.operation, members(contract, part.kind.item)
    if operation.body is None:
        return Sent(None, frozenset())
    media = operation.body.content.get(arrival.case.media_type or "") or next(iter(operation.body.content.values()))
    own = frozenset({*part.kind.names, *(flat(name) for name in item)})
    envelope = item_envelope(contract, media.schema, part.kind.word, own)
    carried = copy.deepcopy(envelope.unwrap(arrival.case.body))
    named = members(contract, envelope.schema)
    if not named:
        return Sent(carried, frozenset(item))
    sendable = frozenset(name for name, schema in named.items() if not _read_only(contract, schema))
    if isinstance(carried, list):
        return Sent([_kept(each, sendable) for each in carried], sendable)
    return Sent(_kept(carried, sendable), sendable)


def _kept(value: Any, names: frozenset[str]) -> Any:
    return {name: each for name, each in value.items() if name in names} if isinstance(value, dict) else value


def _read_only(contract: Contract, schema: Schema) -> bool:
    beside = isinstance(schema, Mapping) and schema.get("readOnly") is True
    return beside or followed(contract, schema).get("readOnly") is True
