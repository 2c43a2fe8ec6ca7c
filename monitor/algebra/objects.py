"""Sets of objects: a term for each property, by name and by pattern, for all others, and what is required.

JSON Schema 2020-12 core, sections 10.3.2 and 11.3, and validation, section 6.5. `propertyNames` is opaque.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, combinations
from typing import ClassVar

from monitor.algebra.arrays import both
from monitor.algebra.shape import Shape, all_of
from monitor.algebra.world import ANYTHING, Term, World
from monitor.values import JsonObject

_MOST_PATTERNS = 5


@dataclass(frozen=True, slots=True)
class Rest:
    """What all properties must be but those of these names, and those that match one of these patterns."""

    names: frozenset[str]
    patterns: frozenset[str]
    term: Term


@dataclass(frozen=True, slots=True)
class Looked:
    """The properties that keywords have looked at, so that they are not *unevaluated* (core, section 11.3)."""

    names: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    all: bool = False

    def __or__(self, other: Looked) -> Looked:
        return Looked(self.names | other.names, self.patterns | other.patterns, self.all or other.all)

    def __le__(self, other: Looked) -> bool:
        return other.all or (not self.all and self.names <= other.names and self.patterns <= other.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects(Shape):
    """Objects of `least` to `most` properties (None: without end) that have all of `required`."""

    kind: ClassVar[str] = "object"
    named: Mapping[str, Term] = field(default_factory=dict)
    matching: Mapping[str, Term] = field(default_factory=dict)
    rests: tuple[Rest, ...] = ()
    required: frozenset[str] = frozenset()
    least: int = 0
    most: int | None = None
    looked: Looked = Looked()

    def mentioned(self) -> list[str]:
        """The names that any constraint speaks of, in the document's order."""
        return list(
            dict.fromkeys(chain(self.named, sorted(self.required), *(sorted(rest.names) for rest in self.rests)))
        )

    def patterns(self) -> set[str]:
        """The patterns of names that any constraint speaks of."""
        return {*self.matching, *chain.from_iterable(rest.patterns for rest in self.rests)}

    def at(self, world: World, name: str) -> Term:
        """What the property of a name must be, where it is there."""
        found = self.named.get(name, ANYTHING)
        for pattern, term in self.matching.items():
            if world.matches(pattern, name):
                found = both(found, term)
        for rest in self.rests:
            if name not in rest.names and not any(world.matches(pattern, name) for pattern in rest.patterns):
                found = both(found, rest.term)
        return found

    def other(self, matched: frozenset[str] = frozenset()) -> Term:
        """What a property of a name that nothing mentions must be, where it matches just these patterns."""
        found = ANYTHING
        for pattern in matched:
            found = both(found, self.matching.get(pattern, ANYTHING))
        for rest in self.rests:
            if not rest.patterns & matched:
                found = both(found, rest.term)
        return found


def of_schema(world: World, schema: JsonObject) -> Objects:
    """The objects that the keywords of one schema leave."""
    named = {name: world.term(each) for name, each in schema.get("properties", {}).items()}
    for name, each in schema.get("properties", {}).items():
        world.show(name, each)
    matching = {pattern: world.term(each) for pattern, each in schema.get("patternProperties", {}).items()}
    said = "additionalProperties" in schema
    names, patterns = frozenset(named), frozenset(matching)
    term = world.term(schema["additionalProperties"]) if said else ANYTHING
    opaque = frozenset[tuple[str, ...]]()
    if "propertyNames" in schema and world.term(schema["propertyNames"]):
        opaque = frozenset({("propertyNames", ",".join(map(str, world.term(schema["propertyNames"]))))})
    return Objects(
        named=named,
        matching=matching,
        rests=(Rest(names, patterns, term),) if term else (),
        required=frozenset(schema.get("required", ())),
        least=schema.get("minProperties", 0),
        most=schema.get("maxProperties"),
        looked=Looked(names, patterns, said),
        opaque=opaque,
    )


def meet(one: Objects, other: Objects) -> Objects:
    """The objects of both."""
    ends = [each.most for each in (one, other) if each.most is not None]
    excluded, opaque = all_of(one, other)
    return Objects(
        named=_merged(one.named, other.named),
        matching=_merged(one.matching, other.matching),
        rests=tuple(dict.fromkeys((*one.rests, *other.rests))),
        required=one.required | other.required,
        least=max(one.least, other.least),
        most=min(ends) if ends else None,
        looked=one.looked | other.looked,
        excluded=excluded,
        opaque=opaque,
    )


def _merged(one: Mapping[str, Term], other: Mapping[str, Term]) -> Mapping[str, Term]:
    if not other or not one:
        return one or other
    return {**one, **{name: both(one.get(name, ANYTHING), term) for name, term in other.items()}}


def closed(shape: Objects, term: Term) -> Objects:
    """The shape where all that no keyword has looked at must be of a term (`unevaluatedProperties`)."""
    if shape.looked.all or not term:
        return replace(shape, looked=Looked(all=True))
    rest = Rest(shape.looked.names, shape.looked.patterns, term)
    return replace(shape, rests=tuple(dict.fromkeys((*shape.rests, rest))), looked=Looked(all=True))


def is_empty(world: World, shape: Objects, nothing: Callable[[Term], bool]) -> bool:
    """Whether there is no such object; `nothing` tells of a term that it has no values."""
    most = shape.most
    if most is not None and max(shape.least, len(shape.required)) > most:
        return True
    if any(nothing(shape.at(world, name)) for name in sorted(shape.required)):
        return True
    return bool(shape.least) and _fewer(world, shape, nothing, shape.least)


def _fewer(world: World, shape: Objects, nothing: Callable[[Term], bool], number: int) -> bool:
    """Whether it is certain that such objects have fewer properties than a number."""
    most = largest(world, shape, nothing)
    return most is not None and most < number


def largest(world: World, shape: Objects, nothing: Callable[[Term], bool]) -> int | None:
    """The most properties that such an object has, as far as it can be told; None: without end."""
    if shape.patterns() or not nothing(shape.other()):
        return shape.most
    names = sum(not nothing(shape.at(world, name)) for name in shape.mentioned())
    return names if shape.most is None else min(names, shape.most)


def within(
    world: World,
    one: Objects,
    other: Objects,
    fits: Callable[[Term, Term], bool],
    nothing: Callable[[Term], bool],
) -> bool:
    """Whether all of the first are of the second. `fits`: whether a term is within another.

    What a property is that either side marks as not sent is not compared (docs/stance.md).
    """
    if not other.required <= one.required or max(one.least, len(one.required)) < other.least:
        return False
    if other.most is not None and (one.most is None or one.most > other.most):
        most = largest(world, one, nothing)
        if most is None or most > other.most:
            return False
    for mine, yours in _pairs(world, one, other):
        if mine != yours and not (world.is_unsent(mine) or world.is_unsent(yours)) and not fits(mine, yours):
            return False
    return True


def _pairs(world: World, one: Objects, other: Objects) -> Iterator[tuple[Term, Term]]:
    """What properties must be on both sides: those that are mentioned, then all others by the patterns they match."""
    patterns = sorted(one.patterns() | other.patterns())
    if len(patterns) > _MOST_PATTERNS:
        yield ANYTHING, world.nothing
        return
    for size in range(len(patterns) + 1):
        for matched in combinations(patterns, size):
            yield one.other(frozenset(matched)), other.other(frozenset(matched))
    for name in dict.fromkeys((*one.mentioned(), *other.mentioned())):
        yield one.at(world, name), other.at(world, name)
