"""`seamwright mock`: from a contract or a manifest to servers that answer, until somebody ends them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.faces.terminal import begun, seamwright
from tests.library import LIBRARY
from tests.mocking import document, written
from tests.serving import free_port


def ask(method: str, url: str, **more: Any) -> httpx2.Response:
    with httpx2.Client(trust_env=False, timeout=5) as client:
        return client.request(method, url, **more)


def line_of(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().decode().strip()
    assert line, process.communicate()[1].decode()
    return line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_contract_answers_until_it_is_told_to_end(here: Path, number: signal.Signals) -> None:
    written(here, document())
    with begun("mock", "pets.json", "--journal", "journal.jsonl", cwd=here) as process:
        line = line_of(process)
        assert line.startswith("mock of Pets at http://127.0.0.1:")
        url = line.rpartition(" ")[2]
        made = ask("POST", f"{url}/pets", json={"name": "rex"})
        assert made.status_code == 201
        assert ask("GET", f"{url}/pets/{made.json()['id']}").json() == made.json()
        os.killpg(process.pid, number)
        assert process.wait(10) == 0
        assert process.stderr is not None
        told = process.stderr.read().decode()
        assert told.splitlines()[0].startswith("POST /pets 201 addPet")
        assert "Traceback" not in told
    assert len((here / "journal.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_one_json_object_tells_where_it_is(here: Path) -> None:
    written(here, document(prefix="/v1"))
    port = free_port()
    with begun("mock", "pets.json", "--json", "--quiet", "--port", str(port), cwd=here) as process:
        told = json.loads(line_of(process))
        url = f"http://127.0.0.1:{port}"
        assert told["title"] == "Pets"
        assert (told["url"], told["base"], told["document"]) == (url, f"{url}/v1", f"{url}/openapi.json")
        assert ask("GET", f"{told['base']}/pets").status_code == 200
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


MANIFEST = """
system: zoo
boundaries:
  pets: {kind: http, url: http://127.0.0.1:9, contract: pets.json}
  cages: {kind: http, url: http://127.0.0.1:9, contract: cages.json}
  food: {kind: http, url: http://127.0.0.1:9}
"""


def test_boundaries_have_a_mock_each(here: Path) -> None:
    written(here, document())
    written(here, document(title="Cages"), "cages.json")
    (here / "seamwright.yaml").write_text(MANIFEST, encoding="utf-8")
    with begun("mock", "--json", cwd=here) as process:
        told = json.loads(line_of(process))["mocks"]
        assert [(mock["boundary"], mock["title"]) for mock in told] == [("pets", "Pets"), ("cages", "Cages")]
        assert len({mock["url"] for mock in told}) == 2
        assert all(ask("GET", f"{mock['url']}/pets").status_code == 200 for mock in told)
    with begun("mock", "seamwright.yaml", "cages", cwd=here) as process:
        assert line_of(process).startswith("mock of Cages at ")


def test_it_passes_our_own_checks(here: Path) -> None:
    written(here, document())
    with begun("mock", "pets.json", "--quiet", cwd=here) as process:
        url = line_of(process).rpartition(" ")[2]
        checks = ("--check", "contract.response-conforms", "--check", "contract.invalid-input-refused")
        done = seamwright("verify", f"{url}/openapi.json", *checks, "--budget", "20s", "--json", cwd=here)
    assert done.json["summary"]["refuted"] == 0, done.out
    proved = {row["check"] for row in done.json["evidence"] if row["verdict"] == "proved"}
    assert "contract.response-conforms" in proved, done.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere.json",), "nowhere.json: does not exist"),
        (("pets.json", "--latency", "soon"), "--latency: 'soon' is no latency"),
        (("pets.json", "--fault", "explode"), "there is no fault 'explode'"),
        (("pets.json", "--journal", "no/folder/j"), "--journal: no/folder/j cannot be written"),
        (("bears",), "TARGET: there is no 'bears'"),
        (("food",), "food: has no contract"),
    ],
)
def test_what_cannot_be_mocked_is_told(here: Path, words: tuple[str, ...], told: str) -> None:
    written(here, document())
    (here / "seamwright.yaml").write_text(MANIFEST, encoding="utf-8")
    done = seamwright("mock", *words, cwd=here)
    assert done.status == 2
    assert told in done.err


def test_without_a_manifest_a_contract_must_be_named(here: Path) -> None:
    done = seamwright("mock", cwd=here)
    assert done.status == 2
    assert "seamwright.yaml" in done.err


def test_what_is_neither_a_contract_nor_a_boundary_is_told(here: Path) -> None:
    (here / "empty").mkdir()
    for strange in ("petstor", "empty"):
        done = seamwright("mock", strange, cwd=here)
        assert done.status == 2
        assert f"{strange}: is no contract, and there is no seamwright.yaml" in done.err


def test_a_folder_of_proto_files_is_a_contract(here: Path) -> None:
    (here / "protos").mkdir()
    (here / "protos" / "library.proto").write_text(LIBRARY, encoding="utf-8")
    with begun("mock", "protos", "--json", cwd=here) as process:
        told = json.loads(line_of(process))
        assert told["url"].startswith("grpc://127.0.0.1:")
        assert ask("GET", f"{told['control']}journal").json() == {"entries": []}


def test_the_port_of_somebody_else_is_told(here: Path) -> None:
    written(here, document())
    with begun("mock", "pets.json", "--quiet", cwd=here) as process:
        port = line_of(process).rpartition(":")[2]
        done = seamwright("mock", "pets.json", "--port", port, cwd=here)
    assert done.status == 2
    assert f"127.0.0.1:{port} cannot be listened on" in done.err


@pytest.mark.parametrize("kind", ["http", "graphql", "grpc"])
def test_a_contract_of_any_kind_that_is_changed_under_it_is_taken_up(here: Path, kind: str) -> None:
    if kind == "http":
        path, text = written(here, document()), json.dumps(document(title="Changed"))
    elif kind == "graphql":
        path, text = here / "pets.graphql", "type Query { pets: [String!]! cats: Int }"
        path.write_text("type Query { pets: [String!]! }", encoding="utf-8")
    else:
        path, text = here / "library.proto", LIBRARY.replace("rpc GetBookStatus", "rpc GetBookState")
        path.write_text(LIBRARY, encoding="utf-8")
    with begun("mock", path.name, cwd=here) as process:
        line_of(process)
        assert process.stderr is not None
        path.write_text("{ broken", encoding="utf-8")
        while b"the contract was not taken up, the one from before still answers" not in process.stderr.readline():
            assert process.poll() is None
        path.write_text(text, encoding="utf-8")
        while b"the contract was taken up again" not in process.stderr.readline():
            assert process.poll() is None
