"""What surrounds every service of the shop: error answers, security headers, CORS, size limits, the access log."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seamwright.kit.problems import MEDIA_TYPE, Problem

__all__ = ["Bodies", "Handler", "Shell", "json_response", "problem_response", "route", "service", "validated"]

Handler = Callable[[Request], Awaitable[Response]]


class Shell:
    """The outermost layer of a service: nothing leaves without its headers and its line in the access log."""

    allowed_origin = "https://shop.example"
    security_headers: Mapping[str, str] = {"x-content-type-options": "nosniff", "cache-control": "no-store"}

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = app
        self._access = (folder / "access.log").open("a", buffering=1, encoding="utf-8")
        self._errors = folder / "errors.log"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            try:
                await self._app(scope, receive, send)
            finally:
                if scope["type"] == "lifespan":
                    self.close()
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                # Before the answer leaves: whoever has it may look here for its line.
                self._log(scope, status)
                extra = {**self.security_headers, **self.cors_headers(origin)}
                present = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((n.encode(), v.encode("latin-1")) for n, v in extra.items() if n.encode() not in present),
                ]
            await send(message)

        try:
            self.arrive(scope)
            if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
                await self._preflight(origin)(scope, receive, send_on)
            else:
                await self._app(scope, receive, send_on)
        except Exception as error:  # noqa: BLE001  the last resort of a service: told in its log, answered as 500
            with self._errors.open("a", encoding="utf-8") as log:
                traceback.print_exception(error, file=log)
            if status == 0:
                await problem_response(_unexpected())(scope, receive, send_on)
        finally:
            if status == 0:
                self._log(scope, status)

    def _log(self, scope: Scope, status: int) -> None:
        query = scope["query_string"].decode("latin-1")
        path = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        self._access.write(f"{scope['method']} {path} {status}\n")

    def close(self) -> None:
        """Called when the service ends, after its last request."""
        self._access.close()

    def arrive(self, scope: Scope) -> None:
        """Called for each request before it is handled."""

    def cors_headers(self, origin: str) -> Mapping[str, str]:
        """What a browser is told about scripts of `origin` reading the answer."""
        if origin != self.allowed_origin:
            return {"vary": "Origin"}
        return {"access-control-allow-origin": origin, "vary": "Origin", "access-control-expose-headers": "ETag"}

    def _preflight(self, origin: str) -> Response:
        granted = {}
        if "access-control-allow-origin" in self.cors_headers(origin):
            granted = {
                "access-control-allow-methods": "GET, POST, PATCH",
                "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key, If-Match",
                "access-control-max-age": "600",
            }
        return Response(status_code=204, headers=granted)


class Bodies:
    """Reads a JSON body: of the declared media type, within the size limit, well-formed."""

    size_limit = 16 * 1024

    async def read(self, request: Request) -> Any:
        self.check_media_type(request.headers.get("content-type", ""))
        raw = bytearray()
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > self.size_limit:
                raise Problem(413, f"The body is larger than {self.size_limit} bytes.")
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise self.malformed(error) from error

    def check_media_type(self, content_type: str) -> None:
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise Problem(415, "Send the body as application/json.", headers={"Accept": "application/json"})

    def malformed(self, error: ValueError) -> Problem:
        return Problem(400, "The body is not well-formed JSON.")


def validated(value: Any, validator: jsonschema_rs.Draft202012Validator) -> Any:
    """`value`, or `Problem` 422 that lists where it breaks the schema."""
    errors = []
    for error in validator.iter_errors(value):
        at = "/" + "/".join(str(step) for step in error.instance_path)
        errors.append({"at": at[:500], "message": error.message[:1000]})
        if len(errors) == 20:
            break
    if errors:
        raise Problem(422, "The request breaks its schema.", extensions={"errors": errors})
    return value


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, dict(headers or {}), media_type="application/json")


def problem_response(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, problem.headers, media_type=MEDIA_TYPE)


def route(path: str, method: str, handler: Handler) -> Route:
    """A route whose problems become answers."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except Problem as problem:
            return problem_response(problem)

    return Route(path, endpoint, methods=[method])


def service(routes: Iterable[Route], lifespan: Callable[[Starlette], Any], document: Mapping[str, Any]) -> Starlette:
    """A Starlette application that says whether it is up, gives its contract, and tells the framework's errors too."""

    async def health(request: Request) -> Response:
        return json_response({"status": "ok"})

    async def openapi(request: Request) -> Response:
        return json_response(document)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = {"Allow": ", ".join(allowed(request))} if error.status_code == 405 else error.headers
        return problem_response(Problem(error.status_code, headers=headers))

    def allowed(request: Request) -> list[str]:
        """What is served at the path of a request (RFC 9110, section 15.5.6); Starlette looks at one route alone."""
        here = [each for each in every if each.matches(request.scope)[0] is not Match.NONE]
        return sorted({method for each in here for method in each.methods or ()})

    async def unexpected(request: Request, error: Exception) -> Response:
        return problem_response(_unexpected())  # Starlette raises the error on, and the shell notes it

    handlers = {HTTPException: http_error, Exception: unexpected}
    every = [*routes, route("/health", "GET", health), route("/openapi.json", "GET", openapi)]
    return Starlette(routes=every, lifespan=lifespan, exception_handlers=handlers)


def _unexpected() -> Problem:
    return Problem(500, "Something went wrong here; it has been noted.")
