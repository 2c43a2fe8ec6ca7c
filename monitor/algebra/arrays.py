"""Sets of arrays: a list of first items, all other items, a number of items, and whether they differ.

JSON Schema 2020-12 core, section 10.3.1, and validation, section 6.4. What `contains` and `unevaluatedItems` ask for is
opaque.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from monitor.algebra.shape import Shape, all_of
from monitor.algebra.world import ANYTHING, Term, World
from monitor.values import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays(Shape):
    """Arrays of `least` to `most` items (None: without end): `prefix` for the first, `rest` for all others."""

    kind: ClassVar[str] = "array"
    prefix: tuple[Term, ...] = ()
    rest: Term = ANYTHING
    least: int = 0
    most: int | None = None
    unique: bool = False

    def item(self, index: int) -> Term:
        """What the item at a place must be."""
        return self.prefix[index] if index < len(self.prefix) else self.rest


def of_schema(world: World, schema: JsonObject) -> Arrays:
    """The arrays that the keywords of one schema leave."""
    opaque = set[tuple[str, ...]]()
    if "contains" in schema:
        number = ",".join(map(str, world.term(schema["contains"])))
        opaque.add(("contains", number, str(schema.get("minContains", 1)), str(schema.get("maxContains", ""))))
    if "unevaluatedItems" in schema:
        opaque.add(("unevaluatedItems", ",".join(map(str, world.term(schema)))))
    return Arrays(
        prefix=tuple(world.term(each) for each in schema.get("prefixItems", ())),
        rest=world.term(schema["items"]) if "items" in schema else ANYTHING,
        least=schema.get("minItems", 0),
        most=schema.get("maxItems"),
        unique=schema.get("uniqueItems", False),
        opaque=frozenset(opaque),
    )


def both(one: Term, other: Term) -> Term:
    """The term of what fits two terms."""
    return one if not other or one == other else other if not one else tuple(sorted({*one, *other}))


def meet(one: Arrays, other: Arrays) -> Arrays:
    """The arrays of both."""
    ends = [each.most for each in (one, other) if each.most is not None]
    excluded, opaque = all_of(one, other)
    return Arrays(
        prefix=tuple(
            both(one.rest if mine is None else mine, other.rest if yours is None else yours)
            for mine, yours in zip_longest(one.prefix, other.prefix)
        ),
        rest=both(one.rest, other.rest),
        least=max(one.least, other.least),
        most=min(ends) if ends else None,
        unique=one.unique or other.unique,
        excluded=excluded,
        opaque=opaque,
    )


def is_empty(shape: Arrays, nothing: Callable[[Term], bool]) -> bool:
    """Whether there is no such array; `nothing` tells of a term that it has no values."""
    if shape.most is not None and shape.least > shape.most:
        return True
    needed = range(min(shape.least, len(shape.prefix) + 1))
    return any(nothing(shape.item(index)) for index in needed)


def longest(shape: Arrays, nothing: Callable[[Term], bool]) -> int | None:
    """The most items that such an array has; None: without end."""
    for index in range(len(shape.prefix) + 1):
        if shape.most is not None and index >= shape.most:
            return shape.most
        if nothing(shape.item(index)):
            return index
    return shape.most


def within(one: Arrays, other: Arrays, fits: Callable[[Term, Term], bool], nothing: Callable[[Term], bool]) -> bool:
    """Whether all of the first are of the second. `fits`: whether a term is within another."""
    most = one.most if one.most is not None and one.most <= 1 else longest(one, nothing)
    if one.least < other.least or (other.most is not None and (most is None or most > other.most)):
        return False
    if other.unique and not one.unique and (most is None or most > 1):
        return False
    places = max(len(one.prefix), len(other.prefix)) + 1
    return all(
        fits(one.item(index), other.item(index)) for index in range(places if most is None else min(most, places))
    )
