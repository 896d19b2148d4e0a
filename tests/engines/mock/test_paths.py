"""Paths: which templates cover them, what their parameters are, and what resources they are made of."""

from __future__ import annotations

import pytest

from seamwright.engines.mock.paths import Routes, Segment, filled, parameters, segments
from seamwright.model.operation import Operation


def routes(*written: str) -> Routes:
    """Routes of operations such as `GET /orders`."""
    return Routes(Operation(text, text.partition(" ")[0], text.partition(" ")[2]) for text in written)


def found(of: Routes, path: str) -> list[tuple[str, dict[str, str]]]:
    return [(each.template, dict(each.values)) for each in of.find(path)]


def test_literals_win_over_parameters_and_parameters_with_text_around_them_over_bare_ones() -> None:
    of = routes("GET /users/{id}", "GET /users/me", "GET /users/{id}.json")
    assert [template for template, _ in found(of, "/users/me")] == ["/users/me", "/users/{id}"]
    assert found(of, "/users/7.json")[0] == ("/users/{id}.json", {"id": "7"})
    assert found(of, "/users") == []


def test_values_are_decoded_after_the_path_is_taken_apart() -> None:
    assert found(routes("GET /files/{path}"), "/files/a%2Fb%20c") == [("/files/{path}", {"path": "a/b c"})]


def test_several_parameters_may_stand_in_one_step() -> None:
    of = routes("GET /compare/{base}...{head}")
    assert found(of, "/compare/v1...v2") == [("/compare/{base}...{head}", {"base": "v1", "head": "v2"})]


@pytest.mark.parametrize(("written", "asked"), [("GET /pets", "/pets/"), ("GET /pets/", "/pets")])
def test_a_slash_at_the_end_is_forgiven(written: str, asked: str) -> None:
    assert len(found(routes(written), asked)) == 1


def test_a_slash_is_not_forgiven_where_both_paths_are_there() -> None:
    of = routes("GET /pets", "GET /pets/")
    assert [template for template, _ in found(of, "/pets/")] == ["/pets/"]


def test_a_format_at_the_end_is_no_part_of_the_resource() -> None:
    assert segments("/Calls/{Sid}.json") == (Segment("Calls"), Segment("", ("Sid",)))
    assert segments("/Calls.json") == (Segment("Calls"),)


def test_a_custom_method_is_a_step_of_its_own() -> None:
    assert segments("/orders/{id}:cancel") == (Segment("orders"), Segment("", ("id",)), Segment(":cancel"))
    assert segments("/orders:search") == (Segment("orders"), Segment(":search"))


def test_paths_are_filled_with_encoded_values() -> None:
    assert parameters("/users/{id}/files/{name}") == ("id", "name")
    assert filled("/users/{id}/files/{name}", {"id": "7", "name": "a/b"}) == "/users/7/files/a%2Fb"
    with pytest.raises(KeyError):
        filled("/users/{id}", {})
