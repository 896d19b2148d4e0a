"""What a target means where contracts are asked for: a path, a URL, a boundary's name, or a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from seamwright.model.errors import ContractError, ManifestError, UsageError

if TYPE_CHECKING:
    from seamwright.contracts.protobuf.sources import DescriptorSet
    from seamwright.contracts.source import Source
    from seamwright.model.manifest import Manifest
    from seamwright.model.operation import Contract

__all__ = ["Meant", "Named", "line_in", "meant", "read", "written"]


@dataclass(frozen=True, slots=True)
class Named:
    """One contract: what it is called, where it lies, and the folder that its path starts from."""

    name: str
    source: str
    base: Path = Path()


@dataclass(frozen=True, slots=True)
class Meant:
    """The contracts that were named, the manifest around them where there is one, and what is to be told."""

    contracts: tuple[Named, ...]
    manifest: Manifest | None = None
    notices: tuple[str, ...] = ()


def meant(targets: tuple[str, ...], manifest_at: Path | None = None, here: Path | None = None) -> Meant:
    """Find out what the targets mean; none of them means every contract of the manifest, which is the one here unless
    another is given.

    Raises UsageError for a name that is neither a file nor a boundary with a contract.
    """
    here = here or Path.cwd()
    found: list[Named] = []
    names: list[str] = []
    manifest = _manifest(manifest_at) if manifest_at is not None else None
    for target in targets:
        path = Path(target).expanduser()
        if "://" in target:
            found.append(Named(target, target))
        elif _is_manifest(path):
            manifest = _manifest(path)
            found += _of(manifest)
        elif path.exists():
            found.append(Named(target, str(path)))
        elif path.suffix or "/" in target:
            raise UsageError(f"{target}: does not exist; name a contract, a boundary or a manifest")
        else:
            names.append(target)
    if names or not targets:
        manifest = manifest or _manifest(None, here)
        found += _chosen(manifest, names) if names else _of(manifest)
    if not found:
        assert manifest is not None
        raise UsageError(f"{manifest.origin.source}: no boundary of it has a contract; name one by its path or URL")
    notices: tuple[str, ...] = ()
    if manifest is None:
        manifest, notices = _around(here)
    return Meant(tuple(dict.fromkeys(found)), manifest, notices)


def read(named: Named) -> Contract:
    """Read a contract of any kind. Raises ContractError; TargetError where its host does not give it."""
    from seamwright.contracts.reading import read_contract

    return read_contract(named.source, base=named.base, fetch=_fetched)


def written(named: Named) -> Source | DescriptorSet | Contract:
    """A contract with all that rules about its text need. Raises as `read`."""
    from seamwright.contracts import reading

    return reading.written(named.source, base=named.base, fetch=_fetched)


def _fetched(url: str) -> bytes:
    import asyncio

    from seamwright.faces.workbench import fetch

    return asyncio.run(fetch(url))


def _is_manifest(path: Path) -> bool:
    """Whether a file or folder is, or holds, a manifest: it has `system` where a contract has `openapi`."""
    from seamwright.model.reading import MANIFEST_NAME

    if path.is_dir():
        return (path / MANIFEST_NAME).is_file()
    if path.name == MANIFEST_NAME:
        return True
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        return False
    from seamwright.contracts.parsing import bytes_of, parsed

    try:
        top = parsed(bytes_of(path, str(path)), source=str(path))
    except ContractError:
        return False  # Whoever reads it as a contract tells what is wrong with it.
    return isinstance(top, dict) and {"system", "boundaries"} <= top.keys() and not {"openapi", "swagger"} & top.keys()


def _manifest(path: Path | None, here: Path | None = None) -> Manifest:
    from seamwright.faces.targets import aimed

    return aimed((str(path),) if path is not None else (), here=here).manifest


def _of(manifest: Manifest) -> list[Named]:
    folder, here = manifest.origin.folder, Path.cwd()
    folder = folder.relative_to(here) if folder.is_relative_to(here) else folder
    return [Named(name, b.contract, folder) for name, b in manifest.boundaries.items() if b.contract is not None]


def _chosen(manifest: Manifest, names: list[str]) -> list[Named]:
    known = {named.name: named for named in _of(manifest)}
    for name in names:
        if name in known:
            continue
        if name in manifest.boundaries:
            raise UsageError(f"the boundary {name} has no contract; name one in the manifest")
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known) or 'none'}"
        raise UsageError(f"{name!r} is neither a file nor a boundary of {manifest.origin.source}; {hint}")
    return [known[name] for name in names]


def _around(here: Path) -> tuple[Manifest | None, tuple[str, ...]]:
    """The manifest here or above, whose settings hold for a contract that is named by its path too."""
    from seamwright.model.reading import find_manifest, read_manifest

    found = find_manifest(here)
    if found is None:
        return None, ()
    try:
        return read_manifest(found), ()
    except ManifestError as error:
        first = str(error.problems[0])
        return None, (f"the settings of {found} are not used, since it cannot be read: {first}",)


def line_in(manifest: Manifest, *steps: str) -> int | None:
    """The line of a manifest that a place stands on; None where the manifest is no file."""
    from seamwright.contracts.bundle import escaped
    from seamwright.contracts.lines import find_lines

    path = Path(manifest.origin.source)
    if not path.is_file():
        return None
    place = "#" + "".join(f"/{escaped(step)}" for step in steps)
    text = path.read_text(encoding="utf-8-sig")
    return find_lines(text, [place], str(path))[place].line
