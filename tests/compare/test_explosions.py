"""Documents made to explode: each comparison ends with a result or a clear error, within a bounded memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.compare import Budget, compare
from monitor.errors import BudgetExceeded
from monitor.reading import contract_of, read

Json = dict[str, Any]

MEMORY = 1_500_000_000
"""Bytes of address space that the whole process may take."""

LEAF = {"type": "object", "properties": {"leaf": {"type": "string", "maxLength": 9}}}
OTHER_LEAF = {"type": "object", "properties": {"leaf": {"type": "string", "maxLength": 5}}}


def to(number: int) -> Json:
    return {"$ref": f"#/components/schemas/C{number}"}


def document(components: dict[str, Json], *, operations: int = 1) -> Json:
    content = {"application/json": {"schema": to(0)}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "", "content": content}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {f"/things/{number}": {"post": operation} for number in range(operations)},
        "components": {"schemas": components},
    }


def objects_that_meet_each_other(leaf: Json) -> Json:
    """Forty objects, each with a property for every one of them."""
    return document({f"C{i}": {"properties": {"leaf": leaf, **{f"p{j}": to(j) for j in range(40)}}} for i in range(40)})


def unions_of_each_other(leaf: Json) -> Json:
    """Thirty unions of variants that lead to all thirty."""
    return document(
        {
            f"C{i}": {"oneOf": [{"properties": {f"p{i}-{j}": to(j), "leaf": leaf}, "title": f"{j}"} for j in range(30)]}
            for i in range(30)
        }
    )


def unions_of_lists_of_themselves(leaf: Json) -> Json:
    """Unions within unions, nothing in them has a name."""
    inner = {"anyOf": [{"type": "array", "items": to(j)} for j in range(20)]}
    return document({f"C{i}": {"oneOf": [inner, {"type": "object", "properties": {"a": leaf}}]} for i in range(20)})


def ten_thousand_components(leaf: Json) -> Json:
    """An object of ten thousand components, each of which differs."""
    named = {f"C{i}": {"properties": {f"leaf{i}": leaf}} for i in range(1, 10_001)}
    return document({"C0": {"properties": {name: {"$ref": f"#/components/schemas/{name}"} for name in named}}, **named})


def a_chain_of_components(leaf: Json) -> Json:
    """Three hundred components in a ring, each of which differs."""
    return document({f"C{i}": {"properties": {"next": to((i + 1) % 300), f"leaf{i}": leaf}} for i in range(300)})


def two_hundred_variants(leaf: Json) -> Json:
    """A union of two hundred variants without names that are much alike."""
    variants = [{"type": "object", "properties": {f"p{(i + j) % 200}": leaf for j in range(20)}} for i in range(200)]
    return document({"C0": {"oneOf": variants}})


def two_hundred_named_variants(leaf: Json) -> Json:
    """A union of two hundred components that have other names on the other side."""
    turn = 0 if leaf is LEAF else 1000
    named = {f"C{i + turn}": {"properties": {f"p{(i + j) % 200}": leaf for j in range(20)}} for i in range(1, 201)}
    return document({"C0": {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in named]}, **named})


def all_of_diamonds(leaf: Json) -> Json:
    """Twenty floors of `allOf`, each with two ways to the next: a million ways to the ground."""
    floors = {f"C{i}": {"allOf": [{"allOf": [to(i + 1)], "minProperties": i}, to(i + 1)]} for i in range(20)}
    return document({**floors, "C20": leaf})


def property_diamonds(leaf: Json) -> Json:
    """Twenty floors of properties, each with two ways to the next, optional and nullable."""
    floors = {
        f"C{i}": {"properties": {"a": {"anyOf": [to(i + 1), {"type": "null"}]}, "b": {"allOf": [to(i + 1)]}}}
        for i in range(20)
    }
    return document({**floors, "C20": leaf})


def union_diamonds(leaf: Json) -> Json:
    """Twenty floors of unions, each with two variants that hold the next floor."""
    floors = {
        f"C{i}": {"oneOf": [{"properties": {"a": to(i + 1)}}, {"properties": {"b": to(i + 1)}}]} for i in range(20)
    }
    return document({**floors, "C20": leaf})


def written_out_diamonds(leaf: Json) -> Json:
    """A schema that is nested a hundred deep, in three ways by turns."""
    schema = leaf
    for floor in range(100):
        wrapped: list[Json] = [
            {"type": "array", "items": schema},
            {"properties": {"a": schema}},
            {"allOf": [schema, {"minProperties": 1}]},
        ]
        schema = wrapped[floor % 3]
    return document({"C0": schema})


def mutual_recursion(leaf: Json) -> Json:
    """Three schemas, each made of the two others in every way that there is."""
    return document(
        {
            f"C{i}": {
                "properties": {"a": to((i + 1) % 3), "b": {"type": "array", "items": to((i + 2) % 3)}, "leaf": leaf},
                "additionalProperties": to((i + 1) % 3),
                "anyOf": [{"properties": {"c": to((i + 2) % 3)}}, {"required": ["a"], "properties": {"d": to(i)}}],
            }
            for i in range(3)
        }
    )


def references_in_a_ring(leaf: Json) -> Json:
    """A thousand components that are nothing but the next one, and one `allOf` of itself."""
    ring = {f"C{i}": to((i + 1) % 1000) for i in range(1000)}
    return document({**ring, "C500": {"allOf": [to(501), leaf, to(500)]}})


def conditions_on_each_other(leaf: Json) -> Json:
    """Keywords whose sense turns round, each leading to all of twelve schemas."""
    return document(
        {
            f"C{i}": {
                "properties": {"leaf": leaf},
                "not": {"properties": {"a": to((i + 1) % 12)}},
                "if": {"properties": {"b": to((i + 2) % 12)}},
                "then": to((i + 3) % 12),
                "else": {"not": {"not": to((i + 4) % 12)}},
                "contains": to((i + 5) % 12),
                "propertyNames": {"not": to((i + 6) % 12)},
                "patternProperties": {"^x": to((i + 7) % 12)},
                "dependentSchemas": {"leaf": to((i + 8) % 12)},
                "unevaluatedProperties": to((i + 9) % 12),
            }
            for i in range(12)
        }
    )


def not_of_not(leaf: Json) -> Json:
    """A chain of three hundred schemas, each refused by the one before."""
    return document({**{f"C{i}": {"not": to(i + 1)} for i in range(300)}, "C300": leaf})


def written_out_conditions(leaf: Json) -> Json:
    """Forty conditions inside each other, by turns of each kind."""
    schema = leaf
    for floor in range(40):
        wrapped: list[Json] = [
            {"not": {"properties": {"a": schema}}},
            {"if": {"required": ["a"]}, "then": schema},
            {"if": schema, "then": {"required": ["b"]}},
            {"contains": schema, "minContains": 2},
            {"unevaluatedProperties": {"not": schema}},
            {"propertyNames": schema},
        ]
        schema = wrapped[floor % len(wrapped)]
    return document({"C0": schema})


def five_thousand_operations(leaf: Json) -> Json:
    """One definition that five thousand operations meet both ways."""
    return document({"C0": leaf}, operations=5000)


def many_edits_met_by_many_operations(leaf: Json) -> Json:
    """A ring of thirty definitions that all differ, met by a thousand operations."""
    chain = {f"C{i}": {"properties": {f"leaf{i}": leaf, "next": to((i + 1) % 30)}} for i in range(30)}
    return document(chain, operations=1000)


EXPLOSIVES: list[Callable[[Json], Json]] = [
    objects_that_meet_each_other, unions_of_each_other, unions_of_lists_of_themselves, ten_thousand_components,
    a_chain_of_components,     two_hundred_variants, two_hundred_named_variants, all_of_diamonds, property_diamonds, union_diamonds,
    written_out_diamonds, mutual_recursion, references_in_a_ring, conditions_on_each_other, written_out_conditions, not_of_not,
    five_thousand_operations, many_edits_met_by_many_operations,
]  # fmt: skip


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.timeout(150)
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, id=make.__name__, marks=pytest.mark.slow if make is ten_thousand_components else ())
        for make in EXPLOSIVES
    ],
)
def test_a_document_made_to_explode_ends_with_a_result_or_a_clear_error(
    make: Callable[[Json], Json], tmp_path: Path
) -> None:
    files = tmp_path / "before.json", tmp_path / "after.json"
    for file, leaf in zip(files, (LEAF, OTHER_LEAF), strict=True):
        file.write_text(json.dumps(make(leaf)), encoding="utf-8")
    command = [sys.executable, "-m", "monitor", "diff", *map(str, files), "--format", "json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, preexec_fn=limited, check=False)
    assert "Traceback" not in ended.stderr
    if ended.stdout:
        assert ended.stderr == ""
        assert json.loads(ended.stdout)["changes"]
    else:
        assert "the comparison was stopped" in ended.stderr
        assert ended.returncode not in (0, 1)


def compared(make: Callable[[Json], Json], budget: Budget) -> None:
    sides = (contract_of(read(json.dumps(make(leaf)).encode(), source="made.json")) for leaf in (LEAF, OTHER_LEAF))
    compare(*sides, budget=budget)


@pytest.mark.parametrize("make", [ten_thousand_components, unions_of_each_other, mutual_recursion])
def test_a_comparison_ends_when_its_pairs_of_schemas_are_spent(make: Callable[[Json], Json]) -> None:
    with pytest.raises(BudgetExceeded, match="after 5 pairs of schemas"):
        compared(make, Budget(nodes=5))


def test_a_comparison_ends_when_its_time_is_spent() -> None:
    times = iter(range(0, 1000, 40))
    with pytest.raises(BudgetExceeded, match="after 60 seconds"):
        compared(ten_thousand_components, Budget(clock=lambda: float(next(times))))


def test_a_budget_says_what_can_be_done_when_it_is_spent() -> None:
    with pytest.raises(BudgetExceeded) as raised:
        compared(mutual_recursion, Budget(nodes=1))
    assert "raise it" in str(raised.value.advice)
