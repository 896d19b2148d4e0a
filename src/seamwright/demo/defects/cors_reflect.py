"""A browser complained about CORS, and now every origin is told that it is welcome."""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.demo.defect import Defect
from seamwright.demo.shell import Shell

__all__ = ["DEFECT"]


class _EveryOrigin(Shell):
    def cors_headers(self, origin: str) -> Mapping[str, str]:
        if not origin:
            return {}
        return {"access-control-allow-origin": origin, "access-control-allow-credentials": "true"}


DEFECT = Defect(
    name="cors-reflect",
    family="security",
    service="orders",
    check="security.cors",
    mistake="any Origin is reflected in Access-Control-Allow-Origin, with credentials",
    part=_EveryOrigin,
)
