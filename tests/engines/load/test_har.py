"""HAR files: entries in the order of their times, and what is wrong with file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seamwright.engines.load import read_har
from seamwright.model.errors import UsageError


def entry(second: float, path: str = "/", **more: Any) -> dict[str, Any]:
    request = {"method": "GET", "url": f"http://h{path}", "headers": [{"name": "Accept", "value": "*/*"}]}
    request |= more.pop("request", {})
    moment = f"2024-05-01T10:00:{second:06.3f}Z"
    return {"startedDateTime": moment, "time": 40, "request": request, "response": {"status": 200}} | more


def har(folder: Path, *entries: Any) -> Path:
    path = folder / "recorded.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=1), encoding="utf-8")
    return path


def test_entries_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    posted = {"method": "post", "postData": {"mimeType": "application/json", "text": '{"a": "é"}'}}
    form = {"method": "PUT", "postData": {"params": [{"name": "a", "value": "b c"}, {"name": "d"}]}}
    path = har(tmp_path, entry(2.5, "/late"), entry(1.0, "/b", request=posted), entry(1.2, "/c", request=form))
    found = read_har(path).entries
    assert [(e.number, e.method, e.url) for e in found] == [
        (2, "POST", "http://h/b"),
        (3, "PUT", "http://h/c"),
        (1, "GET", "http://h/late"),
    ]
    assert [e.at for e in found] == pytest.approx([0, 0.2, 1.5], abs=1e-6)
    assert [e.took for e in found] == [0.04] * 3
    assert found[0].body == '{"a": "é"}'.encode()
    assert found[1].body == b"a=b+c&d="
    assert found[0].headers == (("Accept", "*/*"),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{\n\n", ":3: is no JSON"),
        ("[]", ":1: is no HAR file"),
        ('{"log": {"entries": []}}', ":1: has no entry"),
        (b"{\n\xff", ":2: is not UTF-8"),
    ],
)
def test_what_is_no_har_file_is_told(tmp_path: Path, text: Any, told: str) -> None:
    path = tmp_path / "recorded.har"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(UsageError) as error:
        read_har(path)
    assert f"recorded.har{told}" in str(error.value)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"request": {"method": "GET /"}}, "request.method is 'GET /'"),
        ({"request": {"url": "/relative"}}, "request.url is '/relative'"),
        ({"request": {"headers": [{"name": "a"}]}}, "has no 'value'"),
        ({"startedDateTime": "yesterday"}, "startedDateTime is 'yesterday'"),
        ({"time": "long"}, "time is 'long'"),
    ],
)
def test_a_wrong_entry_is_told_with_its_line(tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    path = har(tmp_path, entry(1), entry(2, **wrong))
    line = (
        next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "10:00:02" in text or "yester" in text) - 1
    )
    with pytest.raises(UsageError) as error:
        read_har(path)
    assert f"recorded.har:{line}: log.entries[1]: {told}" in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_har(tmp_path / "none.har")
