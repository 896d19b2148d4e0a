"""Numbers with units as people write them in a manifest: `300ms`, `200/s`, `99.9%`."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

__all__ = ["PerSecond", "Ratio", "Seconds"]

_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_PER = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def _seconds(value: Any) -> Any:
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", value)
        if not match or match[2] not in _SECONDS:
            raise ValueError(f"{value!r} is no duration; write it like 300ms, 5s, 2m or 1h")
        return float(match[1]) * _SECONDS[match[2]]
    return _number(value, "a duration", "300ms, 5s, 2m or 1h")


def _per_second(value: Any) -> Any:
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*/\s*([a-z]+)\s*", value)
        if not match or match[2] not in _PER:
            raise ValueError(f"{value!r} is no rate; write it like 200/s or 60/min")
        rate = float(match[1]) / _PER[match[2]]
    else:
        rate = _number(value, "a rate", "200/s or 60/min")
    if rate == 0:
        raise ValueError("a rate of 0 promises nothing; leave it out, or write it like 200/s or 60/min")
    return rate


def _ratio(value: Any) -> Any:
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", value)
        if not match or float(match[1]) > 100:
            raise ValueError(f"{value!r} is no share; write it like 99.9%")
        return float(match[1]) / 100
    share = _number(value, "a share", "99.9% or 0.999")
    if share > 1:
        raise ValueError(f"{value!r} is more than the whole; write it like 99.9% or 0.999")
    return share


def _number(value: Any, what: str, how: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or not math.isfinite(value):
        raise ValueError(f"{value!r} is not {what}; write it like {how}")
    return float(value)


def _schema(pattern: str, text: str, **number: float) -> WithJsonSchema:
    numbers = {"type": "number", **(number or {"minimum": 0})}
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": pattern}, numbers], "description": text})


Seconds = Annotated[
    float, BeforeValidator(_seconds), _schema(r"^\s*\d+(\.\d+)?\s*(us|ms|s|m|min|h|d)\s*$", "300ms, 5s, 2m")
]
PerSecond = Annotated[
    float,
    BeforeValidator(_per_second),
    _schema(r"^\s*\d+(\.\d+)?\s*/\s*(s|m|min|h)\s*$", "200/s, 60/min", exclusiveMinimum=0),
]
Ratio = Annotated[float, BeforeValidator(_ratio), _schema(r"^\s*\d+(\.\d+)?\s*%\s*$", "99.9%", minimum=0, maximum=1)]
