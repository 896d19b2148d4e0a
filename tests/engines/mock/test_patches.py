"""Merge patches as in RFC 7396, appendix A, and JSON patches as in RFC 6902, appendix A."""

from __future__ import annotations

from typing import Any

import pytest

from seamwright.engines.mock.patches import PatchError, json_patched, merged


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch(target: Any, patch: Any, expected: Any) -> None:
    assert merged(target, patch) == expected


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"foo": "bar"}, [{"op": "add", "path": "/baz", "value": "q"}], {"foo": "bar", "baz": "q"}),
        ({"foo": ["a", "c"]}, [{"op": "add", "path": "/foo/1", "value": "b"}], {"foo": ["a", "b", "c"]}),
        ({"foo": ["a"]}, [{"op": "add", "path": "/foo/-", "value": ["b"]}], {"foo": ["a", ["b"]]}),
        ({"baz": "q", "foo": "bar"}, [{"op": "remove", "path": "/baz"}], {"foo": "bar"}),
        ({"foo": ["a", "b", "c"]}, [{"op": "remove", "path": "/foo/1"}], {"foo": ["a", "c"]}),
        ({"baz": "q"}, [{"op": "replace", "path": "/baz", "value": "boo"}], {"baz": "boo"}),
        ({"a": {"w": "f"}, "q": {}}, [{"op": "move", "from": "/a/w", "path": "/q/t"}], {"a": {}, "q": {"t": "f"}}),
        ({"foo": [1, 2, 3]}, [{"op": "move", "from": "/foo/0", "path": "/foo/2"}], {"foo": [2, 3, 1]}),
        ({"a": [1]}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": [1], "b": [1]}),
        ({"a/b": 1, "m~n": 2}, [{"op": "test", "path": "/a~1b", "value": 1.0}], {"a/b": 1, "m~n": 2}),
        ({"a": 1}, [{"op": "replace", "path": "", "value": [1]}], [1]),
    ],
)
def test_a_json_patch(target: Any, patch: Any, expected: Any) -> None:
    assert json_patched(target, patch) == expected


@pytest.mark.parametrize(
    ("target", "step", "why"),
    [
        ({"a": 1}, {"op": "test", "path": "/a", "value": True}, "another one"),
        ({"a": 1}, {"op": "remove", "path": "/b"}, "nothing is there"),
        ({"a": 1}, {"op": "replace", "path": "/b", "value": 1}, "nothing is there"),
        ({"a": [1]}, {"op": "add", "path": "/a/2", "value": 1}, "no such place"),
        ({"a": [1]}, {"op": "remove", "path": "/a/-"}, "no such place"),
        ({"a": [1, 2]}, {"op": "remove", "path": "/a/01"}, "no such place"),
        ({"a": {"b": 1}}, {"op": "move", "from": "/a", "path": "/a/b"}, "into itself"),
        ({"a": 1}, {"op": "add", "path": "/a/b", "value": 1}, "no object"),
        ({"a": 1}, {"op": "add", "path": "/b"}, "needs 'value'"),
        ({"a": 1}, {"op": "swap", "path": "/a"}, "not known"),
        ({"a": 1}, {"op": "remove", "path": "a"}, "begins with a slash"),
    ],
)
def test_a_patch_that_cannot_be_applied_changes_nothing(target: Any, step: Any, why: str) -> None:
    before = dict(target)
    with pytest.raises(PatchError, match=why):
        json_patched(target, [{"op": "add", "path": "/new", "value": 1}, step])
    assert target == before


def test_what_is_no_patch() -> None:
    with pytest.raises(PatchError, match="a list"):
        json_patched({}, {"op": "add"})
    with pytest.raises(PatchError, match="op and path"):
        json_patched({}, [{"op": "add"}])
