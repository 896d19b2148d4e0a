"""Turns what people keep beside a gRPC service into descriptors: `.proto` files, or a set that a compiler made.

`.proto` files are compiled by protoc (as a library, into a temporary folder); nothing is generated from them. Imports
are looked for in the folder of the file and above it, as far up as the folder that paths start from.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from seamwright.model.errors import ContractError
from seamwright.wire.protobuf import needed

__all__ = [
    "SUFFIXES",
    "DescriptorSet",
    "alone",
    "compiled",
    "descriptor_set",
    "files_of",
    "is_descriptor_set",
    "is_proto_text",
]

SUFFIXES = (".binpb", ".pb", ".protoset", ".desc", ".fds", ".pbbin")
"""How files with sets of descriptors are called."""

LARGEST = 64 * 1024 * 1024

TIMEOUT = 60.0

_BESIDE = (
    "",
    "proto",
    "protos",
    "third_party",
    "third_party/googleapis",
    "third_party/proto",
    "vendor",
    "googleapis",
    "include",
)
"""Folders, below one in which a file may lie, from which its imports may start."""

_HIGHEST = 6

_SET = re.compile(rb"\n.{1,5}?\n.{1,2}?[\w./-]+\.proto", re.DOTALL)
_PROTO = re.compile(r"^\s*(?:syntax\s*=\s*[\"']proto|edition\s*=\s*[\"']|package\s+[\w.]+;|service\s+\w+\s*{)", re.M)
_IMPORT = re.compile(r"^\s*import\s+(?:public\s+|weak\s+|option\s+)?[\"']([^\"']+)[\"']\s*;", re.M)
_WARNING = re.compile(r"warning:|^WARNING|^W\d{4} ")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


@dataclass(frozen=True, slots=True)
class DescriptorSet:
    """A serialised FileDescriptorSet with the comments and lines that its files came with, and where it was read."""

    shown: str
    data: bytes
    path: Path | None = None
    """The file or folder; None for what came from a URL."""


def is_proto_text(head: str) -> bool:
    """Whether a text begins as a `.proto` file does; bytes that only hold such text somewhere do not."""
    return _CONTROL.search(head) is None and _PROTO.search(_COMMENT.sub("", head)) is not None


def is_descriptor_set(data: bytes) -> bool:
    """Whether bytes begin as a serialised FileDescriptorSet does: with the name of a `.proto` file."""
    return _SET.match(data) is not None


def alone(data: bytes, source: str) -> bytes:
    """The descriptors in bytes that came without a file around them: text is compiled, anything else given back.

    Raises ContractError for text that imports what does not come along with the compiler.
    """
    if not is_proto_text(data[:4096].decode("utf-8", "ignore")):
        return data
    with tempfile.TemporaryDirectory(prefix="seamwright-protoc-") as made:
        file = Path(made) / "contract.proto"
        file.write_bytes(data)
        try:
            return compiled([file], file.parent)
        except ContractError as error:
            raise ContractError(str(error).replace(str(file), source)) from None


def descriptor_set(path: Path, base: Path) -> bytes:
    """The serialised FileDescriptorSet of a `.proto` file, a folder of them, or a file that holds one already.

    `base` is the folder that paths start from: imports are not looked for above it. Raises ContractError.
    """
    if path.is_dir():
        files = sorted(path.rglob("*.proto"))
        if not files:
            raise ContractError(f"{path}: there is no .proto file in this folder; name the contract document")
        return compiled(files, base, start=path)
    data = _bytes(path)
    return compiled([path], base) if is_proto_text(data[:4096].decode("utf-8", "ignore")) else data


def files_of(path: Path, base: Path) -> tuple[Path, ...]:
    """What a contract is read from: the file, or the folder and the `.proto` files in it, and all that they import.

    `base` is the folder that paths start from. Raises ContractError.
    """
    if not path.is_dir() and not is_proto_text(_bytes(path)[:4096].decode("utf-8", "ignore")):
        return (path,)
    files = sorted(path.rglob("*.proto")) if path.is_dir() else [path]
    chosen = [file.resolve() for file in files]
    root = _root(chosen, path.resolve() if path.is_dir() else chosen[0].parent, base.resolve())
    seen: set[Path] = set()
    imported = [target for file in chosen for target in _imports(file, [*_beside(root), *_included()], seen)]
    folders = {path, *(folder for folder in path.rglob("*") if folder.is_dir())} if path.is_dir() else ()
    return (*folders, *dict.fromkeys((*chosen, *(target for target in imported if target is not None))))


def compiled(files: Iterable[Path], base: Path, *, start: Path | None = None) -> bytes:
    """Compile `.proto` files with all that they import. Raises ContractError with the compiler's first complaints.

    `start` is the lowest folder from which imports may be meant: that of the first file, by default.
    What is only imported keeps its messages and loses its services: somebody else offers them.
    """
    if find_spec("grpc_tools") is None:
        raise needed("reading .proto files")
    chosen = [file.resolve() for file in files]
    root = _root(chosen, (start or chosen[0].parent).resolve(), base.resolve())
    folders = _beside(root)
    with tempfile.TemporaryDirectory(prefix="seamwright-protoc-") as made:
        out = Path(made) / "set"
        command = [sys.executable, "-m", "grpc_tools.protoc", *(f"-I{folder}" for folder in folders)]
        command += ["--include_imports", "--include_source_info", f"--descriptor_set_out={out}"]
        command += [str(file) for file in chosen]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise ContractError(f"{chosen[0]}: protoc did not end within {TIMEOUT:g} s") from None
        if done.returncode != 0 or not out.is_file():
            raise ContractError(_complaint(chosen[0], done.stderr.decode("utf-8", "replace"), folders))
        return _own(out.read_bytes(), set(chosen), folders)


def _own(data: bytes, chosen: set[Path], folders: list[Path]) -> bytes:
    """Take the services of files that are only imported out of a set, where the others have some."""
    from google.protobuf import descriptor_pb2  # type: ignore[import-untyped]

    files = descriptor_pb2.FileDescriptorSet.FromString(data)
    ours = [file for file in files.file if any(folder / file.name in chosen for folder in folders)]
    if any(file.service for file in ours):
        kept = {file.name for file in ours}
        for file in files.file:
            if file.name not in kept:
                file.ClearField("service")
    own: bytes = files.SerializeToString()
    return own


def _complaint(file: Path, told: str, folders: list[Path]) -> str:
    lines = [line.strip() for line in told.splitlines() if line.strip() and not _WARNING.search(line)]
    first = "; ".join(lines[:3]) or "protoc gave no reason"
    missing = re.search(r"(\S+): File not found", told)
    if missing is None:
        return f"{file}: is no valid .proto file: {first}"
    looked = ", ".join(str(folder) for folder in folders)
    return (
        f"{file}: imports {missing[1]}, which lies in none of {looked}; put it there, or give a set of descriptors "
        "with everything in it (buf build -o api.binpb, or protoc --include_imports --descriptor_set_out=api.binpb)"
    )


def _root(files: list[Path], start: Path, base: Path) -> Path:
    """The folder that imports start from: the nearest above the files in which all of them are found."""
    above = [start, *start.parents][:_HIGHEST]
    if start.is_relative_to(base):
        above = [folder for folder in above if folder.is_relative_to(base)]
    for root in above:
        folders = [*_beside(root), *_included()]
        if all(target is not None for file in files for target in _imports(file, folders, set())):
            return root
    return start


def _imports(file: Path, folders: list[Path], seen: set[Path]) -> Iterator[Path | None]:
    """The files that a file imports, and that these import; None for one that lies in none of the folders."""
    seen.add(file)
    for name in _IMPORT.findall(_COMMENT.sub("", _bytes(file).decode("utf-8", "replace"))):
        target = next((folder / name for folder in folders if (folder / name).is_file()), None)
        yield target
        if target is not None and target not in seen:
            yield from _imports(target, folders, seen)


def _beside(root: Path) -> list[Path]:
    return [folder for name in _BESIDE if (folder := root / name if name else root).is_dir()]


def _included() -> list[Path]:
    """The folder with the files that come along with protoc."""
    spec = find_spec("grpc_tools")
    return [Path(place) / "_proto" for place in (spec.submodule_search_locations if spec else None) or ()]


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise ContractError(f"{path}: is larger than the {LARGEST} bytes that are read")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ContractError(f"{path}: does not exist; correct the path of the contract") from error
    except OSError as error:
        raise ContractError(f"{path}: cannot be read: {error.strerror}; check its permissions") from error
