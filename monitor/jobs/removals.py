"""What comparisons and audits rest on besides two documents: which operations went, and whether they might."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.contract import OperationRef
from monitor.jobs.comparing import Input
from monitor.jobs.past import Past, Seen, Stay
from monitor.jobs.profiles import Profiles
from monitor.ledger import (
    Observation,
    book,
    day_of,
    deadlines,
    identity,
)
from monitor.policy import Removals
from monitor.values import canonical_bytes

if TYPE_CHECKING:
    from monitor.store import Store


CARRIED = "witnesses, accepted values"
"""What stored comparisons have that older ones of the same program may not: those are made again."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a comparison rests on besides its two documents."""

    removals: Removals
    engine: str
    """The program's version and the digest of everything else, as stored with the comparison."""


def basis_of(past: Past, before: Seen, after: Seen, profiles: Profiles) -> Basis:
    """The deadlines for what goes between two snapshots, and the digest of all that is not in the documents."""
    found = _deadlines(past.observations, past.suspect, before.stay, after.stay, profiles)
    seen_on = day_of(after.row.seen_at)
    days = sorted([str(ref), day.isoformat()] for ref, day in found.items())
    # The day matters to a removal with a deadline alone; without one the same pair may be seen on any day.
    said = [profiles.digest, days, seen_on.isoformat() if found else "", CARRIED]
    digest = hashlib.sha256(canonical_bytes(said)).hexdigest()
    return Basis(Removals(found, seen_on), f"{__version__}+{digest[:16]}")


def known_removals(store: Store, before: Input, after: Input, profiles: Profiles) -> Removals | None:
    """What the ledger knows of the operations that went on the way between two stored versions of one source.

    Each is judged at the version in which it was first missing. None when the two are not of one source, or the first
    is not the older one.
    """
    if before.stored is None or after.stored is None or before.stored[0] != after.stored[0]:
        return None
    with store.reading() as uow:
        source_id = uow.sources.get(before.stored[0]).id
    past = Past.load(store, source_id, profiles, keep=False)
    way = [seen.stay for seen in _way(past, before.stored[1], after.stored[1])]
    return removals_on(way, past.observations, profiles, past.suspect)


def removals_on(
    way: Sequence[Stay], observations: Sequence[Observation], profiles: Profiles, suspect: frozenset[int] = frozenset()
) -> Removals:
    """What is known of the operations that went on a way of several versions, each judged where it was first missing.

    `observations` are all that were ever made, of `suspect` snapshots too: they say since when what went was flagged.
    """
    deadlines: dict[OperationRef, date] = {}
    gone_on: dict[OperationRef, date] = {}
    flagged: set[OperationRef] = set()
    for old, new in pairwise(way):
        gone = old.operations - new.operations
        gone_on |= dict.fromkeys(gone, day_of(new.seen_at))
        deadlines = {ref: day for ref, day in deadlines.items() if ref not in gone}
        deadlines |= _deadlines(observations, suspect, old, new, profiles)
        flagged = (flagged - gone) | (gone & old.flagged)
    return Removals(deadlines, None, gone_on, frozenset(flagged))


def _way(past: Past, first_id: int, last_id: int) -> tuple[Seen, ...]:
    """The trusted versions from one to another, both included; nothing when they are the wrong way round."""
    rows = [seen for seen in past.seen if seen.row.sequence not in past.suspect or seen.row.id in (first_id, last_id)]
    places = {seen.row.id: place for place, seen in enumerate(rows)}
    return tuple(rows[places[first_id] : places[last_id] + 1])


def _deadlines(
    observations: Sequence[Observation], suspect: frozenset[int], before: Stay, after: Stay, profiles: Profiles
) -> dict[OperationRef, date]:
    """The last days of the windows of what was flagged in `before` and is gone in `after`."""
    served = {identity(subject) for subject in after.outline.operations}
    gone = [mark for mark in before.outline.flags if identity(mark.subject) not in served]
    if not gone or profiles.window_months is None:
        return {}
    last_sight = before.last_seen_at
    known = [one for one in observations if one.seen_at <= last_sight]
    entries = book(
        known,
        today=day_of(last_sight),
        window_months=profiles.window_months,
        version_pattern=profiles.version_pattern,
        suspect=suspect,
    )
    names = {identity(mark.subject) for mark in gone}
    concerned = [entry for entry in entries if identity(entry.subject) in names]
    return deadlines(concerned, before=last_sight, after=after.seen_at)
