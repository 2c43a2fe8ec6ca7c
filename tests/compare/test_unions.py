"""Branches of unions are paired by what they are, never by where they stand or what they are called."""

from __future__ import annotations

from itertools import permutations

import pytest

BASE = {"type": "object", "properties": {"x": {"type": "string"}}}
TEXT = {"type": "string"}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def told(changes):
    return {type(change).__name__ for change in changes}


NAMES = {"ComponentAdded", "ComponentRemoved", "ComponentRenamed"}
MORE = {"properties": {"y": {"type": "string"}}}
TARGETS = {
    "an allOf of a renamed base": lambda name: ({"allOf": [ref(name), MORE]}, BASE),
    "an array of a renamed schema": lambda name: ({"type": "array", "items": ref(name)}, BASE),
    "a union of a renamed schema": lambda name: ({"oneOf": [ref(name), {"type": "boolean"}]}, BASE),
}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_a_renamed_branch_whose_target_holds_renamed_schemas_is_the_same_branch(schema_changes, target):
    (old, inner), (new, other) = target("Base"), target("Base2")
    found = schema_changes(
        {"oneOf": [ref("U"), TEXT]},
        {"oneOf": [ref("U2"), TEXT]},
        was={"Base": inner, "U": old},
        now={"Base2": other, "U2": new},
    )
    assert told(found) <= NAMES


def test_what_changed_inside_a_renamed_branch_is_told_inside_it(schema_changes):
    shorter = {"type": "object", "properties": {"x": {"type": "string", "maxLength": 5}}}
    found = schema_changes(
        {"oneOf": [ref("U"), TEXT]},
        {"oneOf": [ref("U2"), TEXT]},
        was={"Base": BASE, "U": {"allOf": [ref("Base"), MORE]}},
        now={"Base2": shorter, "U2": {"allOf": [ref("Base2"), MORE]}},
    )
    assert told(found) - NAMES == {"BoundAdded"}


@pytest.mark.parametrize(
    "inside", [{"allOf": [ref("Base"), MORE]}, {"allOf": [{"allOf": [ref("Base")]}, MORE]}], ids=["as it was", "wrapped too"]
)  # fmt: skip
def test_an_allof_around_a_branch_is_no_change(schema_changes, inside):
    was = {"Base": BASE, "U": {"allOf": [ref("Base"), MORE]}}
    plain, wrapped = {"oneOf": [ref("U"), TEXT]}, {"oneOf": [{"allOf": [ref("U")]}, TEXT]}
    assert schema_changes(plain, wrapped, was=was, now={**was, "U": inside}) == ()
    assert schema_changes(wrapped, plain, was={**was, "U": inside}, now=was) == ()


LISTS = [
    {"type": "string", "minLength": 1},
    {"type": "array", "items": {"type": "string"}, "minItems": 1},
    {"type": "array", "items": {"type": "integer"}, "minItems": 1},
    {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}, "minItems": 1},
]
ENUMS = [
    {"type": "string", "enum": ["a", "b"]},
    {"type": "string", "enum": ["c", "d"]},
    {"type": "string", "format": "uri"},
]
SAME_TITLE = [{"title": "T", **branch} for branch in ENUMS]


def edited(branch):
    if "enum" in branch:
        return {**branch, "enum": [*branch["enum"], branch["enum"][0] * 2]}
    return {**branch, "maxItems" if branch["type"] == "array" else "maxLength": 9}


@pytest.mark.parametrize("branches", [LISTS, ENUMS, SAME_TITLE], ids=["arrays", "lists of values", "one title"])
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_the_order_of_branches_decides_nothing(schema_changes, branches, keyword):
    def facts(after):
        found = schema_changes({keyword: branches}, {keyword: list(after)})
        return sorted((type(change).__name__, repr(change.after)) for change in found)

    expected = facts(edited(branch) for branch in branches)
    assert {name for name, _ in expected} <= {"BoundAdded", "EnumValueAdded"}
    for order in permutations(branches):
        assert facts(edited(branch) for branch in order) == expected


def test_branches_without_any_change_are_the_same_in_any_order(schema_changes):
    for order in permutations(LISTS):
        assert schema_changes({"oneOf": LISTS}, {"oneOf": list(order)}) == ()


def test_a_schema_that_became_a_branch_of_its_own_component_is_the_most_alike_one(schema_changes):
    for branches in permutations([{"type": "number"}, {"type": "string", "maxLength": 9}]):
        found = schema_changes(ref("U"), ref("U"), was={"U": TEXT}, now={"U": {"oneOf": list(branches)}})
        assert told(found) == {"BoundAdded", "UnionBranchAdded"}


@pytest.mark.parametrize("inlined", [False, True], ids=["renamed", "inlined"])
def test_a_small_branch_that_changed_under_another_name_is_known_by_its_title(schema_changes, inlined):
    old = {"type": "object", "title": "options", "properties": {"x": TEXT}}
    new = {**old, "properties": {"x": TEXT, "y": TEXT, "z": TEXT}}
    empty = {"type": "string", "enum": [""]}
    found = schema_changes(
        {"anyOf": [ref("Options"), empty]},
        {"anyOf": [empty, new if inlined else ref("Options2")]},
        was={"Options": old},
        now={"Options2": new},
    )
    assert told(found) - NAMES == {"PropertyAdded"}


def test_a_number_and_a_text_are_variants_apart_in_json_and_in_a_query(changes):
    def document(schema, *, query):
        operation = {"responses": {"200": {"description": "Fine."}}}
        if query:
            operation["parameters"] = [{"name": "q", "in": "query", "schema": schema}]
        else:
            operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
        return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/things": {"post": operation}}}

    both = [{"type": "integer"}, TEXT]
    for query in (True, False):
        one, any_, text = (document(schema, query=query) for schema in ({"oneOf": both}, {"anyOf": both}, TEXT))
        assert told(changes(any_, one)) == {"KeywordWithoutEffect"}
        assert "UnionBecameAmbiguous" not in told(changes(text, one))
