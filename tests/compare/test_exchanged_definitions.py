"""A reference that leads to another definition now is what was edited: neither definition is said to have changed."""

from __future__ import annotations

import pytest

OK = {"description": ""}
PLACE = "/paths/~1a/get/responses/200/content/application~1json/schema"


def answer(schema, **more):
    return {"get": {"responses": {"200": {**OK, "content": {"application/json": {"schema": schema}}, **more}}}}


def ref(name, section="schemas"):
    return {"$ref": f"#/components/{section}/{name}"}


def document(used, *others, schemas=None, **components):
    """`/a` answers with `used`, `/b` and so on with the others."""
    paths = {f"/{letter}": answer(schema) for letter, schema in zip("abcdef", (used, *others), strict=False)}
    parts = {"schemas": schemas or SCHEMAS, **components}
    return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths, "components": parts}


SCHEMAS = {
    "Old": {"type": "object", "properties": {"id": {"type": "string"}, "state": ref("OldState")}},
    "New": {"type": "object", "properties": {"state": ref("NewState")}},
    "OldState": {"type": "string", "enum": ["on", "off"]},
    "NewState": {"type": "string", "enum": ["on"]},
}


def told(found):
    return [(type(change).__name__, change.location.before, change.location.after, change.where) for change in found]


def test_what_differs_is_told_where_the_other_definition_is_referred_to(changes):
    kept = (ref("Old"), ref("New"))
    found = changes(document(ref("Old"), *kept), document(ref("New"), *kept))
    assert told(found) == [
        ("EnumValueRemoved", PLACE, PLACE, "response 200 body > state"),
        ("PropertyRemoved", PLACE, PLACE, "response 200 body > id"),
    ]
    assert {change.definition for change in found} == {None}
    assert [site.where for change in found for site in change.sites] == [
        "response 200 body > state",
        "response 200 body > id",
    ]


def test_the_same_exchange_in_many_places_is_one_change_with_many_places(changes):
    found = changes(document(ref("Old"), ref("Old"), ref("New")), document(ref("New"), ref("New"), ref("New")))
    assert [len(change.places) for change in found] == [2, 2]
    assert [len(change.sites) for change in found] == [2, 2]


def test_a_definition_that_has_another_name_now_is_compared_at_the_definition(changes):
    renamed = {"Renamed": {"type": "object", "properties": {"state": ref("OldState")}}, "OldState": SCHEMAS["OldState"]}
    before = {"Old": SCHEMAS["Old"], "OldState": SCHEMAS["OldState"]}
    found = changes(document(ref("Old"), schemas=before), document(ref("Renamed"), schemas=renamed))
    assert [(kind, before) for kind, before, _, _ in told(found)] == [
        ("PropertyRemoved", "/components/schemas/Old/properties/id"),
        ("ComponentRenamed", "/components/schemas/Old"),
    ]


def test_a_definition_written_out_in_one_place_is_told_there(changes):
    written = {"type": "object", "properties": {"state": ref("OldState")}}
    (change,) = changes(document(ref("Old"), ref("Old")), document(written, ref("Old")))
    assert told([change]) == [("PropertyRemoved", PLACE, PLACE, "response 200 body > id")]


def test_inside_a_definition_it_is_told_there_and_about_the_inner_property(changes):
    def root(name):
        return document(
            ref("Thing"), ref("Old"), ref("New"), schemas={**SCHEMAS, "Thing": {"properties": {"part": ref(name)}}}
        )

    found = changes(root("Old"), root("New"))
    place = "/components/schemas/Thing/properties/part"
    assert told(found) == [
        ("EnumValueRemoved", place, place, "part > state"),
        ("PropertyRemoved", place, place, "part > id"),
    ]
    assert {change.definition for change in found} == {"Thing"}


def test_the_same_difference_of_two_properties_is_two_changes(changes):
    listed = {"type": "string", "enum": ["on"]}
    schemas = {
        "Loose": {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
        "Strict": {"properties": {"a": listed, "b": listed}},
    }
    kept = (ref("Loose"), ref("Strict"))
    found = changes(document(ref("Loose"), *kept, schemas=schemas), document(ref("Strict"), *kept, schemas=schemas))
    assert [(kind, where) for kind, _, _, where in told(found)] == [
        ("EnumAdded", "response 200 body > a"),
        ("EnumAdded", "response 200 body > b"),
    ]


def test_a_header_that_one_response_lost_is_told_at_that_response(changes):
    headers = {"Limit": {"schema": {"type": "integer"}}}
    before, after = document({}, headers=headers), document({}, headers=headers)
    before["paths"]["/a"] = answer({}, headers={"X-Limit": ref("Limit", "headers")})
    (change,) = changes(before, after)
    assert told([change]) == [
        ("HeaderRemoved", "/paths/~1a/get/responses/200/headers/X-Limit", None, "response 200 header X-Limit")
    ]


def test_a_response_exchanged_for_another_is_told_at_the_status(changes):
    def root(name):
        responses = {
            "Plain": {**OK, "content": {"application/json": {"schema": ref("Old")}}},
            "Rich": {**OK, "content": {"application/json": {"schema": ref("New")}}},
        }
        made = document(ref("Old"), ref("New"), responses=responses)
        made["paths"]["/c"] = {"get": {"responses": {"400": ref(name, "responses")}}}
        return made

    found = changes(root("Plain"), root("Rich"))
    place = "/paths/~1c/get/responses/400"
    assert [(kind, after) for kind, _, after, _ in told(found)] == [
        ("EnumValueRemoved", place),
        ("PropertyRemoved", place),
    ]


@pytest.mark.parametrize("lost", [5, None, {}, ["a"]])
def test_a_reference_that_leads_nowhere_is_undecided_both_ways(changes, lost):
    whole, broken = document({"$ref": "#/nope"}), document({"$ref": lost})
    for found in (changes(whole, broken), changes(broken, whole)):
        assert "Unclassified" in {type(change).__name__ for change in found}
