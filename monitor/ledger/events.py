"""What happened to the entries of the book, one event at a time: what a history tells, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from monitor.ledger.dates import day_of
from monitor.ledger.identity import identity, order
from monitor.ledger.removals import Removal
from monitor.ledger.types import DUE_SOON_DAYS, Entry, Episode, Interval, Move, Subject


class EventKind(StrEnum):
    """What happened, in the words that a reader is told it in; in the order in which those of one day are told."""

    DEPRECATED = "deprecated"
    MOVED = "deadline moved"
    DUE_SOON = "due soon"
    OVERDUE = "overdue, still served"
    REMOVED_EARLY = "removed early"
    REMOVED_UNANNOUNCED = "removed unannounced"
    REMOVED_IN_TIME = "removed in time"
    REMOVED = "removed"
    REINSTATED = "reinstated"
    DONE = "done"


_REMOVED = {
    "early": EventKind.REMOVED_EARLY,
    "in_time": EventKind.REMOVED_IN_TIME,
    "unannounced": EventKind.REMOVED_UNANNOUNCED,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `day` is that of the first sight of it, or the day itself; `seen` the interval, for what was seen.

    `entry` is None for what was never deprecated. `deadline` is the one that held then; `move` says how it was moved.
    """

    kind: EventKind
    day: date
    subject: Subject
    entry: Entry | None = None
    seen: Interval | None = None
    deadline: date | None = None
    move: Move | None = None

    @property
    def weak(self) -> bool:
        """Whether prose alone is behind it."""
        return self.entry is not None and self.entry.strength == "weak"


def events(entries: Iterable[Entry], removals: Iterable[Removal], today: date) -> tuple[Event, ...]:
    """Everything that happened by `today`, by day, then kind, then subject; on each day what prose alone says is last.

    `removals` are those of operations that went unflagged; the entries know only of those that once had a flag.
    """
    found = [event for entry in entries for event in _of_entry(entry, today)]
    found += [
        Event(EventKind.REMOVED_UNANNOUNCED, day_of(gone.removed.by), gone.subject, None, gone.removed)
        for gone in removals
    ]
    kinds = {kind: place for place, kind in enumerate(EventKind)}
    known = (event for event in found if event.day <= today)
    return tuple(sorted(known, key=lambda one: (one.day, one.weak, kinds[one.kind], order(identity(one.subject)))))


def _of_entry(entry: Entry, today: date) -> Iterator[Event]:
    last = len(entry.episodes) - 1
    for place, episode in enumerate(entry.episodes):
        deadline = entry.deadline if place == last else episode.deadline
        yield from _of_episode(entry, episode, deadline, today)
    for move in entry.moves:
        yield Event(EventKind.MOVED, day_of(move.seen.by), entry.subject, entry, move.seen, move.after, move)
    if entry.removed is not None and entry.episodes and entry.episodes[-1].removed is None and not entry.subject.whole:
        yield Event(EventKind.REMOVED, day_of(entry.removed.by), entry.subject, entry, entry.removed)
    if entry.done is not None:
        yield Event(EventKind.DONE, day_of(entry.done.at), entry.subject, entry)


def _of_episode(entry: Entry, episode: Episode, deadline: date | None, today: date) -> Iterator[Event]:
    begun = day_of(episode.first_seen.by)
    yield Event(EventKind.DEPRECATED, begun, entry.subject, entry, episode.first_seen, deadline)
    ends = [day_of(end.by) for end in (episode.removed, episode.reinstated) if end is not None]
    if deadline is not None and (entry.strength == "strong" or entry.given is not None):
        until = min(ends, default=today + timedelta(days=1))
        turns = (
            (EventKind.DUE_SOON, deadline - timedelta(days=DUE_SOON_DAYS)),
            (EventKind.OVERDUE, deadline + timedelta(days=1)),
        )
        for kind, day in turns:
            if begun < day < until:
                yield Event(kind, day, entry.subject, entry, None, deadline)
    yield from _overdue_at_the_latest(entry, episode)
    if episode.removed is not None:
        kind = _REMOVED.get(episode.outcome or "", EventKind.REMOVED)
        yield Event(kind, day_of(episode.removed.by), entry.subject, entry, episode.removed, deadline)
    if episode.reinstated is not None:
        day = day_of(episode.reinstated.by)
        yield Event(EventKind.REINSTATED, day, entry.subject, entry, episode.reinstated, deadline)


def _overdue_at_the_latest(entry: Entry, episode: Episode) -> Iterator[Event]:
    """Of what has no day to plan by: overdue since the late one has passed, as far as anybody can tell."""
    late = entry.deadline_late if entry.strength == "strong" or entry.given is not None else None
    if entry.standing and episode is entry.episodes[-1] and entry.deadline is None and late is not None:
        yield Event(EventKind.OVERDUE, late + timedelta(days=1), entry.subject, entry)
