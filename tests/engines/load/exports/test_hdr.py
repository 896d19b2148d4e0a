"""The log reads back, by the library's published encoding written down anew, with every count in its bucket."""

from __future__ import annotations

import base64
import struct
import zlib
from collections import Counter

import pytest

from seamwright.engines.load.exports import hdr_log
from tests.engines.load.exports.loaded import LATENCIES, loaded


def bucket_start(index: int) -> int:
    """The lowest value of a bucket of an HdrHistogram with 256 sub-buckets and a unit of 1."""
    bucket, sub = (index >> 7) - 1, (index & 127) + 128
    return index if bucket < 0 else sub << bucket


def decoded(text: str) -> Counter[int]:
    """How many values lie in the bucket that starts at each value."""
    data = base64.b64decode(text, validate=True)
    cookie, length = struct.unpack(">ii", data[:8])
    assert (cookie, length) == (0x1C849314, len(data) - 8)
    plain = zlib.decompress(data[8:])
    cookie, length, offset, digits, lowest, highest, ratio = struct.unpack(">iiiiqqd", plain[:40])
    assert (cookie, length, offset, digits, lowest, ratio) == (0x1C849313, len(plain) - 40, 0, 2, 1, 1.0)
    counts: Counter[int] = Counter()
    index = at = 0
    payload = plain[40:]
    while at < len(payload):
        number = shift = 0
        for place in range(9):
            byte = payload[at]
            at += 1
            number |= (byte if place == 8 else byte & 0x7F) << shift
            shift += 7
            if place == 8 or not byte & 0x80:
                break
        value = (number >> 1) ^ -(number & 1)
        if value < 0:
            index -= value
            continue
        counts[bucket_start(index)] = value
        index += 1
    assert max(counts) <= highest
    return counts


def test_counts_come_back_in_their_buckets() -> None:
    lines = hdr_log(loaded(), 1_700_000_000.25).splitlines()
    assert lines[0] == "#[Histogram log format version 1.3]"
    assert lines[1].startswith("#[StartTime: 1700000000.250 (seconds since epoch), Tue Nov 14 ")
    rows = [line.split(",") for line in lines[3:]]
    assert [row[0] for row in rows] == [
        "Tag=intended",
        "Tag=intended/list_all",
        'Tag=intended/say_"hi"',
        "Tag=service",
        "Tag=service/list_all",
    ]
    assert rows[1][1:4] == ["0.000", "1.500", "987.654"]
    counts = decoded(rows[1][4])
    assert sum(counts.values()) == len(LATENCIES)
    starts = sorted(counts.elements())
    for value, start in zip(sorted(LATENCIES), starts, strict=True):
        assert start <= value <= start * 129 / 128 + 1


@pytest.mark.parametrize("count", [1, 63, 64, 8191, 8192, 10**7, 2**40])
def test_counts_of_any_size_are_written(count: int) -> None:
    from seamwright.engines.load.exports.hdr import _zigzag

    assert len(_zigzag(count)) == max(1, -(-(count * 2).bit_length() // 7))
    assert len(_zigzag(-count)) == max(1, -(-(count * 2 - 1).bit_length() // 7))
