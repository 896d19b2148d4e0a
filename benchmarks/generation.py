"""How many valid bodies a CPU-second makes, beside hypothesis-jsonschema. Alternating runs; the median is told."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from pathlib import Path
from random import Random
from typing import Any

import _peers

from seamwright.engines.generate import compile_schema

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["customer", "lines", "currency"],
    "additionalProperties": False,
    "properties": {
        "customer": {"type": "string", "minLength": 1, "maxLength": 60},
        "email": {"type": "string", "format": "email"},
        "currency": {"enum": ["EUR", "USD", "GBP"]},
        "note": {"type": ["string", "null"], "maxLength": 200},
        "placed": {"type": "string", "format": "date-time"},
        "lines": {
            "type": "array",
            "minItems": 1,
            "maxItems": 5,
            "items": {
                "type": "object",
                "required": ["sku", "quantity"],
                "additionalProperties": False,
                "properties": {
                    "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
                    "quantity": {"type": "integer", "minimum": 1, "maximum": 100},
                    "price": {"type": "number", "minimum": 0, "maximum": 10000},
                },
            },
        },
    },
}

PEER = """
import json, sys, time, warnings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis_jsonschema import from_schema
warnings.simplefilter("ignore")
schema, count = json.loads(sys.argv[1]), int(sys.argv[2])
made = 0
@settings(max_examples=count, phases=[Phase.generate], database=None, deadline=None,
          suppress_health_check=list(HealthCheck))
@given(from_schema(schema))
def one(value):
    global made
    made += 1
start = time.process_time()
one()
print(json.dumps([made, time.process_time() - start]))
"""


def ours(count: int, seed: int) -> float:
    """Bodies a CPU-second, compiling included."""
    start = time.process_time()
    generator = compile_schema(SCHEMA, resolve={}.__getitem__)
    random = Random(seed)
    for _ in range(count):
        generator.valid(random)
    return count / (time.process_time() - start)


def peers(python: Path, count: int) -> float:
    """The same by the peer, in a process of its own."""
    done = subprocess.run(
        [python, "-", json.dumps(SCHEMA), str(count)], input=PEER, check=True, stdout=subprocess.PIPE, text=True
    )
    made, seconds = json.loads(done.stdout)
    return float(made / seconds)


def main() -> None:
    """Measure in alternation, and print."""
    options = _peers.arguments(__doc__ or "")
    python = _peers.peer_python("hypothesis-jsonschema", "hypothesis-jsonschema", "hypothesis<6.130")
    rounds, count, peer_count = (3, 20_000, 300) if options.quick else (7, 100_000, 1_000)
    about = _peers.machine()
    own, other = [], []
    for seed in range(rounds):
        own.append(ours(count, seed))
        other.append(peers(python, peer_count))
    figure, peer = statistics.median(own), statistics.median(other)
    result = {
        "name": "generation",
        "figures": {"bodies_per_cpu_second": round(figure), "lowest": round(min(own)), "highest": round(max(own))},
        "peers": {"hypothesis-jsonschema": {"bodies_per_cpu_second": round(peer, 1)}},
        "ratios": {"hypothesis-jsonschema": round(figure / peer, 1)},
        "machine": about,
    }
    _peers.printed(result, options.json, _text)


def _text(result: dict[str, Any]) -> str:
    own, peer = result["figures"], result["peers"]["hypothesis-jsonschema"]
    return (
        f"valid bodies a CPU-second: {own['bodies_per_cpu_second']:,} ({own['lowest']:,} to {own['highest']:,})\n"
        f"hypothesis-jsonschema:     {peer['bodies_per_cpu_second']:,}\n"
        f"ratio:                     {result['ratios']['hypothesis-jsonschema']}"
    )


if __name__ == "__main__":
    main()
