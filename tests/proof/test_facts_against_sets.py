"""A fact that says that values went, where none did, is lowered, with its reason; nothing is ever raised."""

from __future__ import annotations

import pytest

from monitor.contract import Direction
from monitor.proof.proofs import UNAFFECTED
from monitor.rules import Example, Level, catalogue

BOOLEANS = Example.of(
    before="{type: object, properties: {open: {type: boolean, enum: [true, false]}}}",
    after="{type: object, properties: {open: {type: boolean}}}",
)
ANY_OF = Example.of(
    before="anyOf: [{type: string, maxLength: 9}, {type: string}, {type: integer}]",
    after="anyOf: [{type: string}, {type: integer}]",
)
ONE_OF = Example.of(
    before="oneOf: [{title: A, type: string, maxLength: 9}, {title: B, type: string}, {title: C, type: integer}]",
    after="oneOf: [{title: B, type: string}, {title: C, type: integer}]",
)


def test_a_list_of_all_there_is_that_goes_widens_no_response(proven):
    (finding,), (held,), _ = proven(BOOLEANS)
    assert finding.rule.id == "enum-removed"
    assert finding.level is Level.BREAKING
    assert held.level is Level.COMPATIBLE
    assert held.reasons == (UNAFFECTED[Direction.RESPONSE],)


def test_a_branch_of_any_of_that_another_covers_takes_nothing_away(proven):
    _, held, _ = proven(ANY_OF)
    (gone,) = [each for each in held if each.rule.id == "union-branch-removed"]
    assert gone.level is Level.COMPATIBLE
    assert gone.reasons == (UNAFFECTED[Direction.REQUEST],)


def test_variants_of_one_of_are_read_as_apart_so_that_none_is_lowered(proven):
    _, held, _ = proven(ONE_OF)
    (gone,) = [each for each in held if each.rule.id == "union-branch-removed"]
    assert gone.level is Level.BREAKING
    assert not gone.reasons


def test_a_document_with_discriminators_keeps_its_branches_apart(proven):
    shapes = "{type: object, required: [kind], properties: {kind: {type: string}}}"
    whole = f"anyOf: [{shapes}, {{title: B, type: object}}]\ndiscriminator: {{propertyName: kind}}"
    _, held, _ = proven(Example.of(before=whole, after=whole.replace(f"{shapes}, ", "")))
    assert [each.level for each in held if each.rule.id == "union-branch-removed"] == [Level.BREAKING]


def test_types_of_a_parameter_are_not_judged_by_the_sets_of_json(proven):
    def operation(schema: str) -> str:
        return f"parameters: [{{name: n, in: query, schema: {schema}}}]\nresponses: {{'200': {{description: Fine.}}}}"

    example = Example.operation(before=operation("{type: [string, integer]}"), after=operation("{type: string}"))
    findings, held, _ = proven(example)
    assert [each.level for each in held] == [each.level for each in findings]


@pytest.mark.parametrize(
    "rule", [rule for rule in catalogue() if not rule.symmetric], ids=lambda rule: rule.id
)  # fmt: skip
def test_no_level_is_raised_and_what_hurts_in_an_example_still_does(rule, proven):
    findings, held, _ = proven(rule.example)
    for finding, after in zip(findings, held, strict=True):
        assert after.level.rank >= finding.level.rank
        if rule.effect not in ("undecided",):
            assert after.level is finding.level, after.reasons
