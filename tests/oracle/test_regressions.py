"""Each pair on which a verdict was unsound once: a value still shows the break, and the engine sees it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.contract import Direction
from monitor.rules import Level
from tests.algebra.schemas import by_python, by_rust
from tests.oracle import reading
from tests.oracle.exemptions import is_break
from tests.oracle.generation import Pair, Side
from tests.oracle.judging import compared, contract, judged, judged_parameter, parameter, plain_schema
from tests.oracle.values import values

CASES = tomllib.loads(Path(__file__).with_name("regressions").joinpath("pairs.toml").read_text(encoding="utf-8"))[
    "pair"
]
BODIES = [case for case in CASES if case["direction"] != "parameter"]
PARAMETERS = [case for case in CASES if case["direction"] == "parameter"]


SIDES = ("before", "after")


def _pair(case: dict[str, str]) -> Pair:
    components = case.get("components", "{}")
    held = components, case.get("components_after", components)
    before, after = (Side(json.loads(case[side]), json.loads(each)) for side, each in zip(SIDES, held, strict=True))
    return Pair(before, after)


@pytest.mark.parametrize("case", BODIES, ids=lambda case: case["name"])
def test_what_was_unsound_once_is_called_risky_at_least(case: dict[str, str]) -> None:
    pair, direction = _pair(case), Direction(case["direction"])
    assert compared(pair).level(direction).rank <= Level.RISKY.rank, compared(pair).said(direction)
    assert not judged(pair, 0).faults


@pytest.mark.parametrize("case", BODIES, ids=lambda case: case["name"])
def test_two_validators_show_the_break(case: dict[str, str]) -> None:
    pair, direction = _pair(case), Direction(case["direction"])
    sides = [reading.plain(side, direction) for side in (pair.before, pair.after)]
    shown = [value for value in values(*sides, Random(0)) if is_break(direction, *_fits(by_rust, sides, value))]
    assert any(is_break(direction, *_fits(by_python, sides, value)) for value in shown)


def _fits(validator: Any, sides: list[Any], value: Any) -> list[bool]:
    return [validator(side)(value) for side in sides]


@pytest.mark.parametrize("case", PARAMETERS, ids=lambda case: case["name"])
def test_a_parameter_that_was_unsound_once_is_called_risky_at_least(case: dict[str, str]) -> None:
    pair = _pair(case)
    assert compared(pair, parameter).level(Direction.REQUEST).rank <= Level.RISKY.rank
    assert not judged_parameter(pair, 0)


def test_a_type_beside_a_union_with_a_boolean_branch_is_compared() -> None:
    union = {"anyOf": [False, {"type": "number", "maximum": 3}]}
    pair = Pair(Side(union, {}), Side({**union, "type": "string"}, {}))
    assert compared(pair).level(Direction.REQUEST) is Level.BREAKING


def test_a_property_that_is_nothing_but_itself_is_read_in_finite_time() -> None:
    itself = Side({"properties": {"a": {"$ref": "#/components/schemas/A"}}}, {"A": {"$ref": "#/components/schemas/A"}})
    document = contract(
        {
            "openapi": "3.1.0",
            "info": {},
            "paths": {},
            "components": {"schemas": {**itself.components, "S": itself.schema}},
        }
    )
    found = plain_schema(document, document.at("/components/schemas/S"), Direction.REQUEST)
    assert found["$defs"] == {"A": {"$ref": "#/$defs/A"}}
