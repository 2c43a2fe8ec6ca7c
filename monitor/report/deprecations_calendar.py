"""The deadlines of the ledger as a calendar (RFC 5545, with the properties of RFC 7986): one all-day event a deadline.

A deadline belongs to a service, or to what holds the smaller things: what goes together is one event. Who subscribes
to the calendar sees it move: its UID stays, whatever becomes of the deadline, and SEQUENCE counts how often it moved.
The same ledger gives the same bytes, and another day only takes the alarms from what has passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from icalendar import Alarm, Calendar, Event, vDuration

from monitor import __version__
from monitor.ledger import Entry, identity
from monitor.policy import Use, Uses
from monitor.report.deprecations_view import Listed, Still, Used, own_deadline, uses_in
from monitor.report.deprecations_words import Fold, between, groups, moved_words, name_within
from monitor.report.marks import use_of
from monitor.report.text import plain, plural

_NAMESPACE: Final = uuid5(NAMESPACE_URL, "specwatch:deadline")
_ALARMS: Final = (
    (timedelta(days=-30, hours=9), "in 30 days"),
    (timedelta(days=-7, hours=9), "in 7 days"),
    (timedelta(days=-1, hours=9), "tomorrow"),
)
"""When a reader is reminded, against the beginning of the day: at nine in the morning, so many days before."""
_REFRESH: Final = timedelta(hours=12)
"""How often a calendar that subscribes is asked to come back (RFC 7986, section 5.7)."""


@dataclass(frozen=True, slots=True)
class _Deadline:
    """One event: a source, what goes on one day, and the UID that it keeps."""

    source: str
    fold: Fold
    day: date
    uid: UUID


def deprecations_ics(
    entries: Listed,
    today: date,
    still: Still | None = None,  # noqa: ARG001  # no date
    used: Used | None = None,
) -> str:
    """The calendar, lines folded and ended as RFC 5545, section 3.1 has it.

    What has a deadline and is still served is in it, but for what somebody is done with. Its description opens with
    what is the reader's own, where that is known; of what the reader does not use nobody is reminded.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//specwatch//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "API deprecations")
    calendar.add("x-wr-calname", "API deprecations")
    deadlines = tuple(_deadlines(entries))
    own = [_own(name, deadlines, uses) for name, _ in entries if (uses := uses_in(used, name))]
    if own:
        calendar.add("description", "\n".join(own))
        calendar.add("x-wr-caldesc", "\n".join(own))
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"VALUE": "DURATION"})
    for deadline in deadlines:
        calendar.add_component(_event(deadline, today, uses_in(used, deadline.source)))
    return bytes(calendar.to_ical()).decode("utf-8")


def _own(name: str, deadlines: Iterable[_Deadline], uses: Uses) -> str:
    """How many events the reader has to act on; what is near or past would change with the day of reading."""
    found = (each for each in deadlines if each.source == name)
    events = [each for each in found if any(own_deadline(entry, uses) for entry in each.fold.entries)]
    return f"{plain(name)}: Yours: {plural(len(events), 'deadline')} in this calendar."


def _deadlines(entries: Listed) -> Iterator[_Deadline]:
    for name, ledger in entries:
        running = [entry for entry in ledger if entry.standing and entry.deadline and not entry.settled]
        folds = [fold for group in groups(running) for fold in group.folds]
        told = sorted(folds, key=lambda fold: (fold.entries[0].deadline or date.max, fold.name, _names(fold)))
        for fold in told:
            day = fold.entries[0].deadline
            if day is not None:
                yield _Deadline(name, fold, day, _uid(name, fold, ledger))


def _uid(source: str, fold: Fold, ledger: Sequence[Entry]) -> UUID:
    """The UID (RFC 7986, section 5.3) of a deadline: by its source and the first of what began and goes together.

    What was taken back, or went, of what began with it still counts, so that the others keep their UID.
    """
    first = fold.entries[0]
    together = [
        entry
        for entry in ledger
        if (entry.first_seen, entry.deadline, entry.strength) == (first.first_seen, first.deadline, first.strength)
        and Fold.of(entry) == fold.name
    ]
    anchor = min(together, key=lambda entry: identity(entry.subject))
    key = (source, first.strength, str(len(anchor.episodes)), *identity(anchor.subject))
    return uuid5(_NAMESPACE, "\0".join(key).encode("utf-8", "surrogatepass").decode("utf-8", "replace"))


def _event(deadline: _Deadline, today: date, uses: Uses | None) -> Event:
    fold, weak = deadline.fold, deadline.fold.entries[0].strength == "weak"
    name = plain(fold.name) if not fold.alone else str(fold)
    count = "" if fold.alone else f" ({fold.count})"
    summary = f"{plain(deadline.source)}: last day of {name}{count}{', said in prose alone' if weak else ''}"
    use = _use(fold, uses)
    changed = _changed(fold)
    event = Event()
    event.add("uid", str(deadline.uid))
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", _sequence(fold))
    event.add("dtstart", deadline.day)
    event.add("dtend", deadline.day + timedelta(days=1))
    event.add("summary", summary)
    said = [] if use is None else [f"Use: {use}."]
    event.add("description", "\n".join([*said, *_description(deadline)]))
    event.add("categories", ["deprecation", *([] if use is None else [str(use)])])
    event.add("status", "TENTATIVE" if weak else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    # What prose alone says, without a date, rests on a guess: nobody is woken for it, nor for what is not used.
    guessed = weak and fold.entries[0].given is None
    if deadline.day >= today and not guessed and use is not Use.NOT_USED:
        for trigger, words in _ALARMS:
            event.add_component(_alarm(trigger, f"{summary}: {words}"))
    return event


def _use(fold: Fold, uses: Uses | None) -> Use | None:
    """Whether the reader meets any of it; None where nothing is known of what is used."""
    found = {use for entry in fold.entries if (use := use_of(entry, uses)) is not None}
    return next((use for use in (Use.HIT, Use.UNKNOWN, Use.NOT_USED) if use in found), None)


def _alarm(trigger: timedelta, words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", trigger)
    alarm.add("description", words)
    return alarm


def _description(deadline: _Deadline) -> Iterable[str]:
    fold = deadline.fold
    entry = fold.entries[0]
    yield "The last day on which it is sure to be served."
    yield f"First seen deprecated {between(entry.first_seen)}; {plain(entry.deadline_basis)}."
    yield from (f"{moved_words(move).capitalize()}." for move in entry.moves)
    for each in fold.entries:
        successor = f" -> {plain(each.successor)}" if each.successor else ""
        yield f"- {plain(str(each.subject) if fold.alone else name_within(each))}{successor}"
    yield f"specwatch deprecations {plain(deadline.source)}"


def _changed(fold: Fold) -> datetime:
    """When anything that the event says was seen last to change, to the second."""
    moments = [entry.first_seen.by for entry in fold.entries]
    moments += [move.seen.by for entry in fold.entries for move in entry.moves]
    moments += [at for entry in fold.entries for at in entry.set_at]
    return max(moments).astimezone(UTC).replace(microsecond=0)


def _sequence(fold: Fold) -> int:
    """How often the deadline moved (RFC 5545, section 3.8.7.4): by the provider, or because somebody set it."""
    return max(len(entry.moves) + len(entry.set_at) for entry in fold.entries)


def _names(fold: Fold) -> list[str]:
    return [str(entry.subject) for entry in fold.entries]
