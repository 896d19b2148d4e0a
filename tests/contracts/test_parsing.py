"""Bytes become values, or one sentence about why they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamwright.contracts import parsing
from seamwright.contracts.parsing import bytes_of, parsed, text_of
from seamwright.model.errors import ContractError


def test_json_and_yaml_are_told_apart_by_what_they_begin_with() -> None:
    assert parsed(b'\n {"a": [1, null]}', source="a") == {"a": [1, None]}
    assert parsed(b"a: [1, null]", source="a") == {"a": [1, None]}
    assert parsed(b"{a: [1, null]}", source="a") == {"a": [1, None]}
    with pytest.raises(ContractError, match=r"a:1:9: is no valid JSON"):
        parsed(b'{"a": 1 "b": 2}', source="a")
    with pytest.raises(ContractError, match="is empty"):
        parsed(b" \n", source="a")


@pytest.mark.parametrize(("limit", "data"), [("MAX_JSON", b"{}" * 20), ("MAX_YAML", b"a: 1\n" * 10)])
def test_what_is_too_large_is_refused_before_it_is_parsed(
    monkeypatch: pytest.MonkeyPatch, limit: str, data: bytes
) -> None:
    monkeypatch.setattr(parsing, limit, 30)
    with pytest.raises(ContractError, match="more than the 30 that are read"):
        parsed(data, source="a")


def test_without_libyaml_less_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "fast", lambda: False)
    monkeypatch.setattr(parsing, "MAX_YAML_SLOW", 3)
    with pytest.raises(ContractError, match="convert it to JSON"):
        parsed(b"a: 1\n", source="a")


def test_encodings() -> None:
    assert text_of("é".encode("utf-16"), "a") == "é"
    assert text_of(b"\xef\xbb\xbfa", "a") == "a"
    assert text_of("é".encode()[:1], "a", partial=True) == ""
    with pytest.raises(ContractError, match="a:2: byte 2 is no UTF-8"):
        text_of(b"a\n\xe9", "a")


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert bytes_of(tmp_path / "a", "a") == b"abc"
    monkeypatch.setattr(parsing, "MAX_JSON", 2)
    with pytest.raises(ContractError, match="larger than the 2 bytes"):
        bytes_of(tmp_path / "a", "a")
    with pytest.raises(ContractError, match="does not exist"):
        bytes_of(tmp_path / "b", "b")
    with pytest.raises(ContractError, match="is a folder"):
        bytes_of(tmp_path, "here")
    with pytest.raises(ContractError, match="cannot be read"):
        bytes_of(tmp_path / ("x" * 300), "x")
