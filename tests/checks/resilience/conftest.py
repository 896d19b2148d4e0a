"""What every check of the family says of the shop in good order, and of one that is down: each tried in one run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from starlette.responses import JSONResponse, Response

from seamwright.checks import checks
from seamwright.model.evidence import Evidence
from tests.checks.resilience.caller import Shop, tried_on


class _Down(Shop):
    async def buy(self) -> Response:
        return JSONResponse({"detail": "try again later"}, 503)


def _of(shop: type[Shop]) -> Mapping[str, Evidence]:
    first, *others = [check for check in checks().values() if check.family == "resilience"]
    told = asyncio.run(tried_on(first, shop, beside=others))
    return {evidence.check: evidence for evidence in (told.evidence, *told.others)}


@pytest.fixture(scope="session")
def healthy() -> Mapping[str, Evidence]:
    """By check, the evidence of a shop that does everything right."""
    return _of(Shop)


@pytest.fixture(scope="session")
def down() -> Mapping[str, Evidence]:
    """By check, the evidence of a shop that answers 503 to every purchase."""
    return _of(_Down)
