"""The events of the ledger as a history tells them: what happened to several things on one day is one line."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime

from monitor.ledger import Event, EventKind, Frozen, PromiseChange, day_of, service
from monitor.policy import Use, Uses
from monitor.report.deprecations_words import Fold, between, by_key, frozen_words
from monitor.report.marks import use_of_subject
from monitor.report.text import keep, listed, plain, plural
from monitor.report.view import HistoryEvent

_NAMED = 6
"""Services that a line names."""
_FEW = 3
"""Parts that prose alone speaks of and that are named; more are counted."""


def history_events(events: Iterable[Event], uses: Uses | None = None) -> tuple[HistoryEvent, ...]:
    """The lines, in the order of the events: by day and kind, what prose alone says apart.

    Where it is known what the reader uses, each says whether that is among it.
    """

    def together(one: Event) -> Hashable:
        return one.day, one.kind, one.weak, one.deadline, _late(one), one.move, use_of_subject(one.subject, uses)

    return tuple(_line(group, use_of_subject(group[0].subject, uses)) for _, group in by_key(events, together))


def source_events(
    promised: Iterable[PromiseChange], outdated: Sequence[PromiseChange], frozen: Iterable[Frozen]
) -> Iterator[HistoryEvent]:
    """The lines about the source itself: its promise changed, its profile is out of date, it stands still."""
    for change in promised:
        kind = "promise profile out of date" if change in outdated else "promise changed"
        how = "is new" if change.before is None else "is gone" if change.after is None else "says something else"
        words = f"{kind}: the section {plain(change.section)} {how}, {between(change.first_seen)}"
        yield HistoryEvent(day_of(change.confirmed_at), kind, (change.section,), words, change.confirmed_at)
    for still in frozen:
        words = f"frozen: {frozen_words(still)}"
        yield HistoryEvent(day_of(still.known_at), "frozen", (), words, still.known_at)


def _line(group: tuple[Event, ...], use: Use | None) -> HistoryEvent:
    first = group[0]
    told = f"{first.kind} (prose alone)" if first.weak else str(first.kind)
    words = f"{told}: {_names(group)}"
    detail = "; ".join([*_details(first), *([] if use is None else [f"use: {use}"])])
    return HistoryEvent(
        first.day,
        str(first.kind),
        tuple(str(one.subject) for one in group),
        f"{words}; {detail}" if detail else words,
        _seen_at(group),
        use,
    )


def _seen_at(group: Sequence[Event]) -> datetime | None:
    """When the last of them was seen; None for what nobody saw, because it is a day that came."""
    if group[0].kind is EventKind.DONE:
        return max((one.entry.done.at for one in group if one.entry and one.entry.done), default=None)
    return max((one.seen.by for one in group if one.seen is not None), default=None)


def _details(event: Event) -> Iterator[str]:
    if event.kind is EventKind.DEPRECATED:
        yield _deadline(event.deadline, event.day)
    elif event.kind in (EventKind.DUE_SOON, EventKind.OVERDUE):
        yield f"deadline {f'{_late(event)} or earlier' if event.deadline is None else event.deadline}"
    elif event.kind in (EventKind.REMOVED_EARLY, EventKind.REMOVED_IN_TIME) and event.deadline is not None:
        yield f"the deadline was {_late(event) or event.deadline}"
    elif event.move is not None:
        after = event.move.after
        yield f"from {event.move.before} {'to nothing' if after is None else f'to {after}'}"
        if event.move.earlier:
            yield "which is earlier"
    elif event.kind is EventKind.DONE and event.entry is not None and event.entry.done is not None:
        yield plain(f"{event.entry.done.note}, {event.entry.done.by}")


def _late(event: Event) -> date | None:
    """The late day where it is to be told: what went in time is judged by it, what is overdue may have no other.

    Of an episode that another one followed it is not known.
    """
    entry = event.entry
    if entry is None or event.seen != entry.removed:
        return None
    told = event.kind is EventKind.REMOVED_IN_TIME or (event.kind is EventKind.OVERDUE and event.deadline is None)
    return entry.deadline_late if told else None


def _deadline(deadline: date | None, day: date) -> str:
    if deadline is None:
        return "deadline unknown"
    return f"deadline {deadline}{', past already' if deadline < day else ''}"


def _names(group: Sequence[Event]) -> str:
    entries = [one.entry for one in group if one.entry is not None]
    if not entries:
        paths = by_key(group, lambda one: service(one.subject.path or one.subject.pointer))
        return listed([_several(path, members) for path, members in paths], _NAMED)
    if group[0].weak and len(entries) > _FEW:
        return Fold("", tuple(entries)).count
    folds = (Fold(name, members) for name, members in by_key(entries, Fold.of))
    return listed([keep(str(fold)) if fold.alone else f"{plain(fold.name)} ({fold.count})" for fold in folds], _NAMED)


def _several(path: str, gone: Sequence[Event]) -> str:
    if len(gone) == 1:
        return keep(plain(str(gone[0].subject)))
    kinds = {one.subject.kind for one in gone}
    return f"{plain(path)} ({plural(len(gone), kinds.pop() if len(kinds) == 1 else 'operation')})"
