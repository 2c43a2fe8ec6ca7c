"""The ledger in words: what goes together, in which order it is told, and what each state and date is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from monitor.contract.types import Direction
from monitor.ledger import Done, Entry, Frozen, Interval, Move, State, day_of, service
from monitor.report.text import listed, plain, plural

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)

_STANDING_ORDER: Final = (State.OVERDUE_STILL_SERVED, State.DUE_SOON, State.DEPRECATED, State.ANNOUNCED)
_STATES: Final = {
    State.OVERDUE_STILL_SERVED: "overdue, still served",
    State.DUE_SOON: "due soon",
    State.DEPRECATED: "deprecated",
    State.ANNOUNCED: "announced",
    State.REINSTATED: "reinstated",
}
_REMOVED: Final = {"early": "removed early", "in_time": "removed in time", "unannounced": "removed unannounced"}
_MET: Final[dict[tuple[Direction, ...], str]] = {
    (Direction.REQUEST,): " (in requests)",
    (Direction.RESPONSE,): " (in responses)",
}
_PLURALS: Final = {"property": "properties"}
_OUTER: Final = re.compile(r" > | = |\[\]|\{\}")
"""What stands in the name of a part between the definition and what is inside it."""
_ENDED_ORDER: Final = ("removed early", "removed unannounced", "removed", "removed in time", "reinstated")


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of which the same is to be said: state, deadline, first sight, and how and when it ended."""

    entries: tuple[Entry, ...]

    @property
    def first(self) -> Entry:
        """One of them, for what they share."""
        return self.entries[0]

    @property
    def services(self) -> tuple[Fold, ...]:
        """Operations by the service that they belong to, webhooks each by itself."""
        return tuple(Fold(name, entries) for name, entries in by_key(self.entries, service_of))

    @property
    def folds(self) -> tuple[Fold, ...]:
        """The entries, each under the name that it is told under."""
        whole, parts = (Group(tuple(each for each in self.entries if each.subject.whole is of)) for of in (True, False))
        return (*whole.services, *parts.holders)

    @property
    def holders(self) -> tuple[Fold, ...]:
        """What is smaller, by the operation or definition that holds it."""
        return tuple(Fold(name, entries) for name, entries in by_key(self.entries, holder_of))


@dataclass(frozen=True, slots=True)
class Fold:
    """Entries told under one name: the operations of a service, or what is smaller under what holds it.

    `name` is that of the service (`Catalog V2`, or where there are no tags the beginning of the path, `/v1/bookings`)
    or of the holder (`GET /v1/boats`, `Boat`).
    """

    name: str
    entries: tuple[Entry, ...]

    @staticmethod
    def of(entry: Entry) -> str:
        """The name that an entry is told under where there are several."""
        return service_of(entry) if entry.subject.whole else holder_of(entry)

    @property
    def alone(self) -> bool:
        """Whether there is one thing to tell, by its own name."""
        return len(self.entries) == 1

    @property
    def count(self) -> str:
        """`5 operations`, or `3 webhooks` where they all are; of several kinds `4 parts`."""
        kinds = {entry.subject.kind for entry in self.entries}
        kind = kinds.pop() if len(kinds) == 1 else "operation" if self.entries[0].subject.whole else "part"
        return plural(len(self.entries), kind, _PLURALS.get(kind))

    @property
    def inside(self) -> tuple[str, ...]:
        """The operations by their path, `/v1/boats (GET, POST)`; anything else by its name within what holds it."""
        if not self.entries[0].subject.whole:
            return tuple(name_within(entry) for entry in self.entries)
        paths = by_key(self.entries, lambda entry: (entry.subject.kind, entry.subject.path or entry.subject.pointer))
        return tuple(_path_words(kind, path, members) for (kind, path), members in paths)

    @property
    def successor(self) -> str | None:
        """What takes their place: that of the one thing, else the services, when there is one for each; else None."""
        named = [entry.successor for entry in self.entries]
        if self.alone:
            return named[0]
        taken = list(dict.fromkeys(_service_named(name) for name in named if name is not None))
        return listed(taken) if taken and all(named) else None

    def __str__(self) -> str:
        name = str(self.entries[0].subject) if self.alone else f"{self.name}: {self.count}"
        return plain(f"{name}{self._met}")

    @property
    def _met(self) -> str:
        """How all of it is met where that is in one direction alone."""
        met = {entry.directions for entry in self.entries}
        return _MET.get(met.pop(), "") if len(met) == 1 else ""


def service_of(entry: Entry) -> str:
    """The service of an operation: its first tag, else the beginning of its path; of anything else its own name."""
    subject = entry.subject
    return entry.service or (str(subject) if subject.kind == "callback" else service(subject.path or subject.pointer))


def holder_of(entry: Entry) -> str:
    """What holds a part: `GET /v1/boats`, `Boat`; for what nothing holds its own name."""
    subject = entry.subject
    owner = " ".join(word for word in (subject.method, subject.path) if word)
    return owner or _OUTER.split(subject.name, maxsplit=1)[0] or str(subject)


def name_within(entry: Entry) -> str:
    """The name under that of the service or holder: `GET /v1/boats`, `colour` of `Boat > colour`, `limit in query`."""
    subject = entry.subject
    if subject.whole or not subject.name:
        return str(subject)
    if subject.path is not None:
        return subject.name
    return subject.name[len(_OUTER.split(subject.name, maxsplit=1)[0]) :].removeprefix(" > ").strip() or str(subject)


def _path_words(kind: str, path: str, entries: tuple[Entry, ...]) -> str:
    if kind != "operation":
        return str(entries[0].subject)
    return f"{path} ({', '.join(entry.subject.method or '' for entry in entries)})"


def _service_named(name: str) -> str:
    """The service of a successor, or its own name where that is no operation (`CatalogV3`)."""
    method, _, path = name.partition(" /")
    return service(f"/{path}") if path and method.isupper() else name


def groups(entries: Iterable[Entry]) -> tuple[Group, ...]:
    """Entries told together, in the order to tell them: what stands by urgency and deadline, then what is over."""
    ordered = sorted(entries, key=_order)
    return tuple(Group(found) for _, found in by_key(ordered, _together))


def by_key(items: Iterable[Item], key: Callable[[Item], Key]) -> list[tuple[Key, tuple[Item, ...]]]:
    """Items with equal keys together, in the order in which the keys first come."""
    found: dict[Key, list[Item]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return [(name, tuple(members)) for name, members in found.items()]


def deadline_count(entries: Iterable[Entry]) -> int:
    """How many deadlines some entries have: one for each service or holder and day."""
    return len({(Fold.of(entry), entry.deadline) for entry in entries})


def until_line(group: Group, today: date) -> str:
    """`2026-08-11, in 1 day`; of what is over, when it ended and when the deadline was."""
    deadline = deadline_words(group.first, today)
    if not group.first.standing:
        was = f"; the deadline was {deadline}" if group.first.removed is not None else ""
        return f"{ended_words(group.first)}{was}"
    left = left_words(group.first, today)
    return f"{deadline}, {left}" if left else f"deadline {deadline}"


def fold_lines(told: Iterable[Group], today: date) -> tuple[str, ...]:
    """Each service or holder in a line; its name stands between backticks."""
    return tuple(
        f"{state_word(group.first)}: `{plain(str(fold) if fold.alone else fold.name)}`: {fold.count}, "
        f"{until_line(group, today)}"
        for group in told
        for fold in group.folds
    )


def state_word(entry: Entry) -> str:
    """The state as a reader is told it, a removal with its outcome."""
    if entry.state is State.REMOVED:
        return _REMOVED.get(entry.outcome or "", "removed")
    return _STATES[entry.state]


def deadline_words(entry: Entry, today: date) -> str:
    """The day to plan by, or what is known instead of it; of what went in time, the day by which that was judged."""
    if entry.outcome == "in_time" and entry.deadline_late is not None:
        return entry.deadline_late.isoformat()
    if entry.deadline is not None:
        return entry.deadline.isoformat()
    if entry.deadline_late is not None and entry.deadline_late < today:
        return f"{entry.deadline_late} or earlier"
    unknown = entry.deadline_basis.partition(":")[0]
    return unknown if unknown.startswith("unknown") else "unknown"


def left_words(entry: Entry, today: date) -> str:
    """How far the deadline of what stands is away: `in 12 days`, `today`, `155 days ago`; empty where none is known."""
    left = entry.days_left(today)
    if left is not None:
        return days(left)
    if entry.standing and entry.deadline_late is not None and entry.deadline_late < today:
        return f"{days((entry.deadline_late - today).days)} or more"
    return ""


def days(left: int) -> str:
    """`in 12 days`, `today`, `1 day ago`."""
    if left == 0:
        return "today"
    return f"in {plural(left, 'day')}" if left > 0 else f"{plural(-left, 'day')} ago"


def between(interval: Interval) -> str:
    """`between 2026-02-26 and 2026-04-30`, `on 2026-07-29`, `before 2023-03-14 (in the first version)`."""
    by = day_of(interval.by)
    if interval.after is None:
        return f"before {by} (in the first version)"
    after = day_of(interval.after)
    return f"on {by}" if after == by else f"between {after} and {by}"


def ended_words(entry: Entry) -> str:
    """`gone between … and …`, `flag taken back on …`; empty for what stands."""
    if entry.removed is not None:
        return f"gone {between(entry.removed)}"
    if entry.reinstated is not None:
        return f"flag taken back {between(entry.reinstated)}"
    return ""


def moved_words(move: Move) -> str:
    """`deadline moved from 2027-02-20 to 2026-12-01, which is earlier, between … and …`."""
    if move.after is None:
        return f"the given date {move.before} was withdrawn {between(move.seen)}"
    sooner = ", which is earlier" if move.earlier else ""
    return f"the given date moved from {move.before} to {move.after}{sooner}, {between(move.seen)}"


def deadline_of(entry: Entry, today: date) -> str:
    """`deadline 2026-08-11`: what counts for what stands; `deadline was …` for what is over."""
    return f"deadline {'' if entry.standing else 'was '}{deadline_words(entry, today)}"


def seen_words(group: Group) -> str:
    """When the group was first seen deprecated, how it ended, what the deadline rests on and how it was moved."""
    entry = group.first
    words = [f"first seen deprecated {between(entry.first_seen)}", ended_words(entry)]
    if entry.given is not None and entry.standing:
        words.append(entry.deadline_basis)
    words += [moved_words(move) for move in entry.moves]
    return plain("; ".join(word for word in words if word))


def done_words(done: Done) -> str:
    """`done: we call v2 since release 41, ada`, and whether it is open again."""
    return f"done: {done.note}, {done.by}{', but it is open again' if done.reopened else ''}"


def frozen_words(still: Frozen) -> str:
    """That a document stands still, since when, and how it says so itself."""
    since = day_of(still.since)
    return f"it has not changed since {since}, and says that it no longer follows the API: “{plain(still.words)}”"


def end_of(entry: Entry) -> Interval | None:
    """When it was removed or reinstated; None for what stands."""
    return entry.removed or entry.reinstated


def _order(entry: Entry) -> tuple[int, int, str, str, str]:
    subject = entry.subject
    name = (subject.path or subject.pointer, str(subject))
    if entry.standing:
        day = entry.deadline or entry.deadline_late or date.max
        return (_STANDING_ORDER.index(entry.state), day.toordinal(), entry.first_seen.by.isoformat(), *name)
    end = end_of(entry)
    newest_first = -day_of(end.by).toordinal() if end is not None else 0
    rank = len(_STANDING_ORDER) + _ENDED_ORDER.index(state_word(entry))
    return (rank, newest_first, entry.first_seen.by.isoformat(), *name)


def _together(entry: Entry) -> Hashable:
    days_seen = (_days_of(entry.first_seen), _days_of(end_of(entry)))
    basis = (entry.deadline, entry.deadline_late, entry.deadline_basis, entry.moves)
    return (state_word(entry), *basis, *days_seen)


def _days_of(interval: Interval | None) -> tuple[date | None, date] | None:
    if interval is None:
        return None
    return (None if interval.after is None else day_of(interval.after), day_of(interval.by))
