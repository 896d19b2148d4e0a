"""Builds the OpenAPI 3.1 documents of the shop's services, from the very schemas that validate requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "EXAMPLE_ID",
    "HEALTH",
    "IDEMPOTENCY_KEY_PATTERN",
    "PROBLEM",
    "UUID",
    "body",
    "document",
    "empty",
    "header",
    "health",
    "idempotency_key",
    "json_answer",
    "operation",
    "parameter",
    "problems",
]

Json = dict[str, Any]

UUID: Json = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "minLength": 36,
    "maxLength": 36,
}
EXAMPLE_ID = "5f0c1f0e-53a3-4c8e-9c58-0d3f3f1f6b60"
IDEMPOTENCY_KEY_PATTERN = "^[A-Za-z0-9_-]{8,64}$"
HEALTH: Json = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string", "enum": ["ok"], "maxLength": 8}},
    "additionalProperties": False,
}
PROBLEM: Json = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "maxLength": 200},
        "title": {"type": "string", "maxLength": 200},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "maxLength": 2000},
        "errors": {
            "type": "array",
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["at", "message"],
                "properties": {
                    "at": {"type": "string", "maxLength": 500},
                    "message": {"type": "string", "maxLength": 1000},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}

_MEANING = {
    400: "The request is malformed: not JSON, or a required header is missing or malformed.",
    401: "No valid access token came with the request.",
    402: "The payment was declined; no order was made.",
    403: "The caller may not do this.",
    404: "There is no such thing, or it is not the caller's.",
    409: "It conflicts with the present state.",
    412: "It has changed since: the ETag in If-Match is not the present one.",
    413: "The body is larger than this service takes.",
    415: "The body's media type is not application/json.",
    422: "A parameter or the body breaks its schema or a rule.",
    428: "An If-Match header is required.",
    503: "A service that this one depends on did not answer in time; try again later.",
}


def header(description: str, schema: Json, *, required: bool = True) -> Json:
    return {"description": description, "required": required, "schema": schema}


def parameter(place: str, name: str, description: str, schema: Json, example: Any, *, required: bool) -> Json:
    return {
        "name": name,
        "in": place,
        "required": required,
        "description": description,
        "schema": schema,
        "example": example,
    }


def body(schema: str, example: Mapping[str, Any]) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": dict(example)}}
    return {"required": True, "content": content}


def json_answer(description: str, schema: Json, headers: Mapping[str, Json] | None = None) -> Json:
    answer: Json = {"description": description, "content": {"application/json": {"schema": schema}}}
    return answer | ({"headers": dict(headers)} if headers else {})


def empty(description: str) -> Json:
    return {"description": description}


def problems(*statuses: int) -> dict[str, Json]:
    """The error answers of an operation, by status."""
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def operation(
    name: str,
    summary: str,
    answers: Mapping[str, Json],
    *,
    parameters: Sequence[Json] = (),
    request: Json | None = None,
    security: Sequence[Mapping[str, Sequence[str]]] | None = None,
) -> Json:
    made: Json = {"operationId": name, "summary": summary, "responses": dict(answers)}
    if parameters:
        made["parameters"] = list(parameters)
    if request is not None:
        made["requestBody"] = request
    if security is not None:
        made["security"] = [dict(one) for one in security]
    return made


def health() -> Json:
    """The operation that every service has; its schema `Health` is for the document to hold."""
    answer = json_answer("It is.", {"$ref": "#/components/schemas/Health"})
    return operation("health", "Whether the service is up.", {"200": answer}, security=[])


def idempotency_key(description: str) -> Json:
    """The required header by which a request that is sent again is known."""
    schema: Json = {"type": "string", "pattern": IDEMPOTENCY_KEY_PATTERN, "minLength": 8, "maxLength": 64}
    example = "9b2f7c0a-6a55-4b1b-8a0e-0c8b1f0d4f11"
    return parameter("header", "Idempotency-Key", description, schema, example, required=True)


def document(
    title: str,
    url: str,
    description: str,
    paths: Mapping[str, Mapping[str, Json]],
    schemas: Mapping[str, Json],
    security_schemes: Mapping[str, Json],
    security: Sequence[Mapping[str, Sequence[str]]],
) -> Json:
    """The whole document; `security` holds for every operation that does not say otherwise."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1.0.0", "description": description},
        "servers": [{"url": url}],
        "security": [dict(one) for one in security],
        "paths": {path: dict(methods) for path, methods in paths.items()},
        "components": {
            "schemas": dict(schemas) | {"Problem": PROBLEM},
            "responses": {f"Problem{status}": _problem(status) for status in _MEANING},
            "securitySchemes": dict(security_schemes),
        },
    }


def _problem(status: int) -> Json:
    answer: Json = {
        "description": _MEANING[status],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 401:
        answer["headers"] = {"WWW-Authenticate": header("The challenge (RFC 6750).", {"type": "string"})}
    if status == 503:
        answer["headers"] = {"Retry-After": header("Seconds to wait.", {"type": "integer", "minimum": 0})}
    return answer
