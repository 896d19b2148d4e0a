"""Reads an OpenAPI 3.0, 3.1 or Swagger 2.0 document into operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from seamwright.contracts.bundle import bundled, pointed
from seamwright.contracts.document import Document, Node
from seamwright.contracts.requests import body, examples_of, media_types, parameter_list
from seamwright.contracts.schemas import parts, unknown_types
from seamwright.contracts.swagger import converted
from seamwright.model.errors import ContractError
from seamwright.model.operation import Answer, Contract, Dialect, Operation, Parameter, SecurityScheme

__all__ = ["load_openapi", "notices"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_NOTICES = "x-seamwright-notices"
_STATUS = re.compile(r"[1-5](\d\d|XX)")


def load_openapi(
    document: Mapping[str, Any],
    *,
    source: str,
    digest: str,
    name: str = "",
    load: Callable[[str], Any] | None = None,
) -> Contract:
    """Turn a parsed document into a contract.

    References are followed everywhere but in schemas, where they stay and `Contract.resolve` follows them; every one
    that an operation can reach leads somewhere. Swagger 2.0 comes out in the form of 3.0. `load` gives the content of
    a file beside the document by its path, `name` is the document's own file name there. What was mended or left out
    is told by `notices`. Raises ContractError with source and place.
    """
    dialect, version_notice = _dialect(document, source)
    bundle = bundled(document, source=source, name=name, load=load)
    reader = Document(source, bundle.document)
    if version_notice:
        reader.notice("#/openapi", version_notice)
    if dialect == "2.0":
        reader.root = converted(reader)
    top = reader.top()
    info = top.at("info")
    if top.mapping().get("paths") is None and dialect != "3.1":
        reader.fail("#", "has no paths, so nothing can be called; add the operations under `paths`")
    schemes = {key: _scheme(key, node) for key, node in top.at("components").at("securitySchemes").children()}
    operations = _operations(top, schemes, dialect)
    if not operations:
        reader.notice("#/paths", "holds no operation; nothing of this contract can be tried")
    contract = Contract(
        kind="openapi",
        title=info.text("title", ""),
        version=info.text("version", ""),
        dialect=dialect,
        source=source,
        digest=digest,
        operations=operations,
        schemes=schemes,
        document=reader.root,
        servers=_servers(top, source),
    )
    _reach(contract, reader)
    for place, ref in bundle.dangling:
        reader.notice(place, f"the reference {ref} leads nowhere; no operation needs it")
    reader.root[_NOTICES] = list(reader.notices)
    return contract


def notices(contract: Contract) -> tuple[str, ...]:
    """What was mended, ignored or left out while the contract was read, each with its place."""
    return tuple(contract.document.get(_NOTICES, ()))


def _dialect(document: Mapping[str, Any], source: str) -> tuple[Dialect, str]:
    told = document.get("openapi", document.get("swagger"))
    if told is None:
        raise ContractError(
            f"{source}: is no OpenAPI document: neither `openapi` nor `swagger` stands at its top; "
            "name an OpenAPI 3.0, 3.1 or Swagger 2.0 document"
        )
    version = str(told)
    if "openapi" in document:
        if version.startswith("3.0"):
            return "3.0", ""
        if version.startswith("3.1"):
            return "3.1", ""
        if version.startswith("3.2"):
            return "3.1", f"version {version} is read as 3.1; what is new in 3.2 is left out"
    elif version in ("2", "2.0"):
        return "2.0", ""
    key = "openapi" if "openapi" in document else "swagger"
    raise ContractError(
        f"{source}: #/{key}: version {version!r} is not known; Seamwright reads OpenAPI 3.0 and 3.1 and Swagger 2.0: "
        "convert the document to one of these"
    )


def _operations(top: Node, schemes: dict[str, SecurityScheme], dialect: Dialect) -> tuple[Operation, ...]:
    found: list[Operation] = []
    taken: set[str] = set()
    for path, item in top.at("paths").children():
        if not path.startswith("/"):
            item.document.notice(item.place, "a path begins with a slash; one is put before it")
            path = f"/{path}"
        if item.mapping().get("servers"):
            item.document.notice(item.place, "servers of its own are ignored; calls go to the boundary's URL")
        for method in _METHODS:
            if item.mapping().get(method) is None:
                continue
            node = item.at(method)
            if node.mapping().get("servers"):
                node.document.notice(node.place, "servers of its own are ignored; calls go to the boundary's URL")
            identifier = node.text("operationId", "").strip() or _made_id(method, path)
            unique = _unique(identifier, taken)
            if unique != identifier:
                node.document.notice(node.place, f"the operationId {identifier} is taken; it is called {unique} here")
            taken.add(unique)
            found.append(
                Operation(
                    id=unique,
                    method=method.upper(),
                    path=path,
                    parameters=parameter_list(item, node, path),
                    body=body(node.at("requestBody")),
                    answers=_answers(node),
                    security=_security(node, top, schemes),
                    summary=node.text("summary", "") or node.text("description", "").split("\n")[0],
                    tags=tuple(str(tag.value) for tag in node.at("tags").items()),
                    deprecated=node.flag("deprecated"),
                )
            )
    return tuple(found)


def _made_id(method: str, path: str) -> str:
    words = [re.sub(r"\W+", "_", segment).strip("_") for segment in path.split("/")]
    return "_".join([method, *(word for word in words if word)]) if any(words) else f"{method}_root"


def _unique(identifier: str, taken: set[str]) -> str:
    unique, number = identifier, 2
    while unique in taken:
        unique, number = f"{identifier}_{number}", number + 1
    return unique


def _answers(node: Node) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for key, answer in node.at("responses").children():
        status = key if key == "default" else key.upper()
        if status != "default" and not _STATUS.fullmatch(status):
            answer.document.notice(answer.place, f"{key} is no status (such as 200, 2XX or default); it is ignored")
            continue
        found[status] = Answer(
            status=status,
            content=media_types(answer.at("content")),
            headers={
                name: header
                for name, node in answer.at("headers").children(extensions=True)
                if (header := _header(name, node))
            },
            description=answer.text("description", ""),
            links={name: dict(link.mapping()) for name, link in answer.at("links").children()},
        )
    return found


def _header(name: str, node: Node) -> Parameter | None:
    if name.lower() == "content-type":
        return None  # OpenAPI 3.1, response object: a header of this name is ignored, `content` says it.
    content = media_types(node.at("content"))
    media = next(iter(content), None)
    return Parameter(
        name=name,
        location="header",
        required=node.flag("required"),
        schema=content[media].schema if media else node.mapping().get("schema", {}),
        style="simple",
        explode=node.flag("explode"),
        examples=content[media].examples if media else examples_of(node, node.mapping().get("schema")),
        media_type=media,
        deprecated=node.flag("deprecated"),
    )


def _security(node: Node, top: Node, schemes: dict[str, SecurityScheme]) -> tuple[frozenset[str], ...]:
    chosen = node if node.mapping().get("security") is not None else top
    alternatives = []
    for requirement in chosen.at("security").items():
        names = frozenset(requirement.mapping())
        for name in sorted(names - schemes.keys()):
            requirement.document.notice(
                requirement.place, f"the security scheme {name} is not declared; its kind is unknown"
            )
            schemes[name] = SecurityScheme(name, "undeclared")
        alternatives.append(names)
    return tuple(alternatives)


def _scheme(name: str, node: Node) -> SecurityScheme:
    return SecurityScheme(
        name=name,
        type=node.text("type"),
        scheme=node.text("scheme", "").lower(),
        location=node.text("in", ""),
        parameter=node.text("name", ""),
    )


def _servers(top: Node, source: str) -> tuple[str, ...]:
    found = []
    for server in top.at("servers").items():
        url = server.text("url", "/") or "/"  # Frameworks write "" where they mean no prefix, not the document itself.
        for name, variable in server.at("variables").children():
            url = url.replace(f"{{{name}}}", variable.text("default", ""))
        if source.startswith(("http://", "https://")):
            url = urljoin(source, url)
        found.append(url)
    return tuple(dict.fromkeys(found))


def _reach(contract: Contract, reader: Document) -> None:
    """Follow every schema that an operation can reach, so that no reference breaks later."""
    waiting: list[tuple[Any, str]] = []
    for operation in contract.operations:
        place = f"{operation.method} {operation.path}"
        waiting += [(p.schema, f"{place}: {p.location} parameter {p.name}") for p in operation.parameters]
        if operation.body:
            waiting += [(m.schema, f"{place}: body {key}") for key, m in operation.body.content.items()]
        for answer in operation.answers.values():
            waiting += [(m.schema, f"{place}: {answer.status} {key}") for key, m in answer.content.items()]
            waiting += [(h.schema, f"{place}: {answer.status} header {h.name}") for h in answer.headers.values()]
    seen: set[str] = set()
    while waiting:
        schema, place = waiting.pop()
        if not isinstance(schema, Mapping | bool):
            reader.fail(place, f"a schema must be a mapping or a boolean, and is {schema!r}")
        for part, here in parts(schema, place):
            for name in unknown_types(part):
                reader.notice(here, f"the type {name!r} is not known; it is ignored")
            ref = part.get("$ref")
            if not isinstance(ref, str) or ref in seen:
                continue
            seen.add(ref)
            waiting.append((_target(reader, ref, here), ref))


def _target(reader: Document, ref: str, place: str) -> Any:
    # A schema that is nothing but references in a circle would send every later reader round and round.
    Node(reader, {"$ref": ref}, place).followed()
    return pointed(reader.root, ref)
