"""Schemas of every version of OpenAPI as plain JSON Schema, judged by the values that they accept."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.algebra import plain_schema
from monitor.contract import Contract, Direction
from monitor.errors import ReferenceUnresolved
from monitor.reading import contract_of, read
from monitor.values import canonical_bytes
from tests.algebra.schemas import by_rust

REQUEST, RESPONSE = Direction.REQUEST, Direction.RESPONSE


def contract(schemas: dict[str, Any], version: str = "3.0.3") -> Contract:
    """A contract with nothing but these schemas."""
    info = {"title": "t", "version": "1"}
    if version == "2.0":
        root: dict[str, Any] = {"swagger": "2.0", "info": info, "paths": {}, "definitions": schemas}
    else:
        root = {"openapi": version, "info": info, "paths": {}, "components": {"schemas": schemas}}
    return contract_of(read(canonical_bytes(root)))


def plain(schema: Any, direction: Direction = REQUEST, version: str = "3.0.3", **others: Any) -> dict[str, Any]:
    """A schema in plain words."""
    found = contract({"It": schema, **others}, version)
    pointer = "/definitions/It" if version == "2.0" else "/components/schemas/It"
    return plain_schema(found, found.at(pointer), direction)


def takes(schema: Any, value: Any, direction: Direction = REQUEST, version: str = "3.0.3", **others: Any) -> bool:
    """Whether a schema, read in a direction, takes a value."""
    return by_rust(plain(schema, direction, version, **others))(value)


def test_nullable_lets_null_in_beside_an_enum_and_an_all_of() -> None:
    assert takes({"type": "string", "nullable": True}, None)
    assert takes({"type": "string", "enum": ["a"], "nullable": True}, None)
    assert takes({"nullable": True, "allOf": [{"type": "string"}]}, None)
    assert not takes({"type": "string"}, None)


def test_x_nullable_is_understood_in_2_0_alone() -> None:
    assert takes({"type": "string", "x-nullable": True}, None, version="2.0")
    assert not takes({"type": "string", "x-nullable": True}, None)


@pytest.mark.parametrize(
    ("version", "schema"),
    [
        ("3.0.3", {"type": "integer", "minimum": 3, "exclusiveMinimum": True}),
        ("3.1.0", {"type": "integer", "exclusiveMinimum": 3}),
    ],
)
def test_both_spellings_of_an_exclusive_bound_are_understood(version: str, schema: dict[str, Any]) -> None:
    assert not takes(schema, 3, version=version)
    assert takes(schema, 4, version=version)


def test_siblings_of_a_reference_count_from_3_1_on() -> None:
    schema, word = {"$ref": "#/components/schemas/Word", "maxLength": 2}, {"type": "string"}
    assert takes(schema, "long", Word=word)
    assert not takes(schema, "long", version="3.1.0", Word=word)


def test_a_file_is_a_text_and_an_unknown_type_is_anything() -> None:
    assert takes({"type": "file"}, "bytes", version="2.0")
    assert takes({"type": "map"}, {"a": 1}, version="2.0")


def test_int32_is_a_bound() -> None:
    assert takes({"type": "integer", "format": "int32"}, 2**31 - 1)
    assert not takes({"type": "integer", "format": "int32"}, 2**31)
    assert not takes({"type": "integer", "format": "int32", "maximum": 5}, 6)


def test_only_formats_on_which_validators_agree_are_asserted() -> None:
    assert not takes({"type": "string", "format": "date"}, "yesterday")
    assert takes({"type": "string", "format": "hostname"}, "not a host name")
    assert plain({"type": "string", "format": "phone"})["x-format"] == "phone"


def test_items_in_the_form_of_draft_4_are_a_prefix() -> None:
    schema = {"type": "array", "items": [{"type": "string"}], "additionalItems": False}
    assert takes(schema, ["a"])
    assert not takes(schema, [1])
    assert not takes(schema, ["a", "b"])


def test_an_object_that_is_silent_is_closed_in_a_request_and_open_in_a_response() -> None:
    schema = {"type": "object", "properties": {"a": {}}}
    assert not takes(schema, {"b": 1}, REQUEST)
    assert takes(schema, {"b": 1}, RESPONSE)


def test_a_required_name_counts_as_listed() -> None:
    assert takes({"type": "object", "properties": {"a": {}}, "required": ["b"]}, {"b": 1})


def test_an_object_that_lists_nothing_is_open() -> None:
    assert takes({"type": "object"}, {"b": 1})


def test_what_is_said_of_unlisted_properties_stays() -> None:
    assert takes({"properties": {"a": {}}, "additionalProperties": True}, {"b": 1})
    assert not takes({"properties": {"a": {}}, "additionalProperties": False}, {"b": 1}, RESPONSE)


def test_all_of_is_closed_as_a_whole() -> None:
    schema = {"allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {}}}]}
    assert takes(schema, {"a": 1, "b": 1}, A={"properties": {"a": {}}})
    assert not takes(schema, {"c": 1}, A={"properties": {"a": {}}})


def test_the_branches_of_a_union_are_not_closed_one_by_one() -> None:
    schema = {"anyOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}
    assert takes(schema, {"a": 1, "b": 1})
    assert not takes(schema, {"c": 1})


def test_a_branch_that_lists_nothing_is_open() -> None:
    schema = {"oneOf": [{"type": "object", "required": ["z"]}, {"properties": {"a": {}}, "not": {"required": ["z"]}}]}
    assert takes(schema, {"z": 1, "other": 1})
    assert not takes(schema, {"other": 1})


def test_nothing_is_closed_under_not() -> None:
    schema = {"type": "object", "not": {"required": ["a"], "properties": {"a": {}}}}
    assert not takes(schema, {"a": 1, "b": 1})
    assert takes(schema, {"b": 1})


def test_a_referenced_object_is_closed_where_it_stands_for_itself_only() -> None:
    others = {"A": {"properties": {"a": {}}}}
    inside = {"properties": {"x": {"$ref": "#/components/schemas/A"}}}
    assert not takes(inside, {"x": {"b": 1}}, **others)
    found = plain({"allOf": [{"$ref": "#/components/schemas/A"}, inside]}, **others)
    assert {"A", "A.part"} <= found["$defs"].keys()


@pytest.mark.parametrize(("mark", "direction"), [("readOnly", REQUEST), ("writeOnly", RESPONSE)])
def test_a_property_that_is_not_sent_is_not_required_and_not_looked_at(mark: str, direction: Direction) -> None:
    schema = {"properties": {"id": {"type": "string", mark: True}}, "required": ["id"]}
    other = RESPONSE if direction is REQUEST else REQUEST
    assert takes(schema, {}, direction)
    assert takes(schema, {"id": 1}, direction)
    assert not takes(schema, {}, other)
    assert not takes(schema, {"id": 1}, other)


def test_a_mark_counts_for_what_another_member_of_all_of_requires() -> None:
    schema = {"allOf": [{"$ref": "#/components/schemas/A"}, {"required": ["id"]}]}
    assert takes(schema, {}, A={"properties": {"id": {"$ref": "#/components/schemas/Id"}}}, Id={"readOnly": True})


def test_only_what_is_reached_is_defined() -> None:
    found = plain(
        {"$ref": "#/components/schemas/Tree"},
        Tree={"properties": {"next": {"$ref": "#/components/schemas/Tree"}}},
        Other={},
    )
    assert list(found["$defs"]) == ["Tree"]


def test_a_reference_that_leads_nowhere_is_an_error() -> None:
    with pytest.raises(ReferenceUnresolved):
        plain({"$ref": "#/components/schemas/Nobody"})


def test_a_variant_without_names_opens_nothing_where_the_whole_says_what_else_comes() -> None:
    assert not takes({"oneOf": [{}], "unevaluatedProperties": False}, {"other": 1}, version="3.1.0")
    listing = {"if": {}, "then": {"properties": {"name": {}}}}
    assert takes({"oneOf": [{}], **listing}, {"other": 1}, version="3.1.0")
