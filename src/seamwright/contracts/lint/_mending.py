"""Mends what can be mended without knowing what the author meant, and changes nothing else in the file."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seamwright.contracts.bundle import tokens
from seamwright.contracts.lint._rule import Edit, Problem
from seamwright.contracts.lint._spans import edited
from seamwright.contracts.parsing import parsed, text_of
from seamwright.contracts.source import Source
from seamwright.model.errors import ContractError

__all__ = ["Mended", "mend"]


@dataclass(frozen=True, slots=True)
class Mended:
    """A file as it should be, and the problems that this ends."""

    path: Path
    data: bytes
    problems: tuple[Problem, ...]


def mend(source: Source, problems: Iterable[Problem]) -> tuple[Mended, ...]:
    """Apply the edits of problems to the files of a document; nothing is written here.

    Comments, order, quotes and indentation stay. Raises ContractError for a document that is no file, and for a file in
    which something else would change.
    """
    if source.path is None:
        raise ContractError(f"{source.shown}: is no file and cannot be mended; save the document and name its path")
    by_file: dict[str, list[tuple[Problem, list[Edit]]]] = {}
    for problem in problems:
        if problem.edits:
            placed = [source.file_of(edit.place) for edit in problem.edits]
            edits = [Edit(at, edit.value, edit.remove) for (_, at), edit in zip(placed, problem.edits, strict=True)]
            by_file.setdefault(placed[0][0], []).append((problem, edits))
    mended = [_mended(source, name, found) for name, found in by_file.items()]
    return tuple(file for file in mended if file.problems)


def _mended(source: Source, name: str, found: list[tuple[Problem, list[Edit]]]) -> Mended:
    assert source.path is not None
    path = (source.path.parent / name if name else source.path).resolve()
    shown = source.shown_of(name)
    data = source.beside[name] if name else source.data
    plain = parsed(data, source=shown)
    # What was found through a reference to something of the wrong kind cannot be changed there.
    able = [(problem, edits) for problem, edits in found if all(_fits(plain, edit) for edit in edits)]
    made = _edited(text_of(data, shown), plain, _ordered([edit for _, edits in able for edit in edits]), shown)
    return Mended(path, _encoded(made, data), tuple(problem for problem, _ in able))


def _fits(plain: Any, edit: Edit) -> bool:
    """Whether there is a mapping that takes what is set, or what is to be removed."""
    *above, last = tokens(edit.place)
    node = plain
    for step in [*above, *([last] if edit.remove else [])]:
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return False
    return edit.remove or isinstance(node, dict)


def _ordered(edits: list[Edit]) -> list[Edit]:
    """Those that set, then those that remove, the last item of a list first; so every place stays what it was."""
    removing = sorted((edit for edit in edits if edit.remove), key=lambda edit: _key(edit.place), reverse=True)
    return [edit for edit in edits if not edit.remove] + removing


def _key(place: str) -> list[tuple[int, str]]:
    return [(int(step), "") if step.isdigit() else (-1, step) for step in tokens(place)]


def _edited(text: str, plain: Any, edits: list[Edit], shown: str) -> str:
    """Change the text, and make sure that it says what it said but for the edits."""
    wanted = copy.deepcopy(plain)
    for edit in edits:
        _apply(wanted, edit)
    try:
        made = edited(text, edits, shown)
        again = parsed(made.encode(), source=shown)
    except (KeyError, ContractError):
        again = None  # YAML says what `<<` and aliases bring in at another place.
    if again != wanted:
        raise ContractError(f"{shown}: cannot be changed without changing something else in it; mend it by hand")
    return made


def _apply(tree: Any, edit: Edit) -> None:
    *above, last = tokens(edit.place)
    node = tree
    for step in above:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if isinstance(node, list) and edit.remove:
        del node[int(last)]
    elif edit.remove:
        del node[last]
    else:
        node[last] = edit.value


def _encoded(text: str, before: bytes) -> bytes:
    """The text in the encoding that the file has, with its mark."""
    if before[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return text.encode("utf-16")
    return text.encode("utf-8-sig" if before.startswith(b"\xef\xbb\xbf") else "utf-8")
