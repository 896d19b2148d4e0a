"""Every finding's printed reproduction, run as printed, shows the finding again."""

from __future__ import annotations

import re
import subprocess

from tests.end.conftest import FOUND_BY, Verified
from tests.faces.terminal import environment


def test_every_defect_is_found_by_its_check(broken: Verified) -> None:
    assert broken.done.status == 1
    # Latency is measured beside them, and on a machine with much to do it may be refuted rightly.
    assert {finding["check"] for finding in broken.findings} >= set(FOUND_BY.values())


def test_what_is_printed_shows_the_same_finding_when_it_is_run(broken: Verified) -> None:
    # One of each check and operation: the command is the same for all that an operation has.
    for command in dict.fromkeys(finding["reproduce"] for finding in _some(broken)):
        expected = {finding["title"] for finding in broken.findings if finding["reproduce"] == command}
        again = subprocess.run(
            ["bash", "-c", command],
            cwd=broken.shop.here,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert again.returncode == 1, again.stdout + again.stderr
        for title in expected:
            assert _counts_aside(f"✗ {title}") in _counts_aside(again.stdout)
        assert command in again.stdout


def _counts_aside(text: str) -> str:
    """How often something was done at once is never quite the same twice."""
    return re.sub(r"\d+", "N", text)


def _some(broken: Verified) -> list[dict[str, str]]:
    """All findings, but of a check that found its own on many operations only those of the first two."""
    chosen: dict[str, list[dict[str, str]]] = {}
    for finding in broken.findings:
        if finding["check"] not in FOUND_BY.values():
            continue
        of_check = chosen.setdefault(finding["check"], [])
        if len({known["reproduce"] for known in of_check}) < 2:
            of_check.append(finding)
    return [finding for of_check in chosen.values() for finding in of_check]
