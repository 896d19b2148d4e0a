"""The house keeps its habits: tests mirror the source, and what is discovered is what lies on disk."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamwright.checks import checks
from seamwright.demo.defects import chosen
from seamwright.drivers import driver, drivers
from seamwright.faces.workbench import Workbench
from seamwright.model.check import FAMILIES

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "seamwright"

NO_TEST_OF_THEIR_OWN = {
    # Only declarations: there is nothing in them that could be wrong by itself.
    "model/bench.py": "a protocol and the values that pass through it; tests/run/test_bench.py tries the real one",
    "kit/queue/message.py": "protocols and one record; tests/kit/queue holds every adapter to them",
    "model/driver.py": "protocols and one record; tests/drivers try the real ones",
    "model/finding.py": "a record without behaviour",
    "model/plan.py": "records; tests/run/test_planning.py and tests/lifecycle/test_gate.py try what they mean",
    "model/report.py": "a record without behaviour",
    # Tried as a whole from outside, by tests that would otherwise be written twice.
    "__main__.py": "one line; tests/test_seams.py and tests/end start it as a process",
}
"""Path below src/seamwright → why it has no test file."""

FOLDERS_TRIED_AS_ONE = {
    "contracts/lint": "each rule brings a wrong and a right document; contracts/lint/test_rules.py holds it to them",
    "demo": "the shop is tried as a system, from outside, by tests/demo and by each defect's check",
    "ledger/migrations": "each is run by opening a ledger: tests/ledger/test_database.py",
}
"""Folder below src/seamwright → why its files need no test file each."""


def _modules() -> Iterator[Path]:
    """The source files, relative to the package, that want a test file."""
    for path in sorted(SOURCE.rglob("*.py")):
        relative = path.relative_to(SOURCE)
        if relative.name != "__init__.py" and relative.name.startswith("_") and str(relative) != "__main__.py":
            continue
        if relative.name == "__init__.py" or any(str(relative).startswith(f"{f}/") for f in FOLDERS_TRIED_AS_ONE):
            continue
        yield relative


def _twin(module: Path) -> Path:
    return module.parent / f"test_{module.name}"


def test_every_source_file_has_its_test_file() -> None:
    missing = [str(m) for m in _modules() if str(m) not in NO_TEST_OF_THEIR_OWN and not (TESTS / _twin(m)).is_file()]
    assert missing == [], "write a test at the mirrored path, or list the file in this test with a reason"


def test_what_is_listed_without_a_test_is_there_and_has_none() -> None:
    for listed in NO_TEST_OF_THEIR_OWN:
        assert (SOURCE / listed).is_file(), f"{listed} is no more; take it off the list"
        assert not (TESTS / _twin(Path(listed))).is_file(), f"{listed} has a test by now; take it off the list"
    for folder in FOLDERS_TRIED_AS_ONE:
        assert (SOURCE / folder).is_dir(), f"{folder} is no more; take it off the list"


ABOUT_THE_WHOLE = {"test_house.py", "docs", "end", "benchmarks"}
"""Test files and folders of tests/ that are about the house, its docs, or the whole product from outside."""


def test_no_test_file_mirrors_nothing() -> None:
    astray = []
    for path in sorted(TESTS.rglob("test_*.py")):
        relative = path.relative_to(TESTS)
        if relative.parts[0] in ABOUT_THE_WHOLE:
            continue
        source = SOURCE / relative.parent / relative.name.removeprefix("test_")
        # A test may speak for a package, whose code lies in its `__init__`, or for one of its own `_parts`.
        package, part = source.with_suffix(""), source.with_name(f"_{source.name}")
        speaks_for_a_folder = (SOURCE / relative.parent).is_dir() and str(relative.parent) in FOLDERS_TRIED_AS_ONE
        named = source.is_file() or part.is_file() or (package / "__init__.py").is_file() or speaks_for_a_folder
        if not named and str(relative) not in SPEAK_FOR_A_PACKAGE:
            astray.append(str(relative))
    assert astray == [], "name it after the file that it tests"


SPEAK_FOR_A_PACKAGE = {
    "reports/test_discovery.py": "all formats together",
}
"""Test files about a whole package → what they are about."""


@pytest.mark.parametrize("path", SPEAK_FOR_A_PACKAGE)
def test_tests_about_a_package_are_there(path: str) -> None:
    assert (TESTS / path).is_file()


# -- what is discovered is what lies on disk ---


def _on_disk(folder: str) -> set[str]:
    """Modules of a package's folder, as dotted names below it."""
    root = SOURCE / folder
    return {
        ".".join(path.relative_to(root).with_suffix("").parts)
        for path in root.rglob("*.py")
        if not path.name.startswith("_")
    }


def test_checks() -> None:
    found = checks()
    expected = {name.replace("_", "-").replace(".", "-").replace("-", ".", 1): name for name in _on_disk("checks")}
    assert set(found) == set(expected), "the id of a check is its family and its file's name, with folders between"
    for ident, check in found.items():
        assert check.family in FAMILIES, ident
        assert check.run.__module__ == f"seamwright.checks.{expected[ident]}", f"{ident} is run by its own file"


def test_every_check_says_what_it_proves_and_how_it_knows() -> None:
    for ident, check in checks().items():
        assert check.proves, ident
        assert check.oracle, ident
        assert not check.proves.endswith("."), f"{ident}: it is put into sentences"


def test_drivers() -> None:
    assert {each.open.__module__.rpartition(".")[2] for each in drivers().values()} == _on_disk("drivers")
    # One of them is found by its kind alone, which its file is named after.
    assert {kind: driver(kind) for kind in drivers()} == drivers()
    assert driver("carrier-pigeon") is None


def test_reports() -> None:
    assert set(Workbench().reports()) == _on_disk("reports")


def test_defects_of_the_demo() -> None:
    on_disk = {path.stem for path in (SOURCE / "demo" / "defects").glob("*.py") if not path.name.startswith("_")}
    names = {name.replace("_", "-") for name in on_disk}
    found = chosen(sorted(names))
    assert {defect.name for defect in found} == names
    known = checks()
    for defect in found:
        assert defect.check in known, f"{defect.name} is found by {defect.check}, which is no check"
        assert defect.family == known[defect.check].family, defect.name


# -- habits that can be read off the files ---


def _sources() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def test_every_module_says_its_purpose() -> None:
    silent = [str(p.relative_to(SOURCE)) for p in _sources() if not ast.get_docstring(ast.parse(p.read_text()))]
    assert silent == []


def test_there_is_no_room_for_odds_and_ends() -> None:
    odd = [str(p) for p in _sources() if p.stem in ("utils", "util", "common", "helpers", "misc")]
    assert odd == []


def test_public_names_are_listed_and_there() -> None:
    wrong = []
    for path in _sources():
        tree = ast.parse(path.read_text())
        defined = {
            node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        }
        listed = _listed(tree)
        if listed is None:
            if any(not name.startswith("_") for name in defined) and not path.name.startswith(("_", "r0", "env")):
                wrong.append(f"{path.relative_to(SOURCE)} has no __all__")
        elif len(set(listed)) != len(listed):
            wrong.append(f"{path.relative_to(SOURCE)} lists a name twice")
    assert wrong == []


def _listed(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return [str(name) for name in ast.literal_eval(node.value)]
    return None
