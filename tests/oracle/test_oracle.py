"""No value shows a break where the engine sees none, on pairs that no one chose; and few breaks have no value.

The short run of what `make soak` does at length. Validators judge the values (jsonschema-rs, and jsonschema on some), on
two conversions to plain JSON Schema that have nothing in common.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from monitor.contract import Direction
from tests.algebra.schemas import by_python, by_rust
from tests.oracle import corpus, generation, reading
from tests.oracle.generation import Pair
from tests.oracle.shrinking import shrunk
from tests.oracle.tally import Tally, from_seed, run, run_parameters
from tests.oracle.values import values


@pytest.fixture(scope="module")
def tally() -> Tally:
    found = Tally()
    run(from_seed(generation.pair, 0, 800), found)
    return found


def test_no_value_shows_a_break_where_the_engine_sees_none(tally: Tally) -> None:
    assert not tally.faults, "\n\n".join(tally.faults)


def test_no_value_shows_a_break_where_names_are_listed_that_others_speak_of() -> None:
    found = Tally()
    run(from_seed(generation.listing_pair, 0, 400), found)
    assert not found.faults, "\n\n".join(found.faults)


def test_breaks_that_no_value_shows_are_under_three_in_a_hundred(tally: Tally) -> None:
    assert tally.breaks > 500
    assert tally.undecided / tally.breaks < 0.03, str(tally)


def test_few_pairs_have_a_schema_of_nothing_and_few_breaks_hurt_nobody(tally: Tally) -> None:
    assert not tally.drifts, str(tally)


def test_a_generator_that_drifts_into_schemas_of_nothing_is_told() -> None:
    assert not Tally(breaks=1_000, contradictory=250, needless=50).drifts
    assert len(Tally(breaks=1_000, contradictory=251, needless=51).drifts) == 2


def test_no_text_shows_a_break_of_a_parameter_where_the_engine_sees_none() -> None:
    found = Tally()
    run_parameters(from_seed(generation.scalar_pair, 0, 800), found)
    assert not found.faults, "\n\n".join(found.faults)


@pytest.mark.corpus
def test_no_value_shows_a_break_of_a_real_definition_where_the_engine_sees_none(shared: Path) -> None:
    sides, found = corpus.definitions(shared / "corpus"), Tally()
    run(from_seed(lambda seed: corpus.pair(sides, seed), 0, 60), found)
    assert not found.faults, "\n\n".join(found.faults)


def test_two_validators_agree_on_the_values() -> None:
    for seed in range(60):
        pair = generation.pair(seed)
        for side in (pair.before, pair.after):
            plain = reading.plain(side, Direction.REQUEST)
            one, other = by_rust(plain), by_python(plain)
            for value in values(plain, plain, Random(seed))[::4]:
                assert one(value) == other(value), (plain, value)


def test_a_pair_of_a_seed_is_the_same_each_time() -> None:
    assert generation.pair(7) == generation.pair(7)
    assert generation.pair(7) != generation.pair(8)


def test_samples_stand_on_both_sides_of_a_bound() -> None:
    before, after = {"type": "string", "maxLength": 100}, {"type": "string", "maxLength": 50}
    lengths = {len(value) for value in values(before, after, Random(0)) if isinstance(value, str)}
    assert {50, 51, 100, 101} <= lengths


def test_a_pair_is_made_small_as_long_as_it_shows_what_it_showed() -> None:
    def shows(pair: Pair) -> bool:
        sides = (pair.before.schema, pair.after.schema)
        return [side["properties"]["a"].get("maxLength") for side in sides] == [5, 4]

    def side(most: int) -> generation.Side:
        schema = {"type": "object", "properties": {"a": {"type": "string", "maxLength": most}, "b": {}}}
        return generation.Side(schema, {"User": {"type": "object"}})

    small = shrunk(Pair(side(5), side(4)), shows)
    assert small.before == generation.Side({"properties": {"a": {"maxLength": 5}}}, {})
