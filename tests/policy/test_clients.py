"""Client profiles: what moves, by how much, and with which words; and files that are wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.compare.changes import (
    ComponentRemoved,
    EnumValueAdded,
    Location,
    OperationIdChanged,
    PropertyRemoved,
    UnionBranchAdded,
)
from monitor.contract import Direction
from monitor.errors import UsageError
from monitor.policy import client_names, client_profile, client_profile_from, decide
from monitor.rules import Finding, Level, by_id, judge

Found = Callable[..., Finding]
AT = Location("/components/schemas/Color", "/components/schemas/Color")
REQUEST, RESPONSE = Direction


def test_three_profiles_are_shipped() -> None:
    assert client_names() == ("codegen", "strict", "tolerant-reader")


@pytest.mark.parametrize("name", client_names())
def test_a_shipped_profile_has_words_for_people_and_a_reason_for_each_adjustment(name: str) -> None:
    profile = client_profile(name)
    assert profile.title
    assert profile.description.endswith(".")
    for adjustment in profile.adjustments:
        assert adjustment.because.endswith(".")


@pytest.mark.parametrize("name", client_names())
def test_no_adjustment_of_a_shipped_profile_says_what_the_rule_says_already(name: str) -> None:
    for adjustment in client_profile(name).adjustments:
        directions = [adjustment.direction] if adjustment.direction else list(Direction)
        for rule in (by_id()[identity] for identity in adjustment.rules):
            assert any(rule.level(direction) is not adjustment.level for direction in directions), rule.id


def test_strict_moves_nothing(found: Found) -> None:
    finding = found(EnumValueAdded, location=AT, value="blue")
    (verdict,) = decide([finding], client=client_profile("strict"))
    assert (verdict.level, verdict.site_levels, verdict.reasons) == (finding.level, finding.levels, ())


def test_a_tolerant_reader_passes_over_values_that_it_does_not_know_and_says_so(found: Found) -> None:
    (verdict,) = decide([found(EnumValueAdded, location=AT, value="blue")], client=client_profile("tolerant-reader"))
    assert verdict.level is Level.COMPATIBLE
    (reason,) = verdict.reasons
    assert reason.startswith("For the client tolerant-reader it is compatible in a response, not risky: ")


def test_a_tolerant_reader_passes_over_variants_but_cannot_do_without_what_it_reads(found: Found) -> None:
    added = found(UnionBranchAdded, RESPONSE, location=AT, keyword="oneOf", name="Card")
    gone = found(PropertyRemoved, RESPONSE, location=AT, name="email", required=True)
    levels = [verdict.level for verdict in decide([added, gone], client=client_profile("tolerant-reader"))]
    assert levels == [Level.BREAKING, Level.COMPATIBLE]


def test_an_adjustment_for_responses_leaves_requests_alone(found: Found) -> None:
    finding = found(EnumValueAdded, REQUEST, location=AT, value="blue")
    (verdict,) = decide([finding], client=client_profile("codegen"))
    assert (verdict.level, verdict.reasons) == (Level.COMPATIBLE, ())


def test_generated_code_breaks_where_the_wire_does_not(found: Found) -> None:
    renamed = found(OperationIdChanged, REQUEST, location=AT, method="GET", path="/a", before="getA", after="readA")
    (strict,) = decide([renamed], client=client_profile("strict"))
    (generated,) = decide([renamed], client=client_profile("codegen"))
    assert (strict.level, generated.level) == (Level.DOCS, Level.BREAKING)


def test_generated_code_has_a_type_even_for_a_component_that_no_operation_meets() -> None:
    (finding,) = judge([ComponentRemoved(location=AT, section="schemas", name="Color")])
    (verdict,) = decide([finding], client=client_profile("codegen"))
    assert verdict.level is Level.BREAKING


def test_a_change_that_nobody_meets_stays_compatible_whatever_the_client() -> None:
    (finding,) = judge([PropertyRemoved(location=AT, name="email")])
    (verdict,) = decide([finding], client=client_profile("codegen"))
    assert verdict.level is Level.COMPATIBLE


def test_a_read_only_property_is_not_broken_again_by_a_client_profile(found: Found) -> None:
    finding = found(PropertyRemoved, REQUEST, location=AT, name="id", read_only=True)
    (verdict,) = decide([finding], client=client_profile("codegen"))
    assert verdict.level is Level.COMPATIBLE


OURS = """
title = "Ours"
description = "Generated with a case for unknown values."
extends = "codegen"

[options]
enum-unknown-default-case = true
"""


def test_an_option_of_a_generator_makes_new_enum_values_compatible(found: Found) -> None:
    finding = found(EnumValueAdded, RESPONSE, location=AT, value="blue")
    (shipped,) = decide([finding], client=client_profile("codegen"))
    (ours,) = decide([finding], client=client_profile_from(OURS, "ours"))
    assert (shipped.level, ours.level) == (Level.BREAKING, Level.COMPATIBLE)
    assert "enumUnknownDefaultCase" in ours.reasons[0]


def test_an_own_profile_has_the_last_word_over_the_one_it_extends(found: Found) -> None:
    text = OURS + '[[adjust]]\nrules = ["enum-*"]\nlevel = "risky"\nbecause = "we look at each."\n'
    profile = client_profile_from(text.replace("[options]\nenum-unknown-default-case = true\n", ""), "ours")
    (verdict,) = decide([found(EnumValueAdded, RESPONSE, location=AT, value="blue")], client=profile)
    assert verdict.level is Level.RISKY


HEAD = 'title = "t"\ndescription = "d"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "Invalid"),
        ("description = 'd'", "title"),
        (HEAD + "colour = 1", "colour"),
        (HEAD + '[[adjust]]\nrules = ["enum-value-added"]\nlevel = "fatal"\nbecause = "b"', r"adjust\[0\].level"),
        (HEAD + '[[adjust]]\nrules = ["enum-valu-added"]\nlevel = "docs"\nbecause = "b"', "mean 'enum-value-added'"),
        (HEAD + '[[adjust]]\nrules = ["nothing-*"]\nlevel = "docs"\nbecause = "b"', "nothing-"),
        (HEAD + '[[adjust]]\nrules = ["enum-added"]\ndirection = "up"\nlevel = "docs"\nbecause = "b"', "direction"),
        (HEAD + '[[adjust]]\nlevel = "docs"\nbecause = "b"', "either `rules` or `affects`"),
        (HEAD + 'extends = "codgen"', "mean 'codegen'"),
        (HEAD + "[options]\nanything = true", "no option 'anything'"),
    ],
)
def test_a_profile_that_is_wrong_says_what_and_where(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        client_profile_from(text, "mine.toml")
    assert "mine.toml" in str(caught.value)


def test_an_unknown_profile_names_the_known() -> None:
    with pytest.raises(UsageError, match="codegen, strict, tolerant-reader"):
        client_profile("lenient")
