"""Changes that are one thing to a reader, told together: of one definition met by the same operations, of one service.

Thirty properties of a schema are then told under one name, and a service that goes is one point with its operations.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from msgspec import UNSET

from monitor.contract.types import OperationRef
from monitor.ledger import Interval, PromiseChange, day_of, service
from monitor.policy import PromiseState
from monitor.report.deprecations_words import between, by_key
from monitor.report.diffdoc import ChangeEntry
from monitor.report.entries import Met, difference, met, place, said
from monitor.report.ours import told_level, use_words
from monitor.report.text import plain, plural, short
from monitor.report.view import ComparisonView
from monitor.report.witness_words import witness_words
from monitor.rules import Level

_REMOVALS: Final = {"operation-removed": "operation", "webhook-removed": "webhook", "callback-removed": "callback"}
_KEYWORDS: Final = frozenset({"enum", "const", "default", "nullable", "type", "format", "pattern"})
"""Last steps of a place that only repeat what the message is about."""

Select = Callable[[ChangeEntry], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a point: its words, the rule behind it, and operations that are named after the words."""

    text: str
    rule: str
    operations: tuple[OperationRef, ...] = ()
    fingerprint: str = ""

    @property
    def names(self) -> str:
        """The rule, and the beginning of the fingerprint where the line is about one change."""
        return f"{self.rule} {short(self.fingerprint)}".rstrip()


@dataclass(frozen=True, slots=True)
class Point:
    """Changes that are told together.

    `place` is the definition, operation or service that they are about, `more_places` of how many others the same is
    true. `met` is who meets them at their level, `milder` how many other operations meet them at a lower one. `promise`
    is None where there is none to hold them to; `sentence` says why, where that is not plain. `shown` is
    what shows the first of the changes for which there is anything, where they break. `removed` are the operations,
    webhooks or callbacks that are gone, each a `noun`, where that is what the point is about. `use` is whether the
    reader's own code meets it, in words; empty where nothing is known of that.
    """

    place: str
    level: Level
    promise: PromiseState | None
    lines: tuple[Line, ...]
    changes: int
    more_places: int
    met: tuple[Met, ...]
    milder: tuple[tuple[Level, int], ...]
    sentence: str | None
    reasons: tuple[str, ...]
    shown: str | None = None
    removed: tuple[OperationRef, ...] = ()
    noun: str = ""
    use: str = ""

    @property
    def use_words(self) -> str:
        """`use: hit`; empty where nothing is known of what is used."""
        return f"use: {self.use}" if self.use else ""

    @property
    def milder_words(self) -> tuple[str, ...]:
        """`compatible for 7 more operations`, for each lower level."""
        return tuple(f"{level} for {plural(count, 'more operation')}" for level, count in self.milder)


@dataclass(frozen=True, slots=True)
class Sight:
    """What was first seen in one version: when, in words, the points, and the moment of that first sight."""

    when: str
    points: tuple[Point, ...]
    seen_at: datetime | None = None

    @property
    def changes(self) -> int:
        """How many changes the points hold."""
        return sum(point.changes for point in self.points)


def sights(comparisons: Iterable[ComparisonView], select: Select) -> tuple[Sight, ...]:
    """The selected changes by the version in which they were first seen, oldest first."""
    found = []
    for comparison in comparisons:
        promised = comparison.document.promise is not None
        chosen = [change for change in comparison.document.changes if select(change)]
        if chosen:
            day = day_of(comparison.after_seen)
            points = [_point(changes, day, promised=promised) for _, changes in by_key(chosen, _together)]
            when = between(Interval(comparison.before_seen, comparison.after_seen))
            found.append(Sight(when, tuple(points), comparison.after_seen))
    return tuple(found)


def promise_sights(changes: Iterable[PromiseChange]) -> tuple[Sight, ...]:
    """The changes of the promise's own words, by when they were first seen."""
    grouped = by_key(changes, lambda change: change.first_seen)
    return tuple(Sight(between(when), tuple(_promised(change) for change in found)) for when, found in grouped)


def _promised(change: PromiseChange) -> Point:
    happened, rule = "say something else", "promise-words-changed"
    if change.before is None:
        happened, rule = "are new", "promise-words-added"
    elif change.after is None:
        happened, rule = "are gone", "promise-words-removed"
    return Point(
        place=plain(change.section),
        level=Level.DOCS,
        promise=None,
        lines=(Line(f"The words in which the provider says what it promises {happened}.", rule),),
        changes=1,
        more_places=0,
        met=(),
        milder=(),
        sentence=None,
        reasons=tuple(f"{label}: {text}" for label, text in difference(change.before, change.after)),
    )


def is_removal(change: ChangeEntry) -> bool:
    """Whether an operation, webhook or callback is gone: there the promise's sentence names days."""
    return change.rule in _REMOVALS and bool(change.operations)


def _together(change: ChangeEntry) -> Hashable:
    level, use = told_level(change), use_words(change)
    if is_removal(change):
        return (change.rule, level, change.promise, use, change.reasons, service(change.reach[0].path))
    return (_head(change), level, change.promise, use, change.reasons, len(change.places), met(change))


def _head(change: ChangeEntry) -> str:
    """The definition or operation that a change stands in."""
    return place(change).partition(" > ")[0].removesuffix("[]")


def _point(changes: tuple[ChangeEntry, ...], since: date, *, promised: bool) -> Point:
    first, level = changes[0], told_level(changes[0])
    sentence, reasons = said(first)
    if first.promise == PromiseState.BROKEN and not is_removal(first):
        sentence = None  # that nothing covers it is what "broken" means
    removal = is_removal(first)
    who = () if removal else met(first)
    head, lines = _removed(changes) if removal else (_head(first), tuple(_line(change) for change in changes))
    hit = tuple(group for group in who if group.level == level and not _named(group, head, lines))
    return Point(
        place=plain(head),
        level=level,
        promise=first.promise if promised else None,
        lines=lines,
        changes=len(changes),
        more_places=len(first.places),
        met=hit,
        milder=_milder(who, level),
        sentence=sentence,
        reasons=reasons,
        shown=_shown(changes, since) if level == Level.BREAKING else None,
        removed=tuple(operation for change in changes for operation in change.reach) if removal else (),
        noun=_REMOVALS.get(first.rule, ""),
        use=use_words(first),
    )


def _shown(changes: tuple[ChangeEntry, ...], since: date) -> str | None:
    """What shows the first of the changes for which something was found."""
    found = (change for change in changes if change.witness and change.witness.undecided is UNSET)
    return next((words for words in (witness_words(change, since) for change in found) if words), None)


def _milder(who: tuple[Met, ...], worst: Level) -> tuple[tuple[Level, int], ...]:
    """How many operations meet the change at each lower level, each counted at its worst."""
    counted: dict[Level, int] = {}
    known: set[OperationRef] = set()
    for level, groups in by_key(who, lambda group: group.level):
        fresh = {operation for group in groups for operation in group.operations} - known
        known |= fresh
        if fresh and level != worst:
            counted[level] = len(fresh)
    return tuple(counted.items())


def _named(group: Met, head: str, lines: tuple[Line, ...]) -> bool:
    """Whether the point names the only operation already."""
    if len(group.operations) != 1:
        return False
    name = plain(str(group.operations[0]))
    return name == head or all(name in line.text for line in lines)


def _removed(changes: tuple[ChangeEntry, ...]) -> tuple[str, tuple[Line, ...]]:
    """The service that goes, and the one line about it."""
    first = changes[0]
    operations = tuple(operation for change in changes for operation in change.reach)
    if len(changes) == 1:
        return str(operations[0]), (_line(first),)
    what = plural(len(operations), _REMOVALS[first.rule])
    return service(operations[0].path), (Line(f"{what} of the service are gone", first.rule, operations),)


def _line(change: ChangeEntry) -> Line:
    """The message, after the place inside the definition or operation where the message does not name it."""
    message = plain(change.message)
    inside = _inside(change)
    if inside and inside[-1] in _KEYWORDS and change.rule.startswith(inside[-1]):
        inside.pop()
    if inside and inside[-1].removesuffix("[]").rpartition(" ")[2] in message:
        inside.pop()
    where = " > ".join(inside)
    text = f"{where}: {message}" if where and not is_removal(change) else message
    return Line(text, change.rule, fingerprint=change.fingerprint)


def _inside(change: ChangeEntry) -> list[str]:
    """The steps from the definition to the change; from an operation as its client meets it (`query page_size`)."""
    found = next((effect.where for effect in change.operations if effect.level == told_level(change)), "")
    if found and any(_head(change) == plain(str(operation)) for operation in change.reach):
        return plain(found).split(" > ")
    return place(change).split(" > ")[1:]
