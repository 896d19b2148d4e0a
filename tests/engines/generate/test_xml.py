"""A value as XML, by what its schema says."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from seamwright.engines.generate.xml import xml_body

PET: dict[str, Any] = {
    "type": "object",
    "xml": {"name": "pet"},
    "properties": {
        "id": {"type": "integer", "xml": {"attribute": True}},
        "name": {"type": "string"},
        "photos": {"type": "array", "xml": {"name": "photoUrls", "wrapped": True}, "items": {"xml": {"name": "photo"}}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "owner": {"$ref": "#/Owner"},
    },
}
OWNER = {"type": "object", "xml": {"prefix": "o", "namespace": "http://example.com/o"}, "properties": {"vip": {}}}


def rendered(value: Any, schema: Any = PET) -> str:
    known: dict[str, Any] = {"#/Owner": OWNER, "#/components/schemas/Pet": PET, "#/components/schemas/Plain": {}}
    text = xml_body(value, schema, known.__getitem__).decode()
    ElementTree.fromstring(text)
    return text.partition("?>")[2]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"id": 7, "name": "a<b"}, '<pet id="7"><name>a&lt;b</name></pet>'),
        ({"photos": ["x", "y"]}, "<pet><photoUrls><photo>x</photo><photo>y</photo></photoUrls></pet>"),
        ({"tags": ["x", "y"]}, "<pet><tags>x</tags><tags>y</tags></pet>"),
        ({"owner": {"vip": True}}, '<pet><o:owner xmlns:o="http://example.com/o"><vip>true</vip></o:owner></pet>'),
        ({"name": None}, "<pet><name/></pet>"),
        ({"name": "a\0b\x1b"}, "<pet><name>ab</name></pet>"),
        ({"odd name/": 1}, "<pet><_odd_name_>1</_odd_name_></pet>"),
    ],
)
def test_members_become_elements_or_attributes(value: Any, text: str) -> None:
    assert rendered(value) == text


def test_the_root_is_named_by_the_schema_or_the_component_that_it_refers_to() -> None:
    assert rendered({}, {"$ref": "#/components/schemas/Pet"}) == "<pet></pet>"
    assert rendered({}, {"$ref": "#/components/schemas/Plain"}) == "<Plain></Plain>"
    assert rendered(5, True) == "<root>5</root>"
