"""A finished load run in the formats of other tools: one file a format, each from the result to text."""

from __future__ import annotations

from seamwright.engines.load.exports.document import document, scenarios
from seamwright.engines.load.exports.hdr import hdr_log
from seamwright.engines.load.exports.openmetrics import openmetrics
from seamwright.engines.load.exports.timeline import timeline

__all__ = ["document", "hdr_log", "openmetrics", "scenarios", "timeline"]
