"""Proofs that one schema is within another, or accepts nothing. What is not proven is not known to be false.

A proof is by induction on the value. While a pair of terms is being proven, it may be used where a *part* of the value
asks for the same pair again: parts are smaller, and JSON values are finite. (Seen from the pairs, that is their
greatest fixed point.) If the proof fails after all, everything that was proven with its help is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from monitor.algebra import arrays, numbers, objects, strings
from monitor.algebra.arrays import Arrays, both
from monitor.algebra.expansion import Expansion
from monitor.algebra.numbers import Numbers
from monitor.algebra.objects import Objects
from monitor.algebra.shape import Shape, Values
from monitor.algebra.steps import Steps, Undecidable
from monitor.algebra.strings import Strings
from monitor.algebra.unions import splits
from monitor.algebra.world import ANYTHING, Term, World

_DEEPEST = 48
"""Levels of values inside values that a proof goes down: more would overflow Python's stack."""
_MOST_SPLITS = 2

Claim = tuple[Term, Term | None]
"""That a term is within another; None: that it has no values."""


@dataclass(slots=True)
class Prover:
    """Proves claims about the terms of one world."""

    world: World
    steps: Steps
    expansion: Expansion = field(init=False)
    unproven: dict[Claim, tuple[str, ...]] = field(default_factory=dict)
    """Claims that could not be proven, with what was doubtful about them."""
    _held: dict[Claim, int] = field(default_factory=dict)
    """Claims that are proven, or assumed since the level of values at which they are being proven."""
    _trail: list[Claim] = field(default_factory=list)
    _level: int = 0
    _here: int = 0

    def __post_init__(self) -> None:
        self.expansion = Expansion(self.world, self.steps)

    def pay_with(self, steps: Steps) -> None:
        """Take a new purse for the next question."""
        self.steps = self.expansion.steps = steps

    def included(self, one: Term, other: Term) -> bool:
        """Whether it is proven that every value of the first is one of the second. Raises Undecidable."""
        if set(other) <= set(one):
            return True
        return self._claim((one, other))

    def nothing(self, term: Term) -> bool:
        """Whether it is proven that a term has no values. Raises Undecidable."""
        if not term:
            return False
        if any(schema is False for schema in self.world.of(term)):
            return True
        return self._claim((term, None))

    def _claim(self, claim: Claim) -> bool:
        assumed_at = self._held.get(claim)
        if assumed_at is not None:
            # An assumption about the value itself proves nothing about it.
            return assumed_at < self._level
        if claim in self.unproven:
            for doubt in self.unproven[claim]:
                self.steps.doubt(doubt)
            return False
        if self._level > _DEEPEST:
            self.steps.doubt("the schemas are nested too deep")
            return False
        self.steps.spend()
        known = len(self.steps.doubts)
        mark = len(self._trail)
        self._held[claim] = self._level
        self._trail.append(claim)
        try:
            proven = self._prove(claim)
        except Undecidable:
            self._forget(mark)
            raise
        if proven:
            self._held[claim] = -1
            return True
        self._forget(mark)
        self.unproven[claim] = tuple(self.steps.doubts)[known:]
        return False

    def _forget(self, mark: int) -> None:
        """Forget what was proven since a claim was assumed that does not hold."""
        for each in self._trail[mark:]:
            self._held.pop(each, None)
        del self._trail[mark:]

    def _prove(self, claim: Claim) -> bool:
        one, other = claim
        shapes = self.expansion.shapes(one)
        if other is None:
            return all(self.empty(each, one) for each in shapes)
        return all(self.covered(each, one, other) for each in shapes)

    def _fits(self, one: Term, other: Term) -> bool:
        """`included` for a part of the value at hand."""
        self._level += 1
        try:
            return self.included(one, other)
        finally:
            self._level -= 1

    def _has_none(self, term: Term) -> bool:
        self._level += 1
        try:
            return self.nothing(term)
        finally:
            self._level -= 1

    def covered(self, shape: Shape, one: Term, other: Term, split: int = 0) -> bool:
        """Whether all values of a shape are of a term; `one`: a term that the shape is within."""
        self.steps.spend()
        if isinstance(shape, Values):
            return all(self.world.valid(other, value) for value in shape.values if self.world.valid(one, value))
        if self.empty(shape, one):
            return True
        candidates = [each for each in self.expansion.shapes(other) if type(each) is type(shape)]
        if any(self._within(shape, each, one) for each in candidates):
            return True
        if isinstance(shape, Numbers):
            return self._covered_numbers(shape, cast(list[Numbers], candidates), one, other)
        if isinstance(shape, Objects) and split < _MOST_SPLITS:
            theirs = cast(list[Objects], candidates)
            return any(
                all(self.covered(part, both(one, term), other, split + 1) for part, term in parts)
                for parts in splits(self.expansion, shape, theirs)
            )
        return False

    def _covered_numbers(self, shape: Numbers, candidates: list[Numbers], one: Term, other: Term) -> bool:
        listed = numbers.listed(shape)
        if listed is not None:
            return all(self.world.valid(other, value) for value in listed if self.world.valid(one, value))
        usable = [each for each in candidates if self._rest_within(shape, each, one)]
        return numbers.covered(shape, usable)

    def _within(self, one: Shape, other: Shape, term: Term) -> bool:
        return self._kind_within(one, other) and self._rest_within(one, other, term)

    def _kind_within(self, one: Shape, other: Shape) -> bool:
        if isinstance(one, Numbers):
            return numbers.within(one, cast(Numbers, other))
        if isinstance(one, Strings):
            return strings.within(one, cast(Strings, other), self.steps)
        if isinstance(one, Arrays):
            return arrays.within(one, cast(Arrays, other), self._fits, self._has_none)
        return objects.within(self.world, cast(Objects, one), cast(Objects, other), self._fits, self._has_none)

    def _rest_within(self, one: Shape, other: Shape, term: Term) -> bool:
        """Whether what is opaque and excluded in the second holds for the first."""
        if not other.opaque <= one.opaque:
            for atom in sorted(other.opaque - one.opaque):
                self.steps.doubt(
                    f"what `{atom[0]}` asks for is not known" if atom[0] != "format" else _unknown(atom[1])
                )
            return False
        return all(self._apart(one, each, term) for each in sorted(other.excluded - one.excluded))

    def _apart(self, shape: Shape, excluded: Term, term: Term) -> bool:
        """Whether no value of a shape fits a term."""
        if any(set(known) <= set(excluded) for known in shape.excluded):
            return True
        for each in self.expansion.shapes(excluded):
            met = self.expansion.meet(shape, each)
            if met is not None and not self.empty(met, both(term, excluded)):
                return False
        return True

    def empty(self, shape: Shape, term: Term) -> bool:
        """Whether it is proven that a shape has no values; `term`: one that the shape is within."""
        if isinstance(shape, Values):
            return not any(self.world.valid(term, value) for value in shape.values)
        if self._kind_empty(shape):
            return True
        return any(self._swallowed(shape, each) for each in sorted(shape.excluded))

    def _kind_empty(self, shape: Shape) -> bool:
        if isinstance(shape, Numbers):
            return numbers.is_empty(shape)
        if isinstance(shape, Strings):
            return strings.is_empty(shape, self.steps)
        if isinstance(shape, Arrays):
            return arrays.is_empty(shape, self._has_none)
        return objects.is_empty(self.world, cast(Objects, shape), self._has_none)

    def _swallowed(self, shape: Shape, excluded: Term) -> bool:
        """Whether all values of a shape are of a term that it excludes."""
        if self._here >= 3:  # exclusions inside exclusions of the same value: rare, and perhaps without end
            return False
        self._here += 1
        try:
            return self._covered_bare(replace(shape, excluded=frozenset()), excluded)
        finally:
            self._here -= 1

    def _covered_bare(self, shape: Shape, other: Term) -> bool:
        return any(
            self._kind_within(shape, each) and self._rest_within(shape, each, ANYTHING)
            for each in self.expansion.shapes(other)
            if type(each) is type(shape)
        )


def _unknown(name: str) -> str:
    return f"which values have the format {name!r} is not known"
