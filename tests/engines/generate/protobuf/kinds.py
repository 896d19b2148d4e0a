"""A message with every kind of field that there is."""

from __future__ import annotations

from seamwright.wire.protobuf import Descriptors
from tests.rpc import descriptors_of

__all__ = ["KINDS", "kinds"]

KINDS = """
syntax = "proto3";
package kinds;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message Everything {
  double a = 1; float b = 2; int64 c = 3; uint64 d = 4; int32 e = 5; fixed64 f = 6; fixed32 g = 7; bool h = 8;
  string i = 9; bytes j = 10; uint32 k = 11; Level l = 12; sfixed32 m = 13; sfixed64 n = 14; sint32 o = 15;
  sint64 p = 16;
  repeated int32 numbers = 17; repeated string texts = 18; repeated Tree trees = 19;
  map<string, int64> by_text = 20; map<int32, Tree> by_number = 21; map<bool, Level> by_truth = 22;
  optional int32 maybe = 23;
  oneof choice { string first = 24; int32 second = 25; Tree third = 26; }
  Tree tree = 27; Expression expression = 28;
  google.protobuf.Any any = 40; google.protobuf.Struct struct = 41; google.protobuf.Value value = 42;
  google.protobuf.ListValue list = 43; google.protobuf.Timestamp at = 44; google.protobuf.Duration takes = 45;
  google.protobuf.FieldMask mask = 46; google.protobuf.StringValue text = 47; google.protobuf.Int64Value whole = 48;
  google.protobuf.BoolValue truth = 49; google.protobuf.BytesValue data = 50; google.protobuf.Empty nothing = 51;
}
enum Level { LEVEL_UNSPECIFIED = 0; LOW = 1; BELOW = -5; }
message Tree { string label = 1; repeated Tree children = 2; Tree only = 3; }
message Expression { oneof kind { int32 literal = 1; Expression negated = 2; Sum sum = 3; } }
message Sum { Expression left = 1; Expression right = 2; }
"""


def kinds() -> Descriptors:
    """Its descriptors."""
    return Descriptors(descriptors_of(KINDS))
