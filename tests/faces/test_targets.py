"""What a target means; nothing here is contacted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seamwright.faces.targets import aimed, as_graphql
from seamwright.model.errors import ManifestError, UsageError

MANIFEST = "system: shop\nboundaries:\n  orders: {kind: http, url: http://127.0.0.1:1}\n"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/openapi.json", "http://[::1]:8000/a", "https://localhost/a"])
def test_a_document_on_this_machine_is_there_to_be_tested(url: str) -> None:
    aim = aimed((url,))
    assert aim.manifest.environment == "test"
    assert aim.notice == ""
    (boundary,) = aim.manifest.boundaries.values()
    assert (boundary.name, boundary.kind, boundary.contract) == ("api", "http", url)
    assert url.startswith(boundary.url)
    assert aim.manifest.origin.source == url


@pytest.mark.parametrize(
    "url", ["https://api.example.org/openapi.json", "http://10.1.2.3/a", "http://127.0.0.1.example/"]
)
def test_everything_elsewhere_is_treated_as_production_and_it_is_told(url: str) -> None:
    aim = aimed((url,))
    assert aim.manifest.environment == "production"
    assert "treated as production" in aim.notice
    assert "--environment test" in aim.notice
    told = aimed((url,), environment="test")
    assert told.manifest.environment == "test"
    assert told.notice == ""


def test_a_database_elsewhere_is_treated_as_production_too() -> None:
    assert aimed(("postgresql://u@db.example.org/shop",)).manifest.environment == "production"
    local = aimed(("sqlite:///data/shop.db",)).manifest
    assert local.environment == "test"
    assert local.boundaries["shop"].kind == "sql"


def test_the_token_becomes_an_identity_and_a_secret_that_is_never_shown() -> None:
    manifest = aimed(("http://127.0.0.1:1/openapi.json",), token="s3cret-token").manifest
    token = manifest.identities["caller"].token
    assert token is not None
    assert token.get_secret_value() == "s3cret-token"
    assert "s3cret-token" in manifest.origin.secrets
    assert "s3cret-token" not in repr(manifest)


def test_a_password_in_the_url_is_a_secret_and_stands_in_no_name() -> None:
    manifest = aimed(("http://me:s3cret@127.0.0.1:1/openapi.json",)).manifest
    assert "s3cret" in manifest.origin.secrets
    assert "s3cret" not in manifest.system
    assert manifest.origin.digest == aimed(("http://127.0.0.1:1/openapi.json",)).manifest.origin.digest


@pytest.mark.parametrize(
    ("targets", "told"),
    [
        (("http://127.0.0.1/a", "http://127.0.0.1/b"), "a URL is verified by itself"),
        (("orders", "http://127.0.0.1/b"), "a URL is verified by itself"),
        (("ftp://127.0.0.1/a",), "ftp:// is not spoken here"),
        (("http:///openapi.json",), "names no host"),
        (("http://[bad/openapi.json",), "is no URL"),
        (("http://127.0.0.1:99999/openapi.json",), "is no URL"),
        ((), "seamwright init URL"),
    ],
)
def test_what_is_no_target_is_told(tmp_path: Path, targets: tuple[str, ...], told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        aimed(targets, here=tmp_path)


def test_a_manifest_is_found_here_above_by_path_and_by_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "seamwright.yaml"
    path.write_text(MANIFEST)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert aimed(()).manifest.origin.source == "seamwright.yaml"
    monkeypatch.undo()
    assert aimed((), here=deep).manifest.origin.source == str(path)
    assert aimed((str(path),), here=deep).manifest.origin.source == str(path)
    assert aimed((str(tmp_path),), here=deep).manifest.system == "shop"
    assert aimed((str(path), "orders")).boundaries == ("orders",)
    assert aimed(("orders", str(path))).boundaries == ("orders",)


def test_the_command_line_may_say_another_environment_and_the_origin_stays(tmp_path: Path) -> None:
    (tmp_path / "seamwright.yaml").write_text(MANIFEST)
    aim = aimed((), environment="staging", here=tmp_path)
    assert aim.manifest.environment == "staging"
    assert aim.manifest.origin == aimed((), here=tmp_path).manifest.origin
    assert aim.manifest.boundaries["orders"].name == "orders"


def test_a_token_beside_a_manifest_is_refused_and_not_forgotten(tmp_path: Path) -> None:
    (tmp_path / "seamwright.yaml").write_text(MANIFEST)
    with pytest.raises(UsageError, match="--token-env goes with a URL"):
        aimed((), token="x", here=tmp_path)


def test_a_manifest_that_is_not_there_is_a_manifest_error(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="there is no such file"):
        aimed((str(tmp_path / "other.yaml"),))


def test_a_lone_url_can_be_looked_at_as_a_graphql_endpoint() -> None:
    aim = aimed(("https://api.example.org/graphql",), token="s3cret-token")
    endpoint = as_graphql(aim)
    assert endpoint is not None
    (boundary,) = endpoint.manifest.boundaries.values()
    assert (boundary.name, boundary.kind, boundary.url, boundary.contract) == (
        *("api", "graphql", "https://api.example.org/graphql"),
        None,
    )
    assert endpoint.manifest.environment == "production"
    assert endpoint.notice == aim.notice
    assert endpoint.manifest.origin == aim.manifest.origin
    token = endpoint.manifest.identities["caller"].token
    assert token is not None
    assert token.get_secret_value() == "s3cret-token"
    assert as_graphql(aimed(("sqlite:///shop.db",))) is None


def test_nothing_is_posted_on_a_guess_to_what_may_be_production() -> None:
    assert as_graphql(aimed(("https://api.example.org/orders",))) is None
    assert as_graphql(aimed(("https://api.example.org/orders",), environment="test")) is not None
    assert as_graphql(aimed(("http://127.0.0.1:4000/",))) is not None


@pytest.mark.parametrize(
    ("url", "kind", "environment"),
    [
        ("grpc://127.0.0.1:50051", "grpc", "test"),
        ("grpcs://api.example.org", "grpc", "production"),
        ("ws://localhost:8080/chat?room=1", "websocket", "test"),
        ("wss://api.example.org/chat", "websocket", "production"),
    ],
)
def test_a_server_that_needs_no_document(url: str, kind: str, environment: str) -> None:
    aim = aimed((url,), token="secret-token")
    [boundary] = aim.manifest.boundaries.values()
    assert (boundary.kind, boundary.url, boundary.contract) == (kind, url, None)
    assert aim.manifest.environment == environment
    with pytest.raises(UsageError, match="names no host"):
        aimed((f"{url.partition(':')[0]}://",))
