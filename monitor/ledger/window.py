"""The window between a deprecation and its deadline, and what a removal was by it.

A deprecation that was seen first in an interval has a deadline in an interval. The two ends are used for two purposes:
- a reader is shown the early end: from then on the operation may go without the promise being broken;
- a provider is judged by both: a removal is `early` only when it lies within the shortest window that the interval
  allows, and `in_time` only when it lies after the longest (the late end). Between the two it is `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from monitor.contract import OperationKind, OperationRef
from monitor.ledger.dates import add_months, day_of
from monitor.ledger.prose_dates import Duration
from monitor.ledger.types import DUE_SOON_DAYS, Entry, Evidence, Interval, Outcome, State

_KINDS: dict[str, OperationKind] = {"operation": "operation", "webhook": "webhook", "callback": "callback"}


@dataclass(frozen=True, slots=True)
class Window:
    """The last day of a window, at the earliest and at the latest; None where that end is not known."""

    early: date | None
    late: date | None


def window_of(first_seen: Interval, months: int | None) -> Window:
    """The window of `months` calendar months (UTC days) after a deprecation was first seen.

    Without months (no promise, or one that names no window) neither end is known; without an `after` the early is not.
    """
    if months is None:
        return Window(None, None)
    early = None if first_seen.after is None else add_months(day_of(first_seen.after), months)
    return Window(early, add_months(day_of(first_seen.by), months))


@dataclass(frozen=True, slots=True)
class Given:
    """The deadline that the provider gives itself: a day, or a length of time from when that was first seen.

    `words` are where it says so.
    """

    words: str
    day: date | None = None
    lasts: Duration | None = None
    seen: Interval | None = None

    @property
    def window(self) -> Window:
        """Its last day, at the earliest and at the latest."""
        if self.day is not None:
            return Window(self.day, self.day)
        if self.lasts is None or self.seen is None:
            return Window(None, None)
        after = self.seen.after
        early = None if after is None else self.lasts.after(day_of(after))
        return Window(early, self.lasts.after(day_of(self.seen.by)))


def given_by(evidence: Iterable[Evidence]) -> Given | None:
    """The deadline among what is said at one time, or None.

    A day goes before a length, what is strong before prose, then the earliest.
    """
    dated = sorted(
        (item for item in evidence if item.ends is not None), key=lambda item: (item.strength != "strong", item.ends)
    )
    if dated:
        return Given(dated[0].text, day=dated[0].ends)
    lengths = sorted((item for item in evidence if item.lasts is not None), key=lambda item: item.strength != "strong")
    return Given(lengths[0].text, lasts=lengths[0].lasts, seen=lengths[0].first_seen) if lengths else None


def given_window(given: Given | None, promised: Window) -> Window:
    """The window with what the provider gives: its day is what a reader plans by.

    A removal is in time only when it is so by both, the given day and the promised window, and early when it is before
    the given day; what lies between is not proven.
    """
    if given is None:
        return promised
    window = given.window
    late = max((day for day in (window.late, promised.late) if day is not None), default=None)
    return Window(window.early, late)


def state_of(window: Window, today: date, *, announced: bool = False) -> State:
    """The state of what is flagged and served: by the early end; without one, overdue once the late end is past.

    `announced`: it is not deprecated yet, but said to become so or to be removed.
    """
    calm = State.ANNOUNCED if announced else State.DEPRECATED
    if window.early is None:
        past = window.late is not None and today > window.late
        return State.OVERDUE_STILL_SERVED if past else calm
    days_left = (window.early - today).days
    if days_left < 0:
        return State.OVERDUE_STILL_SERVED
    return State.DUE_SOON if days_left <= DUE_SOON_DAYS else calm


def outcome_of(window: Window, removed: Interval) -> Outcome:
    """What the removal of a flagged operation was.

    `early`: gone on the last day of the shortest possible window, or before. `in_time`: still served on the last day of
    the longest, and gone after it. `unknown`: neither is proven.
    """
    gone = day_of(removed.by)
    if window.early is not None and gone <= window.early:
        return "early"
    served = None if removed.after is None else day_of(removed.after)
    if window.late is not None and served is not None and served >= window.late and gone > window.late:
        return "in_time"
    return "unknown"


def basis_of(first_seen: Interval, months: int | None, window: Window, today: date, given: Given | None = None) -> str:
    """Where the deadline is from, in words. It never names a day to come for what was deprecated at the baseline.

    `window` is the promised one.
    """
    if given is not None and (given.day is not None or given.window.early is not None):
        stake = given.window.early is not None and window.early is not None and given.window.early < window.early
        short = f"; before the promised window ends ({window.early}), so the promise is at stake" if stake else ""
        return f"given by the provider ({given.words}){short}"
    if months is None:
        return "unknown: no promise that names a window"
    by = day_of(first_seen.by)
    if first_seen.after is None:
        past = window.late is not None and today > window.late
        sure = f"; past since {window.late} at the latest" if past else ""
        return f"unknown, possibly past: already deprecated in the first snapshot ({by}){sure}"
    after = day_of(first_seen.after)
    length = f"{months} calendar month{'' if months == 1 else 's'} after first seen deprecated"
    if after == by:
        return f"{length}, on {by}"
    return f"{length}, between {after} and {by} (the early end; the late end is {window.late})"


def deadlines(entries: Iterable[Entry], *, before: datetime, after: datetime) -> dict[OperationRef, date]:
    """The last day of the window of each operation that stood deprecated at `before`, to judge a removal seen at
    `after`.

    `entries` is the book as of `before`, of which what prose alone calls deprecated does not count. What lies between
    the two ends of the interval is left out, as is what has no deadline: there a removal is neither proven early nor
    proven in time. The answers agree with `outcome_of`.
    """
    found: dict[OperationRef, date] = {}
    removal = Interval(before, after)
    for entry in entries:
        subject = entry.subject
        if not entry.standing or entry.strength != "strong" or subject.method is None or subject.path is None:
            continue
        day = {"early": entry.deadline, "in_time": entry.deadline_late}.get(
            outcome_of(Window(entry.deadline, entry.deadline_late), removal)
        )
        kind = _KINDS.get(subject.kind)
        if day is not None and kind is not None:
            found[OperationRef(subject.path, subject.method, kind)] = day
    return found
