"""Definitions inside schemas: compared where a `$ref` leads to them, and told as they stand where none does."""

from __future__ import annotations

import pytest


def told(found):
    return sorted((type(change).__name__, change.location.before, change.location.after) for change in found)


HERE = "/paths/~1things/post/{}/content/application~1json/schema"
BODY, RESPONSE = HERE.format("requestBody"), HERE.format("responses/200")


@pytest.mark.parametrize("keyword", ["$defs", "definitions"])
def test_a_definition_that_nothing_uses_is_told_as_it_stands(schema_changes, keyword):
    (change,) = schema_changes(
        {keyword: {"a": {"type": "string"}, "b": {}}}, {keyword: {"a": {"type": "integer"}, "b": {}}}, openapi="3.1.0"
    )
    assert told([change]) == [("KeywordWithoutEffect", f"{BODY}/{keyword}/a", f"{BODY}/{keyword}/a")]
    assert {place.after for place in change.places} == {f"{BODY}/{keyword}/a", f"{RESPONSE}/{keyword}/a"}
    assert (change.before, change.after) == ({"type": "string"}, {"type": "integer"})


def test_a_definition_that_came_or_went_is_told(schema_changes):
    found = schema_changes({"$defs": {"a": {"type": "string"}}}, {}, openapi="3.1.0")
    assert told(found) == [("KeywordWithoutEffect", f"{BODY}/$defs/a", None)]


def thing(leaf, *, use="a", other=None):
    inner = {"a": leaf, "b": {"properties": {"x": {"$ref": "#/components/schemas/Thing/$defs/a"}}}}
    used = {"properties": {"u": {"$ref": f"#/components/schemas/Thing/$defs/{use}"}}} if use else {}
    return {"Thing": {"$defs": inner, **used}, **(other or {})}


def changed(schema_changes, before, after):
    reference = {"$ref": "#/components/schemas/Thing"}
    return schema_changes(reference, reference, openapi="3.1.0", was=before, now=after)


@pytest.mark.parametrize("use", ["a", "b"])
def test_a_definition_that_is_used_is_compared_and_not_told_again(schema_changes, use):
    found = changed(schema_changes, thing({"maxLength": 9}, use=use), thing({"maxLength": 5}, use=use))
    assert [type(change).__name__ for change in found] == ["BoundDecreased"]
    assert changed(schema_changes, thing({"enum": [1, 2]}, use=use), thing({"enum": [1.0, 2]}, use=use)) == ()


def test_a_definition_that_only_an_unused_one_names_is_told(schema_changes):
    found = changed(schema_changes, thing({"maxLength": 9}, use=None), thing({"maxLength": 5}, use=None))
    at = "/components/schemas/Thing/$defs/a"
    assert told(found) == [("KeywordWithoutEffect", at, at)]


def test_a_definition_that_is_used_by_another_name_is_no_change(schema_changes):
    def renamed(name):
        used = {"u": {"$ref": f"#/components/schemas/Thing/$defs/{name}"}}
        return {"Thing": {"$defs": {name: {"type": "string"}}, "properties": used}}

    assert changed(schema_changes, renamed("a"), renamed("b")) == ()


def test_a_property_that_is_called_definitions_is_a_property(schema_changes):
    found = schema_changes(
        {"properties": {"definitions": {"maxLength": 9}}}, {"properties": {"definitions": {"maxLength": 5}}}
    )
    assert [type(change).__name__ for change in found] == ["BoundDecreased"]
