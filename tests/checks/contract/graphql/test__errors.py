"""What servers of many languages say when they broke is told from what they say when the caller is refused."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.checks.contract.graphql._errors import Fault, faults, is_fault, is_limit, is_validation
from seamwright.contracts.graphql.answers import FieldError
from tests.contracts.graphql.shop import exchanged


def error(message: str, code: str = "", *, path: bool = True) -> FieldError:
    return FieldError(message, ("order",) if path else (), code, {})


@pytest.mark.parametrize(
    "message",
    [
        "'NoneType' object has no attribute 'name'",
        "'user_id'",
        "list index out of range",
        "invalid literal for int() with base 10: 'a'",
        "Cannot read properties of undefined (reading 'map')",
        "Cannot return null for non-nullable field Order.total.",
        "Cannot return null for non-nullable type: 'String' within parent 'Order' (/order/total)",
        "The field at path '/order' was declared as a non null type, but the code involved has wrongly",
        'Enum "Status" cannot represent value: "LOST"',
        "Expected Iterable, but did not find one for field 'Query.orders'.",
        'duplicate key value violates unique constraint "users_email_key"',
        "(sqlite3.IntegrityError) UNIQUE constraint failed: user.email",
        "SQLSTATE[23000]: Integrity constraint violation",
        "Internal server error",
        "Internal Server Error(s) while executing query",
        "Unexpected error.",
        "Unexpected Execution Error",
        "internal system error",
        "java.lang.NullPointerException",
        "Exception while fetching data (/order) : null",
        "Object reference not set to an instance of an object.",
        "runtime error: index out of range [0] with length 0",
        "undefined method `total' for nil",
        "An unknown error occurred.",
        "INTERNAL_ERROR for 5a3c1d",
    ],
)
def test_what_broke(message: str) -> None:
    assert is_fault(error(message))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("order not found", "INTERNAL_SERVER_ERROR"),
        ("Exception while fetching data (/order) : there is no such order", "DataFetchingException"),
        ("not authorized", "FORBIDDEN"),
        ("Cannot read property 'x' of undefined", "BAD_USER_INPUT"),
        ("ValidationError: the name must not be empty", ""),
        ("stars must be between 1 and 5", ""),
        ("we are closed for today", ""),
        ("You are not logged in", "UNAUTHENTICATED"),
        ("email already taken", "INTERNAL_SERVER_ERROR"),
    ],
)
def test_a_refusal_is_no_fault(message: str, code: str) -> None:
    assert not is_fault(error(message, code))


@pytest.mark.parametrize("code", ["INTERNAL_SERVER_ERROR", "INTERNAL", "unexpected", "internal-error"])
def test_a_code_that_says_so_is_believed(code: str) -> None:
    assert is_fault(error("oops", code))


@pytest.mark.parametrize(
    "message",
    [
        'Cannot query field "weight" on type "Order".',
        'Unknown argument "paid" on field "Query.orders".',
        'Variable "$id" got invalid value {}; ID cannot represent value: {}',
        "Variable '$id' has invalid value: Expected a value of non-null type 'ID!' to be provided.",
        'Variable "$n" of type "Int!" used in position expecting type "String".',
        "Validation error (FieldUndefined@[orders/weight]) : Field 'weight' in type 'Order' is undefined",
        "Field 'weight' doesn't exist on type 'Order'",
        "field 'weight' not found in type: 'Order'",
        "Syntax Error: Expected Name, found '}'.",
        'Value "LOST" does not exist in "Status" enum.',
        'Field "orders" of type "[Order]" must have a selection of subfields.',
    ],
)
def test_what_says_that_the_schema_was_broken(message: str) -> None:
    assert is_validation(error(message, path=False))
    assert not is_fault(error(message, path=False))


def test_what_a_resolver_says_is_no_validation() -> None:
    assert not is_validation(error('Cannot query field "weight" on type "Order".'))
    assert is_validation(error("no", "GRAPHQL_VALIDATION_FAILED", path=False))


@pytest.mark.parametrize(
    "message", ["Query is too deep", "query complexity 1200 exceeds 1000", "PersistedQueryNotFound"]
)
def test_limits_are_no_validation(message: str) -> None:
    assert is_limit(error(message, path=False))
    assert not is_validation(error(message, path=False))


@pytest.mark.parametrize(
    ("body", "status", "texts"),
    [
        ({"data": {"order": {"id": "1"}}}, 200, []),
        ({"data": None, "errors": [{"message": "no such order"}]}, 200, []),
        ({"errors": [{"message": "no such order"}]}, 500, ["status 500: no such order"]),
        ("upstream gone", 502, ["status 502: upstream gone"]),
        ({"errors": [{"message": "Unexpected error.", "path": ["order"]}]}, 500, ["Unexpected error."]),
    ],
)
def test_what_of_an_answer_the_server_is_to_blame_for(body: Any, status: int, texts: list[str]) -> None:
    assert [fault.text for fault in faults(exchanged("{ order }", body, status=status))] == texts


def test_a_text_that_is_too_long_for_a_title_is_cut() -> None:
    assert len(Fault((), "x" * 900, 200).short) == 161
