"""What a target on the command line means: a manifest, a boundary of it, the URL of a contract or server, or a DSN."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from seamwright.drivers.graphql import names_graphql
from seamwright.model.errors import UsageError
from seamwright.model.loopback import is_loopback
from seamwright.model.manifest import Environment, Manifest, Origin
from seamwright.model.reading import MANIFEST_NAME, find_manifest, read_manifest

__all__ = ["Aim", "aimed", "as_graphql"]

_KINDS = {"grpc": "grpc", "grpcs": "grpc", "ws": "websocket", "wss": "websocket"}
"""Schemes of boundaries that need no document: the server tells its contract, or there is none."""

_DATABASES = ("sqlite", "postgresql", "postgres", "mysql", "mariadb")


@dataclass(frozen=True, slots=True)
class Aim:
    """A manifest, read or made up from a URL, and the boundaries of it that were named."""

    manifest: Manifest
    boundaries: tuple[str, ...]
    notice: str = ""


def aimed(
    targets: tuple[str, ...],
    *,
    environment: Environment | None = None,
    token: str | None = None,
    here: Path | None = None,
) -> Aim:
    """Find out what the targets mean. Raises UsageError (ManifestError with file and line for a wrong manifest)."""
    if any("://" in target for target in targets):
        if len(targets) > 1:
            raise UsageError(
                "a URL is verified by itself; put several boundaries into a manifest (seamwright init URL)"
            )
        return _aimed_at_url(targets[0], environment, token)
    if token is not None:
        raise UsageError("--token-env goes with a URL; in a manifest, write identities.NAME.token: ${VARIABLE}")
    names = list(targets)
    path = _manifest_path(names, here or Path.cwd())
    manifest = read_manifest(path)
    if environment is not None and environment != manifest.environment:
        manifest = manifest.model_copy(update={"environment": environment}).coming_from(manifest.origin)
    return Aim(manifest, tuple(names))


def _manifest_path(names: list[str], here: Path) -> Path:
    """Take the manifest's path out of the names, or find the one that lies here or above."""
    for name in names:
        path = Path(name)
        if name.endswith((".yaml", ".yml")) or path.is_file():
            names.remove(name)
            return path
        if path.is_dir() and (path / MANIFEST_NAME).is_file():
            names.remove(name)
            return path / MANIFEST_NAME
    found = find_manifest(here)
    if found is None:
        raise UsageError(
            f"there is no {MANIFEST_NAME} here or above; give the URL of an OpenAPI document or a GraphQL endpoint, or "
            "grpc://host:port, or write a first manifest with: seamwright init URL"
        )
    shown = Path.cwd()
    return found.relative_to(shown) if found.is_relative_to(shown) else found


def _aimed_at_url(url: str, environment: Environment | None, token: str | None) -> Aim:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UsageError(f"{url!r} is no URL: {error}") from None
    scheme = parts.scheme.partition("+")[0]
    if scheme in _DATABASES:
        boundary: dict[str, Any] = {"kind": "sql", "url": url}
        name = (parts.path.rpartition("/")[2] or "database").partition(".")[0]
        local = scheme == "sqlite" or is_loopback(parts.hostname or "")
    elif scheme in ("http", "https"):
        if not parts.hostname:
            raise UsageError(f"{url!r} names no host")
        boundary = {"kind": "http", "url": f"{parts.scheme}://{parts.netloc}", "contract": url}
        name, local = "api", is_loopback(parts.hostname)
    elif scheme in _KINDS:
        if not parts.hostname:
            raise UsageError(f"{url!r} names no host")
        boundary = {"kind": _KINDS[scheme], "url": url}
        name, local = "api", is_loopback(parts.hostname)
    else:
        raise UsageError(
            f"{url!r}: {scheme}:// is not spoken here; give http(s)://… of a contract, grpc(s)://host:port of a server "
            "with reflection, ws(s)://…, or a database's URL"
        )
    notice = ""
    if environment is None:
        environment = "test" if local else "production"
        if not local:
            notice = (
                f"{parts.hostname} is not this machine, so it is treated as production: only safe, declared operations "
                "are sent; say --environment test if it is there to be tested"
            )
    data: dict[str, Any] = {
        "system": re.sub(r"[^a-z0-9.:-]+", "-", parts.netloc.rpartition("@")[2].lower()) or name,
        "environment": environment,
        "boundaries": {re.sub(r"[^A-Za-z0-9_-]+", "-", name): boundary},
    }
    if token is not None:
        data["identities"] = {"caller": {"token": token}}
    digest = hashlib.sha256(f"{scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".encode()).hexdigest()
    manifest = Manifest.model_validate(data)
    secrets = frozenset(s for s in (token, parts.password) if s)
    return Aim(manifest.coming_from(Origin(source=url, folder=Path.cwd(), digest=digest, secrets=secrets)), (), notice)


def as_graphql(aim: Aim) -> Aim | None:
    """The same lone URL as a GraphQL endpoint; None where the aim is no lone HTTP URL.

    Nothing tells them apart but to ask, by POST; in production that is only done where the URL itself says GraphQL.
    """
    origin = aim.manifest.origin
    if urlsplit(origin.source).scheme not in ("http", "https"):
        return None
    if aim.manifest.environment == "production" and not names_graphql(origin.source):
        return None
    boundaries = {name: {"kind": "graphql", "url": origin.source} for name in aim.manifest.boundaries}
    said = aim.manifest.model_dump(exclude={"boundaries"}, exclude_unset=True)
    return Aim(Manifest.model_validate({**said, "boundaries": boundaries}).coming_from(origin), (), aim.notice)
