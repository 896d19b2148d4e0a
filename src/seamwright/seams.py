"""Finds checks, drivers and reports: by walking a package, by entry points, and in a user's own folder.

A module holds one value under an agreed name (`CHECK`, `DRIVER`, `REPORT`). There is no registry and no decorator:
what is discovered is what lies on disk.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeVar

__all__ = ["SeamError", "discover"]

T = TypeVar("T")


class SeamError(Exception):
    """A module without its value, a value of the wrong type, or an id that is there twice."""


def discover(
    package: str,
    name: str,
    of: type[T],
    *,
    key: Callable[[T], str],
    group: str | None = None,
    folder: Path | None = None,
    asked: Callable[[str], bool] | None = None,
) -> dict[str, T]:
    """Give every value called `name` of type `of`, by its key, in the order of the keys.

    Walks `package` and its folders; every module whose name does not begin with `_` must hold one. Then come the
    entry points of `group`, and the plain files of `folder` (also those not beginning with `_`). Raises SeamError.

    Where modules are named after the keys of their values, with underscores for dashes and the outermost folder for the
    dot (a further folder is one more word of the key), `asked` spares reading those of the package that nobody asked
    for; what comes from elsewhere may have any key, and is read.
    """
    found: dict[str, T] = {}
    origins: dict[str, str] = {}
    sources = [*_of_package(package, name, asked or (lambda _: True))]
    if group is not None:
        sources += _of_entry_points(group)
    if folder is not None and folder.is_dir():
        sources += _of_folder(folder, name)
    for origin, value in sources:
        if not isinstance(value, of):
            raise SeamError(f"{origin}: {name} must be a {of.__name__}, and is a {type(value).__name__}")
        ident = key(value)
        if ident in found:
            raise SeamError(f"{origin}: the id {ident!r} is taken already by {origins[ident]}; choose another")
        found[ident], origins[ident] = value, origin
    return dict(sorted(found.items()))


def _of_package(package: str, name: str, asked: Callable[[str], bool]) -> Iterator[tuple[str, object]]:
    root = importlib.import_module(package)
    for module_name in _module_names(root.__path__, f"{package}."):
        if asked(_key_of(module_name.removeprefix(f"{package}."))):
            module = importlib.import_module(module_name)
            yield module_name, _value(module, module_name, name)


def _key_of(module_name: str) -> str:
    """`contract.graphql.server_error` is `contract.graphql-server-error`."""
    outermost, dot, rest = module_name.replace("_", "-").partition(".")
    return f"{outermost}{dot}{rest.replace('.', '-')}"


def _module_names(path: object, prefix: str) -> Iterator[str]:
    for info in pkgutil.iter_modules(path, prefix):  # type: ignore[arg-type]
        if info.name.rpartition(".")[2].startswith("_"):
            continue
        if info.ispkg:
            folder = importlib.import_module(info.name)
            yield from _module_names(folder.__path__, f"{info.name}.")
        else:
            yield info.name


def _of_entry_points(group: str) -> Iterator[tuple[str, object]]:
    for point in _declared(group, tuple(sys.path)):
        origin = f"entry point {group}:{point.name}"
        try:
            value = point.load()
        except Exception as error:
            raise SeamError(f"{origin} ({point.value}) cannot be loaded: {error}") from error
        yield origin, value


@functools.lru_cache(maxsize=64)
def _declared(group: str, path: tuple[str, ...]) -> EntryPoints:
    """The entry points of what is installed on a search path; finding them reads a file of every distribution."""
    return entry_points(group=group)


def _of_folder(folder: Path, name: str) -> Iterator[tuple[str, object]]:
    for path in sorted(folder.glob("*.py")):
        if path.name.startswith("_"):
            continue
        # The path's hash keeps two folders with files of one name apart.
        unique = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
        module_name = f"_seamwright_{unique}_{path.stem}"
        spec = importlib.util.spec_from_file_location(module_name, path)
        if spec is None or spec.loader is None:
            raise SeamError(f"{path}: cannot be loaded as a Python module")
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            del sys.modules[module_name]
            raise SeamError(f"{path}: cannot be loaded: {type(error).__name__}: {error}") from error
        yield str(path), _value(module, str(path), name)


def _value(module: ModuleType, origin: str, name: str) -> object:
    try:
        return getattr(module, name)
    except AttributeError:
        raise SeamError(f"{origin}: has no {name}; define one, or begin the file's name with an underscore") from None
