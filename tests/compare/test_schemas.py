"""Schemas as sets of values: which facts a pair of them gives, where keywords only make sense together."""

from __future__ import annotations

import pytest

ALL = ["string", "integer", "number", "boolean", "array", "object", "null"]


def kinds(found):
    return sorted(type(change).__name__ for change in found)


def told(schema_changes, before, after):
    """The kinds of facts in each direction of time, in the dialect of 3.1."""
    return tuple(kinds(schema_changes(*pair, openapi="3.1.0")) for pair in ((before, after), (after, before)))


@pytest.mark.parametrize(
    ("before", "after", "there", "back"),
    [
        ({}, {"type": "null"}, ["TypeNarrowed"], ["TypeWidened"]),
        ({"type": "string"}, {"type": "null"}, ["TypeChanged"], ["TypeChanged"]),
        ({"type": "null"}, {"type": ["string", "null"]}, ["TypeWidened"], ["TypeNarrowed"]),
        ({"const": None}, {"const": "a"}, ["ConstChanged"], ["ConstChanged"]),
        ({"enum": ["a"]}, {"enum": ["a", None]}, ["BecameNullable"], ["BecameNonNullable"]),
    ],
)  # fmt: skip
def test_null_is_a_type_like_others(schema_changes, before, after, there, back):
    assert told(schema_changes, before, after) == (there, back)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"type": "string", "nullable": True, "enum": ["a", None]},
        ),
        ({"type": ["string", "null"], "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
    ],
)
def test_null_that_comes_to_a_list_beside_a_word_for_it_is_told(schema_changes, before, after):
    assert told(schema_changes, before, after) == (["EnumValueAdded"], ["EnumValueRemoved"])


def test_null_of_a_wrapper_is_not_told_again_of_a_list_inside(schema_changes):
    before = {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]}
    after = {"type": ["string", "null"], "enum": ["a", None]}
    assert told(schema_changes, before, after) == ([], [])


@pytest.mark.parametrize("schema", [{}, {"properties": {"a": {}}}])
def test_nullable_without_a_type_is_told_and_has_no_effect(schema_changes, schema):
    assert told(schema_changes, schema, {**schema, "nullable": True}) == (["KeywordWithoutEffect"],) * 2


@pytest.mark.parametrize(
    ("before", "after", "there", "back"),
    [
        ({"enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"type": ["string", "integer"], "enum": ["a"]}, {"type": "string", "enum": ["a"]}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"type": "integer", "const": 1}, {"type": "number", "const": 1}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"const": "a"}, {"type": "string"}, ["EnumRemoved"], ["EnumAdded"]),
        ({"enum": ["a"]}, {"type": "integer"}, ["TypeChanged"], ["TypeChanged"]),
        ({"const": "b", "enum": ["a"]}, {"const": "b"}, ["EnumValueAdded"], ["EnumValueRemoved"]),
        ({"const": "b", "enum": ["a", "b"]}, {"const": "b"}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
    ],
)  # fmt: skip
def test_a_list_of_values_says_their_types_too(schema_changes, before, after, there, back):
    assert told(schema_changes, before, after) == (there, back)


@pytest.mark.parametrize(
    ("schema", "keyword", "value"),
    [
        ({"type": "integer"}, "maxLength", 3),
        ({"type": "string"}, "minimum", 3),
        ({"type": "string"}, "minItems", 3),
        ({"type": "string"}, "items", {"type": "string"}),
        ({"type": "array"}, "minProperties", 3),
        ({"type": "array"}, "required", ["a"]),
        ({"type": "array"}, "properties", {"a": {"type": "string"}}),
        ({"type": "array"}, "pattern", "^a$"),
        ({"type": "null"}, "pattern", "^a$"),
        ({"allOf": [{"type": "integer"}, {"minimum": 1}]}, "maxLength", 3),
    ],
)
def test_a_keyword_that_says_nothing_of_the_type_is_told_and_has_no_effect(schema_changes, schema, keyword, value):
    assert told(schema_changes, schema, {**schema, keyword: value}) == (["KeywordWithoutEffect"],) * 2


def test_what_is_said_of_a_type_that_went_is_told_with_the_type(schema_changes):
    before, after = {"type": ["string", "integer"], "maxLength": 3}, {"type": "integer"}
    assert told(schema_changes, before, after) == (
        ["KeywordWithoutEffect", "TypeNarrowed"],
        ["KeywordWithoutEffect", "TypeWidened"],
    )


@pytest.mark.parametrize(
    ("before", "after", "there", "back"),
    [
        ({"exclusiveMinimum": 3}, {"minimum": 4}, [], []),
        ({"exclusiveMaximum": 3}, {"maximum": 2}, [], []),
        ({"minimum": 4}, {"minimum": 3.5}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"exclusiveMaximum": 3.5}, {"maximum": 3}, [], []),
        ({"exclusiveMinimum": 3}, {"minimum": 3}, ["BoundDecreased"], ["BoundIncreased"]),
        ({"multipleOf": 1}, {}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"multipleOf": 0.5}, {}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"multipleOf": 1.5}, {"multipleOf": 3}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"multipleOf": 1.5}, {"multipleOf": 6}, ["MultipleOfNarrowed"], ["MultipleOfWidened"]),
    ],
)  # fmt: skip
def test_bounds_and_steps_of_integers_are_compared_by_the_integers_they_let_in(
    schema_changes, before, after, there, back
):
    assert told(schema_changes, {"type": "integer", **before}, {"type": "integer", **after}) == (there, back)
    if not there:
        there, back = ["BoundIncreased"], ["BoundDecreased"]
        apart = told(schema_changes, {"type": "number", **before}, {"type": "number", **after})
        assert sorted(apart) == sorted((there, back))


@pytest.mark.parametrize("nothing", [False, {"not": {}}, {"not": True}])
@pytest.mark.parametrize("schema", [{}, {"type": "string", "maxLength": 3}, {"properties": {"a": {}}}])
def test_a_schema_that_accepts_nothing_is_one_fact(schema_changes, schema, nothing):
    before, after = {"properties": {"p": schema}}, {"properties": {"p": nothing}}
    assert told(schema_changes, before, after) == (["ExclusionAdded"], ["ExclusionRemoved"])


def test_a_member_of_all_of_that_accepts_nothing_is_told(schema_changes):
    found = told(schema_changes, {"allOf": [False, {"minLength": 1}]}, {"allOf": [{"minLength": 1}]})
    assert found == (["AllOfBranchRemoved"], ["AllOfBranchAdded"])
