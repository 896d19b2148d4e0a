"""Reads a manifest: YAML with line numbers, variables from the environment, no literal secrets."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError

from seamwright.model.errors import ManifestError, Problem
from seamwright.model.identity import parted
from seamwright.model.manifest import Manifest, Origin

__all__ = ["MANIFEST_NAME", "Place", "find_manifest", "problem_at", "read_manifest"]

MANIFEST_NAME = "seamwright.yaml"
LARGEST = 1_000_000
"""Bytes; a manifest is written by people."""

MOST_NODES = 250_000
"""Values in it, aliases followed: a few lines of aliases of aliases can stand for more than any memory holds."""

_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")
_ONLY_VARIABLES = re.compile(r"(?:\$\{[A-Za-z_][A-Za-z0-9_]*\})+")
_ONLY_REFERENCES = re.compile(r"(?:\$\{[A-Za-z_][A-Za-z0-9_-]*\.[^{}]+\})+")
"""`${kept.token}`: nothing that was written out, but what an answer or a file will give."""

_AFTER_PREFIX = re.compile(rf"[A-Za-z][A-Za-z-]{{0,19}} {_ONLY_VARIABLES.pattern}")
"""`Token ${T}`: an authentication scheme is no secret."""

_SECRET_NAME = re.compile(
    r"(?:password|passwd|passphrase|pwd|secret|token|(?:api|access|private|secret|signing)[_-]?key|(?:^|[_-])(?:pin|otp))"
    r"s?$",
    re.IGNORECASE,
)
_SECRET_SHAPE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|^eyJ[\w-]+\.eyJ[\w-]+\.|^AKIA[0-9A-Z]{16}$|^gh[pousr]_\w{20,}"
)
_URL_QUERY = re.compile(
    r"^[a-z][a-z0-9+.-]*://.*[?&](?:password|passwd|pwd|secret|api_?key|\w*token)=(?P<password>[^&\s]+)", re.IGNORECASE
)
_URL_PASSWORD = re.compile(r"^[a-z][a-z0-9+.-]*://[^/@:\s]*:(?P<password>[^/@\s]+)@", re.IGNORECASE)

Place = tuple[str | int, ...]
"""Where something stands in a manifest: keys and indices from the top."""


def find_manifest(start: Path) -> Path | None:
    """Find `seamwright.yaml` in this folder or the nearest one above it."""
    for folder in (start.resolve(), *start.resolve().parents):
        candidate = folder / MANIFEST_NAME
        if candidate.is_file():
            return candidate
    return None


def read_manifest(path: Path, environ: Mapping[str, str] | None = None) -> Manifest:
    """Read and validate a manifest.

    `${NAME}` reads the environment, then the `.env` file beside the manifest; `${NAME:-text}` gives a default; `$$`
    is a dollar sign. Raises ManifestError with every problem found, each with its line.
    """
    text = _text(path)
    tree = _parsed(path, text)
    variables = _variables(path, os.environ if environ is None else environ)
    reader = _Reader(str(path), tree, variables)
    try:
        values = reader.expanded(tree, ())
    except RecursionError:
        raise ManifestError((Problem(str(path), None, "", "an alias in it contains itself"),)) from None
    reader.refer(values)
    manifest: Manifest | None = None
    try:
        manifest = Manifest.model_validate(values)
    except ValidationError as error:
        told = [problem.place for problem in reader.problems]
        reader.problems.extend(p for p in reader.explained(error) if not _is_told(p.place, told))
    if manifest is None or reader.problems:
        raise ManifestError(tuple(sorted(reader.problems, key=lambda p: p.line or 0)))
    digest = hashlib.sha256(json.dumps(_plain(tree), sort_keys=True, default=str).encode()).hexdigest()
    return manifest.coming_from(
        Origin(source=str(path), folder=path.resolve().parent, digest=digest, secrets=frozenset(reader.secrets))
    )


def problem_at(source: str, place: Place, text: str) -> ManifestError:
    """An error about a place of a manifest that was read, with its line; without one where it came from no file."""
    path = Path(source)
    line = None
    if source.endswith((".yaml", ".yml")) and path.is_file():
        line = _Reader(source, _parsed(path, _text(path)), {}).line(place)
    return ManifestError((Problem(source, line, dotted(place), text),))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        hint = "there is no such file; `seamwright init URL` writes a first manifest"
        raise ManifestError((Problem(str(path), None, "", hint),)) from None
    except OSError as error:
        raise ManifestError((Problem(str(path), None, "", f"cannot be read: {error.strerror}"),)) from None
    if len(data) > LARGEST:
        raise ManifestError((Problem(str(path), None, "", f"is larger than {LARGEST} bytes; is it a manifest?"),))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ManifestError((Problem(str(path), line, "", "is not UTF-8; save it as UTF-8"),)) from None


def _parsed(path: Path, text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (error.problem or error.context or "is not valid YAML").strip().splitlines()[0]
        if mark and "${" in "".join(text.splitlines()[mark.line : mark.line + 1]):
            what += '; inside {…} and […] write "${VARIABLE}" in quotes'
        raise ManifestError((Problem(str(path), mark.line + 1 if mark else None, "", what),)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise ManifestError((Problem(str(path), None, "", f"is not valid YAML: {error}"),)) from None
    if not isinstance(tree, dict):
        raise ManifestError((Problem(str(path), 1, "", "must be a mapping that begins with 'system:'"),))
    return tree


def _variables(path: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    beside = path.parent / ".env"
    if not beside.is_file():
        return environ
    from dotenv import dotenv_values

    return {**{k: v for k, v in dotenv_values(beside, interpolate=False).items() if v is not None}, **environ}


class _Reader:
    """Expands variables and remembers lines, problems and secrets on the way."""

    def __init__(self, file: str, tree: Any, variables: Mapping[str, str]) -> None:
        self.file = file
        self.tree = tree
        self.variables = variables
        self.problems: list[Problem] = []
        self.secrets: set[str] = set()
        self._nodes = 0

    def expanded(self, node: Any, place: Place) -> Any:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            text = f"has more than {MOST_NODES} values once its aliases are followed; is it a manifest?"
            raise ManifestError((Problem(self.file, None, "", text),))
        if isinstance(node, dict):
            self._keys_once(node, place)
            return {self._key(key, place): self.expanded(value, (*place, key)) for key, value in node.items()}
        if isinstance(node, list):
            return [self.expanded(value, (*place, index)) for index, value in enumerate(node)]
        if self._is_secret_place(place) and self._literal(node, place):
            self._problem(place, "a secret is written out here; write ${VARIABLE} and set it in the environment")
            return node
        if not isinstance(node, str):
            return node
        return self._string(str(node), place)

    def _key(self, key: Any, place: Place) -> str:
        # YAML reads `5:` as a number; the keys of a manifest are all text.
        if isinstance(key, bool) or not isinstance(key, str | int):
            self._problem((*place, key), f"the key {key!r} is not text; put it in quotes")
        return str(key)

    def _keys_once(self, node: Mapping[Any, Any], place: Place) -> None:
        texts = [str(key) for key in node]
        for index, key in enumerate(node):
            if texts[index] in texts[:index]:
                self._problem((*place, key), "the key is there twice, as a number and as text; remove one")

    def refer(self, values: Any) -> None:
        """Look at every name that must be a name elsewhere in the manifest."""
        boundaries, identities = (_mapping(_mapping(values).get(name)) for name in ("boundaries", "identities"))
        for name, boundary in boundaries.items():
            place: Place = ("boundaries", name)
            self._each((*place, "depends_on"), _mapping(boundary).get("depends_on"), boundaries)
            reset = _mapping(_mapping(boundary).get("reset"))
            self._named((*place, "reset", "identity"), reset.get("identity"), identities, "identity")
            for parameter, borrowed in _mapping(_mapping(boundary).get("borrows")).items():
                lender = _mapping(borrowed).get("boundary")
                self._named((*place, "borrows", parameter, "boundary"), lender, boundaries, "boundary")
        for name, identity in identities.items():
            place = ("identities", name)
            self._each((*place, "boundaries"), _mapping(identity).get("boundaries"), boundaries)
            login = _mapping(_mapping(identity).get("login"))
            self._named((*place, "login", "boundary"), login.get("boundary"), boundaries, "boundary")
        for name, section in _mapping(_mapping(values).get("load")).items():
            self._named(("load", name), name, boundaries, "boundary")
            self._refer_load(("load", name), section, identities)

    def _refer_load(self, place: Place, section: Any, identities: Mapping[str, Any]) -> None:
        from seamwright.model.scenario import LoadSection

        found: list[tuple[Place, str]] = []
        try:
            read = LoadSection.model_validate(section, context=found)
        except ValidationError:
            return  # it is told with all else that the manifest has the wrong form of
        for where, text in found:
            self._problem((*place, *where), text)
        for stretch, steps in read.stretches():
            for index, step in enumerate(steps):
                self._named((*place, *stretch, index, "identity"), step.identity, identities, "identity")

    def _each(self, place: Place, values: Any, boundaries: Mapping[str, Any]) -> None:
        for index, value in enumerate(values if isinstance(values, list) else ()):
            self._named((*place, index), value, boundaries, "boundary")

    def _named(self, place: Place, value: Any, known: Mapping[str, Any], what: str) -> None:
        if isinstance(value, str) and value not in known:
            near = get_close_matches(value, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            self._problem(place, f"{value!r} is no {what} of this manifest{hint}")

    def _string(self, text: str, place: Place) -> str:
        urls = [match["password"] for match in (_URL_PASSWORD.match(text), _URL_QUERY.match(text)) if match]
        if any(not _ONLY_VARIABLES.fullmatch(password) for password in urls) or _SECRET_SHAPE.search(text):
            self._problem(place, "a secret is written out here; write ${VARIABLE} and set it in the environment")
            return text
        missing: list[str] = []

        def value(match: re.Match[str]) -> str:
            if match[0] == "$$":
                return "$"
            found = self.variables.get(match["name"])
            if not found and match["default"] is not None:
                return match["default"]
            if found is None:
                missing.append(match["name"])
                return ""
            return found

        result = _VARIABLE.sub(value, text)
        for name in missing:
            self._problem(place, f"the variable {name} is not set; export it, or put it into .env beside the manifest")
        if result != text and self._is_secret_place(place):
            self._remember(result)
            if self._is_credential(place):
                # It may be told back without the word that stands before it.
                self._remember(parted(result)[1])
            if not missing and self._is_empty(text, result):
                # An identity with an empty token would call as nobody, and nothing would say so.
                self._problem(place, f"{text} is empty; a secret must have a value")
        for password in urls:
            self._remember(_VARIABLE.sub(value, password))
        expanded_url = _URL_PASSWORD.match(result)
        if expanded_url:
            self._remember(expanded_url["password"])
            self._remember(unquote(expanded_url["password"]))
        return result

    def _remember(self, secret: str) -> None:
        # Very short values would turn redaction into noise in every text.
        if len(secret) >= 4:
            self.secrets.add(secret)

    @staticmethod
    def _is_secret_place(place: Place) -> bool:
        names = [p for p in place if isinstance(p, str)]
        if not names:
            return False
        if names[-2:] == ["api_key", "value"]:
            return True
        if names[0] == "load" and names[-2:-1] in (["keep"], ["types"]):
            return False  # names that the manifest gives, with where they lie or of which type they are
        return bool(_SECRET_NAME.search(names[-1])) and names[-2:] != ["login", "token"]

    @staticmethod
    def _is_credential(place: Place) -> bool:
        """Whether what stands here goes into a header, where a word may stand before it."""
        names = [p for p in place if isinstance(p, str)]
        if names[:1] != ["identities"]:
            return False
        return names[2:] in (["token"], ["api_key", "value"])

    @staticmethod
    def _is_empty(text: str, result: str) -> bool:
        return not result or (_AFTER_PREFIX.fullmatch(text) is not None and result.endswith(" "))

    def _literal(self, node: Any, place: Place) -> bool:
        if node is None or node == "" or isinstance(node, bool):
            return False
        if not isinstance(node, str):
            return True
        if self._is_credential(place) and _AFTER_PREFIX.fullmatch(node):
            return False
        if place[0] == "load" and _ONLY_REFERENCES.fullmatch(node):
            return False
        return not _ONLY_VARIABLES.fullmatch(node)

    def _problem(self, place: Place, text: str) -> None:
        self.problems.append(Problem(self.file, self.line(place), dotted(place), text))

    def line(self, place: Place) -> int | None:
        """The line of the key or item at a place, or of the nearest thing above it."""
        node, line = self.tree, 1
        for step in place:
            marks = getattr(node, "lc", None)
            data = getattr(marks, "data", None) or {}
            actual = _actual_key(node, step)
            if actual is None or actual not in data:
                break
            line = data[actual][0] + 1
            node = node[actual]
        return line

    def explained(self, error: ValidationError) -> Iterator[Problem]:
        for item in error.errors(include_url=False):
            place = tuple(step for step in item["loc"] if not str(step).startswith("function-"))
            text = _explanation(item, place)
            yield Problem(self.file, self.line(place), dotted(place), text)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _plain(node: Any) -> Any:
    """The tree with keys that are all text, so that they can be put in order."""
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    return [_plain(value) for value in node] if isinstance(node, list) else node


def _is_told(place: str, told: Sequence[str]) -> bool:
    """Whether something was said about this place, or about a part of it that what is said here follows from."""
    return any(known == place or not place or known.startswith((f"{place}.", f"{place}[")) for known in told)


def dotted(place: Place) -> str:
    """A place as people write it: `boundaries.orders.depends_on[1]`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _actual_key(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return step if step in node else next((k for k in node if str(k) == str(step)), None)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return step
    return None


def _explanation(item: Any, place: Place) -> str:
    kind = item["type"]
    if kind == "extra_forbidden":
        known = _known_keys(place[:-1])
        near = get_close_matches(str(place[-1]), known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known here: {', '.join(known)}" if known else ""
        return f"unknown key{hint}"
    if kind == "missing":
        return "is missing"
    message = str(item["msg"]).removeprefix("Value error, ")
    given = item.get("input")
    if kind != "value_error" and isinstance(given, str | int | float | bool):
        message += f" (it is {given!r})"
    return message[0].lower() + message[1:]


def _known_keys(place: Place) -> list[str]:
    """The keys that the schema knows at a place, so that a misspelt one can be told."""
    from seamwright.model.manifest import manifest_schema

    schema = manifest_schema()
    node: Any = schema
    for step in place:
        node = next(iter(_below(_followed(schema, node), step)), None)
        if node is None:
            return []
    return sorted(_followed(schema, node).get("properties", {}))


def _followed(schema: Any, node: Any) -> Any:
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            node = choice
            break
    if "$ref" in node:
        return schema["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def _below(node: Any, step: str | int) -> Iterator[Any]:
    if isinstance(step, int):
        yield from (node[k] for k in ("items",) if k in node)
    elif step in node.get("properties", {}):
        yield node["properties"][step]
    elif isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]
