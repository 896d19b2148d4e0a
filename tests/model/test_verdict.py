"""The fold of verdicts fails closed."""

from __future__ import annotations

import pytest

from seamwright.model.verdict import Verdict, overall

P, R, U = Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("verdicts", "folded"),
    [([], U), ([P], P), ([P, P], P), ([P, U], U), ([U], U), ([P, R, U], R), ([R], R), ([U, R], R)],
)
def test_one_refuted_refutes_and_anything_but_proved_is_unknown(verdicts: list[Verdict], folded: Verdict) -> None:
    assert overall(verdicts) is folded
    assert overall(iter(verdicts)) is folded
