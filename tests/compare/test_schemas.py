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


def test_null_that_comes_to_a_list_beside_a_type_that_names_it_is_told(schema_changes):
    before = {"type": ["string", "null"], "enum": ["a"]}
    after = {"type": ["string", "null"], "enum": ["a", None]}
    assert told(schema_changes, before, after) == (["EnumValueAdded"], ["EnumValueRemoved"])


def test_null_in_a_list_says_nothing_new_beside_a_mark_for_it(schema_changes):
    marked = {"type": "string", "nullable": True}
    before, after = {**marked, "enum": ["a", "b"]}, {**marked, "enum": ["a", "b", None]}
    for pair in ((before, after), (after, before)):
        (change,) = schema_changes(*pair)
        assert (type(change).__name__, change.keyword) == ("KeywordWithoutEffect", "enum")
    assert kinds(schema_changes(after, {**marked, "enum": [None, "a", "b"]})) == ["EnumOrderChanged"]
    assert kinds(schema_changes(before, {**marked, "enum": ["a", None]})) == [
        "EnumValueRemoved",
        "KeywordWithoutEffect",
    ]


def test_a_marked_list_in_the_words_of_3_1_is_no_change(schema_changes):
    before = {"type": "string", "nullable": True, "enum": ["a", "b"]}
    after = {"type": ["string", "null"], "enum": ["a", "b", None]}
    assert told(schema_changes, before, after) == ([], [])


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
    ("name", "keyword", "value"),
    [
        ("string", "maxLength", 3),
        ("number", "minimum", 3),
        ("integer", "multipleOf", 3),
        ("array", "items", {"type": "string"}),
        ("array", "minItems", 3),
        ("object", "required", ["a"]),
        ("object", "properties", {"a": {"type": "string"}}),
    ],
)
def test_what_is_said_of_a_type_that_came_or_went_is_told_with_the_type(schema_changes, name, keyword, value):
    before, after = {"type": [name, "boolean"], keyword: value}, {"type": ["boolean"]}
    assert told(schema_changes, before, after) == (
        ["KeywordWithoutEffect", "TypeNarrowed"],
        ["KeywordWithoutEffect", "TypeWidened"],
    )


def test_a_keyword_is_compared_where_the_type_stays_though_it_says_nothing_of_the_type(schema_changes):
    assert told(schema_changes, {"type": "integer", "maxLength": 3}, {"type": "integer"}) == (
        ["BoundRemoved"],
        ["BoundAdded"],
    )


@pytest.mark.parametrize(
    ("before", "after", "there", "back"),
    [
        ({"exclusiveMinimum": 3}, {"minimum": 4}, [], []),
        ({"exclusiveMaximum": 3}, {"maximum": 2}, [], []),
        ({"minimum": 4}, {"minimum": 3.5}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"exclusiveMaximum": 3.5}, {"maximum": 3}, [], []),
        ({"exclusiveMinimum": 3}, {"minimum": 3}, ["BoundBecameInclusive"], ["BoundBecameExclusive"]),
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


NAMED = {"A": {"$anchor": "a", "$dynamicAnchor": "d", "$id": "https://example.com/a", "type": "string"}}
CHANGED = {"A": {**NAMED["A"], "type": "integer"}}


@pytest.mark.parametrize("reference", [{"$ref": "#a"}, {"$dynamicRef": "#d"}, {"$ref": "https://example.com/a"}])
@pytest.mark.parametrize("holder", [lambda it: it, lambda it: {"properties": {"p": it}}, lambda it: {"items": it}])
def test_a_schema_that_is_referred_to_by_name_is_met_where_it_is_used(schema_changes, reference, holder):
    schema = holder(reference)
    (change,) = schema_changes(schema, schema, openapi="3.1.0", was=NAMED, now=CHANGED)
    assert type(change).__name__ == "TypeChanged"
    assert {site.direction.value for site in change.sites} == {"request", "response"}


def test_a_name_that_several_schemas_have_may_mean_any_of_them(schema_changes):
    two = {**NAMED, "B": {"$dynamicAnchor": "d"}}
    reference = {"$dynamicRef": "#d"}
    found = schema_changes(reference, reference, openapi="3.1.0", was=two, now={**CHANGED, "B": two["B"]})
    assert kinds(found) == ["TypeChanged", "Unclassified"]
    (change,) = (each for each in found if type(each).__name__ == "Unclassified")
    assert change.keyword == "$dynamicRef"
    assert change.sites
    assert schema_changes(reference, reference, openapi="3.1.0", was=two, now=two) == ()


def test_keywords_beside_a_reference_count_from_3_1_on(schema_changes):
    reference = {"$ref": "#/components/schemas/A"}
    pair = reference, {**reference, "maxLength": 3}
    assert kinds(schema_changes(*pair, openapi="3.1.0", was={"A": {"type": "string"}})) == ["BoundAdded"]
    assert kinds(schema_changes(*pair, openapi="3.0.3", was={"A": {"type": "string"}})) == ["KeywordWithoutEffect"]


def test_nullable_beside_a_reference_is_read_as_it_is_meant(schema_changes):
    reference = {"$ref": "#/components/schemas/A"}
    found = schema_changes(reference, {**reference, "nullable": True}, was={"A": {"type": "string"}})
    assert kinds(found) == ["BecameNullable"]


@pytest.mark.parametrize(
    ("before", "after", "there", "back"),
    [
        ({"contains": {"type": "string"}, "minContains": 0}, {"contains": {"type": "integer"}, "minContains": 0}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"contains": {"type": "string"}, "minContains": 0}, {"minContains": 0}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"contains": {"type": "string"}, "minContains": 0, "maxContains": 2}, {}, ["SubschemaRemoved"], ["SubschemaAdded"]),
        ({"if": {"type": "string"}}, {}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"if": {"type": "string"}, "then": {}}, {"then": {}}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"if": {"type": "string"}}, {"if": {"type": "string"}, "then": {"maxLength": 3}}, ["SubschemaAdded"], ["SubschemaRemoved"]),
        ({"prefixItems": [{"type": "string"}]}, {"prefixItems": [{"type": "string"}, {}]}, ["KeywordWithoutEffect"], ["KeywordWithoutEffect"]),
        ({"prefixItems": [{}], "unevaluatedItems": False}, {"prefixItems": [{}], "items": False}, [], []),
        ({"unevaluatedItems": {"maxLength": 3}}, {"items": {"maxLength": 2}}, ["BoundDecreased"], ["BoundIncreased"]),
        ({"properties": {"a": {}}, "unevaluatedProperties": False}, {"properties": {"a": {}}, "additionalProperties": False}, [], []),
        ({"unevaluatedProperties": {"maxLength": 3}}, {"additionalProperties": {"maxLength": 2}}, ["BoundDecreased"], ["BoundIncreased"]),
    ],
)  # fmt: skip
def test_keywords_that_ask_for_nothing_or_the_same_are_no_narrowing(schema_changes, before, after, there, back):
    assert told(schema_changes, before, after) == (there, back)


@pytest.mark.parametrize("keyword", ["additionalProperties", "unevaluatedProperties"])
@pytest.mark.parametrize("stated", [False, {"type": "string"}])
def test_an_object_that_lists_nothing_accepts_every_name(schema_changes, keyword, stated):
    (change,) = schema_changes({"type": "object"}, {"type": "object", keyword: stated}, openapi="3.1.0")
    assert (type(change).__name__, change.implicit) == ("AdditionalPropertiesNarrowed", False)
    assert (
        told(schema_changes, {"type": "object"}, {"type": "object", keyword: True}) == (["KeywordWithoutEffect"],) * 2
    )
    listed = {"type": "object", "properties": {"a": {}}}
    (change,) = schema_changes(listed, {**listed, keyword: False}, openapi="3.1.0")
    assert (type(change).__name__, change.implicit) == ("AdditionalPropertiesNarrowed", True)


@pytest.mark.parametrize(
    ("before", "after", "there", "back"),
    [
        ({"maxLength": 50}, {"enum": ["a", "bb"]}, ["EnumAdded", "KeywordWithoutEffect"], ["EnumRemoved", "KeywordWithoutEffect"]),
        ({"maxLength": 1}, {"enum": ["a", "bb"]}, ["BoundRemoved", "EnumAdded"], ["BoundAdded", "EnumRemoved"]),
        ({"pattern": "^[a-z.]+$"}, {"enum": ["a.b"]}, ["EnumAdded", "KeywordWithoutEffect"], ["EnumRemoved", "KeywordWithoutEffect"]),
        ({"pattern": "^[a-z]+$"}, {"enum": ["a.b"]}, ["EnumAdded", "PatternRemoved"], ["EnumRemoved", "PatternAdded"]),
        ({"minimum": 1, "multipleOf": 0.5}, {"const": 2.5}, ["EnumAdded"] + ["KeywordWithoutEffect"] * 2, ["EnumRemoved"] + ["KeywordWithoutEffect"] * 2),
        ({"enum": ["a"], "maxLength": 3}, {"enum": ["a", "b"], "maxLength": 5}, ["EnumValueAdded", "KeywordWithoutEffect"], ["EnumValueRemoved", "KeywordWithoutEffect"]),
    ],
)  # fmt: skip
def test_a_keyword_that_every_listed_value_fits_is_no_edit_of_its_own(schema_changes, before, after, there, back):
    assert told(schema_changes, before, after) == (there, back)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [("int8", "int64"), ("uint16", "int32"), ("uri", "iri-reference"), ("email", "idn-email"), ("uri", "password")],
)
def test_a_format_that_has_all_values_of_another_is_wider(schema_changes, narrow, wide):
    assert told(schema_changes, {"format": narrow}, {"format": wide}) == (["FormatWidened"], ["FormatNarrowed"])


def test_the_format_password_says_nothing_of_the_value(schema_changes):
    assert told(schema_changes, {"type": "string"}, {"type": "string", "format": "password"}) == (
        ["KeywordWithoutEffect"],
        ["KeywordWithoutEffect"],
    )


@pytest.mark.parametrize("other", [{}, {"format": "uuid"}, {"format": "password"}])
def test_which_values_have_a_format_of_the_providers_own_is_not_known(schema_changes, other):
    before, after = {"type": "string", **other}, {"type": "string", "format": "http-method"}
    assert told(schema_changes, before, after) == (["FormatChanged"], ["FormatChanged"])


@pytest.mark.parametrize("values", [{"enum": ["GET", "PUT"]}, {"const": "GET"}])
@pytest.mark.parametrize("stated", ["http-method", "uuid"])
def test_a_format_beside_the_same_list_of_values_decides_nothing(schema_changes, values, stated):
    before, after = {"type": "string", **values}, {"type": "string", **values, "format": stated}
    assert told(schema_changes, before, after) == (["KeywordWithoutEffect"], ["KeywordWithoutEffect"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"format": "byte"}, {"contentEncoding": "base64"}),
        ({"format": "binary"}, {"contentMediaType": "application/octet-stream"}),
    ],
)
def test_an_encoding_in_the_words_of_3_0_and_of_3_1_is_no_change(schema_changes, old, new):
    assert told(schema_changes, {"type": "string", **old}, {"type": "string", **new}) == ([], [])


def test_upper_and_lower_case_of_a_media_type_are_the_same(schema_changes):
    before, after = {"contentMediaType": "image/png"}, {"contentMediaType": "Image/PNG"}
    assert told(schema_changes, before, after) == (["KeywordWithoutEffect"], ["KeywordWithoutEffect"])


def test_a_union_of_types_and_a_list_of_them_are_the_same_each_way(schema_changes):
    union = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    assert told(schema_changes, union, {"type": ["string", "integer"]}) == ([], [])
    assert told(schema_changes, union, {"type": ["string", "integer", "boolean"]}) == (
        ["TypeWidened"],
        ["TypeNarrowed"],
    )


def test_a_type_beside_a_union_holds_for_each_of_its_variants(schema_changes):
    before = {"type": "string", "anyOf": [{"minLength": 3}, {"pattern": "^[0-9]+$"}]}
    there, back = told(schema_changes, before, {"minLength": 3})
    assert "KeywordWithoutEffect" not in (*there, *back)
    assert there
    assert back
    assert told(schema_changes, before, {"type": "string", "minLength": 3}) == (
        ["UnionBranchRemoved"],
        ["UnionBranchAdded"],
    )


def test_a_variant_that_accepts_what_another_does_makes_one_of_ambiguous(schema_changes):
    before = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    after = {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "number"}]}
    assert kinds(schema_changes(before, after)) == ["UnionBecameAmbiguous"]
    assert kinds(schema_changes({"anyOf": before["oneOf"]}, {"anyOf": after["oneOf"]})) == ["UnionBranchAdded"]


@pytest.mark.parametrize(
    ("keyword", "value"), [("maxItems", 3), ("required", ["a"]), ("minimum", 3), ("contains", {"type": "string"})]
)
def test_what_was_said_of_types_that_a_list_has_no_value_of_is_told_with_the_list(schema_changes, keyword, value):
    assert told(schema_changes, {keyword: value}, {"enum": ["a"]}) == (
        ["EnumAdded", "KeywordWithoutEffect"],
        ["EnumRemoved", "KeywordWithoutEffect"],
    )


@pytest.mark.parametrize("anything", [True, {}])
def test_a_pattern_of_names_with_any_value_says_nothing_of_an_open_object(schema_changes, anything):
    is_open = {"type": "object", "additionalProperties": True}
    found = told(schema_changes, is_open, {**is_open, "patternProperties": {"^x": anything}})
    assert found == (["KeywordWithoutEffect"], ["KeywordWithoutEffect"])


def test_what_stands_beside_a_reference_counts_from_3_1_on_whatever_else_was_edited(api, changes):
    definitions = {
        "A": {"type": "string"},
        "X": {"properties": {"p": {"$ref": "#/components/schemas/A", "maxLength": 5}}},
    }
    sides = [
        api({"$ref": "#/components/schemas/X"}, openapi=version, components=definitions)
        for version in ("3.0.3", "3.1.0")
    ]
    assert kinds(changes(*sides)) == ["BoundAdded", "DocsChanged"]


@pytest.mark.parametrize("anything", [True, {}])
def test_a_pattern_of_names_with_any_value_closes_an_object_that_lists_nothing(schema_changes, anything):
    found = told(schema_changes, {"type": "object"}, {"type": "object", "patternProperties": {"^x": anything}})
    assert found == (["ObjectBecameListed"], ["KeywordWithoutEffect"])
