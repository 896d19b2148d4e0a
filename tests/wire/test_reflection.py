"""Asks real servers what they offer: by both versions, with imports that are not sent along, and where it is off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]
from grpc_reflection.v1alpha import reflection_pb2  # type: ignore[import-untyped]

from seamwright.model.errors import ContractError, TargetError
from seamwright.wire.protobuf import Descriptors
from seamwright.wire.reflection import reflected
from tests.rpc import SHOP, descriptors_of, serving_rpc
from tests.serving import free_port

Answer = Callable[[Any], Any]


def _services(data: bytes) -> list[str]:
    return [service.full_name for service in Descriptors(data).services()]


@pytest.mark.parametrize("versions", [("v1",), ("v1alpha",), ("v1", "v1alpha")])
async def test_both_versions(versions: tuple[str, ...]) -> None:
    with serving_rpc(SHOP, {}, reflect=versions) as url:
        assert _services(await reflected(url)) == ["shop.v1.Orders"]


async def test_it_is_off() -> None:
    with serving_rpc(SHOP, {}) as url:
        with pytest.raises(ContractError, match="does not offer server reflection") as caught:
            await reflected(url)
        assert "a descriptor set" in str(caught.value)
        assert ".proto" in str(caught.value)


async def test_nothing_answers() -> None:
    with pytest.raises(TargetError, match="nothing usable answers"):
        await reflected(f"grpc://127.0.0.1:{free_port()}")


class _Told(grpc.GenericRpcHandler):  # type: ignore[misc]
    """A reflection service that answers each question as it is told."""

    def __init__(self, answer: Answer, token: str = "") -> None:
        self._answer = answer
        self._token = token

    def service(self, details: Any) -> Any:
        if details.method != "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo":
            return None

        def talk(requests: Any, context: Any) -> Iterator[Any]:
            if self._token and dict(context.invocation_metadata()).get("authorization") != self._token:
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "who are you?")
            for request in requests:
                yield self._answer(request)

        return grpc.stream_stream_rpc_method_handler(
            talk,
            request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
            response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
        )


def _serving(answer: Answer, token: str = "") -> tuple[Any, str]:
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((_Told(answer, token),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, f"grpc://127.0.0.1:{port}"


def _sparing(request: Any) -> Any:
    """Sends each file alone, lacks one that only declares options, and lists a service of a framework."""
    answer = reflection_pb2.ServerReflectionResponse()
    files = {file.name: file for file in descriptor_pb2.FileDescriptorSet.FromString(descriptors_of(SHOP)).file}
    [own] = [file for name, file in files.items() if not name.startswith("google/")]
    own.dependency.append("company/options.proto")
    if request.HasField("list_services"):
        answer.list_services_response.service.add(name="shop.v1.Orders")
        answer.list_services_response.service.add(name="grpc.health.v1.Health")
    elif request.file_containing_symbol == "shop.v1.Orders":
        answer.file_descriptor_response.file_descriptor_proto.append(own.SerializeToString())
    elif request.file_by_filename in files:
        file = files[request.file_by_filename]
        answer.file_descriptor_response.file_descriptor_proto.append(file.SerializeToString())
    else:
        answer.error_response.error_code = 5
        answer.error_response.error_message = "not found"
    return answer


async def test_imports_are_asked_for_and_what_is_lacking_is_done_without() -> None:
    server, url = _serving(_sparing)
    try:
        data = await reflected(url)
    finally:
        server.stop(None).wait(5)
    assert _services(data) == ["shop.v1.Orders"]
    names = {file.name for file in descriptor_pb2.FileDescriptorSet.FromString(data).file}
    assert "google/protobuf/timestamp.proto" in names
    assert not any("company" in name for name in names)


async def test_a_service_that_cannot_be_described() -> None:
    def answer(request: Any) -> Any:
        made = _sparing(request)
        if request.HasField("list_services"):
            made.list_services_response.service.add(name="shop.v1.Secret")
        return made

    server, url = _serving(answer)
    try:
        with pytest.raises(ContractError, match=r"shop\.v1\.Secret and cannot describe it"):
            await reflected(url)
    finally:
        server.stop(None).wait(5)


async def test_it_may_want_credentials() -> None:
    server, url = _serving(_sparing, token="Bearer a")
    try:
        with pytest.raises(ContractError, match="UNAUTHENTICATED"):
            await reflected(url)
        assert _services(await reflected(url, metadata=[("authorization", "Bearer a")])) == ["shop.v1.Orders"]
    finally:
        server.stop(None).wait(5)
