"""Whatever comes as a body is parsed as JSON."""

from __future__ import annotations

from seamwright.demo.defect import Defect
from seamwright.demo.shell import Bodies

__all__ = ["DEFECT"]


class _AnyMediaType(Bodies):
    def check_media_type(self, content_type: str) -> None:
        """Clients kept forgetting the header, so it is no longer looked at."""


DEFECT = Defect(
    name="content-type-ignored",
    family="contract",
    service="orders",
    check="contract.media-type-refused",
    mistake="a body sent as text/plain is accepted (which also lets other sites' forms send it)",
    part=_AnyMediaType,
)
