"""Values from schemas: JSON Schema, as OpenAPI 3.0 and 3.1 write it, compiled once to closures.

The stream of values depends on the `random.Random` that the caller gives, and on nothing else.
"""

from __future__ import annotations

from seamwright.engines.generate.cases import Boundary, Gap, Invalid, Unsatisfiable
from seamwright.engines.generate.generator import Compiler, Generator, compile_schema
from seamwright.engines.generate.parameters import Placed, serialise

__all__ = [
    "Boundary",
    "Compiler",
    "Gap",
    "Generator",
    "Invalid",
    "Placed",
    "Unsatisfiable",
    "compile_schema",
    "serialise",
]
