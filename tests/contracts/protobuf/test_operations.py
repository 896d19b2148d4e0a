"""One operation for each rpc: what it is called, what kind it is, whether it is safe."""

from __future__ import annotations

import pytest
from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]

from seamwright.contracts.lint import lint
from seamwright.contracts.protobuf.operations import load_protobuf, reads
from seamwright.contracts.protobuf.sources import DescriptorSet
from seamwright.model.errors import ContractError
from tests.rpc import SHOP, contract_of, descriptors_of

KINDS = """
syntax = "proto3";
package chat.v2beta1;
service Rooms {
  // Says something. Everybody hears it.
  rpc Say(Text) returns (Text);
  rpc Watch(Text) returns (stream Text) { option deprecated = true; }
  rpc Upload(stream Text) returns (Text);
  rpc Talk(stream Text) returns (stream Text) { option idempotency_level = IDEMPOTENT; }
}
message Text { string text = 1; }
"""


def test_rpcs_are_operations() -> None:
    found = contract_of(KINDS)
    assert (found.kind, found.dialect, found.title, found.version) == (
        "protobuf",
        "protobuf",
        "chat.v2beta1",
        "v2beta1",
    )
    assert [(o.id, o.method) for o in found.operations] == [
        ("Rooms.Say", "UNARY"),
        ("Rooms.Watch", "SERVER_STREAM"),
        ("Rooms.Upload", "CLIENT_STREAM"),
        ("Rooms.Talk", "BIDI_STREAM"),
    ]
    say, watch, *_ = found.operations
    assert (say.path, say.summary, say.tags) == ("/chat.v2beta1.Rooms/Say", "Says something.", ("chat.v2beta1.Rooms",))
    assert say.label == "Rooms.Say (UNARY /chat.v2beta1.Rooms/Say)"
    assert (say.deprecated, watch.deprecated) == (False, True)


def test_safe_is_what_the_contract_declares_and_not_what_a_name_says() -> None:
    safe = {o.id for o in contract_of(SHOP).operations if o.safe}
    assert safe == {"Orders.GetOrder", "Orders.ListOrders"}
    undeclared = contract_of(SHOP.replace("{ option idempotency_level = NO_SIDE_EFFECTS; }", ";"))
    assert not any(o.safe for o in undeclared.operations)
    assert {o.id for o in undeclared.operations if reads(o)} == safe


def test_services_of_one_name_are_told_apart_by_their_packages() -> None:
    both = descriptor_pb2.FileDescriptorSet.FromString(descriptors_of(SHOP))
    other = descriptor_pb2.FileDescriptorSet.FromString(descriptors_of(SHOP.replace("shop.v1", "shop.v2")))
    other.file[-1].name = "other.proto"
    both.file.append(other.file[-1])
    names = {o.id for o in load_protobuf(both.SerializeToString(), source="x").operations}
    assert {"shop.v1.Orders.GetOrder", "shop.v2.Orders.GetOrder"} <= names


def test_what_frameworks_offer_by_themselves_is_left_out() -> None:
    health = KINDS.replace("chat.v2beta1", "grpc.health.v1")
    with pytest.raises(ContractError, match="describes no protobuf service"):
        contract_of(health)


def test_one_contract_has_one_digest_however_it_was_read() -> None:
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptors_of(SHOP))
    turned = descriptor_pb2.FileDescriptorSet(file=reversed(files.file))
    for file in turned.file:
        file.ClearField("source_code_info")
    same = load_protobuf(turned.SerializeToString(), source="elsewhere")
    assert same.digest == contract_of(SHOP).digest
    assert contract_of(SHOP.replace("note = 5", "remark = 5")).digest != same.digest


def test_bytes_that_are_no_contract() -> None:
    with pytest.raises(ContractError, match="api: is no FileDescriptorSet; give a"):
        load_protobuf(b"\xff\xff", source="api")


def test_comments_may_be_written_in_any_way() -> None:
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptors_of(SHOP))
    comment = next(each for each in files.file[-1].source_code_info.location if each.leading_comments)
    # The same number of bytes, of which the last is no UTF-8 by itself.
    told = files.SerializeToString().replace(
        comment.leading_comments.encode(), b"Caf\xe9".ljust(len(comment.leading_comments))
    )
    assert load_protobuf(told, source="x").digest == load_protobuf(descriptors_of(SHOP), source="x").digest
    assert len(lint(DescriptorSet("x", told), {})) == 0


def test_comments_about_what_was_taken_out_are_passed_over() -> None:
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptors_of(SHOP))
    del files.file[-1].service[0].method[0]
    del files.file[-1].service[0].method[1:]
    found = load_protobuf(files.SerializeToString(), source="x")
    assert [operation.id for operation in found.operations] == ["Orders.GetOrder"]


def test_names_that_are_no_text_are_refused() -> None:
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptors_of(SHOP))
    files.file[-1].message_type[0].field[0].json_name = "nameInJson"
    told = files.SerializeToString().replace(b"nameInJson", b"n\xe4meInJson")
    with pytest.raises(ContractError, match="holds a json_name that is no UTF-8"):
        load_protobuf(told, source="x")
