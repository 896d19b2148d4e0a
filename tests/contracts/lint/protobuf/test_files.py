"""`.proto` files as the rules see them, and what they make of whole ones."""

from __future__ import annotations

from pathlib import Path

from seamwright.contracts.lint import lint, rules
from seamwright.contracts.lint.protobuf._opening import opened
from seamwright.contracts.protobuf.sources import DescriptorSet
from seamwright.contracts.reading import written
from tests.contracts.lint.documents import of_kind
from tests.rpc import descriptors_of

GOOD = """
syntax = "proto3";
package shop.orders.v1;

import "google/protobuf/timestamp.proto";

// Orders of customers.
service Orders {
  // Shows one order.
  rpc GetOrder(GetOrderRequest) returns (Order);
  // Lists the orders of the caller.
  rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse);
}

message GetOrderRequest { string id = 1; }
message ListOrdersRequest { int32 page_size = 1; string page_token = 2; }
message ListOrdersResponse {
  // The newest first.
  repeated Order orders = 1;
  string next_page_token = 2;
}

// What a customer has asked for.
message Order {
  reserved 3;
  string id = 1;
  // How far it is.
  State state = 2;
  // When it was made.
  google.protobuf.Timestamp created_at = 4;
  // Quantities by stock keeping unit.
  map<string, int32> quantities = 5;

  // How far an order is.
  enum State { STATE_UNSPECIFIED = 0; STATE_NEW = 1; }
}
"""

NESTED = """syntax = "proto3";
package a.v1;
service S { rpc Do(DoRequest) returns (DoResponse); }
message DoRequest {
  optional string a = 1;
  oneof either { string b = 2; int32 c = 3; }
  map<string, Inner> by_name = 4;
  message Inner { repeated Kind kinds = 1; enum Kind { KIND_UNSPECIFIED = 0; } }
}
message DoResponse { reserved 2 to 4; extensionsNot e = 1; }
message extensionsNot { int64 Big = 1; }
"""


def test_files_can_please_every_rule_at_once() -> None:
    assert [str(problem) for problem in of_kind("protobuf", GOOD)] == []


def test_every_part_is_read() -> None:
    files = opened(DescriptorSet("x", descriptors_of(NESTED)))
    [file] = files.files
    assert set(files.messages) == {"a.v1.DoRequest", "a.v1.DoRequest.Inner", "a.v1.DoResponse", "a.v1.extensionsNot"}
    request = files.messages["a.v1.DoRequest"]
    assert [(field.name, field.type) for field in request.fields] == [
        ("a", "string"),
        ("b", "string"),
        ("c", "int32"),
        ("by_name", "a.v1.DoRequest.Inner"),
    ]
    assert [oneof.name for oneof in request.oneofs] == ["either"], "the one behind `optional` is nobody's"
    assert [enum.place for enum in files.enums] == ["a.v1.DoRequest.Inner.Kind"]
    assert files.messages["a.v1.DoResponse"].reserved == (range(2, 5),)
    assert file.commented
    assert [(rpc.request, rpc.gives_stream) for rpc in files.rpcs] == [("a.v1.DoRequest", False)]
    located = files.located(["a.v1.extensionsNot.Big", "a.v1.DoRequest.Inner.Kind.KIND_UNSPECIFIED"])
    assert [at.line for at in located.values()] == [11, 8]


def test_a_problem_lies_in_the_file_that_it_stands_in(tmp_path: Path) -> None:
    folder = tmp_path / "protos" / "shop"
    folder.mkdir(parents=True)
    (folder / "types.proto").write_text('syntax = "proto3";\npackage shop.v1;\nmessage Order { string Id = 1; }\n')
    (folder / "orders.proto").write_text(
        'syntax = "proto3";\npackage shop.v1;\nimport "shop/types.proto";\n'
        "service Orders { rpc get(Order) returns (Order); }\n"
    )
    held = {rules()[name]: rules()[name].severity for name in ("protobuf.field-style", "protobuf.service-style")}
    for source in ("protos", "protos/shop/orders.proto"):
        contract = written(source, base=tmp_path)
        assert isinstance(contract, DescriptorSet)
        found = lint(contract, held)
        assert [(Path(p.file).relative_to(tmp_path).as_posix(), p.line, p.place) for p in found] == [
            ("protos/shop/orders.proto", 4, "shop.v1.Orders.get"),
            ("protos/shop/types.proto", 3, "shop.v1.Order.Id"),
        ]


def test_what_was_imported_from_somebody_else_is_not_judged() -> None:
    text = GOOD.replace("google.protobuf.Timestamp created_at", "google.protobuf.Value anything").replace(
        "timestamp.proto", "struct.proto"
    )
    assert [str(problem) for problem in of_kind("protobuf", text)] == []


def test_without_comments_nothing_is_said_of_comments() -> None:
    from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]

    files = descriptor_pb2.FileDescriptorSet.FromString(descriptors_of(NESTED))
    for file in files.file:
        file.ClearField("source_code_info")
    held = {rule: rule.severity for rule in rules().values() if rule.kind == "protobuf"}
    found = lint(DescriptorSet("api.binpb", files.SerializeToString()), held)
    assert found
    assert not [problem.rule for problem in found if "described" in problem.rule or "comment" in problem.rule]
    assert {(problem.file, problem.line) for problem in found} == {("service.proto", 1)}


def test_an_any_may_hold_whatever_is_defined() -> None:
    text = GOOD.replace("google.protobuf.Timestamp created_at", "google.protobuf.Any anything").replace(
        "timestamp.proto", "any.proto"
    )
    assert of_kind("protobuf", f"{text}\nmessage Loose {{ string id = 1; }}", "protobuf.message-unused") == ()


def test_an_import_of_options_counts_as_used() -> None:
    text = """syntax = "proto3";
package shop.v1;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { string unit = 50001; }
service S { rpc Get(GetRequest) returns (GetResponse); }
message GetRequest { string id = 1 [(unit) = "none"]; }
message GetResponse { string id = 1; }
"""
    assert of_kind("protobuf", text, "protobuf.import-unused") == ()
