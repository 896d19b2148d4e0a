"""What the gate of each phase asks for."""

from __future__ import annotations

import pytest

from seamwright.lifecycle.phases import PHASES, Requirements, requirements
from seamwright.model.check import FAMILIES
from tests.run.trial import manifest_of


def test_there_are_seven_phases_in_order() -> None:
    assert list(PHASES) == [phase.number for phase in PHASES.values()] == [1, 2, 3, 4, 5, 6, 7]
    assert all(phase.name and phase.leader for phase in PHASES.values())


@pytest.mark.parametrize("number", PHASES)
def test_defaults_ask_for_families_that_there_are(number: int) -> None:
    asked = PHASES[number].requirements
    assert set(asked.families) <= set(FAMILIES)
    assert 0 <= asked.coverage <= 1
    assert asked.max_age > 0


def test_later_phases_ask_for_no_less() -> None:
    four, five, six = (PHASES[n].requirements for n in (4, 5, 6))
    assert set(four.families) < set(five.families) == set(six.families)
    assert four.coverage <= five.coverage <= six.coverage
    assert six.max_age < five.max_age


def test_without_a_word_in_the_manifest_the_defaults_hold() -> None:
    for number, phase in PHASES.items():
        assert requirements(manifest_of({"api": "http://h"}), number) == phase.requirements


def test_the_manifest_says_it_otherwise_part_by_part() -> None:
    gates = {"5": {"families": ["contract"], "checks": ["auth.x"], "max_age": "1h"}, "1": {"coverage": "10%"}}
    manifest = manifest_of({"api": "http://h"}, gates=gates)

    assert requirements(manifest, 5) == Requirements(("contract",), ("auth.x",), PHASES[5].requirements.coverage, 3600)
    assert requirements(manifest, 1) == Requirements(coverage=0.1)
    assert requirements(manifest, 6) == PHASES[6].requirements


def test_a_gate_may_ask_for_no_family_at_all() -> None:
    assert requirements(manifest_of({"api": "http://h"}, gates={"5": {"families": []}}), 5).families == ()
