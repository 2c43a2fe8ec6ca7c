"""What is the same on the wire, what is told at the place that decides it, and what only looks like a change."""

from __future__ import annotations

import pytest

from monitor.contract import Direction
from monitor.errors import BudgetExceeded


def kinds(found):
    return sorted(type(change).__name__ for change in found)


REF = {"$ref": "#/components/schemas/Thing"}
IN_31 = {"type": ["string", "null"]}
AS_UNION = {"anyOf": [{"type": "string"}, {"type": "null"}]}
IN_30 = {"type": "string", "nullable": True}


@pytest.mark.parametrize("use", [REF, {"type": "object", "properties": {"a": REF}}, {"type": "array", "items": REF}])
def test_null_in_a_union_and_in_a_list_of_types_is_the_same_behind_a_reference(schema_changes, use):
    for was, now in ((IN_31, AS_UNION), (AS_UNION, IN_31)):
        assert schema_changes(use, use, openapi="3.1.0", was={"Thing": was}, now={"Thing": now}) == ()


def test_a_wrapper_that_lets_null_in_does_so_whatever_the_definition_says(schema_changes):
    wrapped = {"type": "object", "properties": {"a": {"allOf": [REF], "nullable": True}}}
    for was, now in ((IN_30, {"type": "string"}), ({"type": "string"}, IN_30)):
        assert schema_changes(wrapped, wrapped, was={"Thing": was}, now={"Thing": now}) == ()


def test_null_that_only_the_definition_lets_in_is_told_there_to_those_who_do_not_themselves(schema_changes):
    use = {"type": "object", "properties": {"own": {"allOf": [REF], "nullable": True}, "bare": REF}}
    (change,) = schema_changes(use, use, was={"Thing": IN_30}, now={"Thing": {"type": "string"}})
    assert type(change).__name__ == "BecameNonNullable"
    assert change.location.before == "/components/schemas/Thing"
    assert {site.where.rpartition(" > ")[2] for site in change.sites} == {"bare"}


def test_a_wrapper_that_lets_null_in_for_the_first_time_is_told_at_the_wrapper(schema_changes):
    (change,) = schema_changes(
        {"properties": {"a": {"allOf": [REF]}}},
        {"properties": {"a": {"allOf": [REF], "nullable": True}}},
        was={"Thing": {"type": "string"}},
    )
    assert type(change).__name__ == "BecameNullable"
    assert change.location.after.endswith("/properties/a")


def test_null_in_a_variant_of_its_own_and_in_the_list_of_values_is_the_same(schema_changes):
    before = {"type": "string", "nullable": True, "oneOf": [{"enum": ["a", "b"]}, {"enum": [None]}]}
    after = {"type": "string", "nullable": True, "enum": [None, "a", "b"]}
    assert schema_changes(before, after) == ()
    assert schema_changes(after, before) == ()
    assert schema_changes(REF, REF, was={"Thing": before}, now={"Thing": after}) == ()


ENUM = {"enum": ["a", "b"]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"type": "string", **ENUM}, {"type": "string", "allOf": [ENUM]}),
        ({"type": "string", **ENUM, "maxLength": 9}, {"allOf": [{"type": "string", **ENUM}, {"maxLength": 9}]}),
        ({"allOf": [{"type": "string"}, ENUM]}, {"allOf": [{"type": "string", **ENUM}, {}]}),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "allOf": [{"items": {"type": "string"}}]}),
        ({"type": "string", "default": "a", "pattern": "a"}, {"type": "string", "allOf": [{"default": "a", "pattern": "a"}]}),
        ({"oneOf": [{"type": "string"}, REF]}, {"allOf": [{"oneOf": [REF, {"type": "string"}]}, {"description": "x"}]}),
    ],
)  # fmt: skip
def test_a_keyword_moved_into_all_of_is_no_change_on_the_wire(schema_changes, before, after):
    definitions = {"Thing": {"type": "object"}}
    for old, new in ((before, after), (after, before)):
        assert kinds(schema_changes(old, new, was=definitions)) in ([], ["DocsChanged"])


def test_a_keyword_that_changed_while_it_moved_is_told_as_itself(schema_changes):
    before, after = {"type": "string", **ENUM}, {"type": "string", "allOf": [{"enum": ["a"]}]}
    (change,) = schema_changes(before, after)
    assert (type(change).__name__, change.value) == ("EnumValueRemoved", "b")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (0.1, 0.01, "MultipleOfWidened"),
        (0.01, 0.1, "MultipleOfNarrowed"),
        (1, 0.25, "MultipleOfWidened"),
        (0.3, 0.2, "MultipleOfChanged"),
        (1e-7, 1e-8, "MultipleOfWidened"),
    ],
)
def test_steps_are_compared_as_the_decimals_that_are_written(schema_changes, before, after, kind):
    assert kinds(schema_changes({"multipleOf": before}, {"multipleOf": after})) == [kind]


def with_parameter(schema, *, definition=None, **members):
    parameter = {"name": "q", "in": "query", "schema": schema, **members}
    content = {"application/json": {"schema": REF}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/a": {"get": {"parameters": [parameter], "responses": {}}},
            "/b": {"get": {"responses": {"200": {"description": "x", "content": content}}}},
        },
        "components": {"schemas": {"Thing": definition or {"type": "string"}}},
    }


def test_a_default_in_a_definition_is_the_parameters_where_a_parameter_has_it(changes):
    first = with_parameter(REF, definition={"type": "string", "default": "x"})
    second = with_parameter(REF, definition={"type": "string", "default": "y"})
    found = {change.of: [str(site.operation) for site in change.sites] for change in changes(first, second)}
    assert found == {"parameter": ["GET /a"], "schema": ["GET /b"]}


def test_nobody_relies_on_the_default_of_a_parameter_that_must_be_sent(changes):
    first, second = (with_parameter({"type": "string", "default": value}, required=True) for value in "xy")
    assert [change.of for change in changes(first, second)] == ["schema"]


def test_a_default_inside_the_value_of_a_parameter_is_not_the_parameters(changes):
    first, second = (with_parameter({"type": "array", "items": {"type": "string", "default": value}}) for value in "xy")
    assert [change.of for change in changes(first, second)] == ["schema"]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"type": "integer"}, {"type": "string"}, ["TypeWidened"]),
        ({"type": "string"}, {"type": "boolean"}, ["TypeNarrowed"]),
        ({"type": "integer"}, {"type": "boolean"}, ["TypeChanged"]),
        ({"type": "string"}, {"type": "array", "items": {"type": "string"}}, ["TypeWidened"]),
        ({"type": "array", "items": {"type": "string"}}, {"type": "string"}, ["TypeNarrowed"]),
        ({"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 2}, ["TypeChanged"]),
        ({"type": "string"}, {"type": "array", "items": {"type": "string", "enum": ["a"]}}, ["EnumAdded", "TypeWidened"]),
        ({"type": "string"}, {"type": "object"}, ["TypeChanged"]),
    ],
)  # fmt: skip
def test_the_value_of_a_parameter_is_compared_as_it_is_written(changes, before, after, kind):
    assert kinds(changes(with_parameter(before), with_parameter(after))) == kind


def test_a_list_that_is_written_in_one_is_not_one_value(changes):
    before = with_parameter({"type": "string"}, explode=False)
    after = with_parameter({"type": "array", "items": {"type": "string"}}, explode=False)
    assert kinds(changes(before, after)) == ["TypeChanged"]


def test_in_json_a_number_is_no_text(schema_changes):
    assert kinds(schema_changes({"type": "integer"}, {"type": "string"})) == ["TypeChanged"]


def test_what_becomes_read_only_is_not_looked_at_in_a_request_any_more(schema_changes):
    before = {"type": "object", "properties": {"a": {"type": "string", "enum": ["x", "y"]}}}
    after = {"type": "object", "properties": {"a": {"type": "string", "enum": ["x"], "readOnly": True}}}
    for old, new in ((before, after), (after, before)):
        found = {type(change).__name__: change for change in schema_changes(old, new)}
        assert {site.direction for site in found.pop("ReadOnlyChanged").sites} == set(Direction)
        (inside,) = found.values()
        assert {site.direction for site in inside.sites} == {Direction.RESPONSE}


def test_an_entry_of_required_without_a_name_asks_for_nothing(schema_changes):
    named = {"type": "object", "properties": {"a": {}}, "required": ["a"]}
    assert kinds(schema_changes(named, {**named, "required": [""]})) == [
        "KeywordWithoutEffect",
        "PropertyBecameOptional",
    ]
    empty = {"type": "object", "properties": {"": {}}}
    assert kinds(schema_changes(empty, {**empty, "required": [""]})) == ["PropertyBecameRequired"]


NAMED = {"type": "object", "properties": {"name": {"type": "string"}}}
KEYED = {"type": "object", "properties": {"key": {"type": "string"}}}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([NAMED, {"type": "string"}], [KEYED, {"type": "string"}], ["PropertyAdded", "PropertyRemoved"]),
        ([{"type": "string"}, {}], [{"type": "string"}, {"type": "integer"}], ["TypeNarrowed"]),
        ([{**NAMED, "title": "A"}, {}], [{**KEYED, "title": "B"}, {}], ["UnionBranchAdded", "UnionBranchRemoved"]),
        (
            [{"properties": {"kind": {"const": "a"}, "x": {}}}, {"type": "string"}],
            [{"properties": {"kind": {"const": "b"}, "x": {}}}, {"type": "string"}],
            ["UnionBranchAdded", "UnionBranchRemoved"],
        ),
    ],
)
def test_variants_without_a_name_are_paired_with_the_most_alike(schema_changes, before, after, found):
    assert kinds(schema_changes({"anyOf": before}, {"anyOf": after}, openapi="3.1.0")) == found


def test_a_union_of_nothing_but_types_is_a_list_of_types(schema_changes):
    before = {"type": ["string", "integer"], "maxLength": 9}
    after = {"anyOf": [{"type": "integer"}, {"type": "string"}], "maxLength": 9}
    assert schema_changes(before, after, openapi="3.1.0") == ()
    assert schema_changes(after, before, openapi="3.1.0") == ()


def test_a_path_parameter_whose_place_the_template_misnames_is_still_the_same(changes):
    def root(path):
        parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        item = {"parameters": [parameter], "get": {"responses": {}}}
        return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {path: item}}

    assert changes(root("/a/{key}"), root("/a/{id}")) == ()


def test_a_recursive_schema_that_became_a_union_of_itself_is_compared_once(schema_changes):
    node = {"type": "object", "properties": {"next": REF}}
    union = {"oneOf": [node, {**node, "required": ["next"]}]}
    assert kinds(schema_changes(REF, REF, was={"Thing": node}, now={"Thing": union})) == ["UnionBranchAdded"]


def test_schemas_that_are_nested_too_deep_are_an_error_of_their_own(schema_changes):
    def nested(schema):
        for _ in range(190):
            schema = {"not": schema}
        return schema

    with pytest.raises(BudgetExceeded, match="nested too deep"):
        schema_changes(nested({"maxLength": 1}), nested({"maxLength": 2}), openapi="3.1.0")


def test_what_is_ruled_out_is_compared_in_reasonable_time_however_it_hangs_together(schema_changes):
    def web(limit):
        return {
            f"C{i}": {"not": {"$ref": f"#/components/schemas/C{(i * 7 + 1) % 20}"}, "maxProperties": limit,
                      "properties": {f"q{j}": {"$ref": f"#/components/schemas/C{(i * 3 + j) % 20}"} for j in range(5)}}
            for i in range(20)
        }  # fmt: skip

    first = {"$ref": "#/components/schemas/C0"}
    found = schema_changes(first, first, was=web(1), now=web(2), openapi="3.1.0")
    assert kinds(found).count("BoundIncreased") == 1


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({"enum": [1, "a"]}, {"enum": ["1", "a"]}, ["KeywordWithoutEffect"]),
        ({"enum": [1, 2]}, {"enum": ["2"]}, ["EnumValueRemoved", "KeywordWithoutEffect"]),
        ({"enum": [True]}, {"enum": ["true", "false"]}, ["EnumValueAdded", "KeywordWithoutEffect"]),
        ({"const": 1}, {"const": "1"}, ["KeywordWithoutEffect"]),
        ({"const": 1}, {"const": "2"}, ["ConstChanged"]),
    ],
)
def test_a_listed_value_of_a_parameter_is_the_text_that_it_is_written_as(changes, was, now, expected):
    def document(schema):
        given = {"name": "q", "in": "query", "schema": schema}
        operation = {"parameters": [given], "responses": {"200": {"description": "Fine."}}}
        return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/things": {"get": operation}}}

    found = changes(document(was), document(now))
    assert kinds(found) == expected
    assert [change.value for change in found if kinds([change]) == ["EnumValueRemoved"]] == [1] * (
        "EnumValueRemoved" in expected
    )
