"""Whether a document has the form that the specification of its version gives it, by openapi-spec-validator."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any

import jsonschema_rs

from seamwright.contracts.bundle import Bundle, direct, escaped
from seamwright.contracts.lint._references import circular, without
from seamwright.contracts.lint._rule import Found, Severity
from seamwright.contracts.lint._values import mapping

__all__ = ["malformed"]

_MOST = 500
"""Errors that are told; a document that is something else altogether would give one for each of its lines."""

MOST_OPERATIONS = 2_000
"""Operations of a document that the library behind what is said in words gets through in seconds."""

_TEXT = 200

_SEEN = frozenset({"visited_schema_ids", "meta_checked_schema_ids", "operation_ids_registry"})
_TOLD_BY_RULES = frozenset({"DuplicateOperationIDError", "UnresolvableParameterError", "ExtraParametersError"})
"""Errors for which there is a rule of its own, which knows the place and what to do."""


def malformed(bundle: Bundle, operations: int) -> Iterator[Found]:
    """Everything that breaks the specification, each with its place: first by its JSON Schema, then by what it says
    in words, where it has not too many `operations` for that."""
    count = 0
    for found in _by_schema(bundle.document):
        count += 1
        if count > _MOST:
            return
        yield found
    if not count:
        yield from _by_words(bundle, operations)


# -- the JSON Schema of the specification ---


def _by_schema(document: dict[str, Any]) -> Iterator[Found]:
    schema = _schema(document)
    if schema is None:
        return
    validator = jsonschema_rs.validator_cls_for(schema)(schema)
    seen: set[Found] = set()
    for error in validator.iter_errors(document):
        for inner in _innermost(error):
            found = _told(inner, schema)
            if found not in seen:
                seen.add(found)
                yield found


def _schema(document: dict[str, Any]) -> dict[str, Any] | None:
    from openapi_spec_validator import schemas

    if "swagger" in document:
        return dict(schemas.schema_v2)
    version = str(document.get("openapi"))[:3]
    known = {"3.0": schemas.schema_v30, "3.1": schemas.schema_v31, "3.2": schemas.schema_v32}
    return dict(known[version]) if version in known else None


def _innermost(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    """The errors inside a choice that say what is wrong: those of the branch that the author most likely meant."""
    kinds = jsonschema_rs.ValidationErrorKind
    if not isinstance(error.kind, kinds.AnyOf | kinds.OneOfNotValid):
        return [error]
    here = list(error.instance_path)
    branches = [branch for branch in error.kind.context if branch]
    meant = [branch for branch in branches if not any(_rules_out(each, here) for each in branch)]
    if len(meant) > 1:
        # The branch that gets furthest into the value before it fails is the one that was meant.
        # Of two that get as far, it is the one that has less against the value.
        meant.sort(key=_likely)
        if _likely(meant[0]) == _likely(meant[1]):
            return [error]
    if not meant:
        return [error]
    return [inner for each in meant[0] for inner in _innermost(each)]


def _likely(branch: list[jsonschema_rs.ValidationError]) -> tuple[int, int]:
    return -max(len(list(each.instance_path)) for each in branch), len(branch)


def _rules_out(error: jsonschema_rs.ValidationError, here: list[Any]) -> bool:
    """Whether an error says that the value is no such thing at all: of another type, or no reference."""
    if list(error.instance_path) != here:
        return False
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        return kind.property == "$ref"
    return kind.name == "type"


def _told(error: jsonschema_rs.ValidationError, schema: dict[str, Any]) -> Found:
    place = "#" + "".join(f"/{escaped(str(step))}" for step in error.instance_path)
    kind = error.kind
    kinds = jsonschema_rs.ValidationErrorKind
    if isinstance(kind, kinds.Required):
        return Found(place, f"`{kind.property}` is missing")
    if isinstance(kind, kinds.AdditionalProperties | kinds.UnevaluatedProperties):
        names = ", ".join(f"`{name}`" for name in kind.unexpected)
        at = f"{place}/{escaped(kind.unexpected[0])}" if len(kind.unexpected) == 1 else place
        return Found(at, f"{names} is not known here", _meant(error, schema, kind.unexpected))
    if isinstance(kind, kinds.Type):
        return Found(place, f"must be of type {', '.join(kind.types)}, and is {_kind(error.instance)}")
    if isinstance(kind, kinds.Enum | kinds.Constant):
        options = kind.options if isinstance(kind, kinds.Enum) else [kind.expected_value]
        return Found(place, f"{_short(error.instance)} is none of {', '.join(str(each) for each in options)}")
    if isinstance(kind, kinds.AnyOf | kinds.OneOfNotValid | kinds.OneOfMultipleValid):
        return Found(place, f"{_kind(error.instance)} of this form is not known here")
    return Found(place, _short(error.message))


def _meant(error: jsonschema_rs.ValidationError, schema: dict[str, Any], names: list[str]) -> str:
    node: Any = schema
    for step in list(error.schema_path)[:-1]:
        node = node.get(step) if isinstance(node, dict) else None
    known = list(mapping(mapping(node).get("properties")))
    near = [close[0] for name in names if (close := get_close_matches(name, known, n=1))]
    return f"did you mean `{near[0]}`?" if near else "remove it, or begin its name with `x-`"


def _kind(value: Any) -> str:
    names = {bool: "a boolean", dict: "a mapping", list: "a list", str: "text", type(None): "empty"}
    return names.get(type(value), "a number")


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _TEXT else f"{text[:_TEXT]}…"


# -- what the specification says in words ---


def _by_words(bundle: Bundle, operations: int) -> Iterator[Found]:
    from jsonschema_path import SchemaPath
    from openapi_spec_validator.shortcuts import get_validator_cls
    from openapi_spec_validator.validation.keywords import KeywordValidator, SchemaValidator
    from openapi_spec_validator.validation.registries import KeywordValidatorRegistry
    from openapi_spec_validator.versions.exceptions import OpenAPIVersionNotFound

    class Placing(KeywordValidatorRegistry):
        """Notes on each error the place that was being validated; the library leaves most of them without."""

        def __missing__(self, keyword: str) -> KeywordValidator:
            inner = super().__missing__(keyword)
            for name in vars(inner).keys() & _SEEN:
                setattr(inner, name, _Seen())
            if isinstance(inner, SchemaValidator):
                slow: Any = inner
                slow._validate_schema_meta = _quickly(slow._validate_schema_meta, version)

            def placed(*arguments: Any, **options: Any) -> Iterator[Any]:
                paths = [each for each in arguments if isinstance(each, SchemaPath)]
                here = paths[-1].parts if paths else ()
                try:
                    for error in inner(*arguments, **options):  # type: ignore[operator]
                        if not hasattr(error, "seamwright_place"):
                            error.seamwright_place = [*here, *error.path]
                            error.seamwright_keyword = keyword
                        yield error
                except RecursionError:
                    raise
                except Exception as failure:
                    if not hasattr(failure, "seamwright_place"):
                        failure.seamwright_place = here  # type: ignore[attr-defined]
                    raise

            self[keyword] = placed  # type: ignore[assignment]
            return placed  # type: ignore[return-value]

    if operations > MOST_OPERATIONS:
        text = f"has {operations} operations; what the specification says in words is looked at up to {MOST_OPERATIONS}"
        yield Found("#/paths", text, "split the document to have it looked at", Severity.INFO)
        return
    document = without(bundle, circular(bundle.document))
    version = str(document.get("openapi"))[:3]
    try:
        validator = get_validator_cls(document)(SchemaPath.from_dict(document, handlers={}))
    except OpenAPIVersionNotFound:
        return
    registry = Placing(validator.keyword_validators)
    seen: set[Found] = set()
    try:
        for error in registry["__root__"](validator.schema_path):  # type: ignore[operator]
            if type(error).__name__ in _TOLD_BY_RULES or error.seamwright_keyword == "default":
                continue
            found = Found(_pointer(document, error.seamwright_place), _short(error.message))
            if found not in seen:
                seen.add(found)
                yield found
    except RecursionError:
        yield Found("#", "its schemas are nested too deep to be validated", "flatten them")
    except Exception as failure:  # noqa: BLE001 - the library trusts every reference to lead to what it should
        place = _pointer(document, getattr(failure, "seamwright_place", ()))
        text = f"what stands here cannot be validated ({type(failure).__name__}: {_short(str(failure))})"
        yield Found(place, text, "make sure that its references lead to parts of the right kind")


def _quickly(slow: Callable[[Any, Any], Any], version: str) -> Callable[[Any, Any], Any]:
    """The check of a schema against its meta-schema, done first by a validator that takes a hundredth of the time; the
    slow one is asked only where there is something to tell."""
    quick = _meta(version)

    def checked(schema: Any, value: Any) -> Any:
        plain = isinstance(value, dict) and "$schema" not in value
        return None if quick is not None and plain and quick.is_valid(value) else slow(schema, value)

    return checked


@functools.cache
def _meta(version: str) -> jsonschema_rs.Draft4Validator | jsonschema_rs.Draft202012Validator | None:
    """The meta-schema of the schemas of a version of OpenAPI; None where it is not known here."""
    from openapi_schema_validator import OAS30Validator, OAS31Validator

    if version == "3.0":
        return jsonschema_rs.Draft4Validator(dict(OAS30Validator.META_SCHEMA), validate_formats=True)
    if version != "3.1":
        return None
    from openapi_schema_validator._specifications import REGISTRY

    known = [(uri, contents) for uri in REGISTRY if isinstance(contents := REGISTRY.contents(uri), dict)]
    registry = jsonschema_rs.Registry(known)
    return jsonschema_rs.Draft202012Validator(
        dict(OAS31Validator.META_SCHEMA), registry=registry, validate_formats=True
    )


class _Seen(set[Any]):
    """What the library keeps in a list and looks through at every step; of thousands of schemas that takes minutes."""

    append = set.add


def _pointer(document: dict[str, Any], steps: Iterable[Any]) -> str:
    pointer = "#" + "".join(f"/{escaped(str(step))}" for step in steps)
    return direct(document, pointer) or pointer
