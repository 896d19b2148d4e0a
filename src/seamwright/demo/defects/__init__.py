"""The mistakes that can be planted in the shop, by name; each file holds one, as `DEFECT`."""

from __future__ import annotations

import importlib
import pkgutil

from seamwright.demo.defect import Defect

__all__ = ["DEFECTS", "chosen"]


def _found() -> dict[str, Defect]:
    defects: dict[str, Defect] = {}
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        defect = importlib.import_module(module.name).DEFECT
        if not isinstance(defect, Defect):
            raise TypeError(f"{module.name}.DEFECT is not a Defect")
        if module.name.rpartition(".")[2] != defect.name.replace("-", "_"):
            raise ValueError(f"{module.name} holds the defect {defect.name}: give file and defect the same name")
        defects[defect.name] = defect
    return defects


DEFECTS: dict[str, Defect] = _found()
"""Every defect, by name."""


def chosen(names: tuple[str, ...] | list[str]) -> list[Defect]:
    """The defects of these names. Raises `ValueError` that lists what there is for an unknown one."""
    unknown = [name for name in names if name not in DEFECTS]
    if unknown:
        raise ValueError(f"there is no defect named {', '.join(unknown)}; there are: {', '.join(sorted(DEFECTS))}")
    return [DEFECTS[name] for name in names]
