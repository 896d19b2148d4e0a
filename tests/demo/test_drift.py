"""A drift changes one sentence of a contract, and nothing of the contract that it was made from."""

from __future__ import annotations

import pytest

from seamwright.demo.drift import Drift

DOCUMENT = {"paths": {"/a/{b}": {"get": {"tags": ["x", "y"], "responses": {"200": {}, "404": {}}}}}}


def drifted(*changes: tuple[object, ...]) -> dict[str, object]:
    return Drift("d", "orders", "kind", "says", ("get",), changes).applied(DOCUMENT)


def test_values_are_set_added_and_taken_out() -> None:
    found = drifted(
        ("/paths/~1a~1{b}/get/responses/200", {"description": "ok"}),
        ("/paths/~1a~1{b}/get/tags/-", "z"),
        ("/paths/~1a~1{b}/get/tags/x",),
        ("/paths/~1a~1{b}/get/responses/404",),
    )

    assert found == {"paths": {"/a/{b}": {"get": {"tags": ["y", "z"], "responses": {"200": {"description": "ok"}}}}}}
    assert DOCUMENT["paths"]["/a/{b}"]["get"]["tags"] == ["x", "y"]


def test_a_place_that_is_no_longer_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        drifted(("/paths/~1gone/get/tags", []))
