"""Samples fit their schema, by two validators, and are the same for the same seed."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.algebra import Relation, Sample, Sampler, Undecided, plain_schema, relate, sample
from monitor.contract import Direction, Node
from monitor.reading import contract_of, read
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


DOCUMENT = b"""
openapi: 3.0.3
info: {title: Trees, version: '1'}
paths: {}
components:
  schemas:
    Tree:
      type: object
      required: [kind, height]
      properties:
        kind: {type: string, x-extensible-enum: [oak, ash]}
        height: {type: integer, minimum: 3}
        below: {type: array, items: {$ref: '#/components/schemas/Tree'}}
    Lost: {$ref: '#/components/schemas/Nowhere'}
"""


def schema_of(name: str) -> tuple[Sampler, Node]:
    contract = contract_of(read(DOCUMENT))
    return Sampler(contract, Direction.RESPONSE), contract.at(f"/components/schemas/{name}")


def test_a_sampler_samples_as_the_plain_schema_is_sampled() -> None:
    sampler, tree = schema_of("Tree")
    plain = plain_schema(contract_of(read(DOCUMENT)), tree, Direction.RESPONSE)
    for seed in (None, 1, 2):
        found = sampler.sample(tree, seed, full=True)
        assert found == sample(plain, seed, full=True)
        assert isinstance(found, Sample)
        assert by_python(plain)(found.value)


def test_an_extensible_list_of_values_is_shown() -> None:
    sampler, tree = schema_of("Tree")
    assert sampler.sample(tree) == Sample({"kind": "oak", "height": 3})


def test_examples_that_stand_elsewhere_are_shown_first() -> None:
    sampler, tree = schema_of("Tree")
    assert sampler.sample(tree, shown=[{"kind": "elm", "height": 7}]) == Sample({"kind": "elm", "height": 7})


def test_a_sampler_tells_what_fits() -> None:
    sampler, tree = schema_of("Tree")
    assert sampler.fits(tree, {"kind": "oak", "height": 3, "below": []})
    assert not sampler.fits(tree, {"kind": "oak", "height": 2})


def test_a_schema_that_cannot_be_followed_has_no_sample_and_nothing_fits_it() -> None:
    sampler, lost = schema_of("Lost")
    found = sampler.sample(lost)
    assert isinstance(found, Undecided)
    assert "leads nowhere" in found.why
    assert not sampler.fits(lost, 1)


def test_of_a_schema_that_accepts_nothing_it_is_said() -> None:
    found = sample({"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 2, "maximum": 1}})
    assert found == Undecided("there is none: the schema accepts no value at all")


def test_what_is_not_sent_is_in_no_sample() -> None:
    schema = {"type": "object", "properties": {"id": {"readOnly": True}, "name": {"type": "string"}}}
    assert sample(schema, full=True) == Sample({"name": "text"})
    for seed in range(20):
        found = sample(schema, seed)
        assert isinstance(found, Sample)
        assert isinstance(found.value, dict)
        assert "id" not in found.value
    assert sample({**schema, "minProperties": 1}) == Sample({"name": "text"})
