"""Tries one check on one small gRPC server, through the real runner, as a twin test does."""

from __future__ import annotations

from typing import Any

from seamwright.model.check import Check
from seamwright.model.operation import Contract
from tests.checks.stage import Tried, tried_at
from tests.rpc import Answers, contract_of, serving_rpc

__all__ = ["tried_rpc"]


async def tried_rpc(
    check: Check, text: str, answers: Answers, contract: Contract | None = None, **manifest: Any
) -> Tried:
    """Serve rpcs of a `.proto` file with this text, and try `check` on them; `manifest` as in `stage.tried`.

    Where the contract is another than what is served, it is given by itself.
    """
    with serving_rpc(text, answers) as url:
        boundary = {"kind": "grpc", **manifest.pop("boundary", {})}
        return await tried_at(check, url, contract or contract_of(text), boundary=boundary, **manifest)
