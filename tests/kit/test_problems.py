"""Problems are RFC 9457 documents."""

from __future__ import annotations

import json

import pytest

from seamwright.kit.problems import Problem


def test_a_problem_is_told_with_its_own_title_and_extensions() -> None:
    problem = Problem(409, "It is cancelled.", title="Cancelled", extensions={"order": "7"})
    assert json.loads(problem.body()) == {
        "type": "about:blank",
        "title": "Cancelled",
        "status": 409,
        "detail": "It is cancelled.",
        "order": "7",
    }
    assert str(problem) == "409 Cancelled: It is cancelled."


def test_its_title_is_the_phrase_of_the_status_where_none_is_given() -> None:
    assert Problem(503).document() == {"type": "about:blank", "title": "Service Unavailable", "status": 503}


def test_text_is_sent_as_it_is() -> None:
    assert "straße" in Problem(404, "Keine straße").body().decode()


@pytest.mark.parametrize("status", [200, 302, 600])
def test_only_an_error_is_a_problem(status: int) -> None:
    with pytest.raises(ValueError, match="400 to 599"):
        Problem(status)


def test_an_extension_may_not_take_a_members_place() -> None:
    with pytest.raises(ValueError, match="status"):
        Problem(400, extensions={"status": 200})
