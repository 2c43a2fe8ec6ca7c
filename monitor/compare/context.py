"""What a comparison carries with it: frames for the definitions under way, and the scope in which a fact is found."""

from __future__ import annotations

from collections import deque
from copy import copy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from monitor.compare.budget import Budget
from monitor.compare.changes import Change, Effect, Location
from monitor.compare.conventions import Conventions
from monitor.compare.units import Units, dirty_units
from monitor.contract import ComponentName, Contract, Direction, Node, OperationRef
from monitor.values import canonical_bytes


class Wire(StrEnum):
    """How the values of a schema are written on the wire, as far as it decides what is the same value there."""

    JSON = "json"
    TEXT = "text"
    """The value of a parameter that must be sent, what is inside parameters, and headers: a number is its digits."""
    OPTIONAL = "optional parameter"
    """The value of a parameter that can be left out, so that a default says what a call without it means."""
    REPEATED = "repeated"
    """As TEXT, where a list is the parameter once more for each item (`style: form`, `explode: true`)."""
    OPTIONAL_REPEATED = "optional repeated parameter"
    DOCUMENT = "document"
    """A body that is all text, such as plain text: whatever is written there is a text too."""
    XML = "xml"
    """As DOCUMENT, written as the XML Objects of the schemas say (OAS 3.0.4, section 4.8.26)."""
    ANY = "any"
    """A body of a range of media types: JSON, but also XML, so that what is written in either counts."""

    @property
    def optional(self) -> bool:
        """Whether the value is that of a parameter that can be left out."""
        return self in (Wire.OPTIONAL, Wire.OPTIONAL_REPEATED)

    @property
    def repeats(self) -> bool:
        """Whether one item alone is written as a list of one is."""
        return self in (Wire.REPEATED, Wire.OPTIONAL_REPEATED)

    @property
    def is_text(self) -> bool:
        """Whether a number is its digits there."""
        return self not in (Wire.JSON, Wire.ANY)

    @property
    def is_document(self) -> bool:
        """Whether all of the body is text."""
        return self in (Wire.DOCUMENT, Wire.XML)

    @property
    def has_xml(self) -> bool:
        """Whether the XML Objects of the schemas count."""
        return self in (Wire.XML, Wire.ANY)

    @property
    def below(self) -> Wire:
        """How the parts of the value are written."""
        return self if self.is_document or not self.is_text else Wire.TEXT


class PairKey(NamedTuple):
    """The pointers of a pair of definitions that is compared once, and what their comparison hangs on.

    `null_told`: whether `null` is accepted is decided by what refers to the pair, and is told there.
    """

    before: str
    after: str
    wire: Wire = Wire.JSON
    null_told: bool = False


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
    """A place in a frame that refers to another pair of definitions; `where` is relative to the frame.

    `place`: where the two documents refer to them.
    """

    target: PairKey
    where: str
    direction: Direction | None
    only: Direction | None
    place: Location


@dataclass(slots=True)
class Frame:
    """One operation, or one pair of definitions that is compared once, however many places refer to it.

    `exchanged`: the two are not one definition before and after; what refers to them was edited, not they.
    """

    operation: OperationRef | None = None
    exchanged: bool = False
    facts: list[Fact] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    seen: set[tuple[object, ...]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where in a frame the comparison stands. `use`: inside definitions that were exchanged, what refers to them.

    `branch`: at one more schema of the same value, so that what it does not list another may; `variant`: at one of a
    union, or what holds with it. `wholes`: the outermost schemas of that value before and after, where it has several.
    `ruled_out`: what they say of names that none lists.
    """

    frame: Frame
    where: str = ""
    direction: Direction | None = None
    only: Direction | None = None
    wire: Wire = Wire.JSON
    use: Location | None = None
    branch: bool = False
    variant: bool = False
    wholes: tuple[Node, Node] | None = None
    ruled_out: tuple[Node, Node] | None = None

    def at(self, where: str, direction: Direction | None = None) -> Scope:
        """A scope one step down, ` > ` between the steps (`[]` sticks to what it repeats)."""
        glue = "" if where == "[]" or not self.where else " > "
        path, wire = f"{self.where}{glue}{where}", self.wire.below
        return Scope(self.frame, path, direction or self.direction, self.only, wire, self.use)

    def part(self, where: str, *, variant: bool = False) -> Scope:
        """A scope for one more schema of the same value: a branch of a union (`variant`), a `then`."""
        return replace(
            self.at(where),
            wire=self.wire,
            branch=True,
            variant=variant or self.variant,
            wholes=self.wholes,
            ruled_out=self.ruled_out,
        )

    def written(self, wire: Wire) -> Scope:
        """The same scope, its values written in that way."""
        if self.wire is wire:
            return self
        return Scope(self.frame, self.where, self.direction, self.only, wire, self.use)

    def beside(self, what: str) -> Scope:
        """A scope for a part of the same step: `response 200` and its `body`."""
        # Written out, as in `at`: scopes are made by the ten thousand.
        return Scope(self.frame, f"{self.where} {what}", self.direction, self.only, self.wire, self.use)

    def first_time(self, what: str, before: Node, after: Node) -> bool:
        """Whether a pair of places is met for the first time in this frame and direction.

        `allOf` brings members of other definitions into the frame, perhaps on several ways or round in a circle.
        """
        key = (what, before.pointer, after.pointer, self.direction, self.only, self.wire)
        if key in self.frame.seen:
            return False
        self.frame.seen.add(key)
        return True

    def seen_only(self, only: Direction | None) -> Scope:
        """The same scope, visible in one direction alone."""
        if only is None:
            return self
        return Scope(self.frame, self.where, self.direction, only, self.wire, self.use)


_CLAIMED = {
    "schema": frozenset(
        {"not", "if", "dependentRequired", "minContains", "maxContains", "contentEncoding", "contentMediaType",
         "contentSchema", "discriminator", "xml"}
    ),
    "response": frozenset({"links"}),
}  # fmt: skip
"""Members that are understood here, beside those that the dialects name."""


class Context:
    """One comparison of two contracts."""

    def __init__(
        self, before: Contract, after: Contract, budget: Budget, conventions: Conventions | None = None
    ) -> None:
        self.before = before
        self.after = after
        self.budget = budget
        self.conventions = conventions or Conventions()
        self.units = Units(before), Units(after)
        # In another version of OpenAPI the same words may say something else, so that nothing is passed over.
        whole = frozenset(self.units[0].all) | frozenset(self.units[1].all)
        self._dirty = dirty_units(*self.units) if before.dialect == after.dialect else whole
        self._one_dialect = before.dialect == after.dialect
        self.claimed = {
            kind: before.dialect.claimed[kind] | after.dialect.claimed[kind] | _CLAIMED.get(kind, frozenset())
            for kind in before.dialect.claimed
        }
        self.claimed["path item"] -= _unread_methods(before, after)
        self.related: dict[tuple[str, str, bool], Effect] = {}
        """How pairs of schemas relate that were compared aside (monitor/compare/relations.py)."""
        self.frames: dict[PairKey, Frame] = {}
        self.definitions: list[tuple[Scope, Node, Node]] = []
        """The `$defs` of schemas that differ: told in the end, as far as no `$ref` leads to them."""
        self._compared: set[tuple[str, str]] = set()
        self.roots: list[Frame] = []
        self.waiting: deque[tuple[PairKey, Node, Node]] = deque()

    def aside(self) -> Context:
        """The same comparison with nothing found yet: what is found there is not told. The budget is shared."""
        other = copy(self)
        other.frames, other.roots, other._compared, other.waiting = {}, [], set(), deque()
        return other

    def root(self, operation: OperationRef | None = None) -> Frame:
        """A new frame that nothing refers to: an operation, or the document itself."""
        frame = Frame(operation)
        self.roots.append(frame)
        return frame

    def refer(self, scope: Scope, before: Node, after: Node, *, use: Location, null_told: bool = False) -> None:
        """Note that the scope refers to a pair of schemas, from the place `use`, and have the pair compared once.

        A pair that is compared already, or is being compared, is not looked at again: differences inside it are told in
        its own frame, so assuming it equal here is sound (the greatest fixed point over recursive schemas).
        """
        key = PairKey(before.pointer, after.pointer, scope.wire, null_told)
        if before.pointer == after.pointer and not self.is_dirty(before.pointer):
            return
        scope.frame.edges.append(Edge(key, scope.where, scope.direction, scope.only, scope.use or use))
        if key not in self.frames:
            self.frames[key] = Frame(exchanged=self.exchanged(before, after))
            self._compared.add((key.before, key.after))
            self.waiting.append((key, before, after))

    def into(self, scope: Scope, before: Node, after: Node) -> Scope:
        """The scope for what stands inside two definitions that references may have led to."""
        if scope.use is not None or not self.exchanged(before, after):
            return scope
        return replace(scope, use=Location(before.use, after.use))

    def exchanged(self, before: Node, after: Node) -> bool:
        """Whether a reference leads to another definition now, or none, while the old or new one stands on both sides.

        Then that reference was edited, and neither definition. A definition that has another name is no exchange.
        """
        if before.pointer == after.pointer:
            return False
        mine, yours = self.before.component(before.pointer), self.after.component(after.pointer)
        return mine != yours and (mine in self._components[1] or yours in self._components[0])

    def stands_on_both(self, pointer: str, side: int) -> bool:
        """Whether the definition that a place of the one side (0: before) belongs to is there on the other, too."""
        named = (self.before, self.after)[side].component(pointer)
        return named is not None and named in self._components[1 - side]

    @cached_property
    def _components(self) -> tuple[frozenset[ComponentName | None], ...]:
        return tuple(
            frozenset((found.section, found.name) for found in side.components()) for side in (self.before, self.after)
        )

    def is_dirty(self, pointer: str) -> bool:
        """Whether the unit that a place belongs to differs, or reaches one that does."""
        return pointer in self._dirty or self.units[0].owner(pointer) in self._dirty

    def is_unchanged(self, before: Node, after: Node) -> bool:
        """Whether two places say the same, word for word, and nothing that they refer to differs.

        Comparing them would find nothing. Not so across versions of OpenAPI, in which the same words say other things.
        """
        # Python's equality is fast and takes `1` for `true`; the canonical bytes do not.
        if not self._one_dialect or before.value != after.value:
            return False
        data = canonical_bytes(before.value)
        return data == canonical_bytes(after.value) and self._dirty.isdisjoint(self.units[0].targets(data))

    def was_compared(self, before: str, after: str) -> bool:
        """Whether a place led to this pair of definitions, however it is written on the wire."""
        return (before, after) in self._compared

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
        location = scope.use or Location(before, after)
        change = kind(
            location=location,
            before=old,
            after=new,
            where=scope.where,
            definition=self.definition(location.before, location.after),
            at_reference=scope.use is not None,
            **arguments,
        )
        scope.frame.facts.append(Fact(change, scope.direction, scope.only))

    def definition(self, before: str | None, after: str | None) -> str | None:
        """The name of the component that a place stands in, as the later document has it."""
        if after is not None:
            return self.after.component_name(after)
        return self.before.component_name(before) if before is not None else None


def _unread_methods(before: Contract, after: Contract) -> frozenset[str]:
    """Members of a Path Item Object that are operations in another version of OpenAPI, and in these two are unknown.

    `query` and `additionalOperations` came with 3.2 (OAS 3.2.0, section 4.9), `trace` with 3.0.
    """
    read = {*before.dialect.methods, *after.dialect.methods}
    if "query" in read:
        read.add("additionalOperations")
    return frozenset({"query", "additionalOperations", "trace"} - read)
