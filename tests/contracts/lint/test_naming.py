"""Styles of names."""

from __future__ import annotations

import pytest

from seamwright.contracts.lint._naming import in_style, main_style, odd_ones, words


@pytest.mark.parametrize(
    "name", ["getOrderByID", "get_order_by_id", "get-order-by-id", "GetOrderById", "GET_ORDER_BY_ID"]
)
def test_words_of_any_style(name: str) -> None:
    assert words(name) == ["get", "order", "by", "id"]


@pytest.mark.parametrize(
    ("style", "name"),
    [
        ("camelCase", "orderLine"),
        ("snake_case", "order_line"),
        ("kebab-case", "order-line"),
        ("PascalCase", "OrderLine"),
        ("Train-Case", "Order-Line"),
        ("SCREAMING_CASE", "ORDER_LINE"),
    ],
)
def test_a_name_in_each_style(style: str, name: str) -> None:
    assert in_style(["order", "line"], style) == name
    assert main_style([name, name], "") == style


def test_a_single_word_is_of_several_styles() -> None:
    assert main_style(["orders"], "kebab-case") == "kebab-case"
    assert main_style([], "camelCase") == "camelCase"
    assert odd_ones({"#/a": "orders", "#/b": "order_lines", "#/c": "orderLines", "#/d": "unit_price"}, "camelCase") == (
        "snake_case",
        ["#/c"],
    )
