"""What a comparison carries with it: frames for the definitions under way, and the scope in which a fact is found."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

from monitor.compare.budget import Budget
from monitor.compare.changes import Change, Location
from monitor.compare.units import Units, dirty_units
from monitor.contract import Contract, Direction, Node, OperationRef

PairKey = tuple[str, str]
"""The pointers of a pair of definitions that is compared once."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A Change found in a frame, and in which direction it can be seen.

    `direction` None: whichever way the frame is reached. `only`: seen in that direction alone (below `readOnly` or
    `writeOnly`).
    """

    change: Change
    direction: Direction | None
    only: Direction | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A place in a frame that refers to another pair of definitions; `where` is relative to the frame."""

    target: PairKey
    where: str
    direction: Direction | None
    only: Direction | None


@dataclass(slots=True)
class Frame:
    """One operation, or one pair of definitions that is compared once, however many places refer to it."""

    operation: OperationRef | None = None
    facts: list[Fact] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    seen: set[tuple[object, ...]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where in a frame the comparison stands."""

    frame: Frame
    where: str = ""
    direction: Direction | None = None
    only: Direction | None = None

    def at(self, where: str, direction: Direction | None = None) -> Scope:
        """A scope one step down, ` > ` between the steps (`[]` sticks to what it repeats)."""
        glue = "" if where == "[]" or not self.where else " > "
        return replace(self, where=f"{self.where}{glue}{where}", direction=direction or self.direction)

    def beside(self, what: str) -> Scope:
        """A scope for a part of the same step: `response 200` and its `body`."""
        return replace(self, where=f"{self.where} {what}")

    def first_time(self, what: str, before: Node, after: Node) -> bool:
        """Whether a pair of places is met for the first time in this frame and direction.

        `allOf` brings members of other definitions into the frame, perhaps on several ways or round in a circle.
        """
        key = (what, before.pointer, after.pointer, self.direction, self.only)
        if key in self.frame.seen:
            return False
        self.frame.seen.add(key)
        return True

    def seen_only(self, only: Direction | None) -> Scope:
        """The same scope, visible in one direction alone."""
        return self if only is None else replace(self, only=only)


class Context:
    """One comparison of two contracts."""

    def __init__(self, before: Contract, after: Contract, budget: Budget) -> None:
        self.before = before
        self.after = after
        self.budget = budget
        self.units = Units(before), Units(after)
        self._dirty = dirty_units(*self.units)
        self.claimed = {
            kind: before.dialect.claimed[kind] | after.dialect.claimed[kind] for kind in before.dialect.claimed
        }
        self.frames: dict[PairKey, Frame] = {}
        self.roots: list[Frame] = []
        self.waiting: deque[tuple[PairKey, Node, Node]] = deque()

    def root(self, operation: OperationRef | None = None) -> Frame:
        """A new frame that nothing refers to: an operation, or the document itself."""
        frame = Frame(operation)
        self.roots.append(frame)
        return frame

    def refer(self, scope: Scope, before: Node, after: Node) -> None:
        """Note that the scope refers to a pair of schemas, and have the pair compared once.

        A pair that is compared already, or is being compared, is not looked at again: differences inside it are told in
        its own frame, so assuming it equal here is sound (the greatest fixed point over recursive schemas).
        """
        key = (before.pointer, after.pointer)
        if before.pointer == after.pointer and not self.is_dirty(before.pointer):
            return
        scope.frame.edges.append(Edge(key, scope.where, scope.direction, scope.only))
        if key not in self.frames:
            self.frames[key] = Frame()
            self.waiting.append((key, before, after))

    def is_dirty(self, pointer: str) -> bool:
        """Whether the unit that a place belongs to differs, or reaches one that does."""
        return pointer in self._dirty or self.units[0].owner(pointer) in self._dirty

    def has_changed(self, pointer: str) -> bool:
        """Whether the unit at this pointer stands on one side only or with other bytes."""
        mine, yours = self.units[0].all.get(pointer), self.units[1].all.get(pointer)
        return mine is None or yours is None or mine.digest != yours.digest

    def emit(
        self,
        scope: Scope,
        kind: type[Change],
        places: tuple[str | None, str | None],
        /,
        *,
        old: Any = None,
        new: Any = None,
        **arguments: Any,
    ) -> None:
        """Record a fact: its places in the two documents (None where there is none), values `old` and `new`."""
        before, after = places
        change = kind(
            location=Location(before, after),
            before=old,
            after=new,
            where=scope.where,
            definition=self._definition(before, after),
            **arguments,
        )
        scope.frame.facts.append(Fact(change, scope.direction, scope.only))

    def _definition(self, before: str | None, after: str | None) -> str | None:
        if after is not None:
            return self.after.component_name(after)
        return self.before.component_name(before) if before is not None else None
