"""What a report says of a source, in the order in which it matters; text, Markdown and mail differ in form only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final

from monitor.ledger import Entry, Interval, Move, State, day_of
from monitor.policy import PromiseState, Use
from monitor.report.deprecations_words import (
    Fold,
    Group,
    days,
    deadline_count,
    end_of,
    groups,
    moved_words,
)
from monitor.report.diffdoc import ChangeEntry, Summary, summary_of, yours_of
from monitor.report.marks import use_of
from monitor.report.ours import concerns_others, is_aside, is_loud
from monitor.report.report_points import Point, Sight, promise_sights, sights
from monitor.report.source_words import leads, source_notes, source_warnings
from monitor.report.text import long_day, plain
from monitor.report.view import Report, SourceView
from monitor.rules import Level

TITLES: Final = {
    "deadlines": "Deadlines",
    "parts": "Parts of operations, and what they share",
    "prose": "Said in prose alone, which is weak evidence",
    "ended": "Gone or taken back",
    "breaking": "Breaking",
    "broken": "Broken promises that need not break you",
    "risky": "Risky",
    "promised": "What the provider promises",
    "unused": "Not used by you",
    "unused_services": "Deprecated and not used by you",
}

INSIDE: Final = 12
"""Paths of a service, or names of parts, that a reader is shown at a deadline; `deprecations` has all of them."""

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FOLDS: Final = 10
"""Services or holders of smaller things that a reader is shown; `deprecations` has all of them."""


@dataclass(frozen=True, slots=True)
class Block:
    """Deadlines under a title of their own; `more` is how many entries are not shown."""

    title: str
    groups: tuple[Group, ...]
    more: int


@dataclass(frozen=True)
class Story:
    """One source in the span of a report."""

    view: SourceView
    since: datetime
    until: datetime
    today: date

    @cached_property
    def changes(self) -> tuple[ChangeEntry, ...]:
        """All changes of the span but those that somebody has muted."""
        return tuple(change for change in self._every_change if change.muted is None)

    @property
    def _every_change(self) -> Iterable[ChangeEntry]:
        return (change for each in self.view.comparisons for change in each.document.changes)

    @cached_property
    def summary(self) -> Summary:
        """The counts over the changes."""
        return summary_of(self.changes)

    @cached_property
    def muted(self) -> tuple[ChangeEntry, ...]:
        """What somebody has muted or acknowledged."""
        return tuple(change for change in self._every_change if change.muted is not None)

    @cached_property
    def ours(self) -> Summary:
        """The counts over the changes that the reader's own code meets; over all where nobody said what it uses."""
        if self.view.uses is None:
            return self.summary
        return yours_of(self.changes)

    @cached_property
    def unsure(self) -> int:
        """How many breaking changes there are of which nobody knows whether the reader's own code meets them."""
        return sum(change.use == Use.UNKNOWN and change.level == Level.BREAKING for change in self.changes)

    @cached_property
    def unused(self) -> tuple[Sight, ...]:
        """What is breaking, risky or a broken promise, and meets only operations that the reader does not use."""
        return sights(self.view.comparisons, lambda change: _aside(change) and change.muted is None)

    @cached_property
    def broken_promises(self) -> int:
        """How many changes of the span break the promise, whatever their level."""
        return sum(change.promise == PromiseState.BROKEN for change in self.changes)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before the rest: nothing comes in, or what comes cannot be used as it should."""
        return tuple(source_warnings(self.view, self.today))

    @property
    def notes(self) -> tuple[str, ...]:
        """What explains why there is little or nothing: paused, not yet checked, the baseline, slips."""
        moved = (f"{plain(str(entry.subject))}: {moved_words(move)}." for entry, move in self.moved)
        return (*moved, *source_notes(self.view))

    @cached_property
    def standing(self) -> tuple[Group, ...]:
        """The operations that are deprecated and still served, by urgency and deadline."""
        return groups(self._standing)

    @property
    def _standing(self) -> list[Entry]:
        return [entry for entry in self.view.entries if entry.standing and leads(entry)]

    @cached_property
    def our_standing(self) -> tuple[Group, ...]:
        """Those of `standing` that are not known to be unused."""
        return groups(entry for entry in self._standing if not self.is_unused(entry))

    @cached_property
    def unused_standing(self) -> tuple[Group, ...]:
        """Those of `standing` that the reader does not use."""
        return groups(entry for entry in self._standing if self.is_unused(entry))

    def is_unused(self, entry: Entry) -> bool:
        """Whether a deprecated thing is known to be none that the reader uses."""
        return use_of(entry, self.view.uses) == Use.NOT_USED

    @cached_property
    def ended(self) -> tuple[Group, ...]:
        """What was removed or reinstated in the span, but for parts that prose alone called deprecated and for what
        the reader does not use."""
        return groups(entry for entry in self._strong_ended if not self.is_unused(entry))

    @cached_property
    def unused_ended(self) -> tuple[Group, ...]:
        """The same of what the reader does not use."""
        return groups(entry for entry in self._strong_ended if self.is_unused(entry))

    @property
    def _strong_ended(self) -> list[Entry]:
        return [entry for entry in self._ended if entry.strength == "strong"]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """What is smaller, and what prose alone says, as far as it is news: new, near, or passed in the span."""
        if self.quiet and not self.urgent:
            return ()
        news = [entry for entry in self.lesser if self._is_news(entry)]
        strong, weak = ([entry for entry in news if entry.strength == of] for of in ("strong", "weak"))
        found = (_block(TITLES["parts"], strong), _block(TITLES["prose"], weak))
        return tuple(block for block in found if block.groups)

    @property
    def besides(self) -> str:
        """What else is deprecated and was told before, and what went that prose alone called deprecated: in counts."""
        if self.quiet and not self.urgent:
            return ""
        return " ".join(filter(None, [self.also, self.went]))

    @property
    def also(self) -> str:
        """What smaller things are deprecated and were told before, in counts."""
        told = [entry for entry in self.lesser if not self._is_news(entry)]
        return _also(told, self.view.name, self.today)

    @property
    def went(self) -> str:
        """What went in the span that prose alone called deprecated, in counts."""
        return _went([entry for entry in self._ended if entry.strength == "weak"])

    def is_due(self, entry: Entry) -> bool:
        """Whether a reader has to act on its deadline: it is new, near, or passed in the span, and rests on a date or
        a flag.
        """
        return entry.standing and _sure(entry) and self._is_news(entry) and not self.is_unused(entry)

    @cached_property
    def lesser(self) -> tuple[Entry, ...]:
        """What is deprecated and smaller than an operation, or said in prose alone."""
        return tuple(entry for entry in self.view.entries if entry.standing and not leads(entry))

    @cached_property
    def _ended(self) -> tuple[Entry, ...]:
        ends = ((entry, end_of(entry)) for entry in self.view.entries)
        return tuple(entry for entry, end in ends if end is not None and self._known(end))

    def _is_news(self, entry: Entry) -> bool:
        return self.is_new(entry) or entry.state is State.DUE_SOON or self._passed(entry)

    def _passed(self, entry: Entry) -> bool:
        day, overdue = entry.deadline or entry.deadline_late, entry.state is State.OVERDUE_STILL_SERVED
        # The last day of a span is the first of the next one, in which its deadline has passed.
        return overdue and day is not None and day_of(self.since) <= day < day_of(self.until)

    @cached_property
    def moved(self) -> tuple[tuple[Entry, Move], ...]:
        """The days of removal that the provider moved in the span."""
        return tuple((entry, move) for entry in self.view.entries for move in entry.moves if self._known(move.seen))

    def told_words(self, sight: Sight) -> str:
        """`told on Tuesday, 4 August 2026` of what an alert has told; empty of what it has not."""
        if sight.seen_at is None or not any(_is_alarming(point) for point in sight.points):
            return ""
        known = self.view.told_at(sight.seen_at)
        at = next((at for at in self.view.alerts if at >= known), None)
        return "" if at is None else f"told on {_WEEKDAYS[at.weekday()]}, {long_day(at.date())}"

    @cached_property
    def broken_besides(self) -> int:
        """How many changes break the promise that are not breaking."""
        return sum(_is_broken_besides(change) for change in self.changes)

    @cached_property
    def breaking(self) -> tuple[Sight, ...]:
        """The changes that break something that the reader uses, or may."""
        return self._sights(lambda change: change.our_level == Level.BREAKING)

    @cached_property
    def broken(self) -> tuple[Sight, ...]:
        """What breaks the promise, but not this client for certain."""
        return self._sights(lambda change: change.our_level != Level.BREAKING and change.promise == PromiseState.BROKEN)

    @cached_property
    def risky(self) -> tuple[Sight, ...]:
        """The risky changes that the promise allows or says nothing of."""
        return self._sights(lambda change: change.our_level == Level.RISKY and change.promise != PromiseState.BROKEN)

    @cached_property
    def promised(self) -> tuple[Sight, ...]:
        """The lasting changes of the promise's own words."""
        return promise_sights(self.view.promised)

    @property
    def quiet(self) -> bool:
        """Whether nothing was new in the span."""
        view = self.view
        news = (view.comparisons, view.baseline, self._strong_ended, self.moved, view.promised, view.frozen)
        return not any(news)

    @property
    def urgent(self) -> bool:
        """Whether a deadline is near, or passed in the span."""
        return bool(self.due_soon() or self.passed())

    @property
    def deadlines(self) -> tuple[Group, ...]:
        """The deadlines to show one by one; where nothing is new and none is near, `headline` counts them."""
        return () if self.quiet and not self.urgent else self.our_standing

    def is_new(self, entry: Entry) -> bool:
        """Whether it was first seen deprecated in the span, and not in the first version of all."""
        return entry.first_seen.after is not None and self._known(entry.first_seen)

    def _known(self, moment: Interval) -> bool:
        """Whether what happened at a moment became known in the span."""
        return self.since <= self.view.told_at(moment.by) < self.until

    @property
    def url_is_new(self) -> bool:
        """Whether the watched URL itself became deprecated in the span."""
        return any(entry.watched and entry.standing and self.is_new(entry) for entry in self.view.entries)

    def newly(self, fold: Fold) -> bool:
        """Whether something of it was first seen deprecated in the span."""
        return any(entry.standing and self.is_new(entry) for entry in fold.entries)

    def long_overdue(self, group: Group) -> bool:
        """Whether its deadline had passed before the span began: it was told then, and is only listed now."""
        first = group.first
        day = first.deadline or first.deadline_late
        passed = day is None or day < day_of(self.since)
        new = any(map(self.is_new, group.entries))
        return first.state is State.OVERDUE_STILL_SERVED and passed and not new

    def inside(self, fold: Fold, group: Group) -> tuple[str, ...]:
        """What to name beneath a service or holder; nothing of one thing, nor of what is long overdue."""
        return () if fold.alone or self.long_overdue(group) else fold.inside

    def reminds(self, entry: Entry) -> bool:
        """Whether a reader is to be reminded of its deadline: it stands, and rests on a date or a flag."""
        return entry.standing and _sure(entry) and not self.is_unused(entry)

    def due_soon(self) -> int:
        """How many deadlines are near: one for each service and day."""
        return deadline_count(entry for entry in self.view.entries if self._is_near(entry))

    def passed(self) -> int:
        """How many deadlines of what is still served passed in the span."""
        return deadline_count(entry for entry in self.view.entries if self._has_passed(entry))

    def our_news(self) -> int:
        """How many deadlines are near or passed in the span, of what the reader is not known not to use."""
        near = (entry for entry in self.view.entries if self._is_near(entry) or self._has_passed(entry))
        return deadline_count(entry for entry in near if not self.is_unused(entry))

    def _is_near(self, entry: Entry) -> bool:
        return entry.state is State.DUE_SOON and _sure(entry)

    def _has_passed(self, entry: Entry) -> bool:
        return self._passed(entry) and _sure(entry)

    def left_over(self) -> dict[str, int]:
        """How many compatible and docs changes are told in no section."""
        left = summary_of(change for change in self.changes if change.promise != PromiseState.BROKEN)
        return {"compatible": left.compatible, "docs": left.docs}

    def _sights(self, select: Callable[[ChangeEntry], bool]) -> tuple[Sight, ...]:
        def told(change: ChangeEntry) -> bool:
            return select(change) and not is_aside(change)

        return sights(self.view.comparisons, told)


def _is_alarming(point: Point) -> bool:
    return point.level == Level.BREAKING or point.promise == PromiseState.BROKEN


def _is_broken_besides(change: ChangeEntry) -> bool:
    return change.level != Level.BREAKING and change.promise == PromiseState.BROKEN


def _aside(change: ChangeEntry) -> bool:
    """Whether a change would be told one by one, were it one of an operation that the reader uses."""
    return is_loud(change.level, change.promise) and concerns_others(change)


def stories(report: Report) -> tuple[Story, ...]:
    """The sources that have something to tell, then the quiet ones; else in the order of the report."""
    told = [Story(view, report.since, report.until, report.today) for view in report.sources]
    return tuple(sorted(told, key=lambda story: (story.quiet and not story.urgent, story.quiet)))


def _sure(entry: Entry) -> bool:
    """Whether its deadline counts among what a reader has to act on: not what prose says without a date."""
    return entry.strength == "strong" or entry.given is not None


def _block(title: str, entries: Sequence[Entry]) -> Block:
    """The first folds of the entries, and how many entries are left."""
    room = _FOLDS
    shown: list[Group] = []
    for group in groups(entries):
        folds = group.folds[:room]
        room -= len(folds)
        if folds:
            shown.append(Group(tuple(entry for fold in folds for entry in fold.entries)))
    return Block(title, tuple(shown), len(entries) - sum(len(group.entries) for group in shown))


def _also(told: Sequence[Entry], name: str, today: date) -> str:
    if not told:
        return ""
    overdue = sum(entry.state is State.OVERDUE_STILL_SERVED for entry in told)
    weak = sum(entry.strength == "weak" for entry in told)
    ahead = min((entry.deadline for entry in told if entry.deadline and entry.deadline >= today), default=None)
    words = [
        f"Told before and still served: {Fold('', tuple(told)).count}",
        f"{'all' if weak == len(told) else f'{weak:,} of them'} in prose alone" if weak else "",
        f"{'all' if overdue == len(told) else f'{overdue:,} of them'} overdue" if overdue else "",
        f"the next deadline is {ahead}, {days((ahead - today).days)}" if ahead else "",
    ]
    return f"{', '.join(filter(None, words))}; `specwatch deprecations {plain(name)}` lists them."


def _went(gone: Sequence[Entry]) -> str:
    if not gone:
        return ""
    verb = "is" if len(gone) == 1 else "are"
    return f"{Fold('', tuple(gone)).count} that prose alone called deprecated went, or {verb} no longer called so."
