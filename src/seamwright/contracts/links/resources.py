"""Finds the resources of a contract: which operations make, list, read, change and remove one kind of thing."""

from __future__ import annotations

from dataclasses import dataclass

from seamwright.contracts.kept import kept
from seamwright.contracts.links._names import shape
from seamwright.contracts.links.paths import path_parameters
from seamwright.model.operation import Contract, Operation

__all__ = ["Resource", "resources"]


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of thing, by the path of one of them: `/orders/{orderId}`.

    `read` is its GET; `create` the POST on the collection around it, `list` the GET there; `updates` its PUT and
    PATCH, `remove` its DELETE. `actions` are other operations below its path, `POST /orders/{orderId}/cancel`, that
    make nothing of their own.
    """

    path: str
    read: Operation | None = None
    create: Operation | None = None
    list: Operation | None = None
    updates: tuple[Operation, ...] = ()
    remove: Operation | None = None
    actions: tuple[Operation, ...] = ()

    @property
    def shape(self) -> str:
        """Its path with every parameter unnamed, by which it is found."""
        return shape(self.path)

    @property
    def above(self) -> str:
        """The shape of the resource that it lies in; empty where it lies in none."""
        parent = self.shape[: self.shape.rindex("{}")]
        return parent[: parent.rindex("{}") + 2] if "{}" in parent else ""


def resources(contract: Contract) -> tuple[Resource, ...]:
    """Every resource whose things are addressed by a path that ends in a parameter, in the order of the contract."""
    return kept(contract, "resources", lambda: _resources(contract))


def _resources(contract: Contract) -> tuple[Resource, ...]:
    paths: dict[str, str] = {}
    for operation in contract.operations:
        if operation.path.rstrip("/").endswith("}"):
            paths.setdefault(shape(operation.path), operation.path.rstrip("/"))
    return tuple(_resource(contract, path) for path in paths.values())


def _resource(contract: Contract, path: str) -> Resource:
    here, collection = shape(path), shape(path[: path.rindex("{")])

    def one(method: str, at: str) -> Operation | None:
        return next((o for o in contract.operations if o.method == method and shape(o.path) == at), None)

    below = [
        o
        for o in contract.operations
        if o.method == "POST"
        and shape(o.path).startswith(f"{here}/")
        and path_parameters(o.path)
        and "{}" not in shape(o.path)[len(here) :]
    ]
    made = {shape(o.path) for o in contract.operations if o.path.rstrip("/").endswith("}")}
    return Resource(
        path=path,
        read=one("GET", here),
        create=one("POST", collection),
        list=one("GET", collection),
        updates=tuple(o for o in contract.operations if o.method in ("PUT", "PATCH") and shape(o.path) == here),
        remove=one("DELETE", here),
        actions=tuple(o for o in below if f"{shape(o.path)}/{{}}" not in made),
    )
