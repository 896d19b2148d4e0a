"""By which property alternatives are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.diff.versions import schema_changes

P, F = "potentially", "info"
SCHEMAS = {"schemas": {name: {"type": "object", "required": [name]} for name in ("Cat", "Dog")}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _told_apart(by: str, **mapping: str) -> dict[str, Any]:
    return {"oneOf": [_ref("Cat"), _ref("Dog")], "discriminator": {"propertyName": by, "mapping": mapping}}


@pytest.mark.parametrize(
    ("old", "new", "level", "kind"),
    [
        ({"oneOf": [_ref("Cat"), _ref("Dog")]}, _told_apart("kind"), F, "discriminator-added"),
        (_told_apart("kind"), {"oneOf": [_ref("Cat"), _ref("Dog")]}, F, "discriminator-removed"),
        (_told_apart("kind"), _told_apart("type"), P, "discriminator-property-name-changed"),
        (_told_apart("kind"), _told_apart("kind", c="Cat"), F, "discriminator-mapping-added"),
        (_told_apart("kind", c="Cat"), _told_apart("kind"), F, "discriminator-mapping-deleted"),
        (_told_apart("kind", c="Cat"), _told_apart("kind", c="Dog"), F, "discriminator-mapping-changed"),
    ],
)
def test_discriminators(old: Any, new: Any, level: str, kind: str) -> None:
    request, response = schema_changes(old, new, components=SCHEMAS)
    assert request == {(level, f"request-body-{kind}")}
    assert response == {(level, f"response-body-{kind}")}
