"""Methods of a path: which ones a contract declares there, and which ones an answer's `Allow` lists."""

from __future__ import annotations

from seamwright.model.exchange import Exchange
from seamwright.model.operation import Contract, Operation

__all__ = ["allowed_methods", "declared_methods"]


def declared_methods(contract: Contract, operation: Operation) -> set[str]:
    """The methods that the contract declares for the very path of an operation.

    Other paths that its template covers too (`/orders/export` of `/orders/{id}`) are routes of their own.
    """
    return {other.method for other in contract.operations if other.path == operation.path}


def allowed_methods(exchange: Exchange) -> set[str] | None:
    """The methods that an answer lists in `Allow` (RFC 9110, section 10.2.1); None where it has none."""
    values = [value for name, value in exchange.response.headers if name == "allow"] if exchange.response else []
    if not values:
        return None
    return {method.strip().upper() for value in values for method in value.split(",") if method.strip()}
