"""Turns a Swagger 2.0 document into the form of OpenAPI 3.0, so that everything downstream sees one form.

`definitions` stay where they are, so references to them still lead there. Source: OpenAPI 2.0 and 3.0.3
specifications, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamwright.contracts.bundle import FILES
from seamwright.contracts.document import Document, Node, OutOfReach

__all__ = ["converted"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
# What Swagger writes flat in a parameter or header and OpenAPI 3 writes in its schema.
_SCHEMA_KEYS = frozenset(
    {"type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength"}
    | {"minLength", "pattern", "maxItems", "minItems", "uniqueItems", "enum", "multipleOf", "x-nullable", "nullable"}
)
# What OpenAPI 3 says of a parameter, and authors of Swagger write too.
_LATER = ("schema", "style", "explode")
_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited"}


def converted(document: Document) -> dict[str, Any]:
    """Give the document in the form of OpenAPI 3.0; raises ContractError naming the place."""
    top = document.top()
    kept = {k: v for k, v in top.mapping().items() if k not in ("swagger", "paths", "host", "basePath", "schemes")}
    _mended(kept.get("definitions"))
    _mended(kept.get(FILES))
    paths: dict[str, Any] = {}
    items = top.at("paths")
    for path in items.mapping():
        if path.startswith("x-"):
            continue
        try:
            paths[path] = _path_item(items.at(path), top)
        except OutOfReach as far:
            paths[path] = {"$ref": far.ref}
    schemes = {name: _scheme(node) for name, node in top.at("securityDefinitions").children()}
    result = {
        **kept,
        "openapi": "3.0.3",
        "paths": paths,
        "servers": _servers(top),
        "components": {"securitySchemes": schemes},
    }
    _mended(result["paths"])
    return result


def _servers(top: Node) -> list[dict[str, str]]:
    base = top.text("basePath", "").rstrip("/")
    host = top.text("host", "")
    if not host:
        return [{"url": base}] if base else []
    if "://" in host:  # It must not have a scheme, and in many documents it has.
        return [{"url": f"{host.rstrip('/')}{base}"}]
    schemes = [str(node.value) for node in top.at("schemes").items()] or ["https"]
    return [{"url": f"{scheme}://{host}{base}"} for scheme in schemes]


def _path_item(item: Node, top: Node) -> dict[str, Any]:
    shared = item.at("parameters").items()
    result: dict[str, Any] = {}
    for method in _METHODS:
        if item.mapping().get(method) is not None:
            node = item.raw(method)
            try:
                result[method] = _operation(node.followed(), shared, top)
            except OutOfReach as far:
                # It is left out by whoever reads the result, who is told of its name and of what it needs.
                result[method] = {"operationId": node.text("operationId", ""), "$ref": far.ref}
    return result


def _operation(node: Node, shared: list[Node], top: Node) -> dict[str, Any]:
    own = node.at("parameters").items()
    taken = {(p.text("in"), p.text("name")) for p in own}
    parameters = [p for p in shared if (p.text("in"), p.text("name")) not in taken] + own
    if any(p.text("in") == "body" for p in own):
        parameters = [p for p in parameters if p.text("in") != "body" or p in own]
    consumes = _media(node, top, "consumes")
    produces = _media(node, top, "produces")
    kept = {k: v for k, v in node.mapping().items() if k not in ("parameters", "responses", "consumes", "produces")}
    result: dict[str, Any] = {**kept, "parameters": [], "responses": {}}
    form: list[Node] = []
    for parameter in parameters:
        where = parameter.text("in")
        if where == "body":
            result["requestBody"] = {
                "required": parameter.flag("required"),
                "content": {m: {"schema": parameter.mapping().get("schema", {})} for m in consumes},
            }
        elif where == "formData":
            form.append(parameter)
        else:
            result["parameters"].append(_parameter(parameter, where))
    if form:
        result["requestBody"] = _form(form, consumes if node.mapping().get("consumes") else [])
    for status, answer in node.at("responses").children():
        result["responses"][status] = _answer(answer, produces)
    return result


def _media(node: Node, top: Node, key: str) -> list[str]:
    own = node.mapping().get(key)
    chosen = node.at(key) if own is not None else top.at(key)
    return [str(item.value) for item in chosen.items()] or ["application/json"]


def _parameter(node: Node, where: str) -> dict[str, Any]:
    schema = _schema(node)
    result: dict[str, Any] = {
        "name": node.text("name"),
        "in": where,
        "required": node.flag("required"),
        "schema": schema,
    }
    if node.mapping().get("x-example") is not None:
        result["example"] = node.mapping()["x-example"]
    told = node.mapping()
    later = [key for key in _LATER if told.get(key) is not None]
    if later:
        node.document.notice(
            node.place, f"Swagger 2.0 knows no {', '.join(later)} of a parameter in {where}; read as OpenAPI 3 does"
        )
    if schema.get("type") == "array" and ("collectionFormat" in told or not later):
        result["style"], result["explode"] = _style(node, where)
    return result | {key: told[key] for key in later if key != "schema"}


def _style(node: Node, where: str) -> tuple[str, bool]:
    how = node.text("collectionFormat", "csv")
    plain = "form" if where in ("query", "cookie") else "simple"
    if how == "multi":
        return plain, True
    if how == "tsv":
        node.document.notice(
            node.place, "collectionFormat tsv has no counterpart in OpenAPI 3; commas are sent instead"
        )
    return (_STYLES.get(how, plain) if where == "query" else plain), False


def _form(parameters: list[Node], consumes: list[str]) -> dict[str, Any]:
    files = any(_schema(p).get("type") == "file" for p in parameters)
    media = [m for m in consumes if m in (_FORM, _MULTIPART)] or [_MULTIPART if files else _FORM]
    required = [p.text("name") for p in parameters if p.flag("required")]
    schema = {
        "type": "object",
        "properties": {p.text("name"): _schema(p) for p in parameters},
        **({"required": required} if required else {}),
    }
    return {"required": bool(required), "content": {m: {"schema": schema} for m in media}}


def _schema(node: Node) -> dict[str, Any]:
    """The schema of a parameter or header: what is written flat, over a `schema` that does not belong there."""
    flat = {k: v for k, v in node.mapping().items() if k in _SCHEMA_KEYS}
    within = node.mapping().get("schema")
    if not isinstance(within, Mapping):
        return flat
    # Beside a reference nothing counts (JSON Reference, section 3).
    return dict(within) if "$ref" in within else {**within, **flat}


def _answer(node: Node, produces: list[str]) -> dict[str, Any]:
    schema = node.mapping().get("schema")
    examples = node.at("examples").mapping()
    content: dict[str, Any] = {}
    if schema is not None:
        for media in produces:
            content[media] = {"schema": schema}
            if media in examples:
                content[media]["example"] = examples[media]
    headers = {
        name: {"description": header.text("description", ""), "schema": _schema(header)}
        for name, header in node.at("headers").children(extensions=True)
    }
    return {"description": node.text("description", ""), "content": content, "headers": headers}


def _scheme(node: Node) -> dict[str, Any]:
    if node.text("type") == "basic":
        return {"type": "http", "scheme": "basic"}
    return dict(node.mapping())


def _mended(node: Any) -> None:
    """Give schemas the words of 3.0 in place: `x-nullable`, and `file` as binary text."""
    if isinstance(node, list):
        for child in node:
            _mended(child)
    elif isinstance(node, dict):
        if node.get("type") == "file":
            node["type"], node["format"] = "string", "binary"
        if node.get("x-nullable") is True:
            node["nullable"] = True
        if isinstance(node.get("discriminator"), str):
            node["discriminator"] = {"propertyName": node["discriminator"]}
        for key, child in node.items():
            if key not in ("example", "examples", "default", "enum") or isinstance(child, Mapping):
                _mended(child)
