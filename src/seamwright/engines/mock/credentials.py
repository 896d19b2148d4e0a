"""Asks for the credentials that a contract declares. Whatever has their form is accepted: a mock knows no secrets."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from seamwright.engines.mock.arrivals import Arrival
from seamwright.model.operation import Contract, Operation, SecurityScheme

__all__ = ["challenge", "secret_names"]

_TOKEN = re.compile(r"[\x21-\x7e]+")


def challenge(contract: Contract, operation: Operation, arrival: Arrival) -> str | None:
    """What `WWW-Authenticate` says where no alternative of an operation is met (RFC 9110, 11.6.1); else None."""
    if not operation.security:
        return None
    for alternative in operation.security:
        if all(_given(contract.schemes.get(name), arrival) for name in alternative):
            return None
    realm = re.sub(r'[^\x20-\x7e]|["\\]', "", contract.title) or "mock"
    asked = [contract.schemes[name] for name in sorted(operation.security[0]) if name in contract.schemes]
    return ", ".join(dict.fromkeys(_asked(scheme, realm) for scheme in asked)) or f'Bearer realm="{realm}"'


def secret_names(contract: Contract) -> frozenset[str]:
    """The headers, query parameters and cookies that carry credentials, in lower case."""
    keys = {scheme.parameter.lower() for scheme in contract.schemes.values() if scheme.type == "apiKey"}
    return frozenset(keys | {"authorization", "proxy-authorization", "cookie", "set-cookie"})


def _given(scheme: SecurityScheme | None, arrival: Arrival) -> bool:
    if scheme is None:
        return True
    told = arrival.header("authorization") or ""
    name, _, value = told.partition(" ")
    match scheme.type, scheme.scheme:
        case "apiKey", _:
            return bool(_key(scheme, arrival))
        case "http", "basic":
            return name.lower() == "basic" and _basic(value.strip())
        case "http", kind:
            return name.lower() == kind and bool(_TOKEN.match(value.strip()))
        case (("oauth2" | "openIdConnect"), _):
            return name.lower() in ("bearer", "token", "dpop") and bool(_TOKEN.fullmatch(value.strip()))
        case _:
            return True  # A client certificate does not arrive here, and of other kinds nothing is known.


def _key(scheme: SecurityScheme, arrival: Arrival) -> Any:
    if scheme.location == "header":
        return arrival.header(scheme.parameter)
    values: Mapping[str, Any] = arrival.case.query if scheme.location == "query" else arrival.case.cookies
    return values.get(scheme.parameter)


def _basic(value: str) -> bool:
    try:
        return b":" in base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False


def _asked(scheme: SecurityScheme, realm: str) -> str:
    match scheme.type, scheme.scheme:
        case "http", "basic":
            return f'Basic realm="{realm}", charset="UTF-8"'
        case "http", kind if kind and kind != "bearer":
            return f'{kind.capitalize()} realm="{realm}"'
        case "apiKey", _:
            return f'ApiKey realm="{realm}", in="{scheme.location}", name="{scheme.parameter}"'
        case _:
            return f'Bearer realm="{realm}"'
