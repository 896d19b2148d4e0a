"""The contract of identity."""

from __future__ import annotations

from typing import Any

from seamwright.demo.document import HEALTH, body, document, header, json_answer, operation, problems

__all__ = ["LOGIN", "openapi"]

Json = dict[str, Any]

LOGIN: Json = {
    "type": "object",
    "required": ["user", "password"],
    "properties": {
        "user": {"type": "string", "minLength": 1, "maxLength": 64},
        "password": {"type": "string", "minLength": 1, "maxLength": 128},
    },
    "additionalProperties": False,
}
_TOKEN: Json = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in"],
    "properties": {
        "access_token": {"type": "string", "maxLength": 4096},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer", "minimum": 1, "maximum": 86400},
    },
    "additionalProperties": False,
}
_TOKEN_REQUEST: Json = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "client_id": {"type": "string", "maxLength": 64},
        "client_secret": {"type": "string", "maxLength": 128},
    },
}
_OAUTH_ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "string",
            "enum": ["invalid_request", "invalid_client", "unsupported_grant_type"],
        },
        "error_description": {"type": "string", "maxLength": 500},
    },
    "additionalProperties": False,
}
_KEYS: Json = {
    "type": "object",
    "required": ["keys"],
    "properties": {"keys": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["kty", "kid"]}}},
    "additionalProperties": False,
}
_METADATA: Json = {"type": "object", "required": ["issuer", "jwks_uri", "token_endpoint"]}


def openapi(url: str) -> Json:
    """The document served at /openapi.json."""
    token = json_answer("An access token.", {"$ref": "#/components/schemas/Token"})
    oauth_error: Json = {"$ref": "#/components/schemas/OAuthError"}
    challenge = {"WWW-Authenticate": header("The challenge (RFC 7617).", {"type": "string"})}
    token_request: Json = {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {"$ref": "#/components/schemas/TokenRequest"},
                "example": {"grant_type": "client_credentials"},
            }
        },
    }
    get: dict[str, tuple[str, str, str, Json]] = {
        "/.well-known/jwks.json": ("getKeys", "The public keys (RFC 7517).", "Keys", _KEYS),
        "/.well-known/openid-configuration": ("getMetadata", "The issuer's metadata.", "Metadata", _METADATA),
        "/health": ("health", "Whether the service is up.", "Health", HEALTH),
    }
    paths: dict[str, dict[str, Json]] = {
        path: {
            "get": operation(
                name, text, {"200": json_answer(text, {"$ref": f"#/components/schemas/{schema}"})}, security=[]
            )
        }
        for path, (name, text, schema, _) in get.items()
    }
    paths["/login"] = {
        "post": operation(
            "login",
            "A user's access token for orders, for name and password.",
            {"200": token, **problems(400, 401, 413, 415, 422)},
            request=body("Login", {"user": "alice", "password": "the password"}),
            security=[],
        )
    }
    paths["/token"] = {
        "post": operation(
            "token",
            "A client's access token (RFC 6749 section 4.4).",
            {
                "200": token,
                "400": json_answer("The request is malformed (section 5.2).", oauth_error),
                "401": json_answer("The client's credentials do not hold.", oauth_error, challenge),
                **problems(413, 415),
            },
            request=token_request,
            security=[{"client": []}, {}],
        )
    }
    return document(
        "Identity",
        url,
        "Issues RS256 access tokens.",
        paths,
        {
            "Login": LOGIN,
            "Token": _TOKEN,
            "TokenRequest": _TOKEN_REQUEST,
            "OAuthError": _OAUTH_ERROR,
            **{schema: value for _, _, schema, value in get.values()},
        },
        {"client": {"type": "http", "scheme": "basic"}},
        [],
    )
