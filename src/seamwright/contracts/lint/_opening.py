"""Opens a document for the rules, whatever state it is in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from seamwright.contracts.bundle import bundled, plain
from seamwright.contracts.document import Document, Misread
from seamwright.contracts.lint._reading import Reading
from seamwright.contracts.openapi import dialect_of, load_bundled
from seamwright.contracts.source import Source
from seamwright.contracts.swagger import converted
from seamwright.model.errors import ContractError

__all__ = ["opened"]


def opened(source: Source) -> Reading:
    """Bundle a document and find out whether it can be used.

    Raises ContractError for one that is of no known version, or that refers to files which cannot be read.
    """
    dialect, _ = dialect_of(source.document, source.shown)
    name = source.path.name if source.path else ""
    bundle = bundled(source.document, source=source.shown, name=name, load=source.load)
    refused, refused_at = "", "#"
    try:
        own = replace(bundle, document=plain(bundle.document, source=source.shown))
        load_bundled(own, source=source.shown, digest="")
    except Misread as error:
        refused, refused_at = (error.text, error.place) if error.place.startswith("#") else (str(error), "#")
    except ContractError as error:
        refused = str(error).removeprefix(f"{source.shown}: ")
    document = _newer(bundle.document, source) if dialect == "2.0" else bundle.document
    return Reading(source, document, dialect, bundle, refused, refused_at)


def _newer(document: dict[str, Any], source: Source) -> dict[str, Any]:
    """Swagger 2.0 in the form of OpenAPI 3; of a document without that form only what its structure says is left."""
    try:
        return converted(Document(source.shown, plain(document, source=source.shown)))
    except ContractError:
        # The structure is wrong, which is told, or it was refused for the same reason, which is told too.
        return {key: document[key] for key in ("info", "tags") if key in document}
