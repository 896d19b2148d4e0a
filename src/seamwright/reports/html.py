"""A run as one HTML file that opens anywhere: offline, without a server, on a phone, on paper.

The page loads nothing and runs only its own script: its content security policy names the digests of its one style
and its one script (CSP Level 3, hash-source), and everything else is escaped text.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import Any

from seamwright.model.report import Report
from seamwright.model.run import RunRecord

__all__ = ["REPORT"]


def render(record: RunRecord) -> bytes:
    """Give one HTML document in UTF-8."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    from seamwright.reports import _words
    from seamwright.reports._page import page_of, tries

    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        amount=_words.amount,
        duration=_words.duration,
        glyph=_words.GLYPH,
        moment=_words.moment,
        plural=_words.plural,
        short=_words.short,
        tries=tries,
    )
    environment.filters["name"] = _name
    page = page_of(record)
    style, script = _template("report.css") + _map_width(page.map.width), _template("report.js")
    text = environment.get_template("report.html.j2").render(
        page=page,
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'",
    )
    return text.encode()


def _template(name: str) -> str:
    # Line ends are made plain, as a browser does before it digests a script.
    found = resources.files("seamwright.reports").joinpath("template", name).read_text("utf-8")
    return found.replace("\r\n", "\n")


def _shown(value: Any) -> Any:
    from markupsafe import Markup

    from seamwright.reports._words import visible

    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _name(text: str, limit: int) -> str:
    """A name that fits into a box of the map."""
    from seamwright.reports._words import visible

    shown = visible(text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _map_width(width: float) -> str:
    """The map shrinks to its frame, but never so far that it cannot be read; then the frame scrolls."""
    return f".map svg {{ min-width: {int(width * 0.8)}px; max-width: {int(width) + 16}px; }}\n"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


REPORT = Report(
    name="html",
    suffix=".html",
    media_type="text/html; charset=utf-8",
    says="One page for people: map, findings, coverage, latency; offline, readable on a phone and on paper.",
    render=render,
)
