"""A place inside two schemas: what may stand there on either side, and whole values that differ there and nowhere else.

A way leads down by names of properties and items of arrays, as long as both sides have one set of objects, or arrays,
to go on in; where one of them has a union it ends, and the place is the union.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, TypeVar, cast

from monitor.algebra.arrays import Arrays
from monitor.algebra.differences import Differences
from monitor.algebra.objects import Objects
from monitor.algebra.proofs import Prover
from monitor.algebra.relation import STEPS, Pair, Undecided, Witness
from monitor.algebra.shape import Shape
from monitor.algebra.steps import Steps, Undecidable
from monitor.algebra.values import Builder
from monitor.algebra.world import Term
from monitor.contract import Direction
from monitor.values import JsonValue

ITEMS: Final = "[]"
"""The step to any item of an array."""
OTHERS: Final = "{*}"
"""The step to any property that is not listed."""

NONE_AFFECTED: Final = "there is none: every value is one of the other side too"
_NOTHING: Final = object()
_INDEX: Final = re.compile(r"\[([0-9]*)\]")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Step:
    """One step down: the terms and shapes of both sides above it, and the name or index that leads on."""

    terms: tuple[Term, Term]
    shapes: tuple[Shape, Shape]
    name: str | int


@dataclass(frozen=True, slots=True)
class Inside:
    """A place inside a pair of schemas.

    `differences` has what was found in them; `way` leads to the place from above, and `rest` are the steps that could
    not be taken, of which it knows nothing.
    """

    differences: Differences
    before: Term
    after: Term
    way: tuple[Step, ...] = ()
    rest: tuple[str, ...] = ()

    @property
    def prover(self) -> Prover:
        """What proves claims about the terms."""
        return self.differences.prover

    def keeps(self, direction: Direction, steps: Steps | None = None) -> bool:
        """Whether it is proven that no value which stands there shows a break; False says nothing.

        A side that is not seen to have any value proves nothing: by the letter many a union refuses all that is sent.
        """
        self.prover.pay_with(steps or Steps(STEPS))
        one, other = _ordered(direction, self.before, self.after)
        try:
            return self.prover.included(one, other) and self._has_value(one)
        except Undecidable:
            return False

    def witness(
        self,
        direction: Direction,
        steps: Steps | None = None,
        *,
        shown: Sequence[JsonValue] = (),
        name: str | None = None,
    ) -> Witness | Undecided:
        """A whole value that shows a break at this place; all else in it is of both sides, where that is possible.

        `shown`: the values that went or came there, if they are known: no others are looked for. `name`: of the
        property of the place whose presence it is about.
        """
        self.prover.pay_with(steps or Steps(STEPS))
        try:
            if self.keeps(direction, self.prover.steps):
                return Undecided(NONE_AFFECTED)
            for value in self._told_apart(direction, shown, name):
                whole = self._whole(direction, value)
                if whole is not _NOTHING:
                    return Witness(cast(JsonValue, whole))
        except Undecidable as error:
            return Undecided(error.why)
        doubts = "; ".join(self.prover.steps.doubts)
        return Undecided(doubts or "no value that tells the two apart at this place was found")

    def _has_value(self, term: Term) -> bool:
        world = self.prover.world
        return any(world.valid(term, value) for value in islice(self.differences.builder.values(term), 20))

    def accepts_whole(self, direction: Direction, value: JsonValue) -> bool:
        """Whether the side that refuses the value of a break accepts this one, as a whole."""
        _, other = _ordered(direction, *(self.way[0].terms if self.way else (self.before, self.after)))
        try:
            return self.prover.world.valid(other, value)
        except Undecidable:
            return False

    def _told_apart(self, direction: Direction, shown: Sequence[JsonValue], name: str | None) -> Iterator[JsonValue]:
        """Values of the place that one side accepts and the other refuses."""
        one, other = _ordered(direction, self.before, self.after)
        world = self.prover.world
        if shown:
            candidates: Iterator[JsonValue] = iter(shown)
        elif name is not None:
            candidates = self._with_and_without(direction, name)
        else:
            yield from self.differences.some(one, other)
            return
        yield from (value for value in candidates if world.valid(one, value) and not world.valid(other, value))

    def _with_and_without(self, direction: Direction, name: str) -> Iterator[JsonValue]:
        """Objects without a property, then with it: a value that the other side refuses first."""
        mine, yours = (_sole(self.prover, term, Objects) for term in _ordered(direction, self.before, self.after))
        if not isinstance(mine, Objects) or not isinstance(yours, Objects):
            return
        differences, world = self.differences, self.prover.world
        hints = differences.builder.shown(_ordered(direction, self.before, self.after)[0])
        for base in self._bases(mine, yours):
            found = differences.builder.object(cast(Objects, base), [], hints, {}, frozenset({name}))
            yield from () if found is None else (found,)
            own = mine.at(world, name)
            values = chain(differences.some(own, yours.at(world, name)), differences.builder.values(own, None, name))
            for value in islice(values, 3):
                yield from self._around(differences, base, hints, name, value)

    def _bases(self, mine: Shape, yours: Shape) -> Iterator[Shape]:
        """What the rest of a value is made from: what both sides accept, else what the first does."""
        met = self.prover.expansion.meet(mine, yours)
        if met is not None:
            yield met
        yield mine

    def _whole(self, direction: Direction, value: JsonValue) -> object:
        """The value inside a whole one that still tells the two apart; `_NOTHING` where none can be made."""
        if not self.way:
            return value
        differences = self.differences
        one, other = _ordered(direction, *self.way[0].terms)
        for first in (0, -1):  # around it what both sides accept, then only what the first does
            whole: object = value
            for step in reversed(self.way):
                hints = differences.builder.shown(_ordered(direction, *step.terms)[0])
                base = list(self._bases(*_ordered(direction, *step.shapes)))[first]
                made = self._around(differences, base, hints, step.name, cast(JsonValue, whole))
                whole = next(made, _NOTHING)
                if whole is _NOTHING:
                    break
            if whole is not _NOTHING and self._tells(one, other, cast(JsonValue, whole)):
                return whole
        return _NOTHING

    def _tells(self, one: Term, other: Term, value: JsonValue) -> bool:
        world = self.prover.world
        return world.valid(one, value) and not world.valid(other, value)

    def _around(
        self, differences: Differences, base: Shape, hints: Sequence[JsonValue], name: str | int, value: JsonValue
    ) -> Iterator[JsonValue]:
        """The plainest object, or array, that has the value at a place."""
        if isinstance(base, Objects) and isinstance(name, str):
            found = differences.builder.object(base, [], hints, {name: value})
            if found is not None:
                yield {**found, name: value}
        elif isinstance(base, Arrays) and isinstance(name, int):
            # One value again and again is no list of different ones, so that only this item is given.
            items = differences.builder.array(base, max(base.least, name + 1), hints)
            if items is not None:
                yield [*items[:name], value, *items[name + 1 :]]


def descend(pair: Pair, steps: Sequence[str], differences: Differences | None = None) -> Inside:
    """The place that a way of steps leads to: names of properties, ITEMS, `[0]` for one item, OTHERS.

    A step that ends in ITEMS and is no property of that name is the property, and then its items. `differences`: what
    was found of other pairs of the same two contracts, which is used again.
    """
    prover, before, after = pair.prover, pair.before, pair.after
    way: list[Step] = []
    waiting = list(steps)
    while waiting:
        step = _step(prover, before, after, waiting[0])
        if step is None:
            if waiting[0].endswith(ITEMS) and waiting[0] != ITEMS:
                waiting[:1] = [waiting[0].removesuffix(ITEMS), ITEMS]
                continue
            break
        made, before, after = step
        way.append(made)
        del waiting[0]
    return Inside(differences or Differences(prover), before, after, tuple(way), tuple(waiting))


def _step(prover: Prover, before: Term, after: Term, name: str) -> tuple[Step, Term, Term] | None:
    """One step down, with the terms it leads to; None where it cannot be taken."""
    index = _INDEX.fullmatch(name)
    kind: type[Shape] = Arrays if index else Objects
    try:
        mine, yours = _sole(prover, before, kind), _sole(prover, after, kind)
    except Undecidable:
        return None
    if isinstance(mine, Arrays) and isinstance(yours, Arrays) and index is not None:
        place = int(index[1]) if index[1] else max(len(mine.prefix), len(yours.prefix))
        return Step((before, after), (mine, yours), place), mine.item(place), yours.item(place)
    if not isinstance(mine, Objects) or not isinstance(yours, Objects):
        return None
    world = prover.world
    if name == OTHERS:
        known = {*mine.mentioned(), *yours.mentioned()}
        name = next(new for new in Builder(prover.expansion).new_names(mine) if new not in known)
    elif name not in mine.named or name not in yours.named:
        return None
    found = mine.at(world, name), yours.at(world, name)
    if any(world.is_unsent(term) for term in found):
        return None
    return Step((before, after), (mine, yours), name), *found


def _sole(prover: Prover, term: Term, kind: type[Shape]) -> Shape | None:
    """The one shape of a kind that a term has, or None where there are several, or none."""
    found = [shape for shape in prover.expansion.shapes(term) if type(shape) is kind]
    return found[0] if len(found) == 1 else None


def _ordered(direction: Direction, before: _T, after: _T) -> tuple[_T, _T]:
    """The side that accepts the value of a break, and the one that refuses it."""
    return (before, after) if direction is Direction.REQUEST else (after, before)
