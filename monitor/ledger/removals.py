"""Operations that went without a word: the flag was never there when they left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.ledger.identity import Identity, identity, order
from monitor.ledger.types import Interval, Observation, Subject


@dataclass(frozen=True, slots=True)
class Removal:
    """An operation that left unflagged: when, and when it was back, if it ever was."""

    subject: Subject
    removed: Interval
    returned: Interval | None = None


def unannounced_removals(
    observations: Sequence[Observation], suspect: frozenset[int] = frozenset()
) -> tuple[Removal, ...]:
    """Every removal of an operation without its flag, by time, then path. One that went twice is there twice."""
    done: list[tuple[Identity, Removal]] = []
    away: dict[Identity, Removal] = {}
    before: dict[Identity, Subject] = {}
    flagged: set[Identity] = set()
    last: Observation | None = None
    for seen in sorted(observations, key=lambda one: (one.seen_at, one.snapshot)):
        if seen.snapshot in suspect:
            continue
        here = {identity(subject): subject for subject in sorted(seen.outline.operations, key=lambda one: one.pointer)}
        if last is not None:
            moment = Interval(last.seen_at, seen.seen_at)
            for key in away.keys() & here.keys():
                gone = away.pop(key)
                done.append((key, Removal(gone.subject, gone.removed, moment)))
            for key in before.keys() - here.keys() - flagged:
                away[key] = Removal(before[key], moment)
        said = {identity(mark.subject) for mark in seen.outline.marks if mark.subject.whole}
        before, flagged, last = here, said, seen
    done.extend(away.items())
    return tuple(removal for _, removal in sorted(done, key=lambda one: (one[1].removed.by, order(one[0]))))
