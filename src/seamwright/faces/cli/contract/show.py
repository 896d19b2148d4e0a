"""`seamwright contract show`: what contracts say, as Seamwright reads them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seamwright.faces.cli.options import AsJson, ManifestAt, known_names, listed

if TYPE_CHECKING:
    from rich.console import Console

    from seamwright.model.operation import Contract, MediaType, Operation, Parameter, SecurityScheme

__all__ = ["show"]


def show(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...",
            help="Paths or URLs of contracts, boundaries, or a manifest; by default every contract of the one here.",
        ),
    ] = None,
    operation: Annotated[
        list[str] | None, typer.Option("--operation", help="Only these operations, each in full.")
    ] = None,
    manifest: ManifestAt = None,
    as_json: AsJson = False,
) -> None:
    """Show the operations of contracts with parameters, bodies, answers and security, and what was left out."""
    from seamwright.faces.cli.terminal import out, print_json
    from seamwright.faces.contracts import meant, read

    target = meant(tuple(targets or ()), manifest)
    for notice in target.notices:
        print(f"note {notice}", file=sys.stderr)
    contracts = {named.name: read(named) for named in target.contracts}
    wanted = listed(operation)
    known_names("--operation", wanted, {o.id for contract in contracts.values() for o in contract.operations})
    if as_json:
        print_json({"contracts": [_plain(name, contract, wanted) for name, contract in contracts.items()]})
        return
    console = out()
    for index, (name, contract) in enumerate(contracts.items()):
        if index:
            console.print()
        _print(console, name, contract, wanted)


# -- for people ---


def _print(console: Console, name: str, contract: Contract, wanted: tuple[str, ...]) -> None:
    from rich.markup import escape
    from rich.table import Table

    title = " ".join(part for part in (contract.title, contract.version) if part) or name
    kind = f"OpenAPI {contract.dialect}" if contract.kind == "openapi" else contract.kind
    kind = "Swagger 2.0" if contract.dialect == "2.0" else kind
    shown = [each for each in contract.operations if not wanted or each.id in wanted]
    console.print(f"[bold]{escape(title)}[/]  [dim]{kind}, {len(contract.operations)} operations[/]")
    console.print(f"  {contract.source}", markup=False, style="dim")
    for server in contract.servers:
        console.print(f"  server {server}", markup=False, style="dim")
    for scheme in contract.schemes.values():
        console.print(f"  security {scheme.name}: {_scheme(scheme)}", markup=False, style="dim")
    if wanted:
        for each in shown:
            _in_full(console, contract, each)
    elif shown:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("operation", "call", "takes", "body", "answers", "security"):
            table.add_column(column, overflow="fold")
        for each in shown:
            table.add_row(*(escape(cell) for cell in _row(contract, each)))
        console.print(table)
    for line in _notices(contract):
        console.print(f"  note {line}", markup=False, style="yellow")


def _row(contract: Contract, operation: Operation) -> tuple[str, ...]:
    return (
        operation.id,
        f"{operation.method} {operation.path}" + (" (deprecated)" if operation.deprecated else ""),
        ", ".join(f"{p.name}{'*' if p.required else ''}" for p in operation.parameters),
        _body(contract, operation),
        " ".join(operation.answers),
        _security(operation),
    )


def _in_full(console: Console, contract: Contract, operation: Operation) -> None:
    from rich.markup import escape

    gone = "  [yellow]deprecated[/]" if operation.deprecated else ""
    console.print(f"\n[bold]{escape(operation.id)}[/]  {escape(str(operation))}{gone}")
    lines = [operation.summary] if operation.summary else []
    lines.append(f"security: {_security(operation)}")
    for each in operation.parameters:
        needed = "required" if each.required else "optional"
        lines.append(f"{each.location} {each.name}: {_shape(contract, each.schema)}, {needed}")
    if operation.body:
        needed = "required" if operation.body.required else "optional"
        lines += [f"body {line}, {needed}" for line in _media(contract, operation.body.content)]
    for status, answer in operation.answers.items():
        told = _media(contract, answer.content) or ["no body described"]
        lines += [f"{status} {line}" for line in told]
        lines += [f"{status} header {name}: {_shape(contract, h.schema)}" for name, h in answer.headers.items()]
    for line in lines:
        console.print(f"  {line}", markup=False)


def _body(contract: Contract, operation: Operation) -> str:
    if operation.body is None:
        return ""
    return ", ".join(operation.body.content) + ("*" if operation.body.required else "")


def _media(contract: Contract, content: Mapping[str, MediaType]) -> list[str]:
    return [f"{key}: {_shape(contract, media.schema)}" for key, media in content.items()]


def _security(operation: Operation) -> str:
    if not operation.security:
        return "open"
    return " or ".join(" and ".join(sorted(names)) if names else "nothing" for names in operation.security)


def _scheme(scheme: SecurityScheme) -> str:
    if scheme.type == "apiKey":
        return f"key in the {scheme.location} {scheme.parameter}"
    return f"{scheme.type} {scheme.scheme}".strip()


def _shape(contract: Contract, schema: Any) -> str:
    """A schema in a few words: its name, or its type with its fields."""
    from seamwright.contracts.schemas import items, properties, types

    if not isinstance(schema, Mapping):
        return "nothing" if schema is False else "anything"
    if isinstance(schema.get("$ref"), str):
        return str(schema["$ref"].rpartition("/")[2])
    told = "|".join(sorted(types(contract, schema))) or "anything"
    if told == "array":
        inner = schema.get("items", items(contract, schema))
        return f"list of {_shape(contract, inner if inner is not None else {})}"
    if told == "object":
        names = list(properties(contract, schema, certain=False))
        return f"object with {', '.join(names[:8])}{', …' if len(names) > 8 else ''}" if names else told
    limits = [f"{key} {schema[key]}" for key in _LIMITS if key in schema]
    form = [str(schema["format"])] if "format" in schema else []
    choice = [f"one of {', '.join(map(str, schema['enum']))}"] if isinstance(schema.get("enum"), list) else []
    return ", ".join([told, *form, *choice, *limits])


_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "pattern", "default")


def _notices(contract: Contract) -> tuple[str, ...]:
    from seamwright.contracts.openapi import notices

    return notices(contract)


# -- for programs ---


def _plain(name: str, contract: Contract, wanted: tuple[str, ...]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "name": name,
        "source": contract.source,
        "kind": contract.kind,
        "dialect": contract.dialect,
        "title": contract.title,
        "version": contract.version,
        "digest": contract.digest,
        "servers": contract.servers,
        "schemes": [asdict(scheme) for scheme in contract.schemes.values()],
        "operations": [_operation(each) for each in contract.operations if not wanted or each.id in wanted],
        "left_out": dict(contract.left_out),
        "notices": _notices(contract),
    }


def _operation(operation: Operation) -> dict[str, Any]:
    body = operation.body
    return {
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "summary": operation.summary,
        "tags": operation.tags,
        "deprecated": operation.deprecated,
        "security": [sorted(names) for names in operation.security],
        "parameters": [_parameter(each) for each in operation.parameters],
        "body": None if body is None else {"required": body.required, "content": _content(body.content)},
        "answers": {
            status: {
                "description": answer.description,
                "content": _content(answer.content),
                "headers": [_parameter(header) for header in answer.headers.values()],
                "links": dict(answer.links),
            }
            for status, answer in operation.answers.items()
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "in": parameter.location,
        "name": parameter.name,
        "required": parameter.required,
        "deprecated": parameter.deprecated,
        "style": parameter.style,
        "explode": parameter.explode,
        "schema": parameter.schema,
        "examples": parameter.examples,
    }


def _content(content: Mapping[str, MediaType]) -> dict[str, Any]:
    return {key: {"schema": media.schema, "examples": media.examples} for key, media in content.items()}
