"""jsonsubschema, which decides inclusion in a way of its own, on the part of JSON Schema where it is sound.

That is Draft 4 without `allOf`, `oneOf` of objects, `not`, references and newer words (its paper, ISSTA 2021, and what it
answers wrongly beyond). Where it says that a schema is not included in another, the engine must see a break.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from monitor.contract import Direction
from monitor.rules import Level
from tests.algebra.schemas import by_rust
from tests.oracle import generation, reading
from tests.oracle.exemptions import EXEMPTIONS, exempted, is_break
from tests.oracle.generation import Pair
from tests.oracle.judging import compared
from tests.oracle.values import values

jsonsubschema = pytest.importorskip("jsonsubschema", reason="jsonsubschema is not installed")

KNOWN = frozenset(
    {"type", "properties", "required", "items", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"}
    | {"additionalProperties", "description"}
)
NUMBER = 60


def pairs() -> Iterator[tuple[int, Pair]]:
    """The first pairs that say nothing else."""
    found, seed = 0, 0
    while found < NUMBER:
        pair = generation.pair(seed)
        if pair.before != pair.after and all(_is_known(side.schema) for side in (pair.before, pair.after)):
            found += 1
            yield seed, pair
        seed += 1


def _is_known(schema: Any) -> bool:
    if not isinstance(schema, dict) or not schema or not schema.keys() <= KNOWN or "type" not in schema:
        return False
    additional = schema.get("additionalProperties", True)
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return isinstance(additional, bool) and all(map(_is_known, inner))


def _draft_4(schema: Any) -> Any:
    """In its words: without unions nothing is evaluated elsewhere."""
    if isinstance(schema, list):
        return [_draft_4(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _draft_4(value) for key, value in schema.items()}
    if found.pop("unevaluatedProperties", True) is False:
        found["additionalProperties"] = False
    return {key: value for key, value in found.items() if value != [] or key != "required"}


def _included(one: Any, other: Any) -> bool | None:
    """What it says; None where it does not get to the end."""
    try:
        return bool(jsonsubschema.isSubschema(_draft_4(one), _draft_4(other)))
    except Exception:  # it has many, of many kinds
        return None


def test_what_it_calls_a_break_the_engine_does_not_call_compatible() -> None:
    said = {True: 0, False: 0, None: 0}
    for seed, pair in pairs():
        engine = compared(pair)
        for direction in (Direction.REQUEST, Direction.RESPONSE):
            sides = [reading.plain(side, direction) for side in (pair.before, pair.after)]
            one, other = sides if direction is Direction.REQUEST else sides[::-1]
            included = _included(one, other)
            said[included] += 1
            shown = [
                value
                for value in values(*sides, Random(seed))
                if is_break(direction, *(by_rust(side)(value) for side in sides))
            ]
            if included:
                assert not shown, f"{pair}\n{shown[0]}"
            elif included is False and not any(exempted(direction, *sides, value, EXEMPTIONS) for value in shown):
                assert engine.level(direction).rank <= Level.RISKY.rank, f"seed {seed}, {direction}\n{pair}"
    assert said[True] > 15, said
    assert said[False] > 15, said
