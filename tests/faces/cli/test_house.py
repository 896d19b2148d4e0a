"""`seamwright checks`, `manifest schema`, and checks of the user's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from tests.faces.conftest import Served
from tests.faces.terminal import seamwright
from tests.serving import free_port

ROOT = Path(__file__).parents[3]


def test_checks_are_listed_with_what_they_prove_and_when_they_refute(here: Path) -> None:
    listed = seamwright("checks", "--json", cwd=here)
    assert listed.status == 0
    assert {"contract", "auth", "security", "resilience", "load", "consistency"} == {c["family"] for c in listed.json}
    assert len(listed.json) >= 18
    assert all(check["proves"] and check["oracle"] and check["dares"] for check in listed.json)
    shown = seamwright("checks", "--proves", "auth,load", cwd=here).out
    assert "auth.expired-token" in shown
    assert "refuted when: " in shown
    assert "security." not in shown


def test_a_family_that_is_not_there_is_told(here: Path) -> None:
    done = seamwright("checks", "--proves", "securty", cwd=here)
    assert done.status == 2
    assert "did you mean 'security'?" in done.err


def test_the_schema_of_the_manifest_is_a_schema_and_takes_the_demos(here: Path) -> None:
    schema = seamwright("manifest", "schema", cwd=here).json
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.validator_for(schema)
    from seamwright.demo.manifest import _TEMPLATE

    text = re.sub(r"\{(identity|orders|payments|inventory)\}", "http://127.0.0.1:1", _TEMPLATE.replace("{relay}", ""))
    text = text.replace("{folder}", "f").replace("{signing_key}", "key").replace("{units}", "9")
    manifest = YAML(typ="safe").load(text.replace("{{", "{").replace("}}", "}"))
    assert validator.is_valid(manifest), [str(error) for error in validator.iter_errors(manifest)]
    manifest["boundaries"]["orders"]["ownr"] = "x"
    assert not validator.is_valid(manifest)


def test_manifest_check_says_what_is_wrong_with_file_and_line(here: Path) -> None:
    boundary = "{kind: http, url: 'http://127.0.0.1', ownr: b}"
    (here / "seamwright.yaml").write_text(f"system: x\nboundaries:\n  a: {boundary}\n")
    done = seamwright("manifest", "check", cwd=here)
    assert done.status == 2
    assert "seamwright.yaml:3: boundaries.a.ownr: unknown key; did you mean 'owner'?" in done.err


# -- checks of the user's own ------------------------------------------------------------------------------------------


@pytest.fixture
def own(here: Path) -> Path:
    """The check that CONTRIBUTING.md teaches from, dropped into a project."""
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL)
    folder = here / ".seamwright" / "checks"
    folder.mkdir(parents=True)
    (folder / "server_version.py").write_text(block, encoding="utf-8")
    return here


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "own", "version": "1"},
    "paths": {"/things": {"get": {"operationId": "things", "responses": {"200": {"description": "all"}}}}},
}


@contextmanager
def _served(software: str) -> Iterator[str]:
    """An API that names its software in every answer."""

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = software, ""

        def do_GET(self) -> None:
            body = json.dumps(DOCUMENT if self.path == "/openapi.json" else []).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing on the terminal of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("software", "verdict", "status"), [("shelf/1.2.3", "refuted", 1), ("shelf", "proved", 0)])
def test_the_check_of_the_guide_is_found_and_decides(own: Path, software: str, verdict: str, status: int) -> None:
    with _served(software) as url:
        done = seamwright("verify", f"{url}/openapi.json", "--check", "security.server-version", "--json", cwd=own)
        assert done.status == status, done.err
        (row,) = done.json["evidence"]
        assert row["verdict"] == verdict
        if verdict == "refuted":
            again = seamwright(*row["findings"][0]["reproduce"].split()[1:], cwd=own)
            assert again.status == 1
            assert "says which version of which software answers" in again.out


def test_the_check_of_the_guide_says_unknown_when_nothing_answers(own: Path) -> None:
    (own / "openapi.json").write_text(json.dumps(DOCUMENT))
    url = f"http://127.0.0.1:{free_port()}"
    text = f"system: own\nboundaries:\n  own: {{kind: http, url: '{url}', contract: openapi.json}}\n"
    (own / "seamwright.yaml").write_text(text)
    done = seamwright("verify", "--check", "security.server-version", "--json", cwd=own)
    assert done.status == 3
    (row,) = done.json["evidence"]
    assert (row["verdict"], row["cause"]) == ("unknown", "target")
    assert "no answer came" in row["why"]


def test_own_checks_are_listed_and_planned(own: Path, books: Served) -> None:
    (mine,) = [c for c in seamwright("checks", "--json", cwd=own).json if c["id"] == "security.server-version"]
    assert mine["cwe"] == ["CWE-200"]
    planned = seamwright("verify", books.document, "--plan", "--json", cwd=own).json["planned"]
    assert "security.server-version" in {item["check"] for item in planned}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("broken.py", "def (\n", "broken.py: cannot be loaded: SyntaxError"),
        ("empty.py", "", "empty.py: has no CHECK"),
        ("wrong.py", "CHECK = 7\n", "wrong.py: CHECK must be a Check, and is a int"),
        ("missing.py", "import not_there_at_all\n", "missing.py: cannot be loaded: ModuleNotFoundError"),
    ],
)
def test_a_broken_check_ends_with_2_and_names_its_file(own: Path, name: str, text: str, told: str) -> None:
    (own / ".seamwright" / "checks" / name).write_text(text)
    done = seamwright("checks", cwd=own)
    assert done.status == 2
    assert told in done.err
    assert "Traceback" not in done.err
