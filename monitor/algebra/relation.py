"""How two schemas relate as sets of values, and the values that show it.

Inclusion is proven (monitor/algebra/proofs.py); that something is *not* included is shown by a value, on which an
independent validator has the last word. So the relation is sound on either half, and `undecided` where one is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from monitor.algebra.differences import Differences
from monitor.algebra.plain import plain_schema
from monitor.algebra.proofs import Prover
from monitor.algebra.steps import Steps, Undecidable
from monitor.algebra.values import Builder
from monitor.algebra.world import Term, World, compiled, together
from monitor.contract import Contract, Direction, Node
from monitor.errors import ReferenceUnresolved
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
    """Two plain schemas under comparison: what is proven of them is kept for further questions."""

    before: JsonObject
    after: JsonObject
    world: World
    terms: tuple[Term, Term]

    @classmethod
    def of(cls, before: JsonObject, after: JsonObject) -> Pair:
        """The pair of two plain schemas (monitor/algebra/plain.py)."""
        world, one, other = together(before, after)
        return cls(before, after, world, (one, other))

    def relate(self, steps: Steps | None = None) -> Related:
        """How the two relate."""
        prover = Prover(self.world, steps or Steps(STEPS))
        before, after = self.terms
        try:
            kept, covered = prover.included(before, after), prover.included(after, before)
            if kept and covered:
                return Related(Relation.EQUAL)
            lost = None if kept else self._found(prover, before, after)
            gained = None if covered else self._found(prover, after, before)
            return self._judged(prover, lost, gained, kept=kept, covered=covered)
        except Undecidable as error:
            return Related(Relation.UNDECIDED, why=error.why)

    def _judged(
        self,
        prover: Prover,
        lost: Witness | Undecided | None,
        gained: Witness | Undecided | None,
        *,
        kept: bool,
        covered: bool,
    ) -> Related:
        shown = [each if isinstance(each, Witness) else None for each in (lost, gained)]
        whys = [each.why for each in (lost, gained) if isinstance(each, Undecided)]
        if whys:
            return Related(Relation.UNDECIDED, *shown, why=whys[0])
        if kept or covered:
            return Related(Relation.WIDENED if kept else Relation.NARROWED, *shown)
        both = tuple(sorted({*self.terms[0], *self.terms[1]}))
        if prover.nothing(both):
            return Related(Relation.DISJOINT, *shown)
        for value in Builder(prover.expansion).values(both):
            if self.world.valid(both, value):
                return Related(Relation.OVERLAPPING, *shown)
        return Related(Relation.UNDECIDED, *shown, why="no value was found that is of both, and none is not proven")

    def witness(self, direction: Direction, steps: Steps | None = None) -> Witness | Undecided:
        """A value that shows a break: sent before and refused now, or received now and not known before."""
        prover = Prover(self.world, steps or Steps(STEPS))
        one, other = self.terms if direction is Direction.REQUEST else self.terms[::-1]
        try:
            if prover.included(one, other):
                return Undecided("there is none: every value is still one of the other side")
        except Undecidable:
            pass  # a value may be found where a proof is too much work
        try:
            return self._found(prover, one, other)
        except Undecidable as error:
            return Undecided(error.why)

    def _found(self, prover: Prover, one: Term, other: Term) -> Witness | Undecided:
        try:
            value = Differences(prover).first(one, other)
        except LookupError as error:
            return Undecided(str(error))
        plain = (self.before, self.after) if one == self.terms[0] else (self.after, self.before)
        if compiled(plain[0]).is_valid(value) and not compiled(plain[1]).is_valid(value):
            return Witness(value)
        return Undecided("the value that was found did not hold against the plain schemas")


def relate(before: JsonObject, after: JsonObject, steps: Steps | None = None) -> Related:
    """How two plain schemas relate. Never raises: what is too much, or not understood, is `undecided`."""
    return Pair.of(before, after).relate(steps)


def witness(
    before: JsonObject, after: JsonObject, direction: Direction, steps: Steps | None = None
) -> Witness | Undecided:
    """The smallest value found that shows that a schema changed for whoever sends, or receives, its values.

    In a request: it was accepted before and is refused after. In a response: it can come after and could not before.
    """
    return Pair.of(before, after).witness(direction, steps)


def pair_of(
    before: tuple[Contract, Node], after: tuple[Contract, Node], direction: Direction
) -> Pair | Undecided:
    """Two schemas of contracts, each as plain JSON Schema in one direction."""
    try:
        return Pair.of(*(plain_schema(contract, node, direction) for contract, node in (before, after)))
    except ReferenceUnresolved as error:
        return Undecided(error.what)
