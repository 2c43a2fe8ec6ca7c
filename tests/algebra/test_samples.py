"""Samples fit their schema, by two validators, and are the same for the same seed."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.algebra import Relation, Sample, Undecided, relate, sample
from tests.algebra.schemas import by_python, by_rust, schemas

USER: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string", "examples": ["Ada"]},
        "role": {"enum": ["owner", "guest"]},
        "friends": {"type": "array", "items": {"$ref": "#/$defs/User"}},
    },
}
SCHEMA = {"$ref": "#/$defs/User", "$defs": {"User": USER}}


@settings(deadline=None, max_examples=120, derandomize=True, suppress_health_check=list(HealthCheck))
@given(schemas, st.one_of(st.none(), st.integers(0, 99)), st.booleans())
def test_a_sample_fits_its_schema(schema: Any, seed: int | None, full: bool) -> None:
    found = sample(schema, seed, full=full)
    if isinstance(found, Sample):
        assert by_rust(schema)(found.value)
        assert by_python(schema)(found.value)
        assert sample(schema, seed, full=full) == found


def test_the_plainest_sample_has_what_is_required() -> None:
    assert sample(SCHEMA) == Sample({"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6"})


def test_a_full_sample_has_what_is_listed() -> None:
    found = sample(SCHEMA, full=True)
    assert isinstance(found, Sample)
    assert isinstance(found.value, dict)
    assert list(found.value) == ["id", "name", "role", "friends"]
    assert found.value["name"] == "Ada"


def test_seeds_give_different_samples() -> None:
    found = {str(sample(SCHEMA, seed)) for seed in range(20)}
    assert len(found) == 20


def test_a_schema_that_accepts_nothing_has_no_sample() -> None:
    nothing = {"type": "integer", "minimum": 2, "maximum": 1}
    assert isinstance(sample(nothing), Undecided)
    assert relate(nothing, {"not": {}}).relation is Relation.EQUAL


def test_a_list_of_different_items_is_filled() -> None:
    found = sample({"type": "array", "items": {"type": "string"}, "minItems": 4, "uniqueItems": True})
    assert isinstance(found, Sample)
    assert isinstance(found.value, list)
    assert len(set(found.value)) == 4
