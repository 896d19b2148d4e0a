"""Holds an exchange against its contract: status, media type, headers and body, each violation with its place.

Places are JSON pointers into the answer (`/status`, `/headers/etag`, `/body/items/0/id`) or into the call
(`/query/limit`, `/body/name`).
"""

from __future__ import annotations

import base64
import binascii
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import orjson

from seamwright.contracts.dialect import ABSENT, Direction, translated
from seamwright.contracts.media import declared, is_form, is_json, is_text
from seamwright.contracts.schemas import items, properties, resolved, types
from seamwright.contracts.texts import readings
from seamwright.model.bench import Violation
from seamwright.model.errors import ContractError
from seamwright.model.exchange import Case, Exchange, Response
from seamwright.model.operation import Answer, Contract, MediaType, Operation, Parameter, Schema

__all__ = ["ContractValidator", "request_violations", "validator", "violations"]

MAX_VIOLATIONS = 20
"""Violations that are told of one answer."""

_MAX_TEXT = 300
_BODILESS = frozenset({204, 205, 304})
_KEPT = 32
_NOT_VIOLATIONS = frozenset({"backtrackLimitExceeded", "regexEngineFailure"})


def violations(contract: Contract, operation: Operation, exchange: Exchange) -> tuple[Violation, ...]:
    """How an answer breaks the contract of its operation; none where no answer came."""
    return validator(contract).violations(operation, exchange)


def request_violations(contract: Contract, operation: Operation, case: Case) -> tuple[Violation, ...]:
    """How a call breaks the contract of its operation: what a correct client would not send."""
    return validator(contract).request_violations(operation, case)


def validator(contract: Contract) -> ContractValidator:
    """The validator of a contract, the same one as long as the contract is in use."""
    kept = _validators.pop(id(contract), None)
    if kept is None:
        kept = ContractValidator(contract)
    _validators[id(contract)] = kept
    while len(_validators) > _KEPT:
        _validators.popitem(last=False)
    return kept


@dataclass(frozen=True, slots=True)
class _Rule:
    """What holds for one (operation, status, Content-Type): a violation outright, or how the body is read."""

    wrong: Violation | None = None
    form: str = "any"
    """`json`, `text`, `any` (not looked into), `untyped` (no Content-Type told) or `none` (no body may come)."""
    schema: jsonschema_rs.Validator | None = None
    documented: tuple[str, ...] = ()
    """The documented media types, where none was told."""


class ContractValidator:
    """Validates answers and calls of one contract; each schema is compiled at its first use and kept."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._rules: dict[tuple[str, int, str], _Rule] = {}
        self._compiled: dict[tuple[str, ...], jsonschema_rs.Validator] = {}

    def violations(self, operation: Operation, exchange: Exchange) -> tuple[Violation, ...]:
        """How an answer breaks the contract; at most 20 are told. Raises ContractError for an unusable schema."""
        response = exchange.response
        if response is None:
            return ()
        answer = operation.answer(response.status)
        found = list(self._headers(operation, answer, response)) if answer else []
        found += self._body(operation, response, head=exchange.request.method == "HEAD")
        return tuple(found[:MAX_VIOLATIONS])

    def check_body(self, operation: Operation, status: int, content_type: str, body: bytes) -> str | None:
        """Say why status, media type or body break the contract; None when they do not. For load-test rates:
        headers are not looked at, and only the first violation is told."""
        rule = self._rules.get((operation.id, status, content_type)) or self._rule(operation, status, content_type)
        if rule.form == "json" and rule.wrong is None and rule.schema is not None and body:
            try:
                value = orjson.loads(body)
            except orjson.JSONDecodeError as error:
                return f"/body: is no valid JSON: {error.msg}"
            if rule.schema.is_valid(value):
                return None
            return _told(next(_errors(rule.schema, value, "/body", "response"), None))
        return _told(next(self._judged(rule, body), None))

    def request_violations(self, operation: Operation, case: Case) -> tuple[Violation, ...]:
        """How a call breaks the contract: parameters and body, required ones missing and values against schemas."""
        found: list[Violation] = []
        given = {"path": case.path, "query": case.query, "header": case.headers, "cookie": case.cookies}
        for parameter in operation.parameters:
            values = given[parameter.location]
            name = _named(values, parameter)
            place = f"/{_PLURAL.get(parameter.location, parameter.location)}/{_token(parameter.name)}"
            if name is None:
                if parameter.required:
                    found.append(Violation(place, "required", "is required and not given"))
                continue
            found += self._parameter(operation, parameter, values[name], place)
        found += self._request_body(operation, case)
        return tuple(found[:MAX_VIOLATIONS])

    def _rule(self, operation: Operation, status: int, content_type: str) -> _Rule:
        rule = self._made_rule(operation, status, content_type)
        self._rules[operation.id, status, content_type] = rule
        return rule

    def _made_rule(self, operation: Operation, status: int, content_type: str) -> _Rule:
        if not operation.answers:
            return _Rule()
        answer = operation.answer(status)
        if answer is None:
            known = ", ".join(operation.answers)
            return _Rule(wrong=Violation("/status", "status", f"{status} is not documented; documented: {known}"))
        if status in _BODILESS:
            return _Rule(form="none")
        if not answer.content:
            return _Rule()
        if not content_type:
            return _Rule(form="untyped", documented=tuple(answer.content))
        match = declared(answer.content, content_type)
        if match is None:
            known = ", ".join(answer.content)
            text = f"{content_type} is not documented for {status}; documented: {known}"
            return _Rule(wrong=Violation("/headers/content-type", "content-type", text))
        key, media = match
        form = "json" if is_json(content_type) else "text" if is_text(content_type) else "any"
        if form == "any":
            return _Rule()
        schema = self._schema((operation.id, answer.status, key), media.schema, "response")
        return _Rule(form=form, schema=schema)

    def _body(self, operation: Operation, response: Response, *, head: bool) -> Iterator[Violation]:
        content_type = response.header("content-type") or ""
        key = (operation.id, response.status, content_type)
        rule = self._rules.get(key) or self._rule(operation, response.status, content_type)
        if head or (not response.body and response.status in _BODILESS):
            if rule.wrong and rule.wrong.keyword == "status":
                yield rule.wrong
            return
        yield from self._judged(rule, response.body)

    def _judged(self, rule: _Rule, body: bytes) -> Iterator[Violation]:
        if rule.wrong is not None:
            yield rule.wrong
        elif rule.form == "none":
            if body:
                yield Violation("/body", "body", "this status has no body (RFC 9110), and one came")
        elif rule.form == "untyped":
            if body:
                known = ", ".join(rule.documented)
                yield Violation("/headers/content-type", "content-type", f"is missing; documented: {known}")
            elif expected := next((key for key in rule.documented if is_json(key)), None):
                yield Violation("/body", "body", f"is empty; {expected} is documented")
        elif rule.form == "json":
            try:
                value = orjson.loads(body)
            except orjson.JSONDecodeError as error:
                what = f"is no valid JSON: {error.msg}" if body else "is empty, and no JSON"
                yield Violation("/body", "json", what)
                return
            if rule.schema is not None and not rule.schema.is_valid(value):
                yield from _errors(rule.schema, value, "/body", "response")
        elif rule.form == "text" and rule.schema is not None:
            try:
                text = body.decode("utf-8")
            except UnicodeDecodeError:
                return  # another charset; its text is not judged
            if not any(rule.schema.is_valid(value) for value in [text, *readings(self.contract, {}, text)]):
                yield from _errors(rule.schema, text, "/body", "response")

    def _headers(self, operation: Operation, answer: Answer, response: Response) -> Iterator[Violation]:
        for name, header in answer.headers.items():
            place = f"/headers/{_token(name.lower())}"
            values = [value for key, value in response.headers if key.lower() == name.lower()]
            if not values:
                if header.required:
                    yield Violation(place, "required", f"the header {name} is required and did not come")
                continue
            text = values[0] if name.lower() == "set-cookie" else ", ".join(values)
            key = (operation.id, answer.status, "header", name)
            yield from self._text(key, header, text, place, "response")

    def _parameter(self, operation: Operation, parameter: Parameter, value: Any, place: str) -> Iterator[Violation]:
        key = (operation.id, "parameter", parameter.location, parameter.name)
        if isinstance(value, str):
            yield from self._text(key, parameter, value, place, "request")
            return
        schema = self._schema(key, parameter.schema, "request")
        if value == [""] and schema.is_valid([]):
            return  # On the wire it cannot be told from a list without items.
        if isinstance(value, int | float) and not parameter.media_type and not schema.is_valid(value):
            # The id 7 is as good a text on the wire.
            yield from self._text(key, parameter, orjson.dumps(value).decode(), place, "request")
            return
        yield from _errors(schema, _plain(value), place, "request")

    def _text(
        self, key: tuple[str, ...], parameter: Parameter, text: str, place: str, direction: Direction
    ) -> Iterator[Violation]:
        schema = self._schema(key, parameter.schema, direction)
        if parameter.media_type and is_json(parameter.media_type):
            try:
                candidates = [orjson.loads(text)]
            except orjson.JSONDecodeError as error:
                yield Violation(place, "json", f"is no valid JSON: {error.msg}")
                return
        else:
            candidates = readings(self.contract, parameter.schema, text, explode=parameter.explode)
        if not any(schema.is_valid(value) for value in candidates):
            yield from _errors(schema, candidates[0], place, direction)

    def _request_body(self, operation: Operation, case: Case) -> Iterator[Violation]:
        empty = case.raw is not None and not case.raw
        given = not empty and (case.raw is not None or case.body is not None or case.media_type is not None)
        if operation.body is None:
            if given and (case.raw or case.body is not None):
                yield Violation("/body", "body", "the operation takes no body, and one is given")
            return
        if not given:
            if operation.body.required:
                yield Violation("/body", "required", "a body is required and not given")
            return
        media_type = case.media_type or next(iter(operation.body.content))
        match: tuple[str, MediaType] | None = declared(operation.body.content, media_type)
        if match is None:
            known = ", ".join(operation.body.content)
            yield Violation("/headers/content-type", "content-type", f"{media_type} is not taken; documented: {known}")
            return
        value = _plain(case.body)
        if case.raw is not None:
            if not is_json(media_type):
                return  # bytes that are made by hand are judged only where they can be read back
            try:
                value = orjson.loads(case.raw)
            except orjson.JSONDecodeError as error:
                yield Violation("/body", "json", f"is no valid JSON: {error.msg}")
                return
        schema = self._schema((operation.id, "body", match[0]), match[1].schema, "request")
        if case.raw is None and not is_json(media_type):
            value = self._as_read(operation, match, value)
        yield from _errors(schema, value, "/body", "request")

    def _as_read(self, operation: Operation, match: tuple[str, MediaType], value: Any) -> Any:
        """What a body means once it has gone over the wire as text: `7` in a form is as good a text as a number."""
        key = (operation.id, "body", match[0])
        if not is_form(match[0]):
            if isinstance(value, Mapping | list) and "string" not in types(self.contract, match[1].schema):
                return value
            text = value if isinstance(value, str) else orjson.dumps(value).decode()
            return self._meant(key, match[1].schema, text)
        if not isinstance(value, Mapping):
            return value
        named = properties(self.contract, match[1].schema, certain=False)
        required = resolved(self.contract, match[1].schema).get("required", ())
        read: dict[str, Any] = {}
        for name, field in value.items():
            schema = named.get(name)
            if schema is None:
                read[name] = field
                continue
            item = items(self.contract, schema)
            sent = field if isinstance(field, list) else [field]
            if item is not None:
                # A field for each of its items; one that is there once is how a list of one is sent.
                read[name] = [self._meant((*key, name, "item"), item, one) for one in sent]
            elif isinstance(field, Mapping) and "object" in types(self.contract, schema):
                read[name] = field
            elif sent:
                meant = self._meant((*key, name), schema, sent[-1])
                unfilled = meant == "" and name not in required and not self._fits((*key, name), schema, meant)
                if not unfilled:
                    read[name] = meant
        return read

    def _meant(self, key: tuple[str, ...], schema: Schema, value: Any) -> Any:
        structured = isinstance(value, bool | Mapping | list)
        text = "" if value is None else orjson.dumps(value).decode() if structured else str(value)
        candidates = readings(self.contract, schema, text)
        return next((c for c in candidates if self._fits(key, schema, c)), candidates[0])

    def _fits(self, key: tuple[str, ...], schema: Schema, value: Any) -> bool:
        return self._schema((*key, "field"), schema, "request").is_valid(value)

    def _schema(self, key: tuple[str, ...], schema: Schema, direction: Direction) -> jsonschema_rs.Validator:
        kept = self._compiled.get(key)
        if kept is None:
            try:
                kept = jsonschema_rs.Draft202012Validator(
                    translated(self.contract, schema, direction), validate_formats=True, formats=_FORMATS, offline=True
                )
            except ValueError as error:
                reason = str(error).splitlines()[0]
                raise ContractError(
                    f"{self.contract.source}: {' '.join(key)}: the schema cannot be used: {reason}; correct it"
                ) from error
            self._compiled[key] = kept
        return kept


_validators: OrderedDict[int, ContractValidator] = OrderedDict()
# An entry holds its contract, so its id is not given to another object while it is kept.

_PLURAL = {"header": "headers", "cookie": "cookies"}


def _errors(schema: jsonschema_rs.Validator, value: Any, place: str, direction: Direction) -> Iterator[Violation]:
    for error in schema.iter_errors(value):
        for inner in _unwrapped(error):
            kind = inner.kind
            if kind.name in _NOT_VIOLATIONS:
                continue
            where = place + "".join(f"/{_token(str(part))}" for part in inner.instance_path)
            if isinstance(kind, jsonschema_rs.ValidationErrorKind.Not) and kind.schema == {"title": ABSENT[direction]}:
                yield Violation(where, ABSENT[direction], f"is {ABSENT[direction]}, and stands in a {direction}")
                continue
            text = inner.message if len(inner.message) <= _MAX_TEXT else f"{inner.message[:_MAX_TEXT]}…"
            yield Violation(where, kind.name, text, _component(inner.schema_path))


def _component(path: Sequence[str | int]) -> str:
    """The name of the innermost definition of a translated schema in which the keyword at a path stands."""
    steps = [str(step) for step in path]
    at = max((index for index, step in enumerate(steps[:-1]) if step == "$defs"), default=None)
    return "" if at is None else steps[at + 1].partition(".")[2]


def _unwrapped(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    """Where only one branch of anyOf/oneOf has the value's type (the other is often null), tell what broke in it."""
    kinds = jsonschema_rs.ValidationErrorKind
    if not isinstance(error.kind, kinds.AnyOf | kinds.OneOfNotValid):
        return [error]
    likely = [
        branch
        for branch in error.kind.context
        if not any(e.kind.name == "type" and e.instance_path == error.instance_path for e in branch)
    ]
    if len(likely) != 1:
        return [error]
    return [inner for e in likely[0] for inner in _unwrapped(e)]


def _told(first: Violation | None) -> str | None:
    return None if first is None else f"{first.place}: {first.text}"


def _named(values: Mapping[str, Any], parameter: Parameter) -> str | None:
    if parameter.location != "header":
        return parameter.name if parameter.name in values else None
    return next((name for name in values if name.lower() == parameter.name.lower()), None)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, Mapping):
        return {str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(child) for child in value]
    return value


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


_FORMATS = {"byte": _base64}
