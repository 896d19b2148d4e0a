"""`environment: production` sends nothing but safe, declared operations; the target's own logs say so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from seamwright.contracts.openapi import load_openapi
from tests.faces.shelf import Logged, shelf
from tests.faces.terminal import Shop, seamwright
from tests.serving import serving


def test_only_declared_gets_arrive_and_nobody_logs_in(healthy: Shop) -> None:
    received, done = _verified(healthy, "production.yaml", "environment: production")
    assert done.status == 3, done.err
    assert sum(len(lines) for lines in received.values()) > 10
    for service, lines in received.items():
        declared = _declared(healthy, service)
        for line in lines:
            method, path, _ = line.split()
            assert method == "GET", line
            assert any(re.fullmatch(one, path.partition("?")[0]) for one in declared), line
    assert "POST /login was not sent" in done.out
    assert "not tried: " in done.out
    assert "environment is production, which does not allow attack" in done.out


def test_identities_that_may_log_in_do_and_nothing_else_is_added(healthy: Shop) -> None:
    received, _ = _verified(healthy, "logins.yaml", "environment: production", logins=True)
    unsafe = [line for lines in received.values() for line in lines if not line.startswith("GET ")]
    assert unsafe
    assert set(unsafe) == {"POST /login 200"}
    assert len(unsafe) <= 3  # alice, bob and root, once each
    assert [line for line in received["orders"] if line.startswith("GET /orders")]


def test_a_redirect_to_another_host_is_not_followed_and_is_told(tmp_path: Path) -> None:
    other = Logged(shelf())
    with serving(other) as elsewhere, serving(_moving(elsewhere)) as url:
        done = seamwright("verify", f"{url}/openapi.json", "--environment", "production", "--json", cwd=tmp_path)
        told = f"redirects to {elsewhere}/books, a host that was not named; it was not followed"
        assert done.status != 0
        assert other.log == []
        assert any(told in notice for notice in done.json["notices"])
        assert told in done.err
        page = seamwright("report", "last", "--format", "markdown", "--out", "-", cwd=tmp_path)
        assert "was not followed" in page.out


def _verified(shop: Shop, name: str, environment: str, *, logins: bool = False) -> tuple[dict[str, list[str]], Any]:
    """What each service received while the shop was verified by a changed manifest."""
    text = (shop.here / shop.manifest).read_text().replace("environment: test", environment)
    assert environment in text
    if logins:
        text = text.replace("    boundaries: [orders]\n", "    boundaries: [orders]\n    in_production: true\n")
    (shop.data / name).write_text(text)
    before = {service: len(shop.received(service)) for service in shop.told["urls"]}
    done = seamwright("verify", str(shop.data / name), cwd=shop.here)
    return {service: shop.received(service)[count:] for service, count in before.items()}, done


def _declared(shop: Shop, service: str) -> list[str]:
    """Patterns of the paths whose GET the contract declares, and the contract's own path."""
    import httpx2

    document = httpx2.get(f"{shop.told['urls'][service]}/openapi.json").json()
    contract = load_openapi(document, source="openapi.json", digest="")
    paths = [operation.path for operation in contract.operations if operation.method == "GET"]
    return [re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) for path in [*paths, "/openapi.json"]]


def _moving(elsewhere: str) -> Any:
    """An API whose books have moved to another host."""
    from fastapi import FastAPI
    from starlette.responses import RedirectResponse

    app = FastAPI()

    @app.get("/books")
    def books() -> None: ...

    @app.middleware("http")
    async def moved(request: Any, call_next: Any) -> Any:
        if request.url.path == "/books":
            return RedirectResponse(f"{elsewhere}/books")
        return await call_next(request)

    return app
