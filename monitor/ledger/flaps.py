"""The first flap rule: a document that loses much and has it back at once was a stale copy, not an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.ledger.identity import Identity, identity
from monitor.ledger.types import Observation, Outline

LEAST_LOST = 3
"""Fewer things lost than this are told as they are: one operation may well be taken out and put back."""
LEAST_SHARE = 0.05
"""The lost things must be at least this part of the operations and flags that were there."""
LOOK_AHEAD = 3
"""Among how many of the next snapshots the lost things must be back."""
RETURNING_SHARE = 0.75
"""Which part of the lost things must be back."""
CONFIRMED_AFTER = timedelta(days=7)
"""A snapshot that was seen again as long as this after its first sight was really served: it is no flap."""

Thing = tuple[str, Identity]


@dataclass(slots=True)
class _Sight:
    """One snapshot and the stretch of time in which it was seen without another in between."""

    snapshot: int
    things: frozenset[Thing]
    first: datetime
    last: datetime


def flaps(observations: Sequence[Observation]) -> frozenset[int]:
    """The sequences of the snapshots that are suspect: they open and close nothing in the ledger.

    A snapshot is suspect when, against the last one that is not, it lost at least `LEAST_LOST` things (operations,
    and flags of operations that it still serves) and `LEAST_SHARE` of them all, and one of the `LOOK_AHEAD` next has
    `RETURNING_SHARE` of the lost back; so are the snapshots between it and that one. A single operation that goes and
    comes is an event. Imported and live observations are treated alike, by what is known: the newest snapshot is
    never suspect by this rule, and a later observation may make suspect what was taken for a loss, or clear it by a
    second sight (`CONFIRMED_AFTER`).

    Measured on three histories of incident.io, imported from git; "things" are operations, webhooks and flags:
    - public, 88 snapshots: 2024-03-12T1037 alone is suspect. It loses 57 of 177 things (18 operations, 27 webhooks,
      12 of 15 flags; 32 %), and the next snapshot has 0.95 of them back. Not suspect: 2024-05-01T1048 (18 of 94
      operations, 8.5 % of all things; 0.28 back three snapshots later), 2024-04-19T1441 (the same number moves to
      other paths, none comes back), 2023-10-17T1258 (4 flags taken back for good), and the four times that `POST
      /v2/managed_resources` goes (0.3 to 0.5 %; twice it is back within two snapshots).
    - the one with unreleased endpoints, 63 snapshots: no operation and no flag is ever lost, one webhook in the last.
    - Swagger 2.0, 18 snapshots: losses of 3.5 to 8.5 %, of which at most 0.28 come back.
    So a real loss comes back by at most 0.28 and the flap by 0.95; what really goes and comes is 0.5 % of a document,
    the flap 32 %. The thresholds lie between.
    """
    sights = _sights(observations)
    suspect: set[int] = set()
    trusted = 0
    index = 1
    while index < len(sights):
        back = _taken_back(sights, trusted, index)
        if back is None:
            trusted = index
            index += 1
        else:
            suspect.update(sight.snapshot for sight in sights[index:back])
            index = back
    return frozenset(suspect)


def _sights(observations: Iterable[Observation]) -> list[_Sight]:
    sights: list[_Sight] = []
    for seen in sorted(observations, key=lambda one: (one.seen_at, one.snapshot)):
        if sights and sights[-1].snapshot == seen.snapshot:
            sights[-1].last = seen.seen_at
        else:
            sights.append(_Sight(seen.snapshot, _things(seen.outline), seen.seen_at, seen.seen_at))
    return sights


def _things(outline: Outline) -> frozenset[Thing]:
    served = {("served", identity(subject)) for subject in outline.operations}
    flags = {("flag", identity(mark.subject)) for mark in outline.flags}
    return frozenset(served | flags)


def _taken_back(sights: Sequence[_Sight], trusted: int, index: int) -> int | None:
    """The place of the snapshot that takes the loss of `index` back, or None when it is no flap."""
    before, here = sights[trusted].things, sights[index]
    gone = before - here.things
    # A flag that went with its operation is one loss, not two.
    lost = {(what, key) for what, key in gone if what == "served" or ("served", key) not in gone}
    if len(lost) < LEAST_LOST or len(lost) < LEAST_SHARE * len(before):
        return None
    for later in range(index + 1, min(index + 1 + LOOK_AHEAD, len(sights))):
        if len(lost & sights[later].things) >= RETURNING_SHARE * len(lost):
            stretch = sights[index:later]
            confirmed = any(sight.last - sight.first >= CONFIRMED_AFTER for sight in stretch)
            return None if confirmed else later
    return None
