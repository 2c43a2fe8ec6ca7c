"""What shows a break: the change itself and nothing else, in a whole value, or a call."""

from __future__ import annotations

import jsonschema
import pytest

from monitor.algebra import Exchange, Undecided, Witness, plain_schema
from monitor.contract import Direction
from monitor.reading import contract_of, read
from monitor.rules import Example, Level, by_id, catalogue

TWO_EDITS = Example.of(
    before="{type: object, required: [name], properties: {name: {type: string, example: Sun}, "
    "colour: {type: string, enum: [red, blue]}, size: {type: integer, maximum: 9}, tag: {type: string}}}",
    after="{type: object, required: [name, tag], properties: {name: {type: string, example: Sun}, "
    "colour: {type: string, enum: [blue]}, size: {type: integer, maximum: 5}, tag: {type: string}}}",
)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("enum-value-removed", {"name": "Sun", "colour": "red", "tag": "text"}),
        ("maximum-decreased", {"name": "Sun", "size": 9, "tag": "text"}),
        ("property-became-required", {"name": "Sun"}),
    ],
)
def test_of_several_edits_each_is_shown_by_a_value_that_differs_there_alone(shown, rule, value):
    found = shown(TWO_EDITS, rule)
    assert found.site.direction is Direction.REQUEST
    assert found.what == Witness(value)


def test_a_place_deep_inside_is_shown_in_a_whole_body(shown):
    def nested(colours: str) -> str:
        return (
            "{type: object, required: [rows], properties: {rows: {type: array, items: {type: object, properties: "
            f"{{cells: {{type: array, minItems: 2, items: {{enum: {colours}}}}}}}}}}}}}}}"
        )

    found = shown(Example.of(before=nested("[red, blue]"), after=nested("[blue]")), "enum-value-removed")
    assert found.what == Witness({"rows": [{"cells": ["red", "blue"]}]})


def test_a_variant_that_another_one_covers_has_no_value_and_says_why(shown):
    before = "anyOf: [{title: A, type: string, enum: [a, b]}, {title: B, type: string}]"
    found = shown(Example.of(before=before, after=before.replace("[a, b]", "[a]")), "enum-value-removed")
    assert isinstance(found.what, Undecided)
    assert "another variant" in found.what.why


@pytest.mark.parametrize(
    ("parameter", "after", "target", "headers"),
    [
        ("{name: n, in: query, schema: {type: integer, maximum: 50}}", "maximum: 5}", "/things?n=50", ()),
        ("{name: n, in: query, schema: {type: array, items: {enum: [a, b]}}}", "enum: [a]}", "/things?n=b", ()),
        ("{name: X-N, in: header, schema: {enum: [a, b]}}", "enum: [a]}", "/things", (("X-N", "b"),)),
    ],
)
def test_a_value_of_a_parameter_is_shown_in_the_call_that_sends_it(shown, parameter, after, target, headers):
    keyword = after.partition(":")[0]
    before = f"parameters: [{parameter}]\nresponses: {{'200': {{description: Fine.}}}}"
    start, end = before.index(keyword), before.index("}", before.index(keyword)) + 1
    rule = "maximum-decreased" if keyword == "maximum" else "enum-value-removed"
    found = shown(Example.operation(before=before, after=before[:start] + after + before[end:]), rule)
    assert isinstance(found.what, Witness)
    assert (found.call.target, found.call.headers) == (target, headers)
    assert "is refused: expect 400" in found.call.now


def test_of_numbers_that_are_whole_now_a_half_is_shown_and_no_far_end(shown):
    before = "{type: object, properties: {level: {type: number}}}"
    after = "{type: object, properties: {level: {type: integer, format: int64}}}"
    assert shown(Example.of(before=before, after=after), "type-became-narrower").what == Witness({"level": 0.5})


def test_a_number_as_text_is_no_witness_where_all_is_text(shown):
    def operation(schema: str) -> str:
        return f"parameters: [{{name: n, in: query, schema: {schema}}}]\nresponses: {{'200': {{description: Fine.}}}}"

    example = Example.operation(before=operation("{type: string}"), after=operation("{type: integer}"))
    found = shown(example, "type-became-narrower")
    if isinstance(found.what, Witness):
        assert not str(found.what.value).lstrip("-").isdigit()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("operation-removed", "no longer documented: expect 404 or 405"),
        ("success-status-removed", "no longer documented to answer"),
        ("required-scope-added", "expect 403"),
        ("required-parameter-added", "expect 400"),
        ("parameter-became-required", "expect 400"),
        ("required-request-body-added", "Without a body it is refused"),
    ],
)
def test_what_is_no_schema_is_shown_by_a_call(shown, rule, words):
    found = shown(by_id()[rule].example, rule)
    assert isinstance(found.what, Exchange)
    assert words in found.what.now


OF_SCHEMAS = [
    rule
    for rule in catalogue()
    if rule.example.kind == "schema" and Level.BREAKING in (rule.request, rule.response) and rule.unseen is None
]


@pytest.mark.parametrize("rule", OF_SCHEMAS, ids=lambda rule: rule.id)
def test_a_breaking_example_is_shown_and_another_validator_agrees(rule, shown):
    found = shown(rule.example, rule.id)
    if not isinstance(found.what, Witness):
        assert isinstance(found.what, Exchange) or found.what.why
        assert rule.id.startswith(("max-contains", "property-names")) or isinstance(found.what, Exchange)
        return
    contracts = [contract_of(read(text.encode(), source="example.yaml")) for text in rule.example.documents()]
    plain = [
        plain_schema(contract, contract.at("/components/schemas/Thing"), found.site.direction) for contract in contracts
    ]
    accepted, refused = plain if found.site.direction is Direction.REQUEST else plain[::-1]
    checker = jsonschema.FormatChecker()
    assert jsonschema.Draft202012Validator(accepted, format_checker=checker).is_valid(found.what.value)
    assert not jsonschema.Draft202012Validator(refused, format_checker=checker).is_valid(found.what.value)
