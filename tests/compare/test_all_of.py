"""`allOf` is compared by what it comes to: all that its members say of one thing holds, in whatever order."""

from __future__ import annotations

import pytest

OF_BODY = "/paths/~1things/post/requestBody/content/application~1json/schema"


def told(changes):
    return {type(change).__name__ for change in changes}


def stated(*statements, **beside):
    return {"allOf": [{"properties": {"a": statement}} for statement in statements], **beside}


def test_a_property_that_two_members_state_is_compared_in_both(schema_changes):
    (change,) = schema_changes(
        stated({"type": "string"}, {"maxLength": 9}), stated({"type": "string"}, {"maxLength": 5})
    )
    assert (type(change).__name__, change.before, change.after, change.where) == ("BoundDecreased", 9, 5, "body > a")
    assert f"{OF_BODY}/allOf/1/properties/a/maxLength" in {place.after for place in change.places}


def test_a_statement_of_a_property_that_came_or_went_is_told(schema_changes):
    found = schema_changes(stated({"type": "string"}, {"maxLength": 9}), stated({"type": "string"}))
    assert told(found) == {"AllOfBranchRemoved"}
    found = schema_changes(stated({"type": "string"}), stated({"type": "string"}, {"enum": ["x"]}))
    assert told(found) == {"AllOfBranchAdded"}


def test_a_property_that_two_members_state_differently_narrows_by_either(schema_changes):
    before = stated({"type": "string", "minLength": 2}, {"type": "string", "maxLength": 9})
    after = stated({"type": "string", "minLength": 2}, {"type": "string", "maxLength": 9, "pattern": "^x"})
    assert told(schema_changes(before, after)) == {"PatternAdded"}
    assert told(schema_changes(after, before)) == {"PatternRemoved"}


def test_inner_properties_that_two_members_state_are_followed(schema_changes):
    def nested(length):
        return stated(
            {"type": "object", "properties": {"b": {"type": "string"}}},
            {"properties": {"b": {"allOf": [{"$ref": "#/components/schemas/B"}]}}, "required": ["b"]},
        ), {"B": {"maxLength": length}}

    (first, was), (second, now) = nested(9), nested(5)
    assert told(schema_changes(first, second, was=was, now=now)) == {"BoundDecreased"}


def test_a_property_that_two_members_state_recursively_ends(schema_changes):
    def tree(length):
        ref = {"$ref": "#/components/schemas/T"}
        label = {"type": "string", "maxLength": length}
        return {"T": {"allOf": [{"properties": {"child": ref}}, {"properties": {"child": {"allOf": [ref, {"required": ["label"]}]}, "label": label}}]}}  # fmt: skip

    ref = {"$ref": "#/components/schemas/T"}
    assert told(schema_changes(ref, ref, was=tree(9), now=tree(5))) == {"BoundDecreased"}


BASE = {"type": "object", "properties": {"c": {"type": "object"}}, "additionalProperties": {"type": "string"}}
REF = {"$ref": "#/components/schemas/Base"}
MORE = {"properties": {"c": {"type": "object", "nullable": True}}, "additionalProperties": {"type": "integer"}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(stated({"type": "string"}, {"maxLength": 9}), stated({"maxLength": 9}, {"type": "string"}), id="in another order"),
        pytest.param(
            stated({"type": "string"}, {"maxLength": 9}),
            {"allOf": [stated({"type": "string"}), {"properties": {"a": {"maxLength": 9}}}]},
            id="the first wrapped once more",
        ),
        pytest.param({"allOf": [REF, MORE]}, {"allOf": [{"allOf": [REF]}, MORE]}, id="a reference wrapped once more"),
        pytest.param({"allOf": [REF, MORE]}, {"allOf": [MORE, REF]}, id="members in another order"),
        pytest.param(stated({"type": "string", "maxLength": 9}), stated({"type": "string"}, {"maxLength": 9}), id="taken apart"),
        pytest.param(
            stated({"type": "string", "maxLength": 9}), stated({"type": "string", "maxLength": 9}, {"type": "string", "maxLength": 9}), id="said twice"
        ),
    ],
)  # fmt: skip
def test_the_same_statements_otherwise_arranged_are_no_change(schema_changes, before, after):
    assert schema_changes(before, after, was={"Base": BASE}) == ()
    assert schema_changes(after, before, was={"Base": BASE}) == ()


def test_what_is_said_once_more_with_other_words_is_documentation_alone(schema_changes):
    text = {"type": "string", "maxLength": 9}
    found = schema_changes(stated(text), stated(text, {**text, "description": "a text"}))
    assert told(found) == {"DocsChanged"}


def test_additional_properties_of_two_members_are_compared_in_both(schema_changes):
    def openness(*said):
        return {"allOf": [{"additionalProperties": value} for value in said]}

    text = {"type": "string"}
    assert told(schema_changes(openness(text, {"maxLength": 9}), openness(text, {"maxLength": 5}))) == {
        "BoundDecreased"
    }
    assert told(schema_changes(openness(text, True), openness(text, False))) == {"AdditionalPropertiesNarrowed"}
    assert schema_changes(openness(True, text), openness(text, True)) == ()
    assert told(schema_changes(openness(True, False), openness(text, False))) == {"KeywordWithoutEffect"}


def test_null_that_every_member_let_in_and_one_no_longer_does_is_told(schema_changes):
    def both(*, second):
        return {"allOf": [{"type": "object", "nullable": True}, {"type": "object", "nullable": second}]}

    assert told(schema_changes(both(second=True), both(second=False))) == {"BecameNonNullable"}
    assert told(schema_changes(both(second=False), both(second=True))) == {"BecameNullable"}


def test_an_all_of_inside_an_all_of_is_no_member_of_its_own(schema_changes):
    base = {"type": "object", "description": "a base", "title": "Base", "properties": {"a": {"type": "string"}}}
    reference, more = {"$ref": "#/components/schemas/Base"}, {"properties": {"b": {"type": "string"}}}
    once, twice = {"allOf": [reference, more]}, {"allOf": [{"allOf": [reference]}, more]}
    assert schema_changes(once, twice, was={"Base": base}) == schema_changes(twice, once, was={"Base": base}) == ()


def test_the_words_of_a_definition_that_was_inlined_where_it_is_a_member_already_are_no_news(schema_changes):
    base = {"type": "object", "description": "a base", "properties": {"b": {"type": "string"}}}
    reference = {"$ref": "#/components/schemas/Base"}
    before, after = stated({"allOf": [reference]}, reference), stated({"allOf": [reference]}, base)
    assert schema_changes(before, after, was={"Base": base}) == schema_changes(after, before, was={"Base": base}) == ()


def test_what_stands_beside_the_reference_of_a_member_is_compared_where_it_has_effect(schema_changes):
    def member(**beside):
        return {"allOf": [{"$ref": "#/components/schemas/Text", **beside}, {"minLength": 1}]}

    text = {"Text": {"type": "string"}}
    for version, expected in (("3.1.0", {"AllOfBranchAdded"}), ("3.0.3", {"KeywordWithoutEffect"})):
        assert told(schema_changes(member(), member(maxLength=5), openapi=version, was=text)) == expected
        assert told(schema_changes(member(), member(description="a text"), openapi=version, was=text)) == {
            "DocsChanged"
        }


def test_the_words_of_a_member_that_went_with_its_properties_are_told(schema_changes):
    one, more = {"properties": {"a": {}}}, {"properties": {"b": {}}, "description": "more", "default": {}}
    found = schema_changes({"allOf": [one, more]}, {"allOf": [{**one, "properties": {"a": {}, "b": {}}}]})
    assert told(found) == {"DocsChanged", "DefaultRemoved"}
