"""Finds how a contract lets somebody new in: the operation that signs up, the one that logs in, and their fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from seamwright.contracts.links import success_schema
from seamwright.contracts.media import is_form, is_json
from seamwright.contracts.schemas import properties, types
from seamwright.model.accounts import ACCOUNTS, flat, signs_up, words_of
from seamwright.model.operation import Contract, Operation

__all__ = ["TOKENS", "Door", "Role", "account_fields", "laid_at", "log_in", "repeated", "sign_up", "values_at"]

Role = Literal["password", "new password", "repeated", "email", "user"]
"""What a field says of an account; `repeated` is a password written once more."""

_PASSWORD = "(?:password|passwd|passphrase|pwd|pass)"
_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (
        "repeated",
        re.compile(
            rf"(?:confirm|repeat|retype|verify|again|re)(?:ed|enter)?(?:new)?{_PASSWORD}"
            rf"|(?:new)?{_PASSWORD}(?:confirm|confirmation|confirmed|repeat|repeated|again|verify|verification|2)"
        ),
    ),
    ("new password", re.compile(rf"(?:new|next|desired|changed|updated){_PASSWORD}1?|{_PASSWORD}new")),
    ("password", re.compile(rf"(?:current|old|existing|present|previous|my|user|account|plain)?{_PASSWORD}1?")),
    ("email", re.compile(r"(?:user|account|my|primary)?e?mail(?:address)?")),
    ("user", re.compile(r"(?:user|login|account|nick|screen)name|user|login|handle|userid|loginid|identifier")),
)

TOKENS = ("accesstoken", "token", "jwt", "authtoken", "bearertoken", "sessiontoken", "apitoken", "idtoken", "sessionid")
"""What a token is called in the answer to a login, the likeliest first."""

_LOGIN = re.compile(
    r"(?:user|account)?(?:log(?:in|on)|signin)|(?:access)?tokens?|auth|authenticate|authentication|sessions?|jwt(?:create)?"
)


@dataclass(frozen=True, slots=True)
class Door:
    """An operation by which accounts are made or entered, its media type, and its fields by what they say.

    A field is told as `account_fields` has it. `token` is the JSON path of the token in its answer; empty where the
    contract does not tell.
    """

    operation: Operation
    media_type: str
    fields: Mapping[str, Role]
    token: str = ""


def sign_up(contract: Contract) -> Door | None:
    """The operation that makes an account with a password; None where there is none."""
    doors = [door for o in contract.operations if _makes_accounts(o) and (door := _door(contract, o)) is not None]
    doors.sort(key=lambda door: not signs_up(door.operation))
    return doors[0] if doors else None


def log_in(contract: Contract) -> Door | None:
    """The operation that gives a token for a name and a password; None where there is none."""
    for operation in contract.operations:
        words = words_of(operation)
        if operation.method != "POST" or operation.at("path") or not words or not _LOGIN.fullmatch(words[-1]):
            continue
        door = _door(contract, operation)
        if door is not None:
            return door
    return None


def account_fields(contract: Contract, operation: Operation) -> dict[str, Role]:
    """The fields of a body that say something of the caller's account, each with what.

    They stand at its top, or in the one object that it wraps all others into, as in `{"user": {"email": ...}}`; there a
    field is told with the name of this object before it: `user/email` (with the escapes of RFC 6901, section 3).
    """
    media_type = _media_type(operation)
    if media_type is None or operation.body is None:
        return {}
    fields = properties(contract, operation.body.content[media_type].schema)
    found = _roles(contract, fields)
    if found or len(fields) != 1:
        return {_step(name): role for name, role in found.items()}
    ((envelope, schema),) = fields.items()
    inner = _roles(contract, properties(contract, schema)) if types(contract, schema) <= {"object"} else {}
    return {f"{_step(envelope)}/{_step(name)}": role for name, role in inner.items()}


def values_at(body: Any, fields: Iterable[str]) -> dict[str, Any]:
    """What a body holds in these fields, told as `account_fields` has them; without those that it lacks."""
    found: dict[str, Any] = {}
    for field in fields:
        *above, name = _steps(field)
        inner = _inside(body, above)
        if name in inner:
            found[field] = inner[name]
    return found


def laid_at(body: Any, values: Mapping[str, Any]) -> Any:
    """The body with these values in its fields, told as `account_fields` has them; what is no object becomes one."""
    for field, value in values.items():
        *above, name = _steps(field)
        laid: Any = {**_inside(body, above), name: value}
        for depth in reversed(range(len(above))):
            laid = {**_inside(body, above[:depth]), above[depth]: laid}
        body = laid
    return body


def repeated(fields: Mapping[str, Role], body: Any) -> Any:
    """The body with what its passwords are in the fields where they are written once more.

    Where there is a present password and a new one, it is the new one that is written twice.
    """
    told = values_at(body, fields)
    passwords = [told[f] for role in ("new password", "password") for f in told if fields[f] == role]
    return laid_at(body, {f: passwords[0] for f in told if fields[f] == "repeated"}) if passwords else body


def _roles(contract: Contract, fields: Mapping[str, Any]) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for name, schema in fields.items():
        role = next((role for role, pattern in _ROLES if pattern.fullmatch(flat(name))), None)
        if role is not None and types(contract, schema) <= {"string", "null"}:
            found[name] = role
    if found and not {"user", "email"} & set(found.values()):
        # A name beside a password, and nothing else that tells an account, is that of the account.
        found |= {name: "user" for name in fields if flat(name) == "name"}
    return found


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _steps(field: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in field.split("/")]


def _inside(body: Any, names: list[str]) -> Mapping[str, Any]:
    """The object at the end of these names; an empty one where there is none."""
    for name in names:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def _makes_accounts(operation: Operation) -> bool:
    words = words_of(operation)
    if operation.method != "POST" or operation.at("path") or not words:
        return False
    return signs_up(operation) or words[-1].removesuffix("s") in ACCOUNTS - {"login"}


def _door(contract: Contract, operation: Operation) -> Door | None:
    """The operation with its fields; None where it takes no password, or nobody's name."""
    media_type = _media_type(operation)
    fields = account_fields(contract, operation)
    if media_type is None or "password" not in fields.values() or not {"email", "user"} & set(fields.values()):
        return None
    if "new password" in fields.values():
        return None
    return Door(operation, media_type, fields, _token_path(contract, operation))


def _media_type(operation: Operation) -> str | None:
    offered = list(operation.body.content) if operation.body else []
    return next((m for m in offered if is_json(m)), None) or next((m for m in offered if is_form(m)), None)


def _token_path(contract: Contract, operation: Operation) -> str:
    """The JSON path of the token in an answer, at the top or one object below it."""
    answered = success_schema(contract, operation)
    if answered is None:
        return ""
    top = properties(contract, answered, certain=False)
    places = {f"$.{name}": name for name in top}
    places |= {f"$.{name}.{inner}": inner for name, child in top.items() for inner in properties(contract, child)}
    for word in TOKENS:
        found = next((path for path, name in places.items() if flat(name) == word), None)
        if found is not None:
            return found
    return ""
