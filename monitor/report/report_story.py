"""What a report says of a source, in the order in which it matters; text, Markdown and mail differ in form only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from monitor.ledger import DUE_SOON_DAYS, Entry, Interval, Loss, Move, State, day_of
from monitor.policy import PromiseState, Use
from monitor.report.deprecations_view import watched_words
from monitor.report.deprecations_words import (
    Fold,
    Group,
    between,
    by_key,
    days,
    deadline_words,
    end_of,
    ended_words,
    frozen_words,
    groups,
    left_words,
    moved_words,
    state_word,
)
from monitor.report.diffdoc import ChangeEntry, Summary, summary_of
from monitor.report.entries import counted
from monitor.report.marks import use_of
from monitor.report.report_points import Point, Sight, promise_sights, sights
from monitor.report.text import clip, listed, long_day, moment, plain, plural
from monitor.report.view import Crossing, Report, SourceView
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
}

INSIDE: Final = 12
"""Paths of a service, or names of parts, that a reader is shown at a deadline; `deprecations` has all of them."""

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FOLDS: Final = 10
"""Services or holders of smaller things that a reader is shown; `deprecations` has all of them."""
_MESSAGE: Final = 300
_FAILING: Final = 5
"""Failing sources that are named one by one."""
"""Characters of an error or a problem that a reader is shown."""


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
    def muted(self) -> Summary:
        """The counts over what somebody has muted or acknowledged."""
        return summary_of(change for change in self._every_change if change.muted is not None)

    @cached_property
    def ours(self) -> Summary:
        """The counts over the changes that the reader's own code meets; over all where nobody said what it uses."""
        if self.view.uses is None:
            return self.summary
        return summary_of(change for change in self.changes if change.use == Use.HIT)

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
        return tuple(_warnings(self.view, self.today))

    @property
    def notes(self) -> tuple[str, ...]:
        """What explains why there is little or nothing: paused, not yet checked, the baseline, slips."""
        moved = (f"{plain(str(entry.subject))}: {moved_words(move)}." for entry, move in self.moved)
        return (*moved, *_notes(self.view))

    @cached_property
    def standing(self) -> tuple[Group, ...]:
        """The operations that are deprecated and still served, by urgency and deadline."""
        return groups(self._standing)

    @property
    def _standing(self) -> list[Entry]:
        return [entry for entry in self.view.entries if entry.standing and _leads(entry)]

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
        """What was removed or reinstated in the span, but for parts that prose alone called deprecated."""
        return groups(entry for entry in self._ended if entry.strength == "strong")

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
        return tuple(entry for entry in self.view.entries if entry.standing and not _leads(entry))

    @cached_property
    def _ended(self) -> tuple[Entry, ...]:
        ends = ((entry, end_of(entry)) for entry in self.view.entries)
        return tuple(entry for entry, end in ends if end is not None and self._known(end))

    def _is_news(self, entry: Entry) -> bool:
        return self.is_new(entry) or entry.state is State.DUE_SOON or self._passed(entry)

    def _passed(self, entry: Entry) -> bool:
        day, overdue = entry.deadline, entry.state is State.OVERDUE_STILL_SERVED
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
        """The breaking changes."""
        return self._sights(lambda change: change.level == Level.BREAKING)

    @cached_property
    def broken(self) -> tuple[Sight, ...]:
        """What breaks the promise, but not this client for certain."""
        return self._sights(_is_broken_besides)

    @cached_property
    def risky(self) -> tuple[Sight, ...]:
        """The risky changes that the promise allows or says nothing of."""
        return self._sights(lambda change: change.level == Level.RISKY and change.promise != PromiseState.BROKEN)

    @cached_property
    def promised(self) -> tuple[Sight, ...]:
        """The lasting changes of the promise's own words."""
        return promise_sights(self.view.promised)

    @property
    def quiet(self) -> bool:
        """Whether nothing was new in the span."""
        news = (self.view.comparisons, self.view.baseline, self.ended, self.moved, self.view.promised, self.view.frozen)
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
        passed = first.deadline is None or first.deadline < day_of(self.since)
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
        return _deadlines(entry for entry in self.view.entries if self._is_near(entry))

    def passed(self) -> int:
        """How many deadlines of what is still served passed in the span."""
        return _deadlines(entry for entry in self.view.entries if self._has_passed(entry))

    def our_deadlines(self) -> int:
        """How many deadlines are near or passed in the span, of what the reader is not known not to use."""
        near = (entry for entry in self.view.entries if self._is_near(entry) or self._has_passed(entry))
        return _deadlines(entry for entry in near if not self.is_unused(entry))

    def _is_near(self, entry: Entry) -> bool:
        return entry.state is State.DUE_SOON and _sure(entry)

    def _has_passed(self, entry: Entry) -> bool:
        return self._passed(entry) and _sure(entry)

    def left_over(self) -> dict[str, int]:
        """How many compatible and docs changes are told in no section."""
        left = summary_of(change for change in self.changes if change.promise != PromiseState.BROKEN)
        return {"compatible": left.compatible, "docs": left.docs}

    def rest(self) -> str:
        """`Besides: 13 compatible and 22 docs changes.`, or nothing."""
        return rest_words([self])

    def _sights(self, select: Callable[[ChangeEntry], bool]) -> tuple[Sight, ...]:
        def told(change: ChangeEntry) -> bool:
            return select(change) and change.use != Use.NOT_USED and change.muted is None

        return sights(self.view.comparisons, told)


def _is_alarming(point: Point) -> bool:
    return point.level == Level.BREAKING or point.promise == PromiseState.BROKEN


def _is_broken_besides(change: ChangeEntry) -> bool:
    return change.level != Level.BREAKING and change.promise == PromiseState.BROKEN


def _aside(change: ChangeEntry) -> bool:
    """Whether a change would be told one by one, were it one of an operation that the reader uses."""
    loud = change.level in (Level.BREAKING, Level.RISKY) or change.promise == PromiseState.BROKEN
    return loud and change.use == Use.NOT_USED


def stories(report: Report) -> tuple[Story, ...]:
    """The sources that have something to tell, then the quiet ones; else in the order of the report."""
    told = [Story(view, report.since, report.until, report.today) for view in report.sources]
    return tuple(sorted(told, key=lambda story: (story.quiet and not story.urgent, story.quiet)))


def headline(story: Story) -> str:
    """What was new in the span, in counts."""
    view = story.view
    if not view.comparisons:
        if view.promised:
            return f"nothing new but {plural(len(view.promised), 'promise change')}"
        new = "watched from now on" if view.baseline is not None and view.versions == 1 else "nothing new"
        standing = [] if story.deadlines else [entry for group in story.standing for entry in group.entries]
        return f"{new}; {overdue_words(standing)}" if standing else new
    broken = story.broken_promises
    promise = f", {plural(broken, 'broken promise')}" if broken else ""
    # What was suspect is told when it is confirmed, perhaps in a span in which no version was new.
    versions = max(view.versions - (view.baseline is not None), len(view.comparisons))
    words = f", {plural(len(view.promised), 'promise change')}" if view.promised else ""
    return f"{counted(story.summary)} in {plural(versions, 'new version')}{promise}{words}"


def overdue_words(standing: Sequence[Entry]) -> str:
    """`27 operations are deprecated and still served, 3 of them overdue`."""
    count = Fold("", tuple(standing)).count + (" is" if len(standing) == 1 else " are")
    overdue = sum(entry.state is State.OVERDUE_STILL_SERVED for entry in standing)
    if overdue == len(standing):
        return f"{count} overdue and still served"
    return f"{count} deprecated and still served" + (f", {overdue:,} of them overdue" if overdue else "")


def about(view: SourceView) -> str:
    """What the source is judged by: `client strict, promise Quayside (3 months from deprecation to removal)`."""
    if view.promise is None:
        return f"client {plain(view.client)}, no promise"
    title = plain(view.promise_title or view.promise)
    if view.window_months is None:
        return f"client {plain(view.client)}, promise {title}"
    window = f"{plural(view.window_months, 'month')} from deprecation to removal"
    return f"client {plain(view.client)}, promise {title} ({window})"


def span_words(report: Report) -> str:
    """`2026-08-01 to 2026-08-31`; the end is the last day, or the moment where it lies within a day."""
    end = report.until
    last = f"{end - timedelta(days=1):%Y-%m-%d}" if end.time() == time() else moment(end)
    begin = f"{report.since:%Y-%m-%d}" if report.since.time() == time() else moment(report.since)
    return begin if begin == last else f"{begin} to {last}"


def last_day(report: Report) -> date:
    """The last day that the span touches."""
    return day_of(report.until - timedelta(microseconds=1))


def totals(told: Iterable[Story], *, brief: bool = False) -> tuple[str, ...]:
    """What is to be acted on over all sources, most urgent first; empty when there is nothing.

    `brief` is for a subject: `1 breaking`.
    """
    told = tuple(told)
    breaking = sum(story.summary.breaking for story in told)
    broken = sum(story.broken_besides for story in told)
    promised = sum(len(story.view.promised) for story in told)
    soon, passed = sum(story.due_soon() for story in told), sum(story.passed() for story in told)
    outdated = sum(bool(story.view.outdated) for story in told)
    failing = sum(story.view.health.outcome == "failed" for story in told)
    ours = sum(story.url_is_new for story in told)
    words = (
        (ours, f"{plural(ours, 'watched URL')} deprecated"),
        (breaking, f"{breaking:,} breaking" if brief else plural(breaking, "breaking change")),
        (broken, plural(broken, "further broken promise" if breaking else "broken promise")),
        (promised, plural(promised, "promise change")),
        (outdated, f"{plural(outdated, 'promise profile')} out of date"),
        (soon, f"{plural(soon, 'deadline')} within {DUE_SOON_DAYS} days"),
        (passed, f"{plural(passed, 'deadline')} passed"),
        (failing, f"{plural(failing, 'source')} failing"),
    )
    return tuple(text for count, text in words if count)


def _crossed(crossing: Crossing) -> str:
    told = f"The version seen on {moment(crossing.at)} was asked for {crossing.how} than the one before"
    summary = crossing.summary
    if summary is None:
        return f"{told}: what differs may come from that."
    levels = {
        "breaking": summary.breaking,
        "risky": summary.risky,
        "compatible": summary.compatible,
        "docs": summary.docs,
    }
    counts = listed([f"{count:,} {level}" for level, count in levels.items() if count]) or "nothing"
    return (
        f"{told}. What differs between the two documents ({counts}) is not told as changes of the API: "
        f"specwatch diff {plain(crossing.before_name)} {plain(crossing.after_name)}"
    )


def checked(told: Sequence[Story], today: date) -> str:
    """`7 of 8 sources checked; last success of acme 3 days ago.`; empty when none of those that were tried failed."""
    healths = [(story.view.name, story.view.health) for story in told if not story.view.health.paused]
    tried = [(name, health) for name, health in healths if health.outcome is not None]
    failing = [(name, health) for name, health in tried if health.outcome == "failed"]
    if not failing:
        return ""
    since = [
        f"last success of {plain(name)} {_ago(health.last_good, today)}"
        if health.last_good is not None
        else f"{plain(name)} was never checked successfully"
        for name, health in failing
    ]
    return f"{len(tried) - len(failing)} of {plural(len(tried), 'source')} checked; {listed(since, _FAILING)}."


def _ago(at: datetime | None, today: date) -> str:
    days = 0 if at is None else (today - day_of(at)).days
    return "today" if days <= 0 else f"{plural(days, 'day')} ago"


def yours(told: Iterable[Story]) -> str:
    """`Yours: 0 breaking, 1 deadline`, over the sources of which somebody said what is used; empty without any."""
    known = [story for story in told if story.view.uses is not None]
    if not known:
        return ""
    breaking = sum(story.ours.breaking for story in known)
    due = sum(story.our_deadlines() for story in known)
    unsure = sum(story.unsure for story in known)
    words = f"Yours: {breaking:,} breaking, {plural(due, 'deadline')}"
    return f"{words}, {unsure:,} breaking that may be yours" if unsure else words


def aside_words(told: Iterable[Story]) -> tuple[str, ...]:
    """What is counted and told no further: what only operations meet that are not used, and what somebody muted."""
    told = tuple(told)
    points = [point for story in told for sight in story.unused for point in sight.points]
    unused = sum(point.changes for point in points)
    breaking = sum(point.changes for point in points if point.level == Level.BREAKING)
    words = f"Not used by you: {plural(unused, 'change')} that would be told, {breaking:,} of them breaking."
    muted = [story.muted for story in told]
    counts = {str(level): sum(getattr(each, level) for each in muted) for level in Level}
    lines = [
        words if unused else "",
        f"Muted or acknowledged: {counted(Summary(operations_affected=0, **counts))}." if any(counts.values()) else "",
    ]
    return tuple(line for line in lines if line)


def whole_counts(told: Iterable[Story]) -> tuple[str, ...]:
    """`2 risky`, `14 compatible`: what need not be acted on; `docs` only where there is nothing else."""
    told = tuple(told)
    counts = [
        (sum(getattr(story.summary, level) for story in told), level) for level in ("risky", "compatible", "docs")
    ]
    words = [f"{count:,} {level}" for count, level in counts if count]
    return tuple(words[:-1] if len(words) > 1 and words[-1].endswith("docs") else words)


def rest_words(told: Iterable[Story]) -> str:
    """`Besides: 13 compatible and 22 docs changes.` over all sources, or nothing."""
    counts = [story.left_over() for story in told]
    left = {level: sum(each[level] for each in counts) for level in ("compatible", "docs")}
    if not any(left.values()):
        return ""
    return f"Besides: {counted(Summary(breaking=0, risky=0, operations_affected=0, **left))}."


def _deadlines(entries: Iterable[Entry]) -> int:
    return len({(Fold.of(entry), entry.deadline) for entry in entries})


def _leads(entry: Entry) -> bool:
    """Whether it is told one by one for as long as it stands: operations, and the document or URL as a whole."""
    return entry.strength == "strong" and not entry.part


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


def _warnings(view: SourceView, today: date) -> Iterable[str]:
    yield from watched_words(view.entries, today)
    for still in view.frozen:
        yield f"Frozen: {frozen_words(still)} What changes in the API is not seen here: watch another document."
    for change in view.outdated:
        how = "is gone" if change.after is None else "says something else"
        yield (
            f"The promise profile {plain(view.promise or '')} is out of date: the section {plain(change.section)} with "
            f"its words {how}, seen {between(change.first_seen)}. All is judged by the old words until "
            f"`specwatch set {plain(view.name)} --promise FILE` names newer ones."
        )
    health = view.health
    if health.outcome == "failed":
        at = f" on {moment(health.checked_at)}" if health.checked_at else ""
        category = f" ({plain(health.category)})" if health.category else ""
        message = f": {clip(plain(health.message), _MESSAGE)}" if health.message else ""
        good = f"the last good one was on {moment(health.last_good)}" if health.last_good else "none was ever good"
        times = f"the last {health.failures} checks failed" if health.failures > 1 else "the last check failed"
        yield f"{times[0].upper()}{times[1:]}{at}{category}{message.rstrip('.')}; {good}."
    if health.moved_to is not None:
        yield (
            f"The configured URL is out of date: it has moved for good to {clip(plain(health.moved_to), _MESSAGE)}. "
            f"To follow: specwatch set {plain(view.name)} --url URL"
        )
    if health.problems:
        first = clip(plain(health.problems[0]), _MESSAGE)
        count = plural(len(health.problems), "problem")
        yield f"The newest document is invalid, it is compared as far as it can be read. {count}, first: {first}"
    if view.unconfirmed is not None:
        yield f"{unconfirmed_words(view.unconfirmed)} Nothing is told of it until a later check confirms it."
    for warning in view.warnings:
        yield f"A comparison could not be made: {clip(plain(warning), _MESSAGE)}"


def unconfirmed_words(loss: Loss) -> str:
    """`The version of 2026-08-03 10:00 UTC lacks 18 operations and 12 flags …`."""
    lacks = [plural(count, noun) for count, noun in ((loss.operations, "operation"), (loss.flags, "flag")) if count]
    return f"The version of {moment(loss.first_seen)} lacks {listed(lacks)} that were there, and may be a stale copy."


def _notes(view: SourceView) -> Iterable[str]:
    health = view.health
    if health.paused:
        at = f"; last checked on {moment(health.checked_at)}" if health.checked_at else ""
        yield f"Paused: it is not checked{at}."
    for crossing in view.crossings:
        yield _crossed(crossing)
    for outage in health.outages:
        until = f"{moment(outage.since)} to {moment(outage.over_at)}"
        yield f"It could not be checked from {until} ({plural(outage.failures, 'failure')}: {plain(outage.category)})."
    if health.checked_at is None and not view.snapshots:
        yield f"Nothing is known yet: specwatch check {plain(view.name)}"
    if view.baseline is not None:
        leading = [entry for entry in view.entries if _leads(entry) and entry.episodes]
        already = sum(entry.episodes[0].first_seen.after is None for entry in leading)
        counts = [plural(view.baseline_operations, "operation")] if view.baseline_operations is not None else []
        counts += [f"{already:,} deprecated already"] if already else []
        holds = f": {listed(counts)}" if counts else ""
        yield f"First version kept {view.baseline:%Y-%m-%d}{holds}. What it holds is not told as new."
    if view.suspect:
        lack, them = ("lacks", "it") if view.suspect == 1 else ("lack", "them")
        yield f"{plural(view.suspect, 'version')} {lack} what the versions around {them} have; taken for a slip."


def unused_lines(story: Story) -> tuple[str, ...]:
    """What the reader does not use, a line each: changes by the place that they stand in, then deprecated services."""
    lines = []
    for point in (point for sight in story.unused for point in sight.points):
        more = f" (and {plural(len(point.lines) - 1, 'more change')})" if len(point.lines) > 1 else ""
        lines.append(f"{point.level}: `{plain(point.place)}`: {plain(point.lines[0].text)}{more}")
    for group in story.unused_standing:
        for fold in group.folds:
            name = plain(str(fold) if fold.alone else fold.name)
            lines.append(f"{state_word(group.first)}: `{name}`: {fold.count}, {deadline_line(group, story)}")
    return tuple(lines)


def by_state(told: Iterable[Group]) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    """Groups under the word of their state."""
    return tuple(by_key(told, lambda group: state_word(group.first)))


def deadline_line(group: Group, story: Story) -> str:
    """`2026-08-11, in 1 day`; of what is over, when it ended and when the deadline was."""
    deadline = deadline_words(group.first, story.today)
    if not group.first.standing:
        was = f"; the deadline was {deadline}" if group.first.removed is not None else ""
        return f"{ended_words(group.first)}{was}"
    left = left_words(group.first, story.today)
    return f"{deadline}, {left}" if left else f"deadline {deadline}"
