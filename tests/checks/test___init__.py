"""What is discovered is what lies on disk, and every check says enough for the tables of the documentation."""

from __future__ import annotations

import importlib
from pathlib import Path

import seamwright.checks
from seamwright.checks import checks
from seamwright.model.check import FAMILIES

_ROOT = Path(seamwright.checks.__file__).parent


def test_every_file_is_a_check_and_its_path_follows_its_id() -> None:
    on_disk = set()
    for path in _ROOT.glob("*/**/*.py"):
        family, *words = path.relative_to(_ROOT).with_suffix("").parts
        if not path.name.startswith("_"):
            on_disk.add(f"{family}.{'-'.join(words)}".replace("_", "-"))
    assert set(checks()) == on_disk


def test_every_check_says_what_it_proves_and_what_refutes_it() -> None:
    for check in checks().values():
        assert check.family in FAMILIES
        assert check.proves
        assert check.oracle
        assert not check.proves.endswith(".")
        module = importlib.import_module(check.run.__module__)
        assert module.__doc__, f"{check.id}: its module says nothing"
        assert len(module.__doc__.splitlines()) > 2, f"{check.id}: its module teaches nothing"


def test_a_check_is_added_by_one_file(tmp_path: Path) -> None:
    source = (_ROOT / "contract" / "response_conforms.py").read_text(encoding="utf-8")
    (tmp_path / "mine.py").write_text(source.replace("contract.response-conforms", "contract.mine"), encoding="utf-8")
    assert set(checks(tmp_path)) == {*checks(), "contract.mine"}
