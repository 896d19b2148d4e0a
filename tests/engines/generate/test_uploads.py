"""Files that are what they say: whole pictures and documents, in the fields that may hold them, as they are sent."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any

import pytest

from seamwright.engines.generate.rendering import encoded_body
from seamwright.engines.generate.uploads import ANY_FILE, NAMES, uploads
from seamwright.model.exchange import Case


def _content(kind: str) -> bytes:
    return next(content.encode("latin-1") for content, (_, each) in NAMES.items() if each == kind)


def _case(**body: Any) -> Case:
    return Case("it", body=body, media_type="multipart/form-data")


def test_the_picture_is_whole() -> None:
    data, at, seen = _content("image/png"), 8, {}
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size]) == (zlib.crc32(kind + body),)
        seen[kind], at = body, at + 12 + size
    assert list(seen) == [b"IHDR", b"IDAT", b"IEND"]
    assert zlib.decompress(seen[b"IDAT"]) == b"\0\x80"


def test_the_table_of_the_document_leads_to_its_objects() -> None:
    data = _content("application/pdf")
    start = re.search(rb"startxref\n(\d+)\n%%EOF\n$", data)
    assert start is not None
    assert data[int(start[1]) :].startswith(b"xref\n0 4\n")
    places = [int(found) for found in re.findall(rb"(\d{10}) 00000 n \n", data)]
    assert [data[place : place + 7] for place in places] == [b"1 0 obj", b"2 0 obj", b"3 0 obj"]


def test_each_file_takes_the_place_of_what_was_there() -> None:
    made = list(uploads(_case(file="x", more=["y", "z"], note="n"), {"file": ANY_FILE, "more": ANY_FILE}))
    assert [kind for _, kind in made] == ["image/png", "application/pdf", "text/plain"]
    for case, kind in made:
        content = _content(kind).decode("latin-1")
        assert case.body == {"file": content, "more": [content, content], "note": "n"}


@pytest.mark.parametrize(
    ("stated", "kinds"), [("image/png", ["image/png"]), ("image/jpeg, text/*", ["text/plain"]), ("video/mp4", [])]
)
def test_a_type_that_is_stated_is_kept_to(stated: str, kinds: list[str]) -> None:
    assert [kind for _, kind in uploads(_case(file="x"), {"file": stated})] == kinds


def test_a_case_without_files_gives_none() -> None:
    assert list(uploads(_case(note="n"), {"file": ANY_FILE})) == []
    assert list(uploads(Case("it"), {"file": ANY_FILE})) == []


def test_they_are_sent_byte_by_byte_with_their_names_and_types() -> None:
    for case, kind in uploads(_case(file="x"), {"file": ANY_FILE}):
        body, _ = encoded_body(case.body, "multipart/form-data", {"file": ANY_FILE})
        name = next(name for name, each in NAMES.values() if each == kind)
        assert f'name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + _content(kind) in body
