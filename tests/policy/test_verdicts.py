"""Verdicts: their order, and the fingerprint that tells one from another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.compare.changes import (
    BoundDecreased,
    EnumValueAdded,
    Location,
    PropertyRemoved,
    TypeChanged,
    Unclassified,
)
from monitor.contract import Direction
from monitor.policy import ClientProfile, client_profile, decide, fingerprint, without_indexes
from monitor.rules import Finding, judge

Found = Callable[..., Finding]
SCHEMA = "/components/schemas/Thing"


def bound(pointer: str = SCHEMA, keyword: str = "maxLength", before: int = 9, after: int = 5) -> Finding:
    change = BoundDecreased(location=Location(pointer, pointer), keyword=keyword, before=before, after=after)
    (finding,) = judge([change])
    return finding


def value(pointer: str, of: str = "blue") -> Finding:
    (finding,) = judge([EnumValueAdded(location=Location(None, pointer), value=of)])
    return finding


@given(st.permutations(["a", "b", "c", "d"]))
def test_verdicts_come_worst_first_then_by_place_in_whatever_order_they_are_found(names: list[str]) -> None:
    from monitor.contract import OperationRef, Site

    site = Site(OperationRef("/things", "GET"), Direction.RESPONSE)
    changes = [
        PropertyRemoved(location=Location(f"/{name}", None), name=name, required=name in "bd", sites=(site,))
        for name in names
    ]
    verdicts = decide(judge(changes), client=client_profile("strict"))
    assert [verdict.finding.change.location.before for verdict in verdicts] == ["/b", "/d", "/a", "/c"]


def test_a_fingerprint_is_sixteen_hexadecimal_digits_and_the_same_each_time() -> None:
    assert fingerprint(bound()) == fingerprint(bound())
    assert len(fingerprint(bound())) == 16
    assert int(fingerprint(bound()), 16) >= 0


def test_a_fingerprint_outlives_a_reordering() -> None:
    assert fingerprint(value(f"{SCHEMA}/enum/2")) == fingerprint(value(f"{SCHEMA}/enum/0"))
    assert fingerprint(bound(f"{SCHEMA}/oneOf/0")) == fingerprint(bound(f"{SCHEMA}/oneOf/3"))
    (one, other) = judge(
        TypeChanged(location=Location(SCHEMA, SCHEMA), before=types, after=["object"])
        for types in (["integer", "string"], ["string", "integer"])
    )
    assert fingerprint(one) == fingerprint(other)


def test_a_fingerprint_tells_apart_rule_place_and_arguments() -> None:
    findings = [
        bound(),
        bound(keyword="maximum"),
        bound(after=4),
        bound(before=8),
        bound("/components/schemas/Other"),
        value(f"{SCHEMA}/enum/2"),
        value(f"{SCHEMA}/enum/2", "green"),
    ]
    assert len({fingerprint(finding) for finding in findings}) == len(findings)


def test_a_fingerprint_knows_nothing_of_words_that_specwatch_made() -> None:
    first = judge([Unclassified(location=Location(SCHEMA, SCHEMA), keyword="not", details=("Value changed.",))])[0]
    second = judge([Unclassified(location=Location(SCHEMA, SCHEMA), keyword="not", details=("Other words.",))])[0]
    assert fingerprint(first) == fingerprint(second)
    assert fingerprint(replace(first, message="Another message.")) == fingerprint(first)


def test_a_fingerprint_does_not_depend_on_who_reaches_the_place(found: Found, strict: ClientProfile) -> None:
    at = {"location": Location(SCHEMA, SCHEMA), "name": "color"}
    verdicts = decide([found(PropertyRemoved, **at), found(PropertyRemoved, Direction.REQUEST, **at)], client=strict)
    assert len({verdict.fingerprint for verdict in verdicts}) == 1


@pytest.mark.parametrize(
    ("pointer", "bare"),
    [
        ("", ""),
        ("/components/schemas/A/enum/12", "/components/schemas/A/enum"),
        ("/components/schemas/A/allOf/0/properties/a", "/components/schemas/A/allOf/properties/a"),
        ("/paths/~1a/get/parameters/3/schema", "/paths/~1a/get/parameters/schema"),
        ("/paths/~1a/get/responses/200/content", "/paths/~1a/get/responses/200/content"),
        ("/paths/~1a/get/security/0/token/1", "/paths/~1a/get/security/token"),
        ("/servers/1", "/servers"),
        # Names that look like keywords and indexes are names.
        ("/components/schemas/A/properties/enum/0", "/components/schemas/A/properties/enum/0"),
        ("/components/schemas/A/properties/7/type", "/components/schemas/A/properties/7/type"),
        ("/paths/~1a~1{b~0c}/get/tags/0", "/paths/~1a~1{b~0c}/get/tags"),
    ],
)
def test_a_place_without_indexes_keeps_its_names(pointer: str, bare: str) -> None:
    assert without_indexes(pointer) == bare
