"""Unions: an object that no single branch accepts whole may be accepted by several together.

`{"kind": "a" or "b"}` is within "objects of kind a" or "objects of kind b": it is split at a property into parts that
one branch each may have. Which values of the property there are, or whether it is there at all, decides the parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.algebra.arrays import both
from monitor.algebra.expansion import Expansion
from monitor.algebra.objects import Objects
from monitor.algebra.shape import Values
from monitor.algebra.world import Term
from monitor.values import JsonValue

_MOST_PARTS = 24
_MOST_WAYS = 6
_KINDS = ("null", "boolean", "number", "string", "array", "object")

Parts = list[tuple[Objects, Term]]
"""Shapes that together are a shape, each with a term that it is within."""


def splits(expansion: Expansion, shape: Objects, branches: Sequence[Objects]) -> Iterator[Parts]:
    """Ways to split an object so that parts of it may be within one of the branches each."""
    if len(branches) < 2:
        return
    world, ways = expansion.world, 0
    names = dict.fromkeys(name for branch in branches for name in branch.mentioned())
    for name in sorted(names, key=lambda each: (each not in shape.required, each)):
        terms = {branch.at(world, name) for branch in branches}
        demands = {name in branch.required for branch in branches}
        parts = _at(expansion, shape, name) if len(terms) + len(demands) > 2 else []
        if 2 <= len(parts) <= _MOST_PARTS:
            ways += 1
            yield parts
        if ways >= _MOST_WAYS:
            return


def _at(expansion: Expansion, shape: Objects, name: str) -> Parts:
    """The shape without a property, and with each value, or each type of value, that it may have."""
    world, own = expansion.world, shape.at(expansion.world, name)
    parts: Parts = []
    if name not in shape.required:
        absent: JsonValue = False
        parts.append(_part(expansion, shape, name, absent, required=False))
    kinds = expansion.shapes(own)
    if all(isinstance(each, Values) for each in kinds):
        values = [value for each in kinds if isinstance(each, Values) for value in each.values]
        schemas: list[JsonValue] = [{"const": value} for value in values if world.valid(own, value)]
    else:
        schemas = [{"type": name} for name in _KINDS] if len({type(each) for each in kinds}) > 1 else [True]
    return [*parts, *(_part(expansion, shape, name, schema, required=True) for schema in schemas)]


def _part(
    expansion: Expansion, shape: Objects, name: str, schema: JsonValue, *, required: bool
) -> tuple[Objects, Term]:
    world = expansion.world
    named = {**shape.named, name: both(shape.named.get(name, ()), world.term(schema))}
    demand = {"required": [name]} if required else {}
    part = replace(shape, named=named, required=shape.required | {name} if required else shape.required)
    return part, world.term({"properties": {name: schema}, **demand})
