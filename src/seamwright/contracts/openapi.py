"""Reads an OpenAPI 3.0, 3.1 or Swagger 2.0 document into operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from seamwright.contracts.aliases import with_plain_types
from seamwright.contracts.bundle import Bundle, bundled
from seamwright.contracts.document import Document, Node, OutOfReach
from seamwright.contracts.reach import never_fetched, reach, success, within_reach
from seamwright.contracts.requests import body, examples_of, media_types, parameter_list
from seamwright.contracts.swagger import converted
from seamwright.model.errors import ContractError
from seamwright.model.operation import Answer, Contract, Dialect, Operation, Parameter, SecurityScheme

__all__ = ["dialect_of", "load_bundled", "load_openapi", "made_id", "notices"]

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
    that an operation can reach leads somewhere. Nothing is fetched for a reference to another host: an operation that
    needs one for its call or its success is left out by name, an answer of another kind is left open. Swagger 2.0 comes
    out in the form of 3.0. `load` gives the content of a file beside the document by its path, `name` is the
    document's own file name there. What was mended or left out is told by `notices`. Raises ContractError with source
    and place.
    """
    dialect_of(document, source)
    return load_bundled(bundled(document, source=source, name=name, load=load), source=source, digest=digest)


def load_bundled(bundle: Bundle, *, source: str, digest: str) -> Contract:
    """The same of a document whose references are settled; the contract keeps it, and mends it in place."""
    dialect, version_notice = dialect_of(bundle.document, source)
    reader = Document(source, bundle.document)
    for place, told, meant in with_plain_types(bundle.document):
        reader.notice(place, f"the type {told!r} is read as {meant}")
    if version_notice:
        reader.notice("#/openapi", version_notice)
    if dialect == "2.0":
        reader.root = converted(reader)
    top = reader.top()
    info = top.at("info")
    if top.mapping().get("paths") is None and dialect != "3.1":
        reader.fail("#", "has no paths, so nothing can be called; add the operations under `paths`")
    declared = _reachable(top.at("components").at("securitySchemes"), "its kind is unknown")
    schemes = {key: _scheme(key, node) for key, node in declared}
    left_out: dict[str, str] = {}
    operations = within_reach(_operations(top, schemes, left_out), reader, bool(bundle.remote), left_out)
    if left_out and not operations:
        name, why = next(iter(left_out.items()))
        raise ContractError(f"{source}: no operation can be used; {name}: {why}")
    for name, why in left_out.items():
        reader.notice(name, f"is left out: {why}")
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
        left_out=left_out,
    )
    reach(contract, reader)
    for place, ref in bundle.dangling:
        reader.notice(place, f"the reference {ref} leads nowhere; no operation needs it")
    reader.root[_NOTICES] = list(reader.notices)
    return contract


def notices(contract: Contract) -> tuple[str, ...]:
    """What was mended, ignored or left out while the contract was read, each with its place."""
    return tuple(contract.document.get(_NOTICES, ()))


def dialect_of(document: Mapping[str, Any], source: str) -> tuple[Dialect, str]:
    """The dialect of a document, and what is to be told of its version. Raises ContractError for an unknown one."""
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


def _operations(top: Node, schemes: dict[str, SecurityScheme], left_out: dict[str, str]) -> tuple[Operation, ...]:
    found: list[Operation] = []
    taken: set[str] = set()
    paths = top.at("paths")
    for path in paths.mapping():
        if path.startswith("x-"):
            continue
        try:
            item = paths.at(path)
        except OutOfReach as far:
            left_out[path] = never_fetched(far.ref)
            continue
        if not path.startswith("/"):
            item.document.notice(item.place, "a path begins with a slash; one is put before it")
            path = f"/{path}"
        if item.mapping().get("servers"):
            item.document.notice(item.place, "servers of its own are ignored; calls go to the boundary's URL")
        for method in _METHODS:
            if item.mapping().get(method) is None:
                continue
            node = item.raw(method)
            identifier = node.text("operationId", "").strip() or made_id(method, path)
            unique = _unique(identifier, taken)
            if unique != identifier:
                node.document.notice(node.place, f"the operationId {identifier} is taken; it is called {unique} here")
            taken.add(unique)
            if "#" in path:
                left_out[unique] = f"its path {path} holds a fragment, which no client sends (RFC 9110, section 7.1)"
                continue
            try:
                found.append(_operation(unique, method, path, item, top, schemes))
            except OutOfReach as far:
                left_out[unique] = never_fetched(far.ref)
    return tuple(found)


def _operation(
    unique: str, method: str, path: str, item: Node, top: Node, schemes: dict[str, SecurityScheme]
) -> Operation:
    node = item.at(method)
    if node.mapping().get("servers"):
        node.document.notice(node.place, "servers of its own are ignored; calls go to the boundary's URL")
    return Operation(
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


def _reachable(node: Node, otherwise: str, *, extensions: bool = False) -> list[tuple[str, Node]]:
    """The children by name, but for those that lie on another host; these are told."""
    found = []
    for key in node.mapping():
        if key.startswith("x-") and not extensions:
            continue
        try:
            found.append((key, node.at(key)))
        except OutOfReach as far:
            node.document.notice(f"{node.place}/{key}", f"{never_fetched(far.ref)}; {otherwise}")
    return found


def made_id(method: str, path: str) -> str:
    """The id of an operation that has none: `get_orders_id` for GET /orders/{id}."""
    words = [re.sub(r"\W+", "_", segment).strip("_") for segment in path.split("/")]
    return "_".join([method, *(word for word in words if word)]) if any(words) else f"{method}_root"


def _unique(identifier: str, taken: set[str]) -> str:
    unique, number = identifier, 2
    while unique in taken:
        unique, number = f"{identifier}_{number}", number + 1
    return unique


def _answers(node: Node) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    responses = node.at("responses")
    for key in responses.mapping():
        if key.startswith("x-"):
            continue
        status = key if key == "default" else key.upper()
        if status != "default" and not _STATUS.fullmatch(status):
            place = f"{responses.place}/{key}"
            node.document.notice(place, f"{key} is no status (such as 200, 2XX or default); it is ignored")
            continue
        try:
            found[status] = _answer(status, responses.at(key))
        except OutOfReach as far:
            if success(status, responses.mapping()):
                raise
            node.document.notice(f"{responses.place}/{key}", f"{never_fetched(far.ref)}; this answer is not judged")
            found[status] = Answer(status)
    return found


def _answer(status: str, node: Node) -> Answer:
    headers = _reachable(node.at("headers"), "the header is not judged", extensions=True)
    return Answer(
        status=status,
        content=media_types(node.at("content")),
        headers={name: header for name, each in headers if (header := _header(name, each))},
        description=node.text("description", ""),
        links={name: dict(link.mapping()) for name, link in _reachable(node.at("links"), "the link is ignored")},
    )


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


def _joined(source: str, url: str, server: Node) -> str:
    try:
        return urljoin(source, url)
    except ValueError as error:
        server.document.fail(server.place, f"{url!r} is no URL: {error}")


def _servers(top: Node, source: str) -> tuple[str, ...]:
    found = []
    for server in top.at("servers").items():
        url = server.text("url", "/") or "/"  # Frameworks write "" where they mean no prefix, not the document itself.
        for name, variable in server.at("variables").children():
            url = url.replace(f"{{{name}}}", variable.text("default", ""))
        if source.startswith(("http://", "https://")):
            url = _joined(source, url, server)
        found.append(url)
    return tuple(dict.fromkeys(found))
