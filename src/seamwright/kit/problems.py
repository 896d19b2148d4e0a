"""Errors told as problem details (RFC 9457), for any framework."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

__all__ = ["MEDIA_TYPE", "Problem"]

MEDIA_TYPE = "application/problem+json"

_RESERVED = frozenset({"type", "title", "status", "detail", "instance"})


class Problem(Exception):
    """An error that is answered to the caller: raise it anywhere below a handler, answer it once at the top.

    `status` is the HTTP status. `title` names the kind of problem and defaults to the status's own phrase;
    `detail` says what happened this time and what to do next. `kind` is the problem type's URI reference.
    `headers` go out with the answer (`Retry-After`, `WWW-Authenticate`); `extensions` are further members.
    """

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        title: str | None = None,
        kind: str = "about:blank",
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        if not 400 <= status <= 599:
            raise ValueError(f"a problem has a status from 400 to 599, not {status}")
        clash = _RESERVED.intersection(extensions or {})
        if clash:
            raise ValueError(f"extension members may not be named {sorted(clash)}: RFC 9457 section 3.1 reserves them")
        self.status = status
        self.title = title or HTTPStatus(status).phrase
        self.detail = detail
        self.kind = kind
        self.headers = dict(headers or {})
        self.extensions = dict(extensions or {})
        super().__init__(f"{status} {self.title}" + (f": {detail}" if detail else ""))

    def document(self) -> dict[str, Any]:
        """The members of the problem details object, in the order of RFC 9457 section 3.1."""
        members: dict[str, Any] = {"type": self.kind, "title": self.title, "status": self.status}
        if self.detail is not None:
            members["detail"] = self.detail
        return members | self.extensions

    def body(self) -> bytes:
        """The object as UTF-8 JSON; answer it with the media type `application/problem+json`."""
        return json.dumps(self.document(), ensure_ascii=False).encode()
