"""Pairs of schemas whose relation is known, and the values that show it."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.algebra import Related, Relation, Sides, Steps, Undecided, Witness, relate, witness
from monitor.algebra.world import together
from monitor.contract import Direction
from tests.algebra.test_plain import contract

EQUAL, NARROWED, WIDENED = Relation.EQUAL, Relation.NARROWED, Relation.WIDENED
OVERLAPPING, DISJOINT, UNDECIDED = Relation.OVERLAPPING, Relation.DISJOINT, Relation.UNDECIDED


def tree(value: Any, **more: Any) -> dict[str, Any]:
    """A recursive schema."""
    node = {"$ref": "#/$defs/Tree"}
    properties = {"value": value, "children": {"type": "array", "items": node}}
    return {**node, "$defs": {"Tree": {"type": "object", "properties": properties, **more}}}


def tagged(*kinds: str) -> list[dict[str, Any]]:
    """Objects told apart by a property."""
    return [{"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]} for kind in kinds]


LISTS_IN_IF = {"properties": {"a": {}}, "if": {"properties": {"b": {}}}, "unevaluatedProperties": False}
PAIRS: list[tuple[Relation, Any, Any]] = [
    (NARROWED, LISTS_IN_IF, {"properties": {"a": {}}, "unevaluatedProperties": False}),
    (EQUAL, {"type": "integer", "minimum": 3}, {"type": "integer", "exclusiveMinimum": 2}),
    (WIDENED, {"type": "integer"}, {"type": "number"}),
    (WIDENED, {"type": "number", "multipleOf": 6}, {"type": "number", "multipleOf": 3}),
    (EQUAL, {"type": "integer", "minimum": 0, "maximum": 1}, {"enum": [1, 0]}),
    (EQUAL, {"anyOf": [{"type": "integer", "maximum": 3}, {"type": "integer", "minimum": 4}]}, {"type": "integer"}),
    (DISJOINT, {"type": "number", "maximum": 1}, {"type": "number", "exclusiveMinimum": 1}),
    (NARROWED, {"type": "string", "maxLength": 100}, {"type": "string", "maxLength": 50}),
    (WIDENED, {"type": "string", "pattern": "^[a-z]{3}$"}, {"type": "string", "minLength": 3}),
    (NARROWED, {"type": "string", "pattern": "^[a-z]+$"}, {"type": "string", "pattern": "^[a-f]+$"}),
    (UNDECIDED, {"type": "string"}, {"type": "string", "x-format": "phone"}),
    (EQUAL, {"type": "string", "pattern": "^(?=a)"}, {"type": "string", "pattern": "^(?=a)"}),
    (DISJOINT, {"type": "string", "format": "date"}, {"type": "string", "format": "uuid"}),
    (NARROWED, {"enum": ["red", "green"]}, {"enum": ["green"]}),
    (OVERLAPPING, {"enum": ["red", "green"]}, {"enum": ["green", "blue"]}),
    (EQUAL, {"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
    (EQUAL, {"enum": [1]}, {"const": 1.0}),
    (EQUAL, {"oneOf": tagged("a", "b")}, {"anyOf": tagged("b", "a")}),
    (EQUAL, {"anyOf": tagged("a", "b")}, {"type": "object", "properties": {"kind": {"enum": ["a", "b"]}}, "required": ["kind"]}),
    (WIDENED, {"oneOf": tagged("a", "b")}, {"oneOf": tagged("a", "b", "c")}),
    (WIDENED, {"oneOf": [{"type": "integer"}, {"type": "number"}]}, {"type": "number"}),
    (EQUAL, {"not": {"type": "string"}}, {"type": ["null", "boolean", "number", "array", "object"]}),
    (EQUAL, {"if": {"type": "string"}, "then": {"maxLength": 3}}, {"anyOf": [{"type": "string", "maxLength": 3}, {"not": {"type": "string"}}]}),
    (WIDENED, tree({"type": "integer"}), tree({"type": "number"})),
    (EQUAL, tree({"type": "integer"}), tree({"type": "integer", "examples": [1]})),
    (NARROWED, tree({"type": "integer"}), tree({"type": "integer"}, required=["value"])),
    (EQUAL, {"type": "array", "items": {"type": "string"}, "maxItems": 0}, {"type": "array", "maxItems": 0}),
    (NARROWED, {"type": "array"}, {"type": "array", "uniqueItems": True}),
    (NARROWED, {"prefixItems": [{"type": "string"}]}, {"prefixItems": [{"type": "string"}, {"type": "integer"}]}),
    (EQUAL, {"type": "object", "properties": {"a": False}, "required": ["a"]}, {"not": {}}),
    (EQUAL, {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 2, "maximum": 1}}}, {"not": {}}),
    (EQUAL, tree({}, required=["value", "me"]), tree({}, required=["me", "value"])),
    (WIDENED, {"properties": {"a": {}}, "unevaluatedProperties": False}, {"properties": {"a": {}, "b": {}}, "unevaluatedProperties": False}),
    (EQUAL, {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}], "unevaluatedProperties": False}, {"properties": {"a": {}, "b": {}}, "additionalProperties": False}),
    (NARROWED, {"patternProperties": {"^x-": {}}, "additionalProperties": False}, {"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False}),
]  # fmt: skip


@pytest.mark.parametrize(("relation", "before", "after"), PAIRS)
def test_the_relation_is_found(relation: Relation, before: Any, after: Any) -> None:
    assert relate(before, after).relation is relation


def test_an_object_that_needs_itself_accepts_nothing() -> None:
    endless = {
        "$ref": "#/$defs/A",
        "$defs": {"A": {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "required": ["a"]}},
    }
    assert relate(endless, {"not": {}}).relation is EQUAL


def test_a_schema_that_is_nothing_but_itself_is_undecided() -> None:
    itself = {"$ref": "#/$defs/A", "$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}]}}}
    found = relate(itself, {"type": "string"})
    assert found == Related(UNDECIDED, why="a schema is defined by itself")


def test_a_budget_ends_a_question_and_is_said() -> None:
    found = relate({"type": "string"}, {"type": "integer"}, Steps(2))
    assert found.relation is UNDECIDED
    assert "budget of 2 steps" in found.why


def test_a_reference_that_leads_nowhere_is_undecided() -> None:
    assert relate({"$ref": "#/$defs/A"}, {}).relation is UNDECIDED


def test_definitions_that_are_the_same_are_one() -> None:
    same, other = {"type": "string"}, {"$ref": "#/$defs/Changed"}
    sides = [
        {"$ref": "#/$defs/User", "$defs": {"Same": same, "User": other, "Changed": {"type": kind}}}
        for kind in ("string", "integer")
    ]
    world, _, _ = together(*sides)
    assert sorted(world.definitions) == ["Changed.after", "Changed.before", "Same", "User.after", "User.before"]


def shown(before: Any, after: Any, direction: Direction = Direction.REQUEST) -> Any:
    """The value of a witness."""
    found = witness(before, after, direction)
    assert isinstance(found, Witness)
    return found.value


def test_a_witness_is_a_value_that_the_document_lists() -> None:
    assert shown({"enum": ["green", "red"]}, {"enum": ["green"]}) == "red"


def test_a_witness_has_required_properties_only_in_the_documents_own_values() -> None:
    color = {"type": "string", "enum": ["red", "green"]}
    before = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string", "examples": ["Ada"]}, "color": color, "more": {}},
    }
    after = {**before, "properties": {**before["properties"], "color": {"type": "string", "enum": ["green"]}}}
    assert shown(before, after) == {"name": "Ada", "color": "red"}


def test_a_witness_of_a_response_is_what_comes_now_and_did_not_before() -> None:
    assert shown({"enum": ["a"]}, {"enum": ["a", "b"]}, Direction.RESPONSE) == "b"


def test_a_witness_stands_right_beside_the_bound() -> None:
    assert (
        shown({"type": "integer", "minimum": 0, "maximum": 500}, {"type": "integer", "minimum": 0, "maximum": 250})
        == 500
    )
    assert len(shown({"type": "string"}, {"type": "string", "maxLength": 50})) == 51
    assert (
        shown({"type": "array", "items": {"const": "x"}}, {"type": "array", "items": {"const": "x"}, "minItems": 1})
        == []
    )


def test_a_property_that_became_required_is_left_out_in_the_witness() -> None:
    assert shown({"type": "object"}, {"type": "object", "required": ["a"]}) == {}


def test_the_shallow_difference_is_shown_before_the_deep_one() -> None:
    before = tree({"enum": [1, 2]})
    after = tree({"enum": [1]})
    assert shown(before, after) == {"value": 2}


def test_a_witness_keeps_to_the_branch_that_it_breaks() -> None:
    before = {"type": "object", "properties": {"role": {"enum": ["user", "tool"]}}, "required": ["role"]}
    user, tool = (
        {"type": "object", "properties": {"role": {"const": role}}, "required": ["role"]} for role in ("user", "tool")
    )
    tool["properties"] = {**tool["properties"], "call": {"type": "string"}}
    assert shown(before, {"oneOf": [user, tool]}) == {"role": "tool", "call": 1}


def test_there_is_no_witness_of_a_widened_request() -> None:
    found = witness({"enum": [1]}, {"enum": [1, 2]}, Direction.REQUEST)
    assert isinstance(found, Undecided)
    assert "there is none" in found.why


def test_an_unknown_format_is_named_where_nothing_can_be_shown() -> None:
    found = witness({"type": "string"}, {"type": "string", "x-format": "phone"}, Direction.REQUEST)
    assert found == Undecided("which values have the format 'phone' is not known")


def relation_of(before: Any, after: Any, direction: Direction) -> Relation:
    """How two Schema Objects of OpenAPI 3.0 relate."""
    contracts = contract({"It": before}), contract({"It": after})
    one, other = (each.at("/components/schemas/It") for each in contracts)
    return Sides(*contracts, direction).pair(one, other).relate().relation


NOTE, ANOTHER = {"note": {"type": "string"}}, {"id": {"type": "string"}}
OPTIONAL: dict[str, Any] = {"type": "object", "properties": {**ANOTHER, **NOTE}}
REQUIRED: dict[str, Any] = {**OPTIONAL, "required": ["note"]}
ABSENT: dict[str, Any] = {"type": "object", "properties": ANOTHER}


@pytest.mark.parametrize(
    ("before", "after", "request_", "response"),
    [
        (ABSENT, OPTIONAL, WIDENED, NARROWED),
        (ABSENT, REQUIRED, DISJOINT, NARROWED),
        (OPTIONAL, ABSENT, NARROWED, WIDENED),
        (REQUIRED, ABSENT, DISJOINT, WIDENED),
        (OPTIONAL, REQUIRED, NARROWED, NARROWED),
        (REQUIRED, OPTIONAL, WIDENED, WIDENED),
    ],
)
def test_the_twelve_edits_of_a_property_go_by_the_variance_table(
    before: Any, after: Any, request_: Relation, response: Relation
) -> None:
    assert relation_of(before, after, Direction.REQUEST) is request_
    assert relation_of(before, after, Direction.RESPONSE) is response


def test_what_is_not_sent_on_either_side_is_not_compared() -> None:
    marked = {"type": "object", "properties": {"id": {"type": "string", "readOnly": True}}}
    number = {"type": "object", "properties": {"id": {"type": "integer"}}}
    assert relation_of(marked, number, Direction.REQUEST) is EQUAL
    assert relation_of(marked, {**number, "required": ["id"]}, Direction.REQUEST) is NARROWED
    assert relation_of(marked, number, Direction.RESPONSE) is OVERLAPPING


def test_pairs_of_two_contracts_share_what_was_proven() -> None:
    contracts = (
        contract({"A": {"type": "string"}, "B": {"$ref": "#/components/schemas/A"}}),
        contract({"A": {"type": "integer"}, "B": {"$ref": "#/components/schemas/A"}}),
    )
    sides = Sides(*contracts, Direction.RESPONSE)
    for name in ("A", "B", "A"):
        pair = sides.pair(*(each.at(f"/components/schemas/{name}") for each in contracts))
        assert pair.relate().relation is DISJOINT
