"""The details that helped while developing are still answered."""

from __future__ import annotations

import traceback

from seamwright.demo.defect import Defect
from seamwright.demo.shell import Bodies
from seamwright.kit.problems import Problem

__all__ = ["DEFECT"]


class _FramesInAnswer(Bodies):
    def malformed(self, error: ValueError) -> Problem:
        return Problem(400, "".join(traceback.format_exception(error)))


DEFECT = Defect(
    name="stack-trace",
    family="security",
    service="orders",
    check="security.stack-traces",
    mistake="malformed JSON is answered with the frames of the exception",
    part=_FramesInAnswer,
)
