"""The seven phases of the product development lifecycle (PDL), and what the gate of each asks for by default."""

from __future__ import annotations

from dataclasses import dataclass

from seamwright.model.manifest import GatePolicy, Manifest

__all__ = ["PHASES", "Phase", "Requirements", "requirements"]


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the gate of a phase asks of evidence.

    `families` whose applicable checks must all be proved, `checks` that must be proved wherever they apply,
    `coverage` as a share of operations answered in their success class, `max_age` of evidence in seconds.
    """

    families: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    coverage: float = 0.0
    max_age: float = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: its number, its name, who leads it, and what its gate asks for where the manifest says nothing."""

    number: int
    name: str
    leader: str
    requirements: Requirements


_EVERY = ("contract", "auth", "security", "resilience", "load", "consistency")

PHASES: dict[int, Phase] = {
    phase.number: phase
    for phase in (
        Phase(1, "Discovery & Ideation", "Product Manager", Requirements()),
        Phase(2, "Definition & Scoping", "Product Manager", Requirements()),
        Phase(3, "Design & Prototyping", "Product Designer", Requirements(families=("contract",))),
        Phase(
            4,
            "Development & Implementation",
            "Engineering Manager",
            Requirements(families=("contract", "auth", "consistency"), coverage=0.8),
        ),
        Phase(5, "Testing & Quality Assurance", "QA Engineer", Requirements(families=_EVERY, coverage=1.0)),
        Phase(
            6,
            "Launch & Deployment",
            "Engineering Manager",
            Requirements(families=_EVERY, coverage=1.0, max_age=2 * 86400.0),
        ),
        Phase(
            7, "Post-Launch: Growth & Iteration", "Product Manager", Requirements(families=("load",), max_age=86400.0)
        ),
    )
}
"""By number. A phase whose requirements are empty has a gate that nothing measured can open, and it says so."""


def requirements(manifest: Manifest, number: int) -> Requirements:
    """What the gate of a phase asks for: the manifest's `gates` over the defaults."""
    default = PHASES[number].requirements
    stated = {str(key): value for key, value in manifest.gates.items()}.get(str(number), GatePolicy())
    return Requirements(
        families=default.families if stated.families is None else stated.families,
        checks=stated.checks,
        coverage=default.coverage if stated.coverage is None else stated.coverage,
        max_age=default.max_age if stated.max_age is None else stated.max_age,
    )
