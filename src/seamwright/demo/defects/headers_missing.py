"""The security headers were expected from a proxy."""

from __future__ import annotations

from collections.abc import Mapping

from seamwright.demo.defect import Defect
from seamwright.demo.shell import Shell

__all__ = ["DEFECT"]


class _NoHeaders(Shell):
    security_headers: Mapping[str, str] = {}


DEFECT = Defect(
    name="headers-missing",
    family="security",
    service="orders",
    check="security.api-headers",
    mistake="answers carry neither X-Content-Type-Options: nosniff nor Cache-Control: no-store",
    part=_NoHeaders,
)
