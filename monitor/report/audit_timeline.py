"""The timeline of an audit: a bar for each deprecated service, in per cent of the span that is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from monitor.ledger import Entry, Interval, add_months, day_of
from monitor.report.deprecations_words import between, deadline_words, end_of, ended_words, state_word
from monitor.report.text import clip

SegmentKind = Literal["uncertain", "window", "late", "unknown", "words"]
"""`uncertain`: it was flagged somewhere in here. `window`: deprecated, up to its deadline. `late`: served after the
deadline. `unknown`: deprecated, and when its deadline is, is not known. `words`: deprecated in prose alone."""

EndKind = Literal["removed", "removed early", "reinstated"]

_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120)
_MOST_TICKS: Final = 5
_LABEL: Final = 40
"""Characters of a label: what fits on a telephone."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, from `x` on, both in per cent."""

    kind: SegmentKind
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class End:
    """How a bar ends, and where."""

    kind: EndKind
    x: float


@dataclass(frozen=True, slots=True)
class Bar:
    """What was deprecated together. `deadline` is where the day to plan by lies, None where none is known or prose
    alone speaks; `facts` are all of it in words: the state, when it was first seen, its deadline, and how it ended."""

    label: str
    facts: tuple[str, str, str, str]
    segments: tuple[Segment, ...]
    deadline: float | None
    end: End | None

    @property
    def title(self) -> str:
        """The facts in a line."""
        state, seen, deadline, ended = self.facts
        words = [state, f"deprecated {seen}", f"deadline {deadline}", *([ended] if ended else [])]
        return f"{self.label}: {'; '.join(words)}"


@dataclass(frozen=True, slots=True)
class Tick:
    """A day of the axis."""

    label: str
    x: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The bars, oldest first, over one axis; `today` is where the audit's day lies."""

    first: date
    last: date
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    today: float


def timeline(groups: Iterable[tuple[str, Sequence[Entry]]], *, first: date, today: date) -> Timeline:
    """The timeline of services (a name, and entries of which the same is to be said), from `first` to `today` or to the
    last deadline, whichever is later."""
    told = [(name, entries) for name, entries in groups if entries]
    days = [entry.deadline for _, entries in told for entry in entries[:1] if entry.deadline is not None]
    scale = Scale(first, max([today, first + timedelta(days=1), *days]))
    ordered = sorted(told, key=lambda group: (group[1][0].first_seen.by, group[0]))
    bars = tuple(_bar(name, entries, scale, today) for name, entries in ordered)
    return Timeline(scale.first, scale.last, ticks_of(scale), bars, scale.of(today))


@dataclass(frozen=True, slots=True)
class Scale:
    """The days that an axis covers, the first at its left edge and the last, which is later, at its right."""

    first: date
    last: date

    def of(self, day: date) -> float:
        """Where a day lies, in per cent; what lies outside is at the edge."""
        share = (day - self.first) / (self.last - self.first)
        return round(100 * min(max(share, 0.0), 1.0), 2)


def _bar(name: str, entries: Sequence[Entry], scale: Scale, today: date) -> Bar:
    entry = entries[0]
    end = end_of(entry)
    stop = day_of(end.by) if end is not None else today
    label = name if len(entries) == 1 else f"{name} ({len(entries)})"
    certain = entry.reinstated is None and entry.strength == "strong"
    deadline = entry.deadline if certain else None
    return Bar(
        label=clip(label, _LABEL),
        facts=facts_of(entry, today),
        segments=tuple(_segments(entry, stop, scale)),
        deadline=None if deadline is None else scale.of(deadline),
        end=None if end is None else End(_kind(entry), scale.of(stop)),
    )


def facts_of(entry: Entry, today: date) -> tuple[str, str, str, str]:
    """The state of an entry, when it was first seen, its deadline, and how it ended, in words.

    Prose alone accuses nobody: nothing is late by it.
    """
    state, deadline = state_word(entry), deadline_words(entry, today)
    if entry.strength == "weak":
        state, deadline = "still served" if entry.standing else state, "none, prose alone"
    return (state, between(entry.first_seen), deadline, ended_words(entry))


def _segments(entry: Entry, stop: date, scale: Scale) -> Iterable[Segment]:
    after, by = _days(entry.first_seen)
    if after is not None and after < by:
        yield _segment("uncertain", after, by, scale)
    if entry.strength == "weak":
        # Words alone accuse nobody: no deadline is drawn, and nothing is late.
        yield _segment("words", by, max(by, stop), scale)
        return
    deadline = entry.deadline
    if deadline is None:
        # Of what was deprecated in the first version only the latest day of its deadline is known, once it is past.
        latest = stop if entry.deadline_late is None else min(max(entry.deadline_late, by), stop)
        yield _segment("unknown", by, latest, scale)
        if latest < stop:
            yield _segment("late", latest, stop, scale)
        return
    # The window of what was taken back was never put to the test.
    end = stop if entry.reinstated is not None else min(deadline, stop)
    if end > by:
        yield _segment("window", by, end, scale)
    if stop > max(end, by):
        yield _segment("late", max(end, by), stop, scale)


def _days(interval: Interval) -> tuple[date | None, date]:
    return None if interval.after is None else day_of(interval.after), day_of(interval.by)


def _segment(kind: SegmentKind, start: date, stop: date, scale: Scale) -> Segment:
    x = scale.of(start)
    return Segment(kind, x, round(scale.of(stop) - x, 2))


def _kind(entry: Entry) -> EndKind:
    if entry.reinstated is not None:
        return "reinstated"
    return "removed early" if entry.outcome in ("early", "unannounced") else "removed"


def ticks_of(scale: Scale) -> tuple[Tick, ...]:
    """Beginnings of months, as many as a telephone has room for."""
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = next((step for step in _STEPS if months / step <= _MOST_TICKS), _STEPS[-1])
    start = scale.first.replace(day=1)
    ticks = []
    for count in range(1, months + 2):
        day = add_months(start, count)
        if day > scale.last or ((day.year * 12 + day.month - 1) % step):
            continue
        ticks.append(Tick(f"{day.year}" if step >= 12 else f"{day:%Y-%m}", scale.of(day)))
    return tuple(ticks)
