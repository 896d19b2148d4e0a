"""How much notice must be given depends on what was promised."""

from __future__ import annotations

from seamwright.contracts.diff.policy import Policy


def test_what_is_stable_or_says_nothing_gets_the_full_notice() -> None:
    policy = Policy(days=180, beta_days=30)
    assert [policy.grace(stability) for stability in ("stable", "", "beta", "alpha", "draft")] == [180, 180, 30, 0, 0]


def test_drafts_and_alphas_are_not_promised() -> None:
    assert [Policy().promised(each) for each in ("draft", "alpha", "beta", "stable", "")] == [
        False,
        False,
        True,
        True,
        True,
    ]
