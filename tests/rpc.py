"""gRPC for tests: a contract from the text of a `.proto` file, and a real server that answers by it with plain JSON."""

from __future__ import annotations

import contextlib
import functools
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
from grpc_reflection.v1alpha import reflection, reflection_pb2  # type: ignore[import-untyped]
from grpc_tools import protoc  # type: ignore[import-untyped]

from seamwright.contracts.protobuf.operations import load_protobuf
from seamwright.model.operation import Contract
from seamwright.wire.protobuf import Descriptors, Method, described

__all__ = ["SHOP", "Answers", "answering", "contract_of", "descriptors_of", "serving_rpc"]

SHOP = """
syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/timestamp.proto";

service Orders {
  // Creates an order. It is kept.
  rpc CreateOrder(CreateOrderRequest) returns (Order);
  rpc GetOrder(GetOrderRequest) returns (Order) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc ListOrders(ListOrdersRequest) returns (ListOrdersResponse) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc DeleteOrder(GetOrderRequest) returns (google.protobuf.Empty);
}

enum State { STATE_UNSPECIFIED = 0; OPEN = 1; PAID = 2; }
message Line { string sku = 1; int32 quantity = 2; }
message CreateOrderRequest { string customer = 1; repeated Line lines = 2; string note = 3; }
message Order {
  string id = 1;
  string customer = 2;
  repeated Line lines = 3;
  State state = 4;
  string note = 5;
  google.protobuf.Timestamp created = 6;
}
message GetOrderRequest { string id = 1; }
message ListOrdersRequest { int32 page_size = 1; }
message ListOrdersResponse { repeated Order orders = 1; }
"""

Answers = Mapping[str, Callable[[Any, Any], Any]]
"""Name of an rpc → what answers it: gets the request as JSON (an iterator of them for a stream) and the context, gives
JSON (or an iterator), or bytes, which are sent as they are."""


@functools.cache
def descriptors_of(text: str) -> bytes:
    """The descriptors of a `.proto` file with this text, compiled in this process: that takes a few milliseconds."""
    included = Path(protoc.__file__).parent / "_proto"
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "service.proto", Path(folder) / "set"
        file.write_text(text)
        told = ("--include_imports", "--include_source_info", f"--descriptor_set_out={out}")
        status = protoc.main(["protoc", f"-I{folder}", f"-I{included}", *told, str(file)])
        assert status == 0, "the compiler has said why on standard error"
        return out.read_bytes()


def contract_of(text: str) -> Contract:
    """The contract of a `.proto` file with this text."""
    return load_protobuf(descriptors_of(text), source="service.proto")


class _Handler(grpc.GenericRpcHandler):  # type: ignore[misc]
    def __init__(self, told: Descriptors, answers: Answers) -> None:
        self._told = told
        self._answers = answers

    def service(self, details: Any) -> Any:
        method = self._told.method(details.method)
        answer = self._answers.get(details.method.rpartition("/")[2])
        if method is None or answer is None:
            return None
        return answering(self._told, method, answer)


def answering(told: Descriptors, method: Method, answer: Callable[[Any, Any], Any]) -> Any:
    """The handler of one rpc, as grpcio wants it."""

    def decoded(data: bytes) -> Any:
        message = told.read(method.takes, data)
        if not message.IsInitialized():
            raise ValueError("a required field is missing")
        return told.show(message)

    def encoded(value: Any) -> bytes:
        return value if isinstance(value, bytes) else told.encode(method.gives, value)

    kind = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }[method.takes_stream, method.gives_stream]
    return kind(answer, request_deserializer=decoded, response_serializer=encoded)


@contextlib.contextmanager
def serving_rpc(
    text: str, answers: Answers, *, reflect: tuple[str, ...] = (), more: tuple[Any, ...] = ()
) -> Iterator[str]:
    """Serve rpcs on a free loopback port; gives `grpc://host:port`.

    `reflect` names versions of server reflection that are offered, `v1` and `v1alpha`; `more` are handlers of grpcio
    that come before the answers.
    """
    told = described(contract_of(text))
    server = grpc.server(ThreadPoolExecutor(16))
    names = [service.full_name for service in told.services()]
    for version in reflect:
        servicer = reflection.ReflectionServicer(names, pool=told.pool)
        handler = grpc.stream_stream_rpc_method_handler(
            servicer.ServerReflectionInfo,
            request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
            response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
        )
        service = f"grpc.reflection.{version}.ServerReflection"
        generic = grpc.method_handlers_generic_handler(service, {"ServerReflectionInfo": handler})
        server.add_generic_rpc_handlers((generic,))
    server.add_generic_rpc_handlers((*more, _Handler(told, answers)))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"grpc://127.0.0.1:{port}"
    finally:
        server.stop(None).wait(10)
