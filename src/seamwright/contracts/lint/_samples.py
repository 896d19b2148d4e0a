"""Examples and defaults, held against their schemas all at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from seamwright.contracts.bundle import escaped
from seamwright.contracts.dialect import Direction, translated
from seamwright.contracts.lint._reading import Medium, Part, Reading
from seamwright.contracts.lint._values import sequence

__all__ = ["Sample", "defaults", "examples", "misfits"]

_MOST = 3
"""Errors that are told of one value."""

_TEXT = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """A value that a document gives for a schema; it must fit in one of the directions."""

    value: Any
    place: str
    schema: Any
    directions: tuple[Direction, ...]


def examples(reading: Reading) -> Iterator[Sample]:
    """Every example: of media types, of parameters and headers, and of schemas."""
    for call in reading.calls:
        for parameter in call.parameters:
            schema, _ = reading.schema_of(parameter)
            yield from _of_part(reading, parameter, schema, ("request",))
            for medium in reading.media(parameter):
                yield from _of_medium(reading, medium, ("request",))
        for medium in call.body.media if call.body else ():
            yield from _of_medium(reading, medium, ("request",))
        for answer in call.answers.values():
            for medium in answer.media:
                yield from _of_medium(reading, medium, ("response",))
            for _, header in reading.children(reading.child(answer.part, "headers"), extensions=True):
                yield from _of_part(reading, header, reading.schema_of(header)[0], ("response",))
    for place, schema in reading.schemas.items():
        rest = {key: value for key, value in schema.items() if key not in ("example", "examples")}
        if "example" in schema:
            yield Sample(schema["example"], f"{place}/example", rest, _directions(reading, place))
        for index, value in enumerate(sequence(schema.get("examples")) if reading.dialect == "3.1" else []):
            yield Sample(value, f"{place}/examples/{index}", rest, _directions(reading, place))


def defaults(reading: Reading) -> Iterator[Sample]:
    """Every default of a schema."""
    for place, schema in reading.schemas.items():
        if "default" in schema and "$ref" not in schema:
            yield Sample(schema["default"], f"{place}/default", schema, _directions(reading, place))


def misfits(reading: Reading, samples: Iterator[Sample]) -> Iterator[tuple[Sample, str]]:
    """The samples that fit their schema in none of their directions, each with why."""
    unique = {(sample.place, sample.directions): sample for sample in samples if isinstance(sample.schema, dict)}
    waiting = list(unique.values())
    why: dict[str, list[str]] = {}
    for direction in ("request", "response"):
        asked = [sample for sample in waiting if direction in sample.directions]
        wrong = _wrong(reading, asked, direction)
        for index, sample in enumerate(asked):
            if index in wrong:
                why.setdefault(sample.place, []).append(wrong[index])
    for sample in waiting:
        told = why.get(sample.place, [])
        if len(told) == len(sample.directions):
            yield sample, told[0]


def _directions(reading: Reading, place: str) -> tuple[Direction, ...]:
    asked, answered = place in reading.inputs, place in reading.outputs
    if asked == answered:
        return ("request", "response")
    return ("request",) if asked else ("response",)


def _of_medium(reading: Reading, medium: Medium, directions: tuple[Direction, ...]) -> Iterator[Sample]:
    schema, _ = medium.schema
    for sample in _of_part(reading, medium.part, schema, directions):
        # The text of another format is not what the schema is about.
        if medium.json or not isinstance(sample.value, str):
            yield sample


def _of_part(reading: Reading, part: Part, schema: Any, directions: tuple[Direction, ...]) -> Iterator[Sample]:
    if "example" in part.node:
        yield Sample(part.node["example"], part.below("example"), schema, directions)
    for _, example in reading.children(reading.child(part, "examples"), extensions=True):
        if "value" in example.node:
            yield Sample(example.node["value"], example.below("value"), schema, directions)


def _wrong(reading: Reading, samples: list[Sample], direction: Direction) -> dict[int, str]:
    """What is wrong with samples, by their index. One schema for all: what they share is compiled once."""
    names = [f"s{index}" for index in range(len(samples))]
    whole = {
        "properties": {name: {"allOf": [sample.schema]} for name, sample in zip(names, samples, strict=True)},
    }
    try:
        validator = _compiled(reading, whole, direction)
    except (ValueError, KeyError):
        if len(samples) <= 1:
            return {}  # The schema itself cannot be used, which other rules tell.
        half = len(samples) // 2
        later = _wrong(reading, samples[half:], direction)
        return _wrong(reading, samples[:half], direction) | {half + index: told for index, told in later.items()}
    found: dict[int, list[str]] = {}
    values = {name: sample.value for name, sample in zip(names, samples, strict=True)}
    for error in validator.iter_errors(values):
        name, *inner = error.instance_path
        place = "".join(f"/{escaped(str(step))}" for step in inner)
        text = error.message if len(error.message) <= _TEXT else f"{error.message[:_TEXT]}…"
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Not):
            text = "it has no place in a " + direction
        found.setdefault(int(str(name)[1:]), []).append(f"{place}: {text}" if place else text)
    return {index: "; ".join(texts[:_MOST]) for index, texts in found.items()}


def _compiled(reading: Reading, schema: dict[str, Any], direction: Direction) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        translated(reading.contract, schema, direction), validate_formats=True, offline=True
    )
