"""Whatever the algebra says of two schemas, no value shows the contrary, and two validators agree on its witnesses."""

from __future__ import annotations

from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.algebra import Relation, relate
from tests.algebra.schemas import by_python, by_rust, pairs, schemas, values

CALM = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck), derandomize=True)
MIRROR = {Relation.NARROWED: Relation.WIDENED, Relation.WIDENED: Relation.NARROWED}


@CALM
@given(pairs(), st.integers(0, 1000))
def test_no_value_shows_the_contrary_of_a_relation(pair: tuple[Any, Any], seed: int) -> None:
    before, after = pair
    found = relate(before, after)
    was, now = by_rust(before), by_rust(after)
    for value in values(before, after, Random(seed)):
        lost, gained = was(value) and not now(value), now(value) and not was(value)
        if found.relation in (Relation.EQUAL, Relation.WIDENED):
            assert not lost, value
        if found.relation in (Relation.EQUAL, Relation.NARROWED):
            assert not gained, value
        if found.relation is Relation.DISJOINT:
            assert not (was(value) and now(value)), value


@CALM
@given(pairs())
def test_witnesses_hold_for_two_validators(pair: tuple[Any, Any]) -> None:
    before, after = pair
    found = relate(before, after)
    for shown, one, other in ((found.lost, before, after), (found.gained, after, before)):
        if shown is not None:
            for validator in (by_rust, by_python):
                assert validator(one)(shown.value)
                assert not validator(other)(shown.value)


@CALM
@given(pairs())
def test_a_relation_seen_from_the_other_side_is_its_mirror(pair: tuple[Any, Any]) -> None:
    there, back = relate(*pair).relation, relate(*pair[::-1]).relation
    if Relation.UNDECIDED not in (there, back):
        assert back is MIRROR.get(there, there)


@CALM
@given(schemas)
def test_a_schema_equals_itself(schema: Any) -> None:
    assert relate(schema, schema).relation is Relation.EQUAL


@pytest.mark.skipif(not hasattr(jsonschema_rs, "canonicalize"), reason="this jsonschema-rs does not decide inclusion")
@CALM
@given(pairs())
def test_another_prover_never_says_the_contrary(pair: tuple[Any, Any]) -> None:
    """jsonschema-rs decides inclusion too, in a way of its own; where both are sure they must agree."""
    before, after = (jsonschema_rs.canonicalize(each, validate_formats=True) for each in pair)
    found = relate(*pair)
    kept, covered = _covers(after, before), _covers(before, after)
    assert not (kept == "no" and found.relation in (Relation.EQUAL, Relation.WIDENED))
    assert not (covered == "no" and found.relation in (Relation.EQUAL, Relation.NARROWED))
    assert not (kept == "yes" and found.lost)
    assert not (covered == "yes" and found.gained)


def _covers(one: Any, other: Any) -> str:
    try:
        return str(one.covers(other))
    except jsonschema_rs.canonical.CanonicalizationError:
        return "unknown"
