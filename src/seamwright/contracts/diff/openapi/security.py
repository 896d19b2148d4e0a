"""Security: with which credentials callers get in, and how the schemes say that these are sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seamwright.contracts.diff.change import Change, Level, Rule
from seamwright.contracts.diff.openapi.sides import Sides, Twin
from seamwright.contracts.diff.openapi.surface import Entry, Surface, Values

__all__ = ["RULES", "compare", "compare_components", "compare_global"]

_STILL = "whoever gets in today still does"
_REFUSED = "a caller whose credentials were enough is refused"

_RULES = {
    (scope, what): Rule(f"{scope}-{what}", Level.INFO, "", f"{noun} {means}", why)
    for scope, noun in (("api-security", "an operation"), ("api-global-security", "the contract as a whole"))
    for what, means, why in (
        ("added", "asks for credentials that it did not ask for", _STILL + ", unless nothing was asked for before"),
        ("removed", "does not take credentials any more that it took", _STILL + ", unless these were all they had"),
        ("scope-added", "asks for a further scope", _STILL + ", if the token has the scope"),
        ("scope-removed", "asks for a scope less", _STILL),
    )
}
COMPONENT_ADDED = Rule(
    "api-security-component-added", Level.INFO, "", "a security scheme is new", "it counts where operations ask for it"
)
COMPONENT_REMOVED = Rule(
    "api-security-component-removed",
    Level.INFO,
    "",
    "a security scheme is gone",
    "it counts where operations asked for it",
)
TYPE_CHANGED = Rule(
    "api-security-component-type-changed",
    Level.BREAKING,
    "",
    "credentials are sent in another way",
    "a caller who goes on sending them as before is refused",
)
URL_CHANGED = Rule(
    "api-security-component-oauth-url-changed",
    Level.INFO,
    "",
    "the authorization or discovery URL changed",
    "tokens that callers hold stay good; clients read the URL from the contract or their settings",
)
TOKEN_URL_CHANGED = Rule(
    "api-security-component-oauth-token-url-changed",
    Level.INFO,
    "",
    "the token URL changed",
    "tokens that callers hold stay good; clients read the URL from the contract or their settings",
)
SCOPE_ADDED = Rule(
    "api-security-component-oauth-scope-added",
    Level.INFO,
    "",
    "a scheme offers a further scope",
    "nobody asks for it yet",
)
SCOPE_REMOVED = Rule(
    "api-security-component-oauth-scope-removed",
    Level.INFO,
    "",
    "a scheme does not offer a scope any more",
    "it counts where operations ask for it",
)
SCOPE_CHANGED = Rule(
    "api-security-component-oauth-scope-changed",
    Level.INFO,
    "",
    "a scope is described otherwise",
    "its name stays the same",
)

RULES = (
    *_RULES.values(),
    *(COMPONENT_ADDED, COMPONENT_REMOVED, TYPE_CHANGED, URL_CHANGED, TOKEN_URL_CHANGED),
    *(SCOPE_ADDED, SCOPE_REMOVED, SCOPE_CHANGED),
)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in: the schemes that are needed together, each with its scopes; nothing for the open door."""

    scopes: tuple[tuple[str, frozenset[str]], ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.scopes)

    def lets_in(self, held: _Way) -> bool:
        """Whether whoever holds what another way needs gets in here."""
        has = dict(held.scopes)
        return all(name in has and scopes <= has[name] for name, scopes in self.scopes)

    def __str__(self) -> str:
        named = (f"{name} ({', '.join(sorted(scopes))})" if scopes else name for name, scopes in self.scopes)
        return " with ".join(named) or "no credentials"


_OPEN = _Way(())
"""The door through which callers get in without credentials."""


def compare(twin: Twin) -> Iterator[Change]:
    """Yield what became of the ways into an operation that has ways of its own; others come under the contract's."""
    if any(isinstance(entry.values.get("security"), list) for entry in (twin.old, twin.new)):
        old, new = (
            _ways(surface, entry) for surface, entry in ((twin.sides.old, twin.old), (twin.sides.new, twin.new))
        )
        yield from _compared("api-security", twin.place, _same_names(twin.sides, old), new)


def compare_global(sides: Sides) -> Iterator[Change]:
    """Yield what became of the ways in that hold for every operation without ways of its own."""
    old, new = (_ways(surface, None) for surface in (sides.old, sides.new))
    yield from _compared("api-global-security", "security", _same_names(sides, old), new)


def _ways(surface: Surface, entry: Entry | None) -> tuple[_Way, ...]:
    own = entry.values.get("security") if entry else None
    told = own if isinstance(own, list) else surface.root.get("security")
    ways = [_way(surface.values(each)) for each in told] if isinstance(told, list) else []
    return tuple(dict.fromkeys(ways)) or (_OPEN,)


def _way(told: Values) -> _Way:
    return _Way(
        tuple(
            (name, frozenset(str(scope) for scope in scopes) if isinstance(scopes, list) else frozenset())
            for name, scopes in sorted(told.items())
        )
    )


def _same_names(sides: Sides, ways: tuple[_Way, ...]) -> tuple[_Way, ...]:
    """The old ways under the new names of schemes that were only given another name."""
    old, new = (dict(_schemes(surface)) for surface in (sides.old, sides.new))
    renamed = {}
    for name, scheme in old.items():
        if name not in new:
            alike = [other for other, values in new.items() if other not in old and _sent(values) == _sent(scheme)]
            renamed[name] = alike[0] if alike else name
    return tuple(_Way(tuple(sorted((renamed.get(name, name), scopes) for name, scopes in way.scopes))) for way in ways)


def _compared(scope: str, place: str, old: tuple[_Way, ...], new: tuple[_Way, ...]) -> Iterator[Change]:
    """Yield the ways that changed; whom a change shuts out is told by holding each old way against all new ones."""
    shut = [way for way in old if not any(other.lets_in(way) for other in new)]
    gone = [way for way in old if way not in new]
    come = [way for way in new if way not in old]
    for way in tuple(come):
        twin = next((other for other in gone if other.names == way.names and way.names), None)
        if twin is not None:
            gone.remove(twin)
            come.remove(way)
            yield from _scopes_changed(scope, place, twin, way, shut=twin in shut)
    for way in come:
        if way.scopes:
            yield _told(scope, "added", place, f"{way} is asked for now", shut=_OPEN in shut)
    for way in gone:
        if way.scopes:
            what = "does not let callers in any more" if way in shut else "is not needed any more"
            yield _told(scope, "removed", place, f"{way} {what}", shut=way in shut)
    if _OPEN in gone and not any(way.scopes for way in come):
        yield _told(scope, "added", place, "callers without credentials are not let in any more", shut=_OPEN in shut)
    if _OPEN in come and not any(way.scopes for way in gone):
        yield _told(scope, "removed", place, "callers need no credentials any more", shut=False)


def _scopes_changed(scope: str, place: str, old: _Way, new: _Way, *, shut: bool) -> Iterator[Change]:
    before = dict(old.scopes)
    for name, scopes in new.scopes:
        for added in sorted(scopes - before[name]):
            yield _told(scope, "scope-added", place, f"{name} must have the scope {added} now", shut=shut)
        for removed in sorted(before[name] - scopes):
            yield _told(scope, "scope-removed", place, f"{name} need not have the scope {removed} any more", shut=False)


def _told(scope: str, what: str, place: str, text: str, *, shut: bool) -> Change:
    if shut:
        return _RULES[scope, what].change(place, text, level=Level.BREAKING, why=_REFUSED)
    return _RULES[scope, what].change(place, text, why=_STILL)


def compare_components(sides: Sides) -> Iterator[Change]:
    """Yield what became of the security schemes themselves."""
    old, new = (dict(_schemes(surface)) for surface in (sides.old, sides.new))
    for name in old:
        place = f"securitySchemes/{name}"
        if name not in new:
            yield COMPONENT_REMOVED.change(place, f"the security scheme {name} was removed")
        else:
            yield from _scheme_changes(place, name, old[name], new[name])
    for name in new:
        if name not in old:
            yield COMPONENT_ADDED.change(f"securitySchemes/{name}", f"the security scheme {name} is new")


def _schemes(surface: Surface) -> Iterator[tuple[str, Values]]:
    return surface.mapped(surface.values(surface.root.get("components")).get("securitySchemes"))


def _sent(scheme: Values) -> tuple[str, ...]:
    """How credentials of a scheme are sent: two schemes that say the same of it are one to callers."""
    told = [str(scheme.get(key, "")) for key in ("type", "in", "name")]
    if scheme.get("in") == "header":
        told[2] = told[2].lower()
    return (*told, str(scheme.get("scheme", "")).lower())


def _scheme_changes(place: str, name: str, old: Values, new: Values) -> Iterator[Change]:
    if _sent(old) != _sent(new):
        shown = [" ".join(part for part in _sent(scheme) if part) for scheme in (old, new)]
        yield TYPE_CHANGED.change(place, f"the security scheme {name} was {shown[0]} and is {shown[1]} now")
    if old.get("openIdConnectUrl") != new.get("openIdConnectUrl"):
        yield _url_changed(place, name, "openIdConnectUrl", old, new, URL_CHANGED)
    flows, new_flows = (_flows(scheme) for scheme in (old, new))
    for flow in flows.keys() & new_flows.keys():
        yield from _flow_changes(place, f"{name} ({flow})", flows[flow], new_flows[flow])


def _flows(scheme: Values) -> dict[str, Values]:
    told = scheme.get("flows")
    if isinstance(told, Mapping):
        return {key: flow for key, flow in told.items() if isinstance(flow, Mapping)}
    return {str(scheme["flow"]): scheme} if "flow" in scheme else {}


def _flow_changes(place: str, named: str, old: Values, new: Values) -> Iterator[Change]:
    for key, rule in (("authorizationUrl", URL_CHANGED), ("tokenUrl", TOKEN_URL_CHANGED)):
        if old.get(key) != new.get(key):
            yield _url_changed(place, named, key, old, new, rule)
    scopes, new_scopes = (_scopes(flow.get("scopes")) for flow in (old, new))
    for scope in scopes:
        if scope not in new_scopes:
            yield SCOPE_REMOVED.change(place, f"{named} does not offer the scope {scope} any more")
        elif scopes[scope] != new_scopes[scope]:
            yield SCOPE_CHANGED.change(place, f"the scope {scope} of {named} is described otherwise")
    for scope in new_scopes:
        if scope not in scopes:
            yield SCOPE_ADDED.change(place, f"{named} offers the scope {scope} now")


def _url_changed(place: str, named: str, key: str, old: Values, new: Values, rule: Rule) -> Change:
    was, is_ = (values.get(key) or "not told" for values in (old, new))
    return rule.change(place, f"the {key} of {named} was {was} and is {is_} now")


def _scopes(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}
