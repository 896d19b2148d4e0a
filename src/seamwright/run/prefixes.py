"""Finds the word that stands before a credential in the Authorization header, where a contract calls it a key.

OpenAPI has no field for it: a key in this header (`type: apiKey`, `name: Authorization`) is sent as it stands, as
`Bearer …` or as `Token …`, and at best the description of the security scheme tells which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from seamwright.model.operation import Contract, SecurityScheme

__all__ = ["WORDS", "Trial", "hint", "prefixed", "shown"]

WORDS = ("", "Bearer", "Token")
"""What is tried where nobody says which word is wanted; the empty one stands for none."""

_PLACEHOLDER = (
    r"(?:<[^<>\n]+>|\$?\{+[^{}\n]+\}+|\[[^\[\]\n]+\]|\.{3}|…|[xX*]{3,}[\w.*-]*|eyJ[\w.-]*|[A-Z]+_[A-Z_]+\b|(?=[A-Za-z-]*\d)[\w-]{6,}"
    r"|(?i:your|my)[-_ ]?(?i:api|access|auth|jwt)?[-_ ]?(?i:token|key|jwt)\b)"
)
_WORD = r"(?P<word>[A-Za-z][A-Za-z-]{0,19})"
_QUOTE = "[\"'`*\u201c\u201d\u2018\u2019]"
_SAYS = tuple(
    re.compile(pattern)
    for pattern in (
        # Authorization: Token <key>
        rf"(?i:authorization){_QUOTE}*\s*[:=]\s*{_QUOTE}*{_WORD}\s+{_PLACEHOLDER}",
        # Authorization: <key>
        rf"(?i:authorization){_QUOTE}*\s*[:=]\s*{_QUOTE}*(?P<bare>){_PLACEHOLDER}",
        # "Token <key>"
        rf"{_QUOTE}{_WORD}\s+{_PLACEHOLDER}",
        # with required prefix "Token"; prefixed with Token
        rf"(?i:\bprefix(?:ed)?(?:\s+it)?)\s*(?i:of|is|by|with|[:=])?\s*(?i:the\s+word)?\s*{_QUOTE}+{_WORD}\s*{_QUOTE}",
        rf"{_QUOTE}{_WORD}\s*{_QUOTE}+\s+(?i:as\s+(?:a\s+|the\s+)?)?(?i:prefix)\b",
        # Enter "Bearer" [space] and then the token; "Bearer" followed by a space and the token
        rf"{_QUOTE}{_WORD}{_QUOTE}+,?\s*(?i:followed\s+by\s+)?(?i:a\s+|one\s+)?\[?(?i:space)\b",
        # Token xxxxxx.yyyyyyy.zzzzzz, on a line or in a sentence
        rf"\b(?P<word>(?i:bearer|token|jwt|api-?key|key))\s+{_PLACEHOLDER}",
        # JWT Authorization header using the Bearer scheme
        r"\b(?P<word>(?i:bearer|token|jwt))\s+(?i:(?:authentication|authorization)\s+)?(?i:scheme)\b",
    )
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One credential in several forms, the likeliest first, to be tried on an operation that asks for this scheme."""

    identity: str
    scheme: str
    forms: Mapping[str, str]
    """The word before the credential → the value of the header."""
    hint: str | None
    """The word that the contract tells of; None where it tells of none."""
    otherwise: str
    """The word that is taken where none of the forms is let in."""


def hint(contract: Contract, scheme: SecurityScheme) -> str | None:
    """The word that a scheme's description wants before the credential, empty for none; None where it is silent."""
    text = unescape(_description(contract, scheme.name))
    for says in _SAYS:
        found = says.search(text)
        if found is not None:
            return found.groupdict().get("word") or ""
    return None


def prefixed(word: str, credential: str) -> str:
    """A credential with the word before it, where there is one."""
    return f"{word} {credential}" if word else credential


def shown(word: str) -> str:
    """How a notice names a form."""
    return f"as '{word} …'" if word else "without a word before them"


def _description(contract: Contract, name: str) -> str:
    components = contract.document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, Mapping) else None
    node = schemes.get(name) if isinstance(schemes, Mapping) else None
    text = node.get("description") if isinstance(node, Mapping) else None
    return text if isinstance(text, str) else ""
