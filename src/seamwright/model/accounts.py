"""Reads off an operation what it does to accounts: makes one, changes or ends the caller's, or wipes them all.

Only names are read here, so it is pure and needs no schema. Where a name may mean either, an operation counts as the
dangerous one: what is kept back for nothing can be allowed, and what is called for nothing cannot be taken back.
"""

from __future__ import annotations

import re
from itertools import pairwise

from seamwright.model.operation import Operation

__all__ = [
    "ACCESS",
    "ACCOUNTS",
    "changes_its_caller",
    "flat",
    "own_account",
    "signs_up",
    "wipes_everything",
    "words_of",
]

ACCOUNTS = frozenset(
    {"user", "account", "member", "person", "profile", "customer", "client", "employee", "admin", "administrator"}
    | {"operator", "player", "subscriber", "login", "username", "principal", "owner", "author", "agent", "staff"}
    | {"identity", "consumer", "student", "teacher", "patient", "partner", "merchant", "seller"}
)
"""Things, in the singular, that may be the account of somebody who calls."""

ACCESS = frozenset({"session", "token", "credential", "login", "key", "apikey", "secret", "device", "refreshtoken"})
"""Things, in the singular, that somebody may have come in with."""

_SELF = frozenset({"me", "self", "myself", "account", "profile", "whoami", "userinfo", "currentuser"})
"""Words of a path that stand for whoever calls."""

_END = "(?:delete|close|remove|terminate|deactivate|disable|cancel|erase|destroy|suspend|freeze|forget|purge|end)"
_KEYS = "(?:sessions?|(?:access|refresh)?tokens?|credentials?|logins?|access|(?:api)?keys?|secrets?)"
_FACTOR = r"(?:mfa|2fa|totp|otp|twofactor\w*)"
_TURN = "(?:enable|disable|setup|activate|enroll|change|reset|remove)"

_PASSWORDS = re.compile(
    r"(?:new|set|change|reset|update|forgot|forgotten|recover|edit|modify|renew)?(?:my|user)?"
    r"(?:(?:password|passwd|passphrase)\w*|pin|pincode)"
)
_LEAVES = re.compile(r"(?:log(?:out|off)|signout)\w*|unregister|deactivate|terminate(?:me|myself)")
_ENDS_CALLER = re.compile(
    rf"{_END}(?:my|own|the|this|current|user|customer)*(?:account|profile|user|me|self|myself|registration|membership)"
    rf"|(?:revoke|invalidate|expire|rotate|regenerate|renew|roll|{_END})(?:all|my|current|other)*{_KEYS}"
    rf"|{_KEYS}(?:revoke|revocation|invalidate|rotate|rotation|regenerate)(?:all)?"
    rf"|{_TURN}{_FACTOR}|{_FACTOR}{_TURN}|(?:change|update|set)(?:my)?(?:email|username|login|mail)"
    r"|(?:email|username)(?:change|update)"
)
_SYSTEM = "(?:all|everything|db|database|data|alldata|system|storage|tables?|server|app|env|environment)"
_WIPES = re.compile(
    rf"(?:reset|wipe|purge|truncate|flush|clear|drop|erase|nuke|reseed|restore|destroy|delete|cleanup){_SYSTEM}"
    rf"|{_SYSTEM}(?:reset|wipe|purge|truncate|flush|clear|drop|erase|seed|reseed|restore)"
    r"|(?:re)?(?:create|populate|init|initialize|seed|build|migrate|setup)(?:the)?(?:db|database|testdata|tables|schema)"
    r"|(?:factory|hard|full|test|sandbox)reset|reset|wipe|truncate|flush|nuke|reseed"
    r"|(?:shutdown|reboot|restart)(?:the)?(?:server|system|daemon|all)?"
)
_NOWHERE = re.compile(
    r"api|v\d+|admin|debug|test|tests|testing|dev|internal|system|sandbox|maintenance|ops|tools|db|database|data"
    r"|server|service|management|actuator|control|private|public|rest|_?\w{0,2}"
)
"""Parts of a path that name no thing to which what follows could be limited."""

_RPCS = frozenset({"UNARY", "SERVER_STREAM", "CLIENT_STREAM", "BIDI_STREAM"})

_SIGN_UP = re.compile(
    r"(?:self)?(?:register(?:user|account|me)?|registrations?|sign(?:ing)?up|(?:create|new)(?:an?)?(?:account|user)|enroll?)"
)


def changes_its_caller(operation: Operation) -> bool:
    """Whether it changes the password, the credentials, the session or the account of whoever calls it."""
    if operation.safe:
        return False
    words = words_of(operation)
    if any(_PASSWORDS.fullmatch(word) or _LEAVES.fullmatch(word) for word in words):
        return True
    if operation.at("path"):
        return False  # It names the object that it ends; whose that is, is seen when one is chosen.
    pairs = [first + second for first, second in pairwise(words)]
    if any(_ENDS_CALLER.fullmatch(said) for said in (*words, *pairs, flat(operation.id))):
        return True
    last = words[-1] if words else ""
    if operation.method == "POST":
        return own_account(operation) and re.fullmatch(_END, last) is not None
    things = {last, last.removesuffix("s")}
    access = {*words, *(word.removesuffix("s") for word in words)} & ACCESS and operation.method == "DELETE"
    return bool(own_account(operation) or things & ACCOUNTS or access)


def wipes_everything(operation: Operation) -> bool:
    """Whether it empties or restarts the whole system, accounts and all; not one object, or one kind of it.

    The method says nothing here: whoever wipes a database at a call seldom minds which one.
    """
    words = words_of(operation)
    if operation.at("path") or not words:
        return False
    if operation.method in _RPCS:
        words = words[-1:]  # The service of an rpc limits nothing.
    if not all(_NOWHERE.fullmatch(word) for word in words[:-1]):
        return len(words) == 2 and _WIPES.fullmatch("".join(words)) is not None
    return any(_WIPES.fullmatch(said) for said in (words[-1], "".join(words[-2:]))) or (
        _NOWHERE.fullmatch(words[-1]) is not None and _WIPES.fullmatch(flat(operation.id)) is not None
    )


def own_account(operation: Operation) -> bool:
    """Whether its path speaks of whoever calls: `/me`, `/users/me`, `/account`; not of an account that it names."""
    return not operation.at("path") and bool(_SELF & set(words_of(operation)))


def signs_up(operation: Operation) -> bool:
    """Whether its path, or its name, says that it makes an account for somebody new."""
    if operation.method != "POST" or operation.at("path"):
        return False
    return any(_SIGN_UP.fullmatch(said) for said in [*words_of(operation)[-1:], flat(operation.id)])


def words_of(operation: Operation) -> list[str]:
    """The fixed parts of its path, each without case and separators: `/auth/log-out` is `auth`, `logout`."""
    parts = [part for part in operation.path.split("/") if "{" not in part]
    return [word for part in parts if (word := flat(part))]


def flat(text: str) -> str:
    """A name without case and separators: `order_ID` is `orderid`."""
    return re.sub(r"[^a-z0-9]", "", text.lower())
