"""Each request is told to a metrics daemon by a blocking call, which holds up the event loop."""

from __future__ import annotations

import time

from starlette.types import Scope

from seamwright.demo.defect import Defect
from seamwright.demo.shell import Shell

__all__ = ["DEFECT"]


class _MetricsOnTheLoop(Shell):
    def arrive(self, scope: Scope) -> None:
        time.sleep(0.012)  # the daemon's answer


DEFECT = Defect(
    name="global-lock",
    family="load",
    service="orders",
    check="load.latency-objective",
    mistake="a blocking call for each request stops the event loop, so requests queue at the declared rate",
    part=_MetricsOnTheLoop,
)
