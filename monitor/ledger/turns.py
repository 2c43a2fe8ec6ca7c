"""When the book says something else by itself: days go by, and what was far is near and then past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from monitor.ledger.dates import day_of
from monitor.ledger.types import DUE_SOON_DAYS, Entry, Evidence
from monitor.ledger.window import window_of

_NEAR, _DAY = timedelta(days=DUE_SOON_DAYS), timedelta(days=1)


def next_turn(entries: Iterable[Entry], *, today: date, window_months: int | None) -> date | None:
    """The first day after `today` on which the entries may differ though nothing new was seen; None: none in sight.

    It may come too early, never too late: the entries, made again on any day before it, are the same.
    """
    days = {day for entry in entries for day in _days(entry, window_months)}
    turns = {turn for day in days for turn in (day - _NEAR, day, day + _DAY)}
    return min((turn for turn in turns if turn > today), default=None)


def _days(entry: Entry, months: int | None) -> Iterator[date]:
    """Every day that the state of an entry, or the words of its basis, can hang on."""
    known = (entry.deadline, entry.deadline_late, entry.given)
    yield from (day for day in known if day is not None)
    for seen in (entry.first_seen, *(episode.first_seen for episode in entry.episodes)):
        window = window_of(seen, months)
        yield from (day for day in (window.early, window.late) if day is not None)
    for evidence in entry.evidence:
        yield from _days_of(evidence)


def _days_of(evidence: Evidence) -> Iterator[date]:
    yield from (day for day in (evidence.ends, evidence.since) if day is not None)
    lasts, seen = evidence.lasts, evidence.first_seen
    if lasts is not None and seen is not None:
        yield from (lasts.after(day_of(moment)) for moment in (seen.after, seen.by) if moment is not None)
