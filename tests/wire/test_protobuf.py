"""Messages to bytes and back by their descriptors alone, and what is told of bytes that do not fit."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]

from seamwright.wire.protobuf import Descriptors, described, framed, is_map, strays, unframed
from tests.rpc import SHOP, contract_of, descriptors_of

KINDS = """
syntax = "proto3";
package kinds;
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
message All {
  int64 big = 1;
  double ratio = 2;
  bytes data = 3;
  map<string, Inner> named = 4;
  repeated Inner items = 5;
  oneof choice { string text = 6; int32 number = 7; }
  google.protobuf.Any any = 8;
  google.protobuf.Struct free = 9;
  google.protobuf.Timestamp at = 10;
  Level level = 11;
  optional int32 maybe = 12;
}
message Inner { string name = 1; }
enum Level { NONE = 0; HIGH = 1; }
"""

VALUE: dict[str, Any] = {
    "big": "9007199254740993",
    "ratio": "NaN",
    "data": "AAE=",
    "named": {"a": {"name": "x"}},
    "items": [{"name": "y"}],
    "number": 7,
    "any": {"@type": "type.googleapis.com/kinds.Inner", "name": "z"},
    "free": {"a": [1.0, None, "b"]},
    "at": "2026-01-02T03:04:05Z",
    "level": "HIGH",
    "maybe": 0,
}


def _told(text: str = KINDS) -> Descriptors:
    return Descriptors(descriptors_of(text))


def test_json_to_bytes_and_back() -> None:
    told = _told()
    kind = told.message("kinds.All")
    assert told.decode(kind, told.encode(kind, VALUE)) == VALUE


def test_methods_are_found_by_their_paths() -> None:
    told = described(contract_of(SHOP))
    method = told.method("/shop.v1.Orders/GetOrder")
    assert method is not None
    assert (method.takes.full_name, method.gives.full_name) == ("shop.v1.GetOrderRequest", "shop.v1.Order")
    assert (method.takes_stream, method.gives_stream) == (False, False)
    assert told.method("/shop.v1.Orders/Nothing") is None
    assert [service.full_name for service in told.services()] == ["shop.v1.Orders"]
    assert "shop.v1.Line" in {message.full_name for message in told.messages()}


@pytest.mark.parametrize(
    "value",
    [{"nothing": 1}, {"big": "x"}, [], "text", {"any": {"@type": "type.googleapis.com/kinds.Gone"}}, {"level": "LOW"}],
)
def test_json_that_is_no_such_message(value: Any) -> None:
    told = _told()
    with pytest.raises(ValueError, match=r"is no kinds\.All"):
        told.encode(told.message("kinds.All"), value)


def test_bytes_that_are_no_message_and_messages_that_json_cannot_show() -> None:
    told = _told()
    kind = told.message("kinds.All")
    with pytest.raises(ValueError, match=r"is no kinds\.All"):
        told.decode(kind, b"\x0a")
    late = b"\x52\x07\x08\x80\xa0\xdd\xe2\x92\x3f"
    assert told.read(kind, late) is not None
    with pytest.raises(ValueError, match="has no JSON"):
        told.decode(kind, late)


def test_a_declared_field_in_another_wire_type_is_a_stray() -> None:
    told = _told()
    kind = told.message("kinds.All")
    assert list(strays(told.read(kind, told.encode(kind, VALUE)))) == []
    # big (1) as text, items (5) with a name (1) as a number, and field 99, which nobody has declared
    found = list(strays(told.read(kind, b"\x0a\x01x\x2a\x02\x08\x05\x9a\x06\x01x")))
    assert [place for place, _ in found] == ["/big", "/items/0/name"]


def test_a_value_that_a_closed_enum_does_not_have_is_a_stray() -> None:
    told = _told('syntax = "proto2"; message M { optional E e = 1; } enum E { A = 1; }')
    [(place, text)] = strays(told.read(told.message("M"), b"\x08\x09"))
    assert (place, text) == ("/e", "E has no value 9")


def test_maps_are_told_from_lists() -> None:
    fields = _told().message("kinds.All").fields_by_name
    assert is_map(fields["named"])
    assert not is_map(fields["items"])
    assert not is_map(fields["big"])


def test_frames() -> None:
    messages = (b"", b"abc", b"x" * 300)
    assert unframed(framed(messages)) == messages
    assert framed([b"abc"]) == b"\0\0\0\0\x03abc"


def test_files_that_do_not_fit_together() -> None:
    with pytest.raises(ValueError, match="is no FileDescriptorSet"):
        Descriptors(b"openapi: 3.1.0")
    alone = descriptor_pb2.FileDescriptorProto(name="a.proto", dependency=["b.proto"])
    with pytest.raises(ValueError, match=r"a\.proto imports b\.proto, which is not there"):
        Descriptors(descriptor_pb2.FileDescriptorSet(file=[alone]).SerializeToString())
    ring = descriptor_pb2.FileDescriptorProto(name="a.proto", dependency=["a.proto"])
    with pytest.raises(ValueError, match="imports itself"):
        Descriptors(descriptor_pb2.FileDescriptorSet(file=[ring]).SerializeToString())
    broken = descriptor_pb2.FileDescriptorProto(name="a.proto")
    broken.message_type.add(name="M").field.add(name="f", number=1, label=1, type=11, type_name=".Nowhere")
    with pytest.raises(ValueError, match=r"a\.proto cannot be used"):
        Descriptors(descriptor_pb2.FileDescriptorSet(file=[broken]).SerializeToString())


def test_well_known_types_in_a_file_of_somebody_elses_name() -> None:
    """Some frameworks put what protobuf brings along into one file of their own."""
    from google.protobuf import timestamp_pb2

    own = descriptor_pb2.FileDescriptorProto.FromString(timestamp_pb2.DESCRIPTOR.serialized_pb)
    own.name = "google_protobuf.proto"
    user = descriptor_pb2.FileDescriptorProto(name="m.proto", dependency=["google_protobuf.proto"], syntax="proto3")
    user.message_type.add(name="M").field.add(
        name="at", number=1, label=1, type=11, type_name=".google.protobuf.Timestamp"
    )
    told = Descriptors(descriptor_pb2.FileDescriptorSet(file=[user, own]).SerializeToString())
    assert told.encode(told.message("M"), {"at": "1970-01-01T00:00:01Z"}) == b"\x0a\x02\x08\x01"
    assert told.message("google.protobuf.Duration").name == "Duration", "the others are there as well"
