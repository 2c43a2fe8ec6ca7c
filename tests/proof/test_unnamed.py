"""What the sets say and no fact does: told once, where a value shows it, and in silence on real documents."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from monitor.algebra import Witness
from monitor.compare import compare_all
from monitor.contract import Contract, Direction
from monitor.jobs import Input, diff_documents
from monitor.proof import Proofs
from monitor.reading import contract_of, read
from monitor.rules import Example, Finding, by_id, judge

RULE = by_id()["accepted-values-changed"]


def found(before: Contract, after: Contract) -> tuple[Finding, ...]:
    compared = compare_all(before, after)
    proofs = Proofs(before, after)
    proofs.held(judge(compared.changes))
    return proofs.unnamed(compared)


def contracts(example: Example) -> list[Contract]:
    return [contract_of(read(text.encode(), source="example.yaml")) for text in example.documents()]


def test_the_definition_is_named_with_every_operation_that_meets_it_and_a_value_shows_it():
    before, after = contracts(RULE.example)
    compared, proofs = compare_all(before, after), Proofs(before, after)
    (finding,) = proofs.unnamed(compared)
    assert finding.change.definition == "Thing"
    assert [(str(site.operation), site.direction, site.where) for site, _ in finding.levels] == [
        ("POST /things", Direction.REQUEST, "body")
    ]
    assert proofs.shown(finding, finding.change.sites).what == Witness({"size": 1})


def test_a_comparison_of_two_documents_tells_it():
    sides = [Input(text.encode(), "example.yaml") for text in RULE.example.documents()]
    document = diff_documents(*sides)
    assert [(change.rule, change.level) for change in document.changes] == [
        (RULE.id, "breaking"),
        ("optional-property-added", "compatible"),
    ]


WRAPPED = "{type: object, properties: {inner: {type: object, patternProperties: {'^x-': {type: string}}}}}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "{type: object, properties: {id: {type: string, readOnly: true}}}",
            "{type: object, properties: {id: {type: string}}}",
            id="what is not sent",
        ),
        pytest.param("{enum: [a], nullable: true}", "{enum: [a, null]}", id="null where it is announced"),
        pytest.param("{type: string, pattern: '^a+$'}", "{type: string, pattern: '^[ab]+$'}", id="a pattern received"),
        pytest.param(
            "{oneOf: [{type: string, maxLength: 3}, {type: string, minLength: 5}]}",
            "{oneOf: [{type: string, maxLength: 5}, {type: string, minLength: 5}]}",
            id="variants read as apart",
        ),
        pytest.param(
            "{anyOf: [{type: integer, minimum: 1}, {type: string, enum: [a]}]}",
            "{type: string, pattern: '^(a|ab)$'}",
            id="a branch compared with the whole",
        ),
    ],
)
def test_what_the_stance_reads_otherwise_and_what_a_fact_says_are_not_told(before, after):
    assert found(*contracts(Example.of(before=before, after=after))) == ()


def test_a_definition_that_two_others_refer_to_is_told_once():
    def document(thing: str) -> str:
        return (
            "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n"
            "  /a: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}, "
            "responses: {'200': {description: Fine.}}}}\n"
            "  /b: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}, "
            "responses: {'200': {description: Fine.}}}}\n"
            "components:\n  schemas:\n"
            "    A: {type: object, properties: {thing: {$ref: '#/components/schemas/Thing'}}}\n"
            "    B: {type: object, properties: {things: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}\n"
            f"    Thing: {thing}\n"
        )

    sides = [
        contract_of(read(document(text).encode(), source="x.yaml"))
        for text in (RULE.example.before, RULE.example.after)
    ]
    (finding,) = found(*sides)
    assert [f"{site.operation} {site.where}" for site, _ in finding.levels] == [
        "POST /a body > thing",
        "POST /b body > things[]",
    ]


@pytest.mark.corpus
def test_real_histories_have_nothing_that_no_fact_says(shared: Path):
    for history in ("github", "datadog-v1", "slack"):
        versions = sorted(each for each in (shared / "corpus" / history).glob("2*"))
        for before, after in pairwise(versions):
            sides = [contract_of(read(each.read_bytes(), source=each.name)) for each in (before, after)]
            assert found(*sides) == (), f"{before.name} and {after.name}"
