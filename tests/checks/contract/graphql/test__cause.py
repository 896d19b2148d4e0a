"""One cause has one key: whatever was sent, wherever it shows; two causes have two."""

from __future__ import annotations

from typing import Any, cast

import pytest

from seamwright.checks.contract.graphql._cause import cause, shape
from seamwright.checks.contract.graphql._errors import faults
from seamwright.model.bench import Bench
from tests.checks.graph import SDL, schema
from tests.contracts.graphql.shop import exchanged


class _Bench:
    """As much of a bench as the schema coordinates of an answer need."""

    contract = schema(SDL)


def _causes(query: str, body: Any, status: int = 200, **variables: Any) -> list[str]:
    exchange = exchanged(query, body, status=status, variables=variables)
    return [cause(cast(Bench, _Bench()), exchange, fault) for fault in faults(exchange)]


def _error(message: str, *path: str, **extensions: Any) -> dict[str, Any]:
    return {"data": None, "errors": [{"message": message, "path": list(path), "extensions": extensions}]}


def test_what_differs_each_time_is_left_out_of_the_shape() -> None:
    assert shape("'7'") == shape("''") == shape("'Zoë 😀'")
    assert shape("no 5a3c1d00-0000-4000-8000-000000000000 at 17") == shape(
        "no 00000000-0000-4000-8000-00000000000a at 3"
    )
    assert shape("Cannot read properties of undefined (reading 'map')") == shape(
        "Cannot read properties of null (reading 'map')"
    )
    assert shape("invalid literal: '" + "x" * 200) == shape("invalid literal: ''")
    assert shape("(reading 'map')") != shape("(reading 'name')")
    assert shape("A.b() missing 1 required positional argument: 'c'") == shape(
        "D.e() missing 2 required positional arguments: 'f' and 'g'"
    )


def test_what_was_sent_is_left_out_of_the_shape() -> None:
    assert shape("no location kumo in here", ["kumo"]) == shape("no location zela ne in here", ["zela ne"])
    assert shape("AssetKey(['ab'])", ["ab"]) == shape("AssetKey(['cd', 'ef'])", ["cd", "ef"])
    assert shape("the cat", ["a"]) == "the cat", "a single letter is in every word"


@pytest.mark.parametrize("where", ["message", "extensions", "data"])
def test_an_exception_of_the_application_is_one_cause_in_whatever_operation(where: str) -> None:
    def answered(field: str, text: str) -> list[str]:
        said = f"shop.errors.StockError: {text}"
        if where == "data":
            return _causes(f"{{ {field} }}", {"data": {field: {"__typename": "PythonError", "message": said}}}, 500)
        if where == "message":
            return _causes(f"{{ {field} }}", _error(said, field))
        return _causes(f"{{ {field} }}", _error(text, field, trace={"message": said}), 500)

    assert answered("orders", "none left") == answered("customers", "7 are missing") == ["shop.errors.StockError"]


def test_a_built_in_exception_is_one_cause_with_what_it_says() -> None:
    def answered(field: str, text: str, **sent: Any) -> list[str]:
        return _causes(f"{{ {field} }}", _error(text, field, info={"message": f"KeyError: {text}"}), 500, **sent)

    assert answered("orders", "'kumo'", id="kumo") == answered("customers", "'zela'", id="zela")
    assert answered("orders", "'rows'") != answered("orders", "'columns'")


def test_what_a_runtime_says_is_one_cause_and_what_a_server_hides_is_one_in_each_field() -> None:
    said = "'NoneType' object has no attribute 'items'"
    assert _causes("{ orders }", _error(said, "orders")) == _causes("{ customers }", _error(said, "customers"))
    hidden = "Internal server error"
    assert _causes("{ orders { id } }", _error(hidden, "orders")) == ["Query.orders Internal server error"]
    assert _causes("{ customers { id } }", _error(hidden, "customers")) == ["Query.customers Internal server error"]


def test_a_status_with_nothing_said_is_one_cause_in_each_operation() -> None:
    (first,) = _causes("{ orders { id } }", {"data": {"orders": []}}, 500)
    (second,) = _causes("{ orders { id } }", {"data": {"orders": [{"id": "1"}]}}, 500)
    assert first == second
    assert first.endswith("status 500")
