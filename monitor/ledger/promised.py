"""The provider's own words for what it promises, over time: only a change that lasts is one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.ledger.flaps import LOOK_AHEAD
from monitor.ledger.types import Interval, Observation

LASTING = timedelta(days=7)
"""A change that is still so at a sight as long as this after its first lasts."""


@dataclass(frozen=True, slots=True)
class PromiseChange:
    """A lasting change of one section of `info.description` that holds the promise.

    `before` and `after` are its text; None where the section was not there. `first_seen` is when it changed;
    `confirmed_at` the first sight by which it was known to last, which is when it is told.
    """

    section: str
    before: str | None
    after: str | None
    first_seen: Interval
    confirmed_at: datetime


@dataclass(slots=True)
class _Candidate:
    """A text that may yet be taken back."""

    text: str | None
    first_seen: Interval
    snapshots: set[int] = field(default_factory=set)


def promise_changes(observations: Iterable[Observation], suspect: Collection[int] = ()) -> tuple[PromiseChange, ...]:
    """The lasting changes of each section, oldest first. Suspect snapshots change nothing, nor does the first of all.

    A document is now and then served without its long description, and the promise with it: that takes nothing
    back. A change lasts when it is still so in the `LOOK_AHEAD` versions after the one in which it was first seen, or
    at a sight `LASTING` later. What was then told is what the next change is measured against, so that a text that
    comes back is none. A section that is found under another heading with the same words was moved, which is none
    either.

    Measured on the 88 versions of incident.io's document: the section "Compatibility" is missing from three versions
    within 26 hours in February 2025 and from one in November 2025, and is the same to the letter in all others.
    """
    trusted = sorted(
        (seen for seen in observations if seen.snapshot not in suspect), key=lambda seen: (seen.seen_at, seen.snapshot)
    )
    names = {name for seen in trusted for name in seen.outline.promise}
    found = [change for name in names for change in _of_section(name, trusted)]
    moved = {_way(change) for change in found if change.after is None} & {
        _way(change) for change in found if change.before is None
    }
    lasting = [change for change in found if _way(change) not in moved]
    return tuple(sorted(lasting, key=lambda change: (change.first_seen.by, change.section)))


def outdated_by(words: str, changes: Iterable[PromiseChange]) -> tuple[PromiseChange, ...]:
    """The changes by which a document no longer has the words that a promise profile was made from.

    Words that were never in the document, for they stand elsewhere, go out of date by none.
    """
    held = " ".join(words.split())
    return tuple(
        change for change in changes if held and held in _line(change.before) and held not in _line(change.after)
    )


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _of_section(name: str, trusted: Sequence[Observation]) -> Iterable[PromiseChange]:
    told = trusted[0].outline.promise.get(name)
    candidate: _Candidate | None = None
    previous = trusted[0].seen_at
    for seen in trusted[1:]:
        text = seen.outline.promise.get(name)
        if _same(text, told):
            candidate = None
        elif candidate is None or not _same(text, candidate.text):
            candidate = _Candidate(text, Interval(previous, seen.seen_at))
        previous = seen.seen_at
        if candidate is None:
            continue
        candidate.snapshots.add(seen.snapshot)
        waited = seen.seen_at - candidate.first_seen.by
        if len(candidate.snapshots) > LOOK_AHEAD or waited >= LASTING:
            yield PromiseChange(name, told, text, candidate.first_seen, seen.seen_at)
            told, candidate = text, None


def _same(one: str | None, other: str | None) -> bool:
    """Whether two texts say the same, however their lines are broken."""
    return _words(one) == _words(other)


def _words(text: str | None) -> list[str] | None:
    return None if text is None else text.split()


def _way(change: PromiseChange) -> tuple[Interval, tuple[str, ...]] | None:
    """What a section that came has in common with one that went, if it is the same text; None for one that stayed."""
    if change.before is not None and change.after is not None:
        return None
    text = change.after if change.before is None else change.before
    return change.first_seen, tuple((text or "").split())
