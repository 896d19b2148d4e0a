"""Pages by offset, by number and by cursor: too long, overlapping, with gaps, without end, and right."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from seamwright.checks.contract.pagination_consistent import CHECK
from tests.checks.contract.albums import Albums, Refused, document
from tests.checks.stage import Tried, skipped, tried

Json = dict[str, Any]


class _Sliced(Albums):
    """Each test says which items are shown for a size and an offset, and which total is told."""

    least = 1

    async def show(self, request: Request) -> Response:
        size = self.number(request, "limit", 20, self.least)
        start = self.number(request, "offset", 0, min(0, self.least))
        shown = self.listed()
        return self.told(self.slice(shown, size, start), len(shown))

    def slice(self, shown: list[Json], size: int, start: int) -> list[Json]:
        return shown[start : start + size]

    def told(self, items: list[Json], total: int) -> Response:
        return JSONResponse({"items": items, "total": total})


def _kinds(seen: Tried) -> set[str]:
    return {finding.facts["kind"] for finding in seen.evidence.findings}


async def test_refutes_a_size_that_is_not_obeyed() -> None:
    class TooLong(_Sliced):
        def slice(self, shown: list[Json], size: int, start: int) -> list[Json]:
            return shown

    assert "too long" in _kinds(await tried(CHECK, TooLong(), document()))


async def test_refutes_pages_that_overlap() -> None:
    class Overlaps(_Sliced):
        def slice(self, shown: list[Json], size: int, start: int) -> list[Json]:
            return shown[max(0, start - 1) : max(0, start - 1) + size]

    assert "overlap" in _kinds(await tried(CHECK, Overlaps(), document()))


async def test_refutes_pages_that_leave_something_out() -> None:
    class Skips(_Sliced):
        def slice(self, shown: list[Json], size: int, start: int) -> list[Json]:
            start += 1 if start else 0
            return shown[start : start + size]

    seen = await tried(CHECK, Skips(), document())
    assert _kinds(seen) == {"lost"}
    assert "1 of them are on none" in seen.evidence.findings[0].detail


async def test_refutes_a_total_of_the_page() -> None:
    class Counts(_Sliced):
        def told(self, items: list[Json], total: int) -> Response:
            return super().told(items, len(items))

    assert _kinds(await tried(CHECK, Counts(), document())) == {"total"}


async def test_refutes_pages_without_end() -> None:
    class Endless(_Sliced):
        def slice(self, shown: list[Json], size: int, start: int) -> list[Json]:
            return shown[start : start + size] or shown[-1:]

    assert _kinds(await tried(CHECK, Endless(), document())) == {"end"}


async def test_refutes_sizes_without_sense_that_break_it() -> None:
    class Breaks(_Sliced):
        least = -5

        def slice(self, shown: list[Json], size: int, start: int) -> list[Json]:
            if size < 1 or start < 0:
                raise Refused(500)
            return super().slice(shown, size, start)

    seen = await tried(CHECK, Breaks(), document())
    assert _kinds(seen) == {"size 0", "size -1", "begin -1"}
    assert len({f.root for f in seen.evidence.findings} - {""}) == 1, "one listing crashes for one reason"


async def test_proves_pages_that_fit() -> None:
    app = Albums()
    seen = await tried(CHECK, app, document())
    assert seen.verdict == "proved", seen.evidence.why
    assert len(app.albums) >= 5, "there was something to page through"


async def test_proves_a_large_size_that_is_cut_and_a_page_beyond_the_end_that_is_refused() -> None:
    class Careful(_Sliced):
        def slice(self, shown: list[Json], size: int, start: int) -> list[Json]:
            if start and start >= len(shown):
                raise Refused(404)
            return shown[start : start + min(size, 3)]

    assert (await tried(CHECK, Careful(), document())).verdict == "proved"


class _Numbered(Albums):
    """Pages by their number, of which the first has the number `first`."""

    def __init__(self, first: int) -> None:
        super().__init__()
        self.first = first

    async def show(self, request: Request) -> Response:
        size, page = self.number(request, "per_page", 20, 1), self.number(request, "page", self.first, 0)
        start = max(0, page - self.first) * size
        return JSONResponse({"items": self.listed()[start : start + size], "total": len(self.albums)})


def _paged(*parameters: tuple[str, str]) -> Json:
    made = document()
    made["paths"]["/albums"]["get"]["parameters"] = [
        {"name": name, "in": "query", "schema": {"type": kind}} for name, kind in parameters
    ]
    return made


@pytest.mark.parametrize("first", [0, 1])
async def test_proves_numbered_pages_whichever_number_comes_first(first: int) -> None:
    made = _paged(("page", "integer"), ("per_page", "integer"))
    assert (await tried(CHECK, _Numbered(first), made)).verdict == "proved"


class _Cursored(Albums):
    """Pages that tell where the next one begins; `gap` items fall between two pages."""

    def __init__(self, gap: int = 0) -> None:
        super().__init__()
        self.gap = gap

    async def show(self, request: Request) -> Response:
        size, start = self.number(request, "limit", 20, 1), int(request.query_params.get("cursor", "c0")[1:])
        shown = self.listed()
        after = start + size + self.gap
        told = {"next_cursor": f"c{after}" if after < len(shown) else None}
        return Response(json.dumps({"data": shown[start : start + size], "meta": told}), media_type="application/json")


async def test_cursors_are_followed() -> None:
    made = _paged(("cursor", "string"), ("limit", "integer"))
    assert (await tried(CHECK, _Cursored(), made)).verdict == "proved"
    assert "lost" in _kinds(await tried(CHECK, _Cursored(1), made))


async def test_unknown_where_the_collection_never_rests() -> None:
    class Restless(Albums):
        def listed(self) -> list[Json]:
            self.made({"title": "another", "year": 1999})
            return super().listed()

    seen = await tried(CHECK, Restless(), document())
    assert seen.verdict == "unknown"
    assert "changes while it is read" in seen.evidence.why


async def test_unknown_where_everything_fits_on_one_page() -> None:
    class Full(Albums):
        async def create(self, request: Request) -> Response:
            raise Refused(409)

    seen = await tried(CHECK, Full(), document())
    assert seen.verdict == "unknown"
    assert "no more than fits on one page" in seen.evidence.why


def test_does_not_apply_without_pages() -> None:
    assert "no listing with parameters for pages" in skipped(CHECK, _paged(("sort", "string"))).why
