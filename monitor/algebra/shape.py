"""What every shape has: the values of one JSON type that a set of constraints leaves.

A schema is a union of shapes (monitor/algebra/expansion.py). A shape is exact: what its own fields cannot say stands in
`excluded`, schemas that its values must not fit, and in `opaque`, constraints that are only compared by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from monitor.algebra.world import Term
from monitor.values import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Values of one kind: `number`, `string`, `array`, `object`; or listed values of any kind (`Values`)."""

    kind: ClassVar[str] = ""
    excluded: frozenset[Term] = frozenset()
    opaque: frozenset[tuple[str, ...]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Values(Shape):
    """At most these values: which of them fit all the rest of the schema, the validator says."""

    kind: ClassVar[str] = "values"
    values: tuple[JsonValue, ...] = ()


def all_of(one: Shape, other: Shape) -> tuple[frozenset[Term], frozenset[tuple[str, ...]]]:
    """What is excluded and what is opaque where both hold."""
    return one.excluded | other.excluded, one.opaque | other.opaque


def kind_of(value: JsonValue) -> str:
    """The kind of shape that a value is of; `values` for null and booleans, of which there are three."""
    if value is None or isinstance(value, bool):
        return "values"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int | float):
        return "number"
    return "array" if isinstance(value, list) else "object"
