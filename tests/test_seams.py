"""What is discovered is what lies there: in a package, in an installed distribution, in a user's folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from seamwright.seams import SeamError, discover
from tests.run.trial import document
from tests.serving import serving


class Thing:
    """What is looked for."""

    def __init__(self, name: str) -> None:
        self.name = name


def things(
    package: str,
    *,
    group: str | None = None,
    folder: Path | None = None,
    asked: Callable[[str], bool] | None = None,
) -> dict[str, Thing]:
    return discover(package, "THING", Thing, key=lambda t: t.name, group=group, folder=folder, asked=asked)


def module(folder: Path, name: str, thing: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = f"from tests.test_seams import Thing\n\nTHING = Thing({thing!r})\n" if thing else "VALUE = 1\n"
    (folder / name).write_text(text)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package `seams_tried` of this test alone."""
    root = tmp_path / "seams_tried"
    module(root, "__init__.py")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield root
    for name in [name for name in sys.modules if name.partition(".")[0] in ("seams_tried", "seams_installed")]:
        del sys.modules[name]


def test_a_package_is_walked_with_its_folders(package: Path) -> None:
    module(package, "second.py", "b")
    module(package, "_private.py")
    module(package / "folder", "__init__.py")
    module(package / "folder", "first.py", "a")
    module(package / "folder", "_also_private.py")

    assert list(things("seams_tried")) == ["a", "b"]


def test_of_a_package_only_what_was_asked_for_is_loaded(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(package / "folder", "__init__.py")
    module(package / "folder", "the_first.py", "folder.the-first")
    (package / "folder" / "second.py").write_text("raise RuntimeError('loaded')\n")
    installed(tmp_path / "site", "seams_installed:THING", monkeypatch)
    own = tmp_path / "own"
    module(own, "mine.py", "mine")

    found = things("seams_tried", group="seams.tried", folder=own, asked=lambda name: name == "folder.the-first")
    assert list(found) == ["folder.the-first", "installed", "mine"]


def test_a_module_without_its_value_is_told(package: Path) -> None:
    module(package, "empty.py")
    with pytest.raises(SeamError, match=r"seams_tried\.empty: has no THING; define one, or begin the file's name with"):
        things("seams_tried")


def test_a_value_of_the_wrong_type_is_told(package: Path) -> None:
    (package / "wrong.py").write_text("THING = 'text'\n")
    with pytest.raises(SeamError, match=r"seams_tried\.wrong: THING must be a Thing, and is a str"):
        things("seams_tried")


def test_an_id_that_is_there_twice_is_told_with_both_places(package: Path) -> None:
    module(package, "one.py", "same")
    module(package, "two.py", "same")
    with pytest.raises(SeamError, match=r"seams_tried\.two: the id 'same' is taken already by seams_tried\.one"):
        things("seams_tried")


def test_plain_files_of_a_users_folder_are_taken_in(package: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    module(package, "one.py", "b")
    module(own, "mine.py", "a")
    module(own, "_private.py")
    (own / "notes.txt").write_text("no module")

    assert list(things("seams_tried", folder=own)) == ["a", "b"]
    assert list(things("seams_tried", folder=tmp_path / "missing")) == ["b"]


def test_files_of_one_name_in_two_folders_do_not_meet(package: Path, tmp_path: Path) -> None:
    module(tmp_path / "first", "mine.py", "a")
    module(tmp_path / "second", "mine.py", "b")

    assert list(things("seams_tried", folder=tmp_path / "first")) == ["a"]
    assert list(things("seams_tried", folder=tmp_path / "second")) == ["b"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import no_such_module_at_all\n", "cannot be loaded: ModuleNotFoundError"),
        ("def broken(:\n", "cannot be loaded: SyntaxError"),
        ("VALUE = 1\n", "has no THING"),
    ],
)
def test_a_file_of_the_user_that_cannot_be_used_is_told_by_its_path(
    package: Path, tmp_path: Path, text: str, told: str
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "mine.py").write_text(text)
    with pytest.raises(SeamError, match=told) as caught:
        things("seams_tried", folder=own)
    assert str(own / "mine.py") in str(caught.value)


def installed(site: Path, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a distribution on the path that declares one entry point, as pip would."""
    info = site / "seams_installed-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: seams-installed\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[seams.tried]\nextra = {value}\n")
    module(site / "seams_installed", "__init__.py", "installed")
    monkeypatch.syspath_prepend(str(site))


def test_entry_points_of_installed_packages_are_taken_in(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(package, "one.py", "ours")
    installed(tmp_path / "site", "seams_installed:THING", monkeypatch)

    assert list(things("seams_tried", group="seams.tried")) == ["installed", "ours"]
    assert list(things("seams_tried", group="seams.another")) == ["ours"]


def test_an_entry_point_that_cannot_be_loaded_is_told(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path / "site", "seams_installed:MISSING", monkeypatch)

    told = r"entry point seams\.tried:extra \(seams_installed:MISSING\) cannot be loaded"
    with pytest.raises(SeamError, match=told):
        things("seams_tried", group="seams.tried")


DROPPED = '''\
"""The teapot is a teapot."""

from seamwright.model.check import Applies, Check, Dares
from seamwright.model.evidence import Proved


def applies(subject):
    return Applies(tuple(operation.id for operation in subject.operations))


async def run(bench):
    for cell in bench.cells:
        exchange = await bench.call(await bench.case(bench.operation(cell)))
        if exchange.status == 200:
            yield Proved(cell)


CHECK = Check(
    id="contract.teapot", proves="the teapot answers", oracle="none", applies=applies, run=run, dares=Dares.OBSERVE
)
'''


def test_a_check_that_is_dropped_in_as_one_file_is_discovered_and_run(tmp_path: Path) -> None:
    async def contract(request: Request) -> JSONResponse:
        return JSONResponse(document("GET /pot"))

    async def pot(request: Request) -> JSONResponse:
        return JSONResponse({"is": "teapot"})

    own = tmp_path / ".seamwright" / "checks"
    own.mkdir(parents=True)
    (own / "teapot.py").write_text(DROPPED)
    with serving(Starlette(routes=[Route("/openapi.json", contract), Route("/pot", pot)])) as url:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "seamwright", "verify", f"{url}/openapi.json"),
                *("--check", "contract.teapot", "--json"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["evidence"]
    assert (row["check"], row["verdict"], row["exchanges"]) == ("contract.teapot", "proved", 1)
