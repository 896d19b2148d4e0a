"""The numbers and names that a message or an enum keeps anybody from using again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Reserved"]


@dataclass(frozen=True, slots=True)
class Reserved:
    """Ranges of numbers, both ends included, and names."""

    ranges: tuple[tuple[int, int], ...]
    names: frozenset[str]

    @staticmethod
    def of_message(descriptor: Any) -> Reserved:
        """What a message reserves."""
        from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]

        told = descriptor_pb2.DescriptorProto()
        descriptor.CopyToProto(told)
        # Of messages, the end of a range is not in it; of enums it is (descriptor.proto).
        ranges = tuple((r.start, r.end - 1) for r in told.reserved_range)
        return Reserved(ranges, frozenset(told.reserved_name))

    @staticmethod
    def of_enum(descriptor: Any) -> Reserved:
        """What an enum reserves."""
        from google.protobuf import descriptor_pb2

        told = descriptor_pb2.EnumDescriptorProto()
        descriptor.CopyToProto(told)
        return Reserved(tuple((r.start, r.end) for r in told.reserved_range), frozenset(told.reserved_name))

    def has(self, number: int) -> bool:
        """Whether a number is reserved."""
        return any(first <= number <= last for first, last in self.ranges)

    def lost_by(self, later: Reserved) -> Iterator[str]:
        """The ranges and names that a later version does not reserve any more, as people write them."""
        for first, last in self.ranges:
            if not any(a <= first and last <= b for a, b in later.ranges):
                yield str(first) if first == last else f"{first} to {last}"
        yield from (f'"{name}"' for name in sorted(self.names - later.names))
