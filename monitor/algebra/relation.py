"""How two schemas relate as sets of values, and the values that show it.

Inclusion is proven (monitor/algebra/proofs.py); that something is *not* included is shown by a value, on which an
independent validator has the last word. So the relation is sound on either half, and `undecided` where one is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Final

from monitor.algebra.differences import Differences
from monitor.algebra.proofs import Prover
from monitor.algebra.steps import Steps, Undecidable
from monitor.algebra.values import Builder
from monitor.algebra.world import Term, together
from monitor.contract import Direction
from monitor.values import JsonObject, JsonValue

STEPS: Final = 20_000
"""What a question may cost by default."""


class Relation(StrEnum):
    """What became of a set of values, from before to after."""

    EQUAL = "equal"
    NARROWED = "narrowed"
    WIDENED = "widened"
    OVERLAPPING = "overlapping"
    """Lost some and gained others."""
    DISJOINT = "disjoint"
    """No value is in both, and neither is empty."""
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Witness:
    """A value that is of one schema and not of another.

    `verified`: jsonschema-rs, given both plain schemas, says so; no other witness is ever returned.
    """

    value: JsonValue
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Undecided:
    """That nothing was found or proven, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Related:
    """The relation of two schemas. `lost`: a value only of the one before; `gained`: a value only of the one after."""

    relation: Relation
    lost: Witness | None = None
    gained: Witness | None = None
    why: str = ""
    """Of an undecided relation: what could not be decided."""


@dataclass(slots=True)
class Pair:
    """Two schemas under comparison. What is proven of them is kept for further questions."""

    prover: Prover
    before: Term
    after: Term

    def relate(self, steps: Steps | None = None) -> Related:
        """How the two relate. Never raises: what is too much, or not understood, is `undecided`."""
        self.prover.pay_with(steps or Steps(STEPS))
        try:
            kept = self.prover.included(self.before, self.after)
            covered = self.prover.included(self.after, self.before)
            if kept and covered:
                return Related(Relation.EQUAL)
            lost = None if kept else self._found(self.before, self.after)
            gained = None if covered else self._found(self.after, self.before)
            return self._judged(lost, gained)
        except Undecidable as error:
            return Related(Relation.UNDECIDED, why=error.why)

    def _judged(self, lost: Witness | Undecided | None, gained: Witness | Undecided | None) -> Related:
        """The relation, given what shows that the one side, or the other, is not included (None: it is)."""
        if isinstance(lost, Undecided) or isinstance(gained, Undecided):
            shown = [each if isinstance(each, Witness) else None for each in (lost, gained)]
            whys = [each.why for each in (lost, gained) if isinstance(each, Undecided)]
            return Related(Relation.UNDECIDED, lost=shown[0], gained=shown[1], why=whys[0])
        if lost is None or gained is None:
            return Related(Relation.WIDENED if lost is None else Relation.NARROWED, lost, gained)
        both = tuple(sorted({*self.before, *self.after}))
        if self.prover.nothing(both):
            return Related(Relation.DISJOINT, lost, gained)
        builder = Builder(self.prover.expansion)
        for value in chain.from_iterable(builder.values(term) for term in (both, self.before, self.after)):
            if self.prover.world.valid(both, value):
                return Related(Relation.OVERLAPPING, lost, gained)
        return Related(
            Relation.UNDECIDED, lost, gained, why="no value of both was found, and that there is none not proven"
        )

    def witness(self, direction: Direction, steps: Steps | None = None) -> Witness | Undecided:
        """A value that shows a break: sent before and refused now, or received now and not known before."""
        self.prover.pay_with(steps or Steps(STEPS))
        one, other = (self.before, self.after) if direction is Direction.REQUEST else (self.after, self.before)
        try:
            if self.prover.included(one, other):
                return Undecided("there is none: every value is one of the other side too")
        except Undecidable:
            pass  # a value may be found where a proof is too much work
        try:
            return self._found(one, other)
        except Undecidable as error:
            return Undecided(error.why)

    def _found(self, one: Term, other: Term) -> Witness | Undecided:
        try:
            return Witness(Differences(self.prover).first(one, other))
        except LookupError as error:
            return Undecided("; ".join(self.prover.steps.doubts) or str(error))


def pair_of(before: JsonObject, after: JsonObject) -> Pair:
    """Two plain schemas (monitor/algebra/plain.py)."""
    world, one, other = together(before, after)
    return Pair(Prover(world, Steps(STEPS)), one, other)


def relate(before: JsonObject, after: JsonObject, steps: Steps | None = None) -> Related:
    """How two plain schemas relate. Never raises: what is too much, or not understood, is `undecided`."""
    return pair_of(before, after).relate(steps)


def witness(
    before: JsonObject, after: JsonObject, direction: Direction, steps: Steps | None = None
) -> Witness | Undecided:
    """The smallest value found that shows that a schema changed for whoever sends, or receives, its values.

    In a request: it was accepted before and is refused after. In a response: it can come after and could not before.
    """
    return pair_of(before, after).witness(direction, steps)
