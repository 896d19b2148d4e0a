"""A contract with annotations, and a declaration of those annotations that is just as large as it has to be.

The numbers of extensions and fields are those under which everybody uses them.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from seamwright.contracts.protobuf.sources import compiled

__all__ = ["ANNOTATED", "annotated", "annotated_as"]

_BEHAVIOUR = """
syntax = "proto3";
package google.api;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { repeated FieldBehavior field_behavior = 1052; }
enum FieldBehavior { FIELD_BEHAVIOR_UNSPECIFIED = 0; OPTIONAL = 1; REQUIRED = 2; OUTPUT_ONLY = 3; }
"""

_VALIDATE = """
syntax = "proto2";
package buf.validate;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { optional FieldRules field = 1159; }
extend google.protobuf.OneofOptions { optional OneofRules oneof = 1159; }
message OneofRules { optional bool required = 1; }
message FieldRules {
  optional bool required = 25; optional Ignore ignore = 27;
  oneof type {
    DoubleRules double = 2; Int32Rules int32 = 3; Int64Rules int64 = 4; StringRules string = 14;
    EnumRules enum = 16; RepeatedRules repeated = 18; MapRules map = 19;
  }
}
enum Ignore { IGNORE_UNSPECIFIED = 0; IGNORE_IF_ZERO_VALUE = 1; IGNORE_ALWAYS = 3; }
message DoubleRules { optional double lte = 3; optional double gt = 4; }
message Int32Rules { optional int32 lt = 2; optional int32 gte = 5; }
message Int64Rules { optional int64 gte = 5; }
message StringRules {
  optional uint64 min_len = 2; optional uint64 max_len = 3; optional string pattern = 6; repeated string in = 10;
  optional bool email = 12;
}
message EnumRules { optional bool defined_only = 2; }
message RepeatedRules {
  optional uint64 min_items = 1; optional uint64 max_items = 2; optional bool unique = 3; optional FieldRules items = 4;
}
message MapRules { optional FieldRules keys = 4; optional FieldRules values = 5; }
"""

ANNOTATED = """
syntax = "proto3";
package annotated;
import "buf/validate/validate.proto";
import "google/api/field_behavior.proto";
service Accounts {
  rpc CreateAccount(Account) returns (Account);
  rpc GetAccount(AccountId) returns (Account);
}
message AccountId { string id = 1 [(google.api.field_behavior) = REQUIRED]; }
message Account {
  string id = 1 [(google.api.field_behavior) = OUTPUT_ONLY];
  string email = 2 [(google.api.field_behavior) = REQUIRED, (buf.validate.field).string.email = true];
  int32 age = 3 [(buf.validate.field).int32 = {gte: 18, lt: 120}];
  double share = 4 [(buf.validate.field).double = {gt: 0, lte: 1}];
  string code = 5 [(buf.validate.field).string = {pattern: "^[A-Z]{3}$", max_len: 3}];
  Kind kind = 6 [(buf.validate.field).enum.defined_only = true];
  string size = 7 [(buf.validate.field).string = {in: ["S", "M", "L"]}];
  repeated string tags = 8
    [(buf.validate.field).repeated = {min_items: 1, max_items: 3, unique: true, items: {string: {min_len: 2}}}];
  map<string, int64> limits = 9 [(buf.validate.field).map.values.int64.gte = 0];
  oneof way { option (buf.validate.oneof).required = true; string phone = 10; string post = 11; }
  oneof other { string first = 12; string second = 13; }
  string note = 14;
  int32 spare = 15 [(buf.validate.field) = {int32: {gte: 5}, ignore: IGNORE_IF_ZERO_VALUE}];
  optional int32 maybe = 16 [(buf.validate.field).int32.gte = 5];
}
enum Kind { SMALL = 0; BIG = 1; }
"""


def annotated() -> bytes:
    """The descriptors of the contract, with the files that it imports."""
    return annotated_as(ANNOTATED)


@functools.cache
def annotated_as(text: str) -> bytes:
    """The descriptors of a contract with this text, with the files that it imports."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, written in (
            ("google/api/field_behavior.proto", _BEHAVIOUR),
            ("buf/validate/validate.proto", _VALIDATE),
            ("accounts.proto", text),
        ):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(written)
        return compiled([root / "accounts.proto"], root)
