"""Latencies as an HdrHistogram log, version 1.3, which the tools of that library read and draw.

Our buckets are those of an HdrHistogram of two significant digits in nanoseconds, so that the counts go over as they
are. The encoding is V2 of `AbstractHistogram.encodeIntoCompressedByteBuffer` (HdrHistogram 2.1).
"""

from __future__ import annotations

import base64
import re
import struct
import time
import zlib
from collections.abc import Iterable

import numpy as np

from seamwright.engines.load.recorder import Histogram, Latency
from seamwright.engines.load.result import LoadResult

__all__ = ["hdr_log"]

_PLAIN = 0x1C849303 | 0x10
_COMPRESSED = 0x1C849304 | 0x10
_DIGITS = 2
_MILLISECOND = 1e-3


def hdr_log(result: LoadResult, started: float) -> str:
    """The whole run as one interval for each tag; `started` is in seconds since the epoch.

    Tags are `intended` and `service`, and those with `/` and an operation after it. Values are nanoseconds, and the
    column of the largest one is milliseconds, as in logs of the library itself. A tag with no value has no line.
    """
    stamp = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(started))
    lines = [
        "#[Histogram log format version 1.3]",
        f"#[StartTime: {started:.3f} (seconds since epoch), {stamp}]",
        '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ]
    kinds: tuple[Latency, ...] = ("intended", "service")
    for kind in kinds:
        for operation in (None, *result.operations):
            histogram = result.recorder.latency(kind, operation)
            if histogram.count == 0:
                continue
            # A tag ends at a comma, and a line at white space.
            tag = kind if operation is None else f"{kind}/" + re.sub(r"[\s,]+", "_", operation)
            largest = histogram.quantile(1.0) / _MILLISECOND
            lines.append(f"Tag={tag},0.000,{result.elapsed:.3f},{largest:.3f},{_encoded(histogram)}")
    return "\n".join(lines) + "\n"


def _encoded(histogram: Histogram) -> str:
    counts = np.trim_zeros(histogram.counts, "b")
    payload = b"".join(_runs(counts.tolist()))
    highest = (1 << max(8, round(histogram.quantile(1.0) * 1e9).bit_length())) - 1
    head = struct.pack(">iiiiqqd", _PLAIN, len(payload), 0, _DIGITS, 1, highest, 1.0)
    packed = zlib.compress(head + payload)
    return base64.b64encode(struct.pack(">ii", _COMPRESSED, len(packed)) + packed).decode("ascii")


def _runs(counts: Iterable[int]) -> Iterable[bytes]:
    """Counts as ZigZag LEB128; a run of zeros as the negative of its length."""
    zeros = 0
    for count in counts:
        if count == 0:
            zeros += 1
            continue
        if zeros:
            yield _zigzag(-zeros)
            zeros = 0
        yield _zigzag(count)


def _zigzag(value: int) -> bytes:
    """A number as the library's `ZigZagEncoding` writes it: seven bits a byte, and at most nine bytes."""
    left = (value << 1) ^ (value >> 63)
    written = bytearray()
    while left > 0x7F and len(written) < 8:
        written.append(left & 0x7F | 0x80)
        left >>= 7
    written.append(left)
    return bytes(written)
