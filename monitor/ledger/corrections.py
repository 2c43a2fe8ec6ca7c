"""What people say of the ledger: entries and dates of their own, and what they are done with.

Corrections are kept in the order in which they were made and never changed; they are applied whenever the book is made,
so they win over the evidence and survive that it is made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Literal

from monitor.ledger.identity import Identity, digest, identity
from monitor.ledger.types import Done, Entry, Evidence, Interval, Mark, Observation, State, Subject
from monitor.ledger.window import Window, outcome_of, state_of, window_of

Action = Literal["set", "done"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing that somebody said of one subject: who, when, why, and what.

    Of a `set` what is None is left as it is: `deadline`, `since` (the first day on which it was deprecated),
    `successor`. Of a `done`, `deadline` is the one that was known then.
    """

    action: Action
    subject: Subject
    at: datetime
    by: str
    note: str
    deadline: date | None = None
    since: date | None = None
    successor: str | None = None


def with_manual_entries(
    observations: Sequence[Observation], corrections: Iterable[Correction]
) -> tuple[Observation, ...]:
    """The observations, oldest first, with a mark on each subject that somebody set, as long as it is served.

    From the day since when it is said to be deprecated, or from when that was said; in any case in the newest.
    """
    ordered = sorted(observations, key=lambda one: (one.seen_at, one.snapshot))
    if not ordered:
        return ()
    for key, said in _sets(corrections).items():
        subject, moment = said[-1].subject, min(_moment(each) for each in said)
        mark = Mark(subject, (_evidence(said[-1]),))
        ordered = [
            _marked(one, key, mark) if one.seen_at >= moment or place == len(ordered) - 1 else one
            for place, one in enumerate(ordered)
        ]
    return tuple(ordered)


def corrected(
    entries: Iterable[Entry], corrections: Sequence[Correction], *, today: date, window_months: int | None
) -> tuple[Entry, ...]:
    """The entries with what was set of them, and with who is done with which."""
    sets, done = _sets(corrections), _of_action(corrections, "done")
    found = []
    for entry in entries:
        key = identity(entry.subject)
        settled = _settled(entry, sets[key], today, window_months) if key in sets else entry
        found.append(_finished(settled, done[key][-1]) if key in done else settled)
    return tuple(found)


def _of_action(corrections: Iterable[Correction], action: Action) -> dict[Identity, list[Correction]]:
    found: dict[Identity, list[Correction]] = {}
    for each in sorted(corrections, key=lambda one: one.at):
        if each.action == action:
            found.setdefault(identity(each.subject), []).append(each)
    return found


def _sets(corrections: Iterable[Correction]) -> dict[Identity, list[Correction]]:
    return _of_action(corrections, "set")


def _moment(said: Correction) -> datetime:
    return said.at if said.since is None else datetime.combine(said.since, time(), UTC)


def _evidence(said: Correction) -> Evidence:
    return Evidence("manual", "strong", f"{said.note} ({said.by}, {said.at.astimezone(UTC):%Y-%m-%d})", "")


def _marked(seen: Observation, key: Identity, mark: Mark) -> Observation:
    outline = seen.outline
    served = next((one for one in outline.operations if identity(one) == key), None)
    if served is None and digest(key) not in outline.parts:
        return seen
    known = next((one for one in outline.marks if identity(one.subject) == key), None)
    subject = mark.subject if served is None else served
    together = mark if known is None else replace(known, evidence=(*known.evidence, *mark.evidence))
    others = tuple(one for one in outline.marks if one is not known)
    return replace(seen, outline=replace(outline, marks=(*others, replace(together, subject=subject))))


def _settled(entry: Entry, said: Sequence[Correction], today: date, months: int | None) -> Entry:
    """The last word on each thing counts."""
    since = next((each.since for each in reversed(said) if each.since is not None), None)
    dated = next((each for each in reversed(said) if each.deadline is not None), None)
    successor = next((each.successor for each in reversed(said) if each.successor is not None), entry.successor)
    settled = replace(entry, successor=successor, set_at=tuple(each.at for each in said))
    if since is not None:
        begun = datetime.combine(since, time(), UTC)
        first_seen = Interval(begun, begun)
        episodes = (*entry.episodes[:-1], replace(entry.episodes[-1], first_seen=first_seen))
        settled = replace(settled, first_seen=first_seen, episodes=episodes)
    if dated is not None:
        basis = f"set by {dated.by} on {dated.at.astimezone(UTC):%Y-%m-%d}: {dated.note}"
        return _within(replace(settled, deadline_basis=basis), Window(dated.deadline, dated.deadline), today)
    if since is not None and entry.given is None and months is not None:
        basis = f"{months} calendar months after {since}, which {said[-1].by} set"
        return _within(replace(settled, deadline_basis=basis), window_of(settled.first_seen, months), today)
    return settled


def _within(entry: Entry, window: Window, today: date) -> Entry:
    """The entry with another window, and what follows from it."""
    last = replace(entry.episodes[-1], deadline=window.early)
    episodes = (*entry.episodes[:-1], last)
    dated = replace(entry, deadline=window.early, deadline_late=window.late, episodes=episodes)
    if entry.standing:
        return replace(dated, state=state_of(window, today, announced=entry.state is State.ANNOUNCED))
    if entry.removed is not None and entry.outcome != "unannounced" and entry.subject.path is not None:
        outcome = outcome_of(window, entry.removed)
        last = replace(last, outcome=outcome)
        return replace(dated, outcome=outcome, episodes=(*entry.episodes[:-1], last))
    return dated


def _finished(entry: Entry, said: Correction) -> Entry:
    """Done, unless it was reinstated, began anew or has another deadline since."""
    again = entry.state is State.REINSTATED or entry.first_seen.by > said.at or entry.deadline != said.deadline
    return replace(entry, done=Done(said.at, said.by, said.note, reopened=again))
