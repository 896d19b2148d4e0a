"""Makes the headers of answers: those that say something of what was done, and those that the contract requires."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, Literal

from seamwright.engines.generate.cases import Unsatisfiable
from seamwright.engines.generate.dialect import Dialect
from seamwright.engines.generate.generator import Compiler, Generator
from seamwright.engines.generate.parameters import serialise
from seamwright.engines.mock.acts import Outcome
from seamwright.engines.mock.arrivals import Arrival
from seamwright.engines.mock.conditions import entity_tag
from seamwright.engines.mock.identifiers import text_of
from seamwright.engines.mock.kinds import Part
from seamwright.engines.mock.media import written
from seamwright.engines.mock.pages import Page
from seamwright.engines.mock.paths import filled, parameters
from seamwright.engines.mock.schemas import flat
from seamwright.engines.mock.store import Record
from seamwright.model.operation import Answer, Contract, Parameter, Schema

__all__ = ["Headers", "Pairs"]

_RELATIONS: tuple[Literal["next", "prev", "first", "last"], ...] = ("next", "prev", "first", "last")

Pairs = tuple[tuple[str, str], ...]
"""Headers in order, names in lower case."""


class Headers:
    """Makes the headers of one contract's answers."""

    def __init__(self, contract: Contract) -> None:
        dialect: Dialect = "3.1" if contract.dialect == "3.1" else "3.0"
        self._compiler = Compiler(resolve=contract.resolve, dialect=dialect, direction="response", location="header")
        self._compiled: dict[int, tuple[Schema, Generator]] = {}

    def telling(self, part: Part, outcome: Outcome, arrival: Arrival, answer: Answer, status: int) -> Pairs:
        """Where the resource is, which version of it this is, and where the next page is."""
        named = {name.lower(): header for name, header in answer.headers.items()}
        if outcome.page is not None:
            return _of_page(outcome.page, arrival.base, named)
        if len(outcome.records) != 1 or outcome.gone:
            return ()
        found: list[tuple[str, str]] = []
        record = outcome.records[0]
        if "etag" in named or outcome.kind.tagged:
            found.append(("etag", entity_tag(record)))
        location = _location(part, outcome, record, arrival) if "location" in named or status == 201 else None
        if location is not None:
            found.append(("location", location))
        return tuple(found)

    def required(self, answer: Answer, random: Random, given: Pairs) -> Pairs:
        """The headers that an answer must have and that nobody has set yet."""
        there = {name for name, _ in given}
        wanted = [(name.lower(), h) for name, h in answer.headers.items() if h.required and name.lower() not in there]
        return tuple((name, text) for name, header in wanted if (text := self._text(header, random)) is not None)

    def _text(self, header: Parameter, random: Random) -> str | None:
        value: Any = None
        if header.examples:
            value = header.examples[0]
        else:
            try:
                value = self._generator(header.schema).valid(random)
            except Unsatisfiable:
                return None
        if header.media_type is not None:
            return written(value, header.media_type).decode("utf-8", "replace")
        return serialise(value, location="header", name=header.name, style="simple", explode=header.explode).text

    def _generator(self, schema: Schema) -> Generator:
        # The schema is kept, so that its id cannot be taken by another one.
        if id(schema) not in self._compiled:
            self._compiled[id(schema)] = (schema, self._compiler.compile(schema))
        return self._compiled[id(schema)][1]


def _location(part: Part, outcome: Outcome, record: Record, arrival: Arrival) -> str | None:
    """The address under which a record is read; None where the contract has none."""
    if outcome.kind.single or part.key:
        return f"{arrival.base}{arrival.path}"
    template = outcome.kind.item_path
    if template is None:
        return None
    values = outcome.kind.values(record.scope, record.key, parameters(template))
    return None if values is None else f"{arrival.base}{filled(template, values)}"


def _of_page(page: Page, base: str, named: Mapping[str, Parameter]) -> Pairs:
    """Links to the pages around (RFC 8288) and counts, as far as they are declared."""
    found: list[tuple[str, str]] = []
    # Links are told whether they are declared or not: many contracts have a cursor and no field to tell it in.
    for name in dict.fromkeys((*named, "link") if page.names else named):
        if name == "link":
            around = ((relation, page.link(relation, base)) for relation in _RELATIONS)
            links = [f'<{link}>; rel="{relation}"' for relation, link in around if link is not None]
            if links:
                found.append((name, ", ".join(links)))
            continue
        said = page.said(flat(name).removeprefix("x").removeprefix("pagination"), base)
        found += [(name, text_of(value)) for value in said[:1] if value is not None]
    return tuple(found)
