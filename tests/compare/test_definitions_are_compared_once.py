"""One edit is one change, at its definition, with everything that it reaches."""

from __future__ import annotations

import copy

import pytest

from monitor.compare.changes import (
    ComponentAdded,
    ComponentRemoved,
    ComponentRenamed,
    EnumValueAdded,
    ParameterBecameRequired,
    PropertyAdded,
    PropertyRemoved,
)

COLOUR = {"type": "object", "properties": {"shade": {"type": "string", "enum": ["red", "blue"]}}}


def document(colour, *, operations=4):
    ref = {"$ref": "#/components/schemas/Colour"}
    content = {
        "application/json": {"schema": {"type": "object", "properties": {"colours": {"type": "array", "items": ref}}}}
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {
            f"/v1/things{number}": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": ref}}},
                    "responses": {"200": {"description": "fine", "content": content}},
                }
            }
            for number in range(operations)
        },
        "components": {"schemas": {"Colour": colour}},
    }


def with_value(value):
    colour = copy.deepcopy(COLOUR)
    colour["properties"]["shade"]["enum"].append(value)
    return colour


def test_one_enum_value_is_one_change_with_every_operation_and_direction_it_reaches(changes):
    (change,) = changes(document(COLOUR), document(with_value("green")))
    assert isinstance(change, EnumValueAdded)
    assert change.location.after == "/components/schemas/Colour/properties/shade/enum/2"
    assert change.definition == "Colour"
    assert len(change.sites) == 8
    first = change.sites[0]
    assert (str(first.operation), first.direction, first.where) == ("POST /v1/things0", "request", "body > shade")
    assert change.sites[1].where == "response 200 body > colours[] > shade"


def test_the_number_of_changes_does_not_grow_with_the_operations(changes):
    few = changes(document(COLOUR, operations=2), document(with_value("green"), operations=2))
    many = changes(document(COLOUR, operations=200), document(with_value("green"), operations=200))
    assert len(few) == len(many) == 1
    assert len(many[0].sites) == 400


def test_a_recursive_schema_is_compared_and_ends(schema_changes):
    tree = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/T"}}},
    }
    grown = copy.deepcopy(tree)
    grown["properties"]["label"] = {"type": "string"}
    found = schema_changes(
        {"$ref": "#/components/schemas/T"}, {"$ref": "#/components/schemas/T"}, was={"T": tree}, now={"T": grown}
    )
    assert [type(change) for change in found] == [PropertyAdded]
    assert {site.where for site in found[0].sites} == {"body > label", "response 200 body > label"}


def test_a_reference_round_in_a_circle_ends(schema_changes):
    circle = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    changed = {"A": {"$ref": "#/components/schemas/B", "description": "x"}, "B": {"$ref": "#/components/schemas/A"}}
    ref = {"$ref": "#/components/schemas/A"}
    assert schema_changes(ref, ref, was=circle, now=circle) == ()
    assert isinstance(schema_changes(ref, ref, was=circle, now=changed), tuple)


def test_a_renamed_component_is_one_change_for_generated_code_alone(schema_changes):
    found = schema_changes(
        {"$ref": "#/components/schemas/Old"},
        {"$ref": "#/components/schemas/New"},
        was={"Old": COLOUR},
        now={"New": COLOUR},
    )
    assert [(type(change), change.before, change.after) for change in found] == [(ComponentRenamed, "Old", "New")]


def test_an_inlined_schema_is_no_change_but_of_names(schema_changes):
    found = schema_changes({"$ref": "#/components/schemas/Colour"}, COLOUR, was={"Colour": COLOUR}, now={})
    assert [type(change) for change in found] == [ComponentRemoved]


def test_generated_names_that_move_are_not_compared_by_name(changes):
    """As on 2024-08-01 in incident.io's history: `CreateRequestBody9` became `CreateRequestBody10`, and so on."""

    def numbered(first, second):
        def operation(name):
            return {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}},
                             "responses": {}}}  # fmt: skip

        names = {first: {"properties": {"a": {"type": "string"}}}, second: {"properties": {"b": {"type": "integer"}}}}
        return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "components": {"schemas": names},
                "paths": {"/a": operation(first), "/b": operation(second)}}  # fmt: skip

    assert changes(numbered("Body1", "Body2"), numbered("Body2", "Body1")) == ()


def test_a_component_that_nothing_reaches_is_reported_without_any_operation(schema_changes):
    found = schema_changes({}, {}, was={"Lonely": COLOUR}, now={"Lonely": with_value("green"), "New": COLOUR})
    assert [type(change) for change in found] == [EnumValueAdded, ComponentAdded]
    assert all(change.sites == () for change in found)


def test_the_same_inline_edit_in_many_places_is_one_change_with_many_places(changes):
    before, after = document(COLOUR), document(COLOUR)
    for root, values in ((before, ["asc"]), (after, ["asc", "desc"])):
        for item in root["paths"].values():
            item["post"]["parameters"] = [{"name": "sort", "in": "query", "schema": {"type": "string", "enum": values}}]
    (change,) = changes(before, after)
    assert isinstance(change, EnumValueAdded)
    assert len(change.places) == len(change.sites) == 4
    assert change.places[0] == change.location


def test_the_same_word_on_properties_of_other_names_stays_two_changes(schema_changes):
    before = {"properties": {name: {"type": "string", "enum": ["x"]} for name in ("a", "b")}}
    after = {"properties": {name: {"type": "string", "enum": ["x", "y"]} for name in ("a", "b")}}
    assert len(schema_changes(before, after)) == 2


def test_a_parameter_of_the_path_item_is_one_change_for_all_its_operations(changes):
    def root(required):
        operation = {"responses": {}}
        item = {"parameters": [{"name": "team", "in": "query", "required": required, "schema": {"type": "string"}}],
                "get": operation, "delete": operation}  # fmt: skip
        return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/x": item}}

    (change,) = changes(root(required=False), root(required=True))
    assert isinstance(change, ParameterBecameRequired)
    assert [site.operation.method for site in change.sites] == ["DELETE", "GET"]


def test_what_is_read_only_is_seen_in_responses_alone(schema_changes):
    before = {
        "properties": {"id": {"type": "string", "readOnly": True}, "secret": {"type": "string", "writeOnly": True}}
    }
    found = schema_changes(before, {"properties": {}})
    assert {change.name: {site.direction for site in change.sites} for change in found} == {
        "id": {"response"},
        "secret": {"request"},
    }
    assert all(isinstance(change, PropertyRemoved) for change in found)


PARAMETER = {"name": "q", "in": "query", "schema": {"type": "string"}}
HEADER = {"schema": {"type": "string"}}
CONTENT = {"application/json": {"schema": {"type": "object"}}}


@pytest.mark.parametrize(
    ("section", "was", "now"),
    [
        ("parameters", PARAMETER, {**PARAMETER, "required": True}),
        ("parameters", PARAMETER, {**PARAMETER, "description": "New."}),
        ("parameters", PARAMETER, {**PARAMETER, "schema": {"type": "string", "enum": ["a"]}}),
        ("headers", HEADER, {**HEADER, "x-note": 1}),
        ("responses", {"description": ""}, {"description": "Fine."}),
        ("requestBodies", {"content": CONTENT}, {"content": CONTENT, "required": True}),
    ],
)
def test_an_edit_of_a_shared_part_of_a_message_is_one_change(changes, section, was, now):
    reference = {"$ref": f"#/components/{section}/Shared"}
    response = reference if section == "responses" else {"description": "", "headers": {"X-A": reference}}
    operation = {
        "parameters": [reference] if section == "parameters" else [],
        **({"requestBody": reference} if section == "requestBodies" else {}),
        "responses": {"200": response if section in ("responses", "headers") else {"description": ""}},
    }

    def root(shared):
        paths = {"/a": {"post": operation}, "/b": {"put": operation}}
        info = {"title": "t", "version": "1"}
        return {"openapi": "3.0.3", "info": info, "paths": paths, "components": {section: {"Shared": shared}}}

    (change,) = changes(root(was), root(now))
    assert len(change.sites) == 2
