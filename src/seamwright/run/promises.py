"""Objectives as they are written on a command line: `p99<300ms`, `errors<1%`, `rate>=200/s`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from seamwright.model.boundary import Latency, Objectives
from seamwright.model.errors import UsageError

__all__ = ["promised"]

_PROMISE = re.compile(r"\s*([a-z]+[0-9]*)\s*([<>]=?)\s*(.+?)\s*")
_HOW = "write it like p99<300ms, errors<1% or rate>=200/s"


def promised(texts: Iterable[str], objectives: Objectives) -> Objectives:
    """The objectives with what the texts promise in their place; each may hold several, with commas between.

    What is said equals what may just be reached: `<` and `<=` mean the same. Raises UsageError.
    """
    latency: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for text in (part for value in texts for part in value.split(",")):
        match = _PROMISE.fullmatch(text)
        if match is None:
            raise UsageError(f"--objective: {text.strip()!r} is no objective; {_HOW}")
        name, sign, value = match.groups()
        if (sign[0] == ">") != (name == "rate"):
            raise UsageError(f"--objective: {text.strip()!r} promises the wrong side; {_HOW}")
        if name == "errors":
            others["availability"] = _available(value, text)
        elif name == "rate":
            others["rate"] = value
        elif name in Latency.model_fields:
            latency[name] = value
        else:
            known = ", ".join((*Latency.model_fields, "errors", "rate"))
            raise UsageError(f"--objective: {name!r} is none of {known}")
    try:
        said = Objectives.model_validate({"latency": latency, **others})
    except ValidationError as error:
        raise UsageError(f"--objective: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None
    slower = objectives.latency.model_copy(update={name: getattr(said.latency, name) for name in latency})
    return objectives.model_copy(update={"latency": slower} | {name: getattr(said, name) for name in others})


def _available(value: str, text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", value)
    if match is None or float(match[1]) > 100:
        raise UsageError(f"--objective: {text.strip()!r} gives no share; {_HOW}")
    return (100 - float(match[1])) / 100
