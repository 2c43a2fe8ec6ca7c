"""Values of one schema that another refuses, aimed at: beside the bounds, without what is required, down to the place.

`Differences.between` goes where a proof of inclusion failed. At each level it makes the plainest values of the first
schema, then those that each keyword of the second draws a boundary for; a difference inside a property is found there
and put into the plainest object that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, islice
from typing import Any, cast

from monitor.algebra import numbers, strings
from monitor.algebra.arrays import Arrays, both
from monitor.algebra.numbers import Numbers
from monitor.algebra.objects import Objects
from monitor.algebra.proofs import Prover
from monitor.algebra.shape import Shape, Values, kind_of
from monitor.algebra.steps import Undecidable
from monitor.algebra.strings import Strings
from monitor.algebra.values import Builder
from monitor.algebra.world import Term
from monitor.values import JsonValue, canonical_bytes

_MOST_TRIED = 400
_MOST_FOUND = 2
_DEPTHS = (1, 3, 6, 24)
"""How deep inside a value is looked, if nothing is found in less: a witness is to be small."""
_LONGEST = 1001
"""Items that an array of a witness may have."""
_NEW_NAMES = ("note", "extra", "more", "other")


@dataclass(slots=True)
class Differences:
    """Finds values that tell two terms apart."""

    prover: Prover
    builder: Builder = field(init=False)
    _open: list[tuple[Term, Term]] = field(default_factory=list)
    _known: dict[tuple[Term, Term, int], list[JsonValue]] = field(default_factory=dict)
    _deepest: int = 0

    def __post_init__(self) -> None:
        self.builder = Builder(self.prover.expansion)

    def first(self, one: Term, other: Term) -> JsonValue:
        """The smallest of the first few values found. Raises LookupError where none is found, and Undecidable."""
        found = self.some(one, other)
        if not found:
            raise LookupError("no value that tells the two apart was found")
        return found[0]

    def some(self, one: Term, other: Term) -> list[JsonValue]:
        """The first few values found, the smallest first. Raises Undecidable."""
        for self._deepest in _DEPTHS:
            found = self.between(one, other)
            if found:
                return found
        return []

    def between(self, one: Term, other: Term, name: str = "") -> list[JsonValue]:
        """Some values of the first term that are not of the second, as the validator says, the smallest first."""
        left = self._deepest - len(self._open)
        key = one, other, left if self._deepest < _DEPTHS[-1] else -1
        if key in self._known:
            return self._known[key]
        if left < 0 or (one, other) in self._open or self._is_included(one, other):
            return []
        self._open.append((one, other))
        try:
            found = self._judged(one, other, name)
        finally:
            self._open.pop()
        if found and isinstance(found[0], dict | list):
            found.sort(key=lambda value: len(canonical_bytes(value)))
        self._known[key] = found
        return found

    def _judged(self, one: Term, other: Term, name: str) -> list[JsonValue]:
        world, found, seen = self.prover.world, list[JsonValue](), set[bytes]()
        for value in islice(self._candidates(one, other, name), _MOST_TRIED):
            self.prover.steps.spend()
            key = canonical_bytes(value)
            if key not in seen:
                seen.add(key)
                if world.valid(one, value) and not world.valid(other, value):
                    found.append(value)
                    if len(found) >= _MOST_FOUND:
                        break
        return found

    def _is_included(self, one: Term, other: Term) -> bool:
        try:
            return self.prover.included(one, other)
        except Undecidable:
            return False

    def _candidates(self, one: Term, other: Term, name: str) -> Iterator[JsonValue]:
        expansion = self.prover.expansion
        theirs = expansion.shapes(other)
        hints = self.builder.shown(one, name)
        yield from (value for value in hints if not isinstance(value, dict | list))
        shapes = sorted(expansion.shapes(one), key=lambda shape: isinstance(shape, Values) and None in shape.values)
        for shape in shapes:
            if isinstance(shape, Values):
                yield from _news(shape, theirs)
            else:
                yield from islice(self.builder.of_shape(shape, one, hints, name), 40)
        for shape in shapes:
            for each in theirs:
                if type(each) is type(shape):
                    yield from self._beside(shape, each, hints, name)
                for excluded in sorted(each.excluded):
                    yield from self.builder.values(both(one, excluded))
            for each in chain.from_iterable(expansion.shapes(excluded) for excluded in sorted(shape.excluded)):
                if type(each) is type(shape):
                    yield from self._beside(shape, each, hints, name)
            alike = [each for each in theirs if type(each) is type(shape)]
            for each in alike if len(alike) > 1 else ():
                met = expansion.meet(shape, each)
                if isinstance(shape, Objects) and isinstance(met, Objects):
                    yield from self._objects(shape, cast(Objects, each), hints, met)
            if len(alike) > 1 or any(each.excluded or each.opaque for each in alike):
                yield from self._variants(shape)

    def _beside(self, shape: Shape, other: Shape, hints: Sequence[JsonValue], name: str) -> Iterator[JsonValue]:
        if isinstance(shape, Numbers):
            yield from numbers.edges(shape, cast(Numbers, other))
        elif isinstance(shape, Strings):
            yield from strings.edges(shape, cast(Strings, other), self.prover.steps)
        elif isinstance(shape, Arrays):
            yield from self._arrays(shape, cast(Arrays, other), hints, name)
        elif isinstance(shape, Objects):
            yield from self._objects(shape, cast(Objects, other), hints)

    def _variants(self, shape: Shape) -> Iterator[JsonValue]:
        """Other plain values, for what no keyword aims at (`contains`, `not`, a list of values)."""
        if isinstance(shape, Strings):
            yield from (strings.fitted(word, shape) for word in ("other", "another", "b", "", "0") if shape.least < 999)
        elif isinstance(shape, Numbers):
            yield from (number for number in (2, -1, 3, 0.5, 1000) if numbers.has(shape, numbers.exact(number)))
        elif isinstance(shape, Arrays):
            for count in range(shape.least, min(shape.least + 3, _LONGEST)):
                if shape.most is None or count <= shape.most:
                    yield from self._array(shape, count)
        elif isinstance(shape, Objects):
            for name in shape.named:
                for value in islice(self.builder.values(shape.at(self.prover.world, name), None, name), 6):
                    yield from self._object(shape, given={name: value})
            unlike = {kind_of(value): value for value in self.builder.values(shape.other())}
            for two in combinations(unlike.values(), 2):
                yield from self._object(shape, given=dict(zip(_NEW_NAMES[:2], two, strict=True)))

    def _arrays(self, shape: Arrays, other: Arrays, hints: Sequence[JsonValue], name: str) -> Iterator[JsonValue]:
        if other.most is not None:
            yield from self._array(shape, max(other.most + 1, shape.least))
        if other.least > shape.least:
            yield from self._array(shape, other.least - 1)
        places = max(len(shape.prefix), len(other.prefix)) + 1
        for index in range(places):
            if shape.most is not None and index >= shape.most:
                break
            for value in self.between(shape.item(index), other.item(index), f"{name}[]"):
                start = self.builder.array(shape, index, hints, (), name)
                rest = self.builder.array(shape, max(shape.least, index + 1), hints, (), name)
                if start is not None:
                    yield [*start, value, *(rest or [])[index + 1 :]]
        if other.unique and (shape.most is None or shape.most > 1):
            for value in islice(self.builder.values(shape.item(0)), 2):
                first = self.builder.array(shape, max(shape.least, 2), hints)
                yield [value, value, *(first or [])[2:]]

    def _array(self, shape: Arrays, count: int) -> Iterator[JsonValue]:
        if count > _LONGEST:
            self.prover.steps.doubt(f"a list of {count:,} items would show it, which is too long to be read")
        else:
            found = self.builder.array(shape, count)
            if found is not None:
                yield found

    def _objects(
        self, shape: Objects, other: Objects, hints: Sequence[JsonValue], base: Objects | None = None
    ) -> Iterator[JsonValue]:
        """Objects that differ from the second in one thing.

        `base`: what the rest of them must be; the objects of both, where other branches might accept them otherwise.
        """
        world, base = self.prover.world, base or shape
        for name in sorted(other.required - shape.required):
            yield from self._object(base, hints, without=frozenset({name}))
        names = [*shape.mentioned(), *other.mentioned(), *_NEW_NAMES[:2]]
        for name in dict.fromkeys(names):
            mine, yours = shape.at(world, name), other.at(world, name)
            if mine == yours or world.is_unsent(mine) or world.is_unsent(yours):
                continue
            for value in self.between(mine, yours, name):
                yield from self._object(base, hints, given={name: value})
        if other.most is not None:
            spare = [*shape.named, *islice(self.builder.new_names(shape), other.most + 1)]
            spare = [name for name in dict.fromkeys(spare) if name not in shape.required]
            more = spare[: max(0, other.most + 1 - len(shape.required))]
            given = {name: next(self.builder.values(shape.at(world, name), None, name), None) for name in more}
            yield from self._object(base, hints, given=given)
        asked = self.builder.names_term(shape), self.builder.names_term(other)
        for new in self.between(*asked) if asked[1] else ():
            for value in islice(self.builder.values(shape.at(world, str(new))), 1):
                yield from self._object(base, hints, given={str(new): value})
        for pattern in sorted(shape.patterns() | other.patterns()):
            yield from self._with_pattern(shape, other, pattern, hints)

    def _with_pattern(
        self, shape: Objects, other: Objects, pattern: str, hints: Sequence[JsonValue]
    ) -> Iterator[JsonValue]:
        """A property whose name matches a pattern."""
        names = [*strings.simple(strings.Strings(patterns=frozenset({pattern}), least=1), self.prover.steps)]
        world = self.prover.world
        for name in (each for each in names if world.matches(pattern, each)):
            for value in self.between(shape.at(world, name), other.at(world, name)):
                yield from self._object(shape, hints, given={name: value})

    def _object(
        self,
        shape: Objects,
        hints: Sequence[JsonValue] = (),
        given: dict[str, Any] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> Iterator[JsonValue]:
        found = self.builder.object(shape, [], hints, {}, without)
        if found is not None:
            yield {**found, **(given or {})}


def _news(shape: Values, others: list[Shape]) -> list[JsonValue]:
    """Listed values, first those that the other side does not list."""
    known = {canonical_bytes(value) for each in others if isinstance(each, Values) for value in each.values}
    return sorted(shape.values, key=lambda value: (canonical_bytes(value) in known, value is None))
