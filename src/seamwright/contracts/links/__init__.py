"""Finds where the ids of a call come from: which operations make, list and take the objects of a contract."""

from __future__ import annotations

from seamwright.contracts.links._names import shape, singulars
from seamwright.contracts.links._places import success_schema
from seamwright.contracts.links.paths import path_parameters, producers, silent
from seamwright.contracts.links.references import Reference, carried, references
from seamwright.contracts.links.resources import Resource, resources
from seamwright.contracts.links.sources import Producer, Source

__all__ = [
    "Producer",
    "Reference",
    "Resource",
    "Source",
    "carried",
    "path_parameters",
    "producers",
    "references",
    "resources",
    "shape",
    "silent",
    "singulars",
    "success_schema",
]
