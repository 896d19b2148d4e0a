"""A document as it is written: the files that it is made of, and where each place of it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from seamwright.contracts.bundle import FILES, bundled
from seamwright.contracts.parsing import parsed
from seamwright.contracts.source import Located, Source
from seamwright.model.errors import ContractError


def _source(folder: Path, text: str) -> Source:
    (folder / "shop.yaml").write_text(text)
    return Source("shop.yaml", text.encode(), parsed(text.encode(), source="shop.yaml"), folder / "shop.yaml")


def test_places_of_files_beside_it_are_found_in_those(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "order.yaml").write_text("\nOrder:\n  type: object\n")
    source = _source(tmp_path, "a:\n  $ref: parts/order.yaml#/Order\n")
    bundle = bundled(source.document, source="shop.yaml", load=source.load)
    place = f"#/{FILES}/parts~1order.yaml/Order/type"
    assert bundle.document["a"]["$ref"] == place.rpartition("/")[0]
    found = source.locate([place, "#/a", "#/a/$ref"])
    assert found[place] == Located("parts/order.yaml", 3, "#/Order/type")
    assert found["#/a/$ref"] == Located("shop.yaml", 2, "#/a/$ref")
    assert [top for _, top in source.texts()] == ["#", f"#/{FILES}/parts~1order.yaml"]
    assert source.file_of(place) == ("parts/order.yaml", "#/Order/type")


def test_the_digest_is_that_of_the_bytes_of_all_files(tmp_path: Path) -> None:
    source = _source(tmp_path, "a: 1\n")
    assert source.digest == hashlib.sha256(b"a: 1\n").hexdigest()
    (tmp_path / "b.yaml").write_text("1")
    source.load("b.yaml")
    assert source.digest != hashlib.sha256(b"a: 1\n").hexdigest()


@pytest.mark.parametrize("name", ["../secret.yaml", "/etc/hosts", "a\0b", "x" * 5000])
def test_nothing_outside_its_folder_is_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContractError):
        _source(tmp_path, "a: 1\n").load(name)


def test_a_document_from_a_url_has_nothing_beside_it() -> None:
    with pytest.raises(ContractError, match=r"refers to another file \(b.yaml\)"):
        Source("http://h/a", b"{}", {}).load("b.yaml")
