"""A history at a glance: what each week changed, how the API grew, and what was deprecated and still served.

Only what was seen is told. A week in which nobody looked is not one in which nothing changed; what changed in the
meantime stands in the week in which it was seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from monitor.ledger import day_of
from monitor.report.diffdoc import Summary
from monitor.report.text import plural
from monitor.report.view import History, HistoryItem

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekView:
    """One ISO 8601 week: its Monday, how many versions were first seen in it, and what they changed, in counts.

    `looked`: whether the document was seen in it at all. `yours` are those of the breaking changes that the reader's
    own code meets.
    """

    monday: date
    versions: int = 0
    breaking: int = 0
    risky: int = 0
    compatible: int = 0
    docs: int = 0
    looked: bool = False
    yours: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything changed, were it only words."""
        return bool(self.breaking or self.risky or self.compatible or self.docs)


@dataclass(frozen=True, slots=True)
class Growth:
    """From that day on the API has so many operations."""

    day: date
    operations: int


@dataclass(frozen=True, slots=True)
class Standing:
    """From that day on so many operations and webhooks are deprecated and still served, `late` of them past their
    deadline."""

    day: date
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class Glance:
    """What is drawn of a history, from the first day on which a version was seen until `last`.

    `weeks` are all of them, with no gap. `growth` and `standing` have a step for each day on which the numbers
    changed, and one for the first day. `ours_known`: whether anything is known of what the reader uses.
    """

    first: date
    last: date
    weeks: tuple[WeekView, ...]
    growth: tuple[Growth, ...]
    standing: tuple[Standing, ...]
    ours_known: bool = False


def glance(history: History) -> Glance | None:
    """What is to be drawn; None where no version was seen by `today`. Slips change nothing, nor does another URL."""
    last_seen = max((item.last_seen_at for item in history.items), default=None)
    if last_seen is None:
        return None
    last = history.today or day_of(last_seen)
    items = [item for item in history.items if not item.suspect and day_of(item.seen_at) <= last]
    if not items:
        return None
    first = day_of(items[0].seen_at)
    return Glance(
        first,
        last,
        _weeks(history.items, first, last),
        _growth(items),
        _standing(history, first, last),
        history.uses is not None,
    )


def facts(drawn: Glance) -> dict[str, str]:
    """What it comes to in words, by what it is of: `{"breaking": "258 in 25 weeks", …, "operations": "43 to 211",
    "deprecated": "27 now, 24 overdue"}`, what is deprecated and still served."""
    rows = [*(["yours"] if drawn.ours_known else []), "breaking", "risky", "compatible"]
    found = {row: _total(drawn.weeks, row) for row in rows}
    sizes = [step.operations for step in drawn.growth]
    found["operations"] = f"{sizes[0]:,} to {sizes[-1]:,}" if len(sizes) > 1 else f"{sizes[0]:,}"
    last = drawn.standing[-1]
    found["deprecated"] = f"{last.open:,} now, {last.late:,} overdue" if last.late else f"{last.open:,} now"
    return found


def _total(weeks: Iterable[WeekView], level: str) -> str:
    counts = [getattr(week, level) for week in weeks if getattr(week, level)]
    return f"{sum(counts):,} in {plural(len(counts), 'week')}" if counts else "none"


def _weeks(items: Iterable[HistoryItem], first: date, last: date) -> tuple[WeekView, ...]:
    monday, end = _monday(first), _monday(last)
    weeks: dict[date, list[HistoryItem]] = {}
    looked: set[date] = set()
    while monday <= end:
        weeks[monday] = []
        monday += _WEEK
    for item in items:
        monday = _monday(day_of(item.seen_at))
        if monday in weeks:
            weeks[monday].append(item)
        while monday <= min(_monday(day_of(item.last_seen_at)), end):
            looked.add(monday)
            monday += _WEEK
    return tuple(_week(monday, found, looked=monday in looked) for monday, found in weeks.items())


def _week(monday: date, items: list[HistoryItem], *, looked: bool) -> WeekView:
    told = [item.summary for item in items if item.summary is not None and not item.another_url]

    def total(level: str) -> int:
        return sum(getattr(summary, level) for summary in told)

    counts = {level: total(level) for level in Summary.__struct_fields__ if level != "operations_affected"}
    yours = sum(item.yours.breaking for item in items if item.yours is not None and not item.another_url)
    return WeekView(monday, len(items), looked=looked, yours=yours, **counts)


def _growth(items: Iterable[HistoryItem]) -> tuple[Growth, ...]:
    by_day = {day_of(item.seen_at): item.operations for item in items}
    steps = [Growth(day, count) for day, count in by_day.items()]
    return (*steps[:1], *(after for before, after in pairwise(steps) if before.operations != after.operations))


def _standing(history: History, first: date, last: date) -> tuple[Standing, ...]:
    """The day of each change; what was deprecated in the first version stands since the first day."""
    spans = [
        (
            day_of(episode.first_seen.by),
            min((day_of(end.by) for end in (episode.removed, episode.reinstated) if end is not None), default=None),
            # Without a day to plan by, the late one is known once it is past: by then at the latest it was overdue.
            (entry.deadline or entry.deadline_late) if place == len(entry.episodes) - 1 else episode.deadline,
        )
        for entry in history.deprecated
        if entry.flagged
        for place, episode in enumerate(entry.episodes)
    ]
    days = {first}
    for begun, ended, deadline in spans:
        passed = None if deadline is None else deadline + timedelta(days=1)
        days |= {day for day in (begun, ended, passed) if day is not None and first <= day <= last}
    steps = []
    for day in sorted(days):
        running = [deadline for begun, ended, deadline in spans if begun <= day and (ended is None or day < ended)]
        late = sum(deadline is not None and deadline < day for deadline in running)
        steps.append(Standing(day, len(running), late))
    changed = (after for before, after in pairwise(steps) if (before.open, before.late) != (after.open, after.late))
    return (*steps[:1], *changed)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
