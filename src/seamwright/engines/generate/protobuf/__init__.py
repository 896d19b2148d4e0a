"""Protobuf messages from their descriptors: valid ones, ones at a limit, and ones that break a single rule.

Messages are given as JSON (the mapping of the protobuf language guide, with the names of the `.proto` file). What is
made depends on the `random.Random` that the caller gives, and on nothing else.
"""

from __future__ import annotations

from seamwright.engines.generate.protobuf.broken import broken
from seamwright.engines.generate.protobuf.edges import edges
from seamwright.engines.generate.protobuf.values import Messages
from seamwright.engines.generate.protobuf.variants import Variant

__all__ = ["Messages", "Variant", "broken", "edges"]
