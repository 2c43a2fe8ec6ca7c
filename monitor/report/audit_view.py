"""The audit of a promise: what was kept, what was broken, and what documents cannot tell. The forms only print it.

A promise is audited clause by clause. There are counts and no score: whether one removal weighs more than ten optional
properties is for the reader to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from monitor.ledger import Entry, Interval, PromiseChange
from monitor.report.audit_timeline import Timeline
from monitor.report.diffdoc import ChangeEntry
from monitor.report.report_points import Point


class ClauseName(StrEnum):
    """The parts of a promise that documents can be held to."""

    WINDOW = "window"
    """What is deprecated is served until its window has ended, and nothing goes that was not deprecated."""
    STABILITY = "stability"
    """A living operation does not change in a way that breaks a client."""
    PARALLEL = "parallel"
    """A new version of a service is on a path of its own, beside the old one."""
    KINDS = "kinds"
    """What changes is of a kind that the provider reserved."""


Kept = Literal["kept", "broken", "unknown"]
"""`unknown`: what was seen proves neither."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The two versions that show something, by the names that `specwatch diff` takes."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Removed:
    """An operation that went, and whether it might: judged by the ledger.

    `flagged` is when it was first seen deprecated (None: it never was when it went), `served` when it came.
    `deadline` is the last day of the window by which it was judged. `sentence` is the verdict in words; `doubts` are
    what the documents leave open. `sides` are the last version with it and the first without, `flag_sides` those
    between which it was flagged.
    """

    operation: str
    outcome: Kept
    removed: Interval
    flagged: Interval | None
    served: Interval | None
    returned: Interval | None
    deadline: date | None
    sentence: str
    doubts: tuple[str, ...]
    sides: Sides
    flag_sides: Sides | None


@dataclass(frozen=True, slots=True)
class RemovedTogether:
    """Operations of which the same is to be said: when they went, whether they might, and on what evidence."""

    outcome: Kept
    when: str
    flagged: str | None
    operations: tuple[str, ...]
    sentence: str
    doubts: tuple[str, ...]
    sides: Sides


@dataclass(frozen=True, slots=True)
class Breach:
    """A change that broke the promise. `deprecated`: whoever it breaks calls what was deprecated already.

    `doubts` are what the documents leave open: it may be the document that was corrected.
    """

    clause: ClauseName
    change: ChangeEntry
    seen: Interval
    deprecated: bool
    doubts: tuple[str, ...]
    sides: Sides


@dataclass(frozen=True, slots=True)
class BreachSight:
    """The breaches of one clause that were first seen in one version, put together as a reader is told them."""

    when: str
    sides: Sides
    points: tuple[Point, ...]
    deprecated: int
    doubtful: int

    @property
    def changes(self) -> int:
        """How many changes the points hold."""
        return sum(point.changes for point in self.points)


@dataclass(frozen=True, slots=True)
class Parallel:
    """One deprecated operation, what takes its place, and for how many days both were there.

    `least` days are proven by the sights of both, `most` the sights allow (None: no end to it is known). Both are None
    without a successor; negative where there was a gap between the two.
    """

    operation: str
    successor: str | None
    since: Interval | None
    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class ServiceAudit:
    """The operations of a service that were deprecated together.

    `least` is the fewest days that one of them and its successor both were there; None where none has a successor.
    `without` names the operations for which no equivalent is known.
    """

    name: str
    entries: tuple[Entry, ...]
    state: str
    successor: str | None
    outcome: Kept | None
    operations: tuple[Parallel, ...]
    least: int | None
    without: tuple[str, ...]
    deadline: str
    seen: str
    ended: str


@dataclass(frozen=True, slots=True)
class PartsAudit:
    """Things that are smaller than operations, of which the same is to be said; `name` is what they are."""

    name: str
    entries: tuple[Entry, ...]
    facts: tuple[str, str, str, str]
    """The state, when they were first seen, the deadline, and how they ended, in words."""

    @property
    def weak(self) -> bool:
        """Whether prose alone says that they are deprecated."""
        return self.entries[0].strength == "weak"


@dataclass(frozen=True, slots=True)
class Use:
    """How many changes the provider's own words for what it may do cover."""

    words: str
    changes: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of the promise with its counts, each in words (`40 removals`) and as a number."""

    name: ClauseName
    title: str
    kept: int
    broken: int
    unknown: int
    kept_words: str
    broken_words: str
    unknown_words: str


@dataclass(frozen=True, slots=True)
class Audit:
    """A source held to its promise in the half-open span [since, until), as of `today`.

    `first` and `last` are the first and the last sight in the span. `words_sha256` is the digest of the promise's
    words as the profile has them, read on `read_on` at `words_url`.
    `versions` were seen in the span, `suspect` of them are taken for slips and `compared` pairs of neighbours were
    compared. `limits` are sentences about what cannot be known from documents.
    """

    name: str
    url: str
    promise: str
    promise_title: str
    words: str
    words_url: str
    words_sha256: str
    read_on: date
    since: datetime
    until: datetime
    today: date
    first: datetime
    last: datetime
    versions: int
    suspect: int
    compared: int
    clauses: tuple[Clause, ...]
    removed: tuple[Removed, ...]
    removed_together: tuple[RemovedTogether, ...]
    breaches: tuple[Breach, ...]
    stability: tuple[BreachSight, ...]
    kinds: tuple[BreachSight, ...]
    uses: tuple[Use, ...]
    services: tuple[ServiceAudit, ...]
    timeline: Timeline
    parts: tuple[PartsAudit, ...]
    parts_timeline: Timeline
    promised: tuple[PromiseChange, ...]
    limits: tuple[str, ...]
    warnings: tuple[str, ...]
