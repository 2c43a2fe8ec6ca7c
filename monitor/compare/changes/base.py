"""Changes: facts about what differs between two contracts.

A Change says what, where and between which values. It never says "breaking": rules do (monitor/rules).

Every Change is relative to the definition it stands in; `sites` says through which operations a client meets it and in
which direction. The classes are grouped by the part of OpenAPI that they are about. `effect` is what a change does to
the set of values (or calls) that the contract accepts; the variance table of docs/stance.md turns it into levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from monitor.contract.types import Site
from monitor.values import JsonValue


class Effect(StrEnum):
    """What a change does to the set of values that the contract accepts."""

    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED = "changed"
    """Some values left the set and others came."""
    NEUTRAL = "neutral"
    """The set is the same."""
    UNDECIDED = "undecided"
    """The document does not tell, or this program cannot."""


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """JSON pointers (RFC 6901) of the place in the two documents; None on the side where there is none."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact: what differs, where, between which values.

    `before` and `after` are the values at the place; None where there is none. `where` is the readable path inside its
    definition (`incident > status`), `definition` the component's name where it stands in one. `places` has every
    place of the same edit, `location` first among them. `sites` is complete: every operation that reaches it.
    `at_reference`: it lies behind the reference at `location`, which leads to another definition than before.
    """

    location: Location
    before: JsonValue = None
    after: JsonValue = None
    where: str = ""
    definition: str | None = None
    places: tuple[Location, ...] = ()
    sites: tuple[Site, ...] = ()
    at_reference: bool = False

    # A property in the classes of which it depends on the values; mypy takes a constant for no property (override).
    effect: ClassVar[Effect] = Effect.UNDECIDED
