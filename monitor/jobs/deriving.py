"""What is derived from the stored snapshots: which are suspect, the comparisons of neighbours, the ledger.

It is a function of the snapshots, of when they were seen and of the two profiles, so it can be made again at any time
and comes out the same, whatever was interrupted before. A comparison is stored with the digest of what it rests on
besides the two documents (program, profiles, deadlines), and is made anew only when that differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.contract import OperationRef
from monitor.contract.types import OperationKind
from monitor.errors import BudgetExceeded, DocumentError, NoSuchSnapshot, SnapshotDamaged, SpecwatchError
from monitor.fetch import shown
from monitor.jobs.comparing import Desk, Input, Opened, open_document, settle, side
from monitor.jobs.facts import outline_basis, outline_object
from monitor.jobs.profiles import Profiles
from monitor.ledger import (
    Confirmation,
    Correction,
    Doubts,
    Entry,
    Observation,
    Outline,
    Subject,
    book,
    corrected,
    correction_from,
    day_of,
    deadlines,
    doubts,
    entry_object,
    identity,
    next_turn,
    url_observations,
    watched_first,
    with_manual_entries,
)
from monitor.policy import Removals
from monitor.report.diffdoc import DiffDocument, encode
from monitor.values import JsonObject, canonical_bytes

if TYPE_CHECKING:
    from monitor.compare import Conventions
    from monitor.store import SnapshotRow, SourceRow, Store


_CARRIED = "witnesses, accepted values"
"""What stored comparisons have that older ones of the same program may not: those are made again."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A stored snapshot and its outline."""

    row: SnapshotRow
    outline: Outline

    @property
    def stay(self) -> Stay:
        """From when until when it was served."""
        return Stay(self.outline, self.row.seen_at, self.row.last_seen_at)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """Its first sight, and its last where it was seen again: in between nothing else was seen."""
        imported = self.row.provenance.kind == "imported"
        first = Observation(self.row.seen_at, self.row.sequence, self.outline, imported)
        if self.row.last_seen_at == self.row.seen_at:
            return (first,)
        return (first, Observation(self.row.last_seen_at, self.row.sequence, self.outline, imported=False))


@dataclass(frozen=True, slots=True)
class Past:
    """Everything seen of a source, in the order of time, and which of its snapshots are or were suspect.

    `sights` are all times that a document was seen, `seen` has the first and the last of each. `url` is where it is
    downloaded from; `answers` are what the downloads said of that URL's own deprecation, and when; `corrections` are
    what people said of the ledger.
    """

    seen: tuple[Seen, ...]
    sights: tuple[Observation, ...] = ()
    doubts: Doubts = field(default_factory=Doubts)
    url: str = ""
    answers: tuple[tuple[datetime, dict[str, str]], ...] = ()
    corrections: tuple[Correction, ...] = ()
    revision: int = 0
    """What of the source's history this is; see `SourceTable`."""

    @classmethod
    def of(
        cls,
        seen: Iterable[Seen],
        confirmation: Confirmation,
        checks: Iterable[tuple[int, datetime]] = (),
        url: str = "",
        answers: Iterable[tuple[datetime, dict[str, str]]] = (),
        corrections: Iterable[Correction] = (),
    ) -> Past:
        """The past with its flaps found; `checks` are the contents that were seen, and when."""
        ordered = tuple(sorted(seen, key=lambda one: one.row.sequence))
        sights = _sights(ordered, checks)
        return cls(ordered, sights, doubts(sights, confirmation), url, tuple(answers), tuple(corrections))

    @classmethod
    def load(
        cls,
        store: Store,
        source_id: int,
        profiles: Profiles,
        *,
        keep: bool = True,
        step: Callable[[int, int], None] | None = None,
    ) -> Past:
        """The past as the store has it; outlines that were made under other conventions are made again.

        With `keep` they are stored, which is for the conventions that the configuration names. Those of versions that
        are no longer readable stay as they are. `step` hears how many of how many are made. Raises StoreError.
        """
        conventions = profiles.conventions
        wanted = outline_basis(conventions)
        with store.reading() as uow:
            found = list(uow.snapshots.outlines(source_id))
            checks = uow.checks.sights(source_id)
            url, answers = uow.sources.url(source_id), uow.checks.answers(source_id)
            revision = uow.sources.revision(source_id)
            corrections = tuple(map(correction_from, uow.corrections.all(source_id)))
        stale = {row.content_id: (row, value) for row, value in found if value.get("basis") != wanted}
        made: dict[int, JsonObject] = {}
        for number, (content_id, (row, value)) in enumerate(stale.items()):
            if step is not None:
                step(number, len(stale))
            made[content_id] = _outlined_again(store, row, conventions) or value
        if made and keep:
            with store.transaction() as uow:
                for content_id, outline in made.items():
                    uow.contents.outlined(content_id, outline)
        seen = (Seen(row, Outline.from_json(made.get(row.content_id, value))) for row, value in found)
        past = cls.of(seen, profiles.confirmation, checks, url, answers, corrections)
        return replace(past, revision=revision)

    @property
    def suspect(self) -> frozenset[int]:
        """The sequences of the snapshots that open and close nothing, and are not compared."""
        return self.doubts.suspect

    def told_at(self, seen: Seen) -> datetime:
        """When what a snapshot brought was told: at its first sight, or once it was known not to be a slip."""
        return self.doubts.confirmed.get(seen.row.sequence, seen.row.seen_at)

    @property
    def told_later(self) -> Mapping[datetime, datetime]:
        """The first sights of what was suspect and turned out to be real, with when it was told."""
        return {
            seen.row.seen_at: self.told_at(seen) for seen in self.seen if seen.row.sequence in self.doubts.confirmed
        }

    @property
    def trusted(self) -> tuple[Seen, ...]:
        """The snapshots that are compared."""
        return tuple(one for one in self.seen if one.row.sequence not in self.suspect)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """Every sight, in the order of time."""
        return _observations(self.seen)

    def pairs(self) -> tuple[tuple[Seen, Seen], ...]:
        """The neighbours to compare: trusted, and of different content."""
        return tuple((a, b) for a, b in pairwise(self.trusted) if a.row.sha256 != b.row.sha256)


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a source by some day: its row, all of its past, and the trusted snapshots seen by then."""

    source: SourceRow
    past: Past
    seen: tuple[Seen, ...]


def known_by(store: Store, name: str, profiles: Profiles, day: date) -> Known:
    """What was known of a source by the end of a day. Raises NoSuchSnapshot where that is nothing, StoreError."""
    with store.reading() as uow:
        source = uow.sources.find(name)
    past = Past(()) if source is None else Past.load(store, source.id, profiles)
    seen = tuple(one for one in past.trusted if day_of(one.row.seen_at) <= day)
    if source is None or not seen:
        raise NoSuchSnapshot(f"nothing had been seen of {name} by {day}")
    return Known(source, past, seen)


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
    said = [profiles.digest, days, seen_on.isoformat() if found else "", _CARRIED]
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


@dataclass(frozen=True, slots=True)
class Stay:
    """What was served from one moment to another, both of which are sights."""

    outline: Outline
    seen_at: datetime
    last_seen_at: datetime

    @property
    def operations(self) -> frozenset[OperationRef]:
        """What it serves."""
        return frozenset(_reference(subject) for subject in self.outline.operations)

    @property
    def flagged(self) -> frozenset[OperationRef]:
        """What of it is deprecated."""
        return frozenset(_reference(mark.subject) for mark in self.outline.flags)


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


def _reference(subject: Subject) -> OperationRef:
    kinds: dict[str, OperationKind] = {"webhook": "webhook", "callback": "callback"}
    kind = kinds.get(subject.kind, "operation")
    return OperationRef(subject.path or "", subject.method or "", kind)


@dataclass(frozen=True, slots=True)
class Derived:
    """What `derive` came to. `documents` has the comparisons made now, by the ids of the two snapshots; `warnings` are
    sentences about those that could not be made."""

    past: Past
    documents: dict[tuple[int, int], DiffDocument]
    warnings: tuple[str, ...]


def derive(
    store: Store,
    source: SourceRow,
    profiles: Profiles,
    *,
    today: date,
    desk: Desk | None = None,
    step: Callable[[int, int], None] | None = None,
) -> Derived:
    """Make what is missing or out of date: the comparisons of neighbours, then the ledger as of `today`.

    What could not be compared is tried again. `step` hears how many of how many are made. Raises StoreError.
    """
    derived = derive_comparisons(store, source, profiles, desk=desk, step=step, again=True)
    entries = entries_of(derived.past, profiles, today=today)
    turns_on = next_turn(entries, today=today, window_months=profiles.window_months)
    with store.transaction() as uow:
        uow.ledger.replace(source.id, [entry_object(source.name, entry) for entry in entries])
        # What is not yet confirmed may be by a check that finds nothing new.
        if not derived.warnings and derived.past.doubts.loss is None:
            uow.sources.derived(source.id, derived.past.revision, derivation_basis(profiles), turns_on=turns_on)
    return derived


def derivation_basis(profiles: Profiles) -> str:
    """What comparisons and ledger rest on besides what is known of the source: program, profiles, conventions."""
    confirmed = [profiles.confirmation.after.total_seconds(), profiles.confirmation.checks]
    said = [__version__, _CARRIED, profiles.digest, outline_basis(profiles.conventions), confirmed]
    return hashlib.sha256(canonical_bytes(said)).hexdigest()[:32]


def derive_comparisons(
    store: Store,
    source: SourceRow,
    profiles: Profiles,
    *,
    desk: Desk | None = None,
    step: Callable[[int, int], None] | None = None,
    again: bool = False,
) -> Derived:
    """Make the comparisons that are missing or out of date, and with `again` those that could not be made before.

    Each is a transaction of its own and made outside of it, so nobody waits for the engine and a kill loses one at
    most. Raises StoreError.
    """
    past = Past.load(store, source.id, profiles)
    with store.reading() as uow:
        engines = uow.comparisons.engines(source.id)
        kept = uow.comparisons.engines(source.id, failed=not again)
    wanted = {
        (before.row.id, after.row.id): (before, after, basis_of(past, before, after, profiles))
        for before, after in past.pairs()
    }
    missing = {pair: each for pair, each in wanted.items() if kept.get(pair) != each[2].engine}
    desk = desk or Desk()
    documents: dict[tuple[int, int], DiffDocument] = {}
    warnings: list[str] = []
    for number, (pair, (before, after, basis)) in enumerate(missing.items()):
        if step is not None:
            step(number, len(missing))
        made = compare_stored(store, desk, source, before, after, profiles, basis)
        _put(store, source, pair, profiles, basis, made)
        if isinstance(made, SpecwatchError):
            warnings.append(f"{label(source, before)} and {label(source, after)} could not be compared: {made.what}")
        else:
            documents[pair] = made
    stale = engines.keys() - wanted.keys()
    if stale:
        with store.transaction() as uow:
            uow.comparisons.drop(stale)
    return Derived(past, documents, tuple(warnings))


def compare_stored(
    store: Store, desk: Desk, source: SourceRow, before: Seen, after: Seen, profiles: Profiles, basis: Basis
) -> DiffDocument | SpecwatchError:
    """The comparison of two stored snapshots, or why there is none: too large for the budget, or no longer readable."""

    def opened(seen: Seen) -> Opened:
        return desk.get(seen.row.sha256, label(source, seen), lambda: _data(store, seen.row))

    try:
        left, right = opened(before), opened(after)
        return settle(
            side(left.document, label(source, before)),
            side(right.document, label(source, after)),
            desk.find(left, right, profiles.conventions),
            profiles,
            basis.removals,
        )
    except (DocumentError, BudgetExceeded, SnapshotDamaged) as error:
        return error


def _put(
    store: Store,
    source: SourceRow,
    pair: tuple[int, int],
    profiles: Profiles,
    basis: Basis,
    made: DiffDocument | SpecwatchError,
) -> None:
    document, error = (None, str(made)) if isinstance(made, SpecwatchError) else (encode(made), None)
    with store.transaction() as uow:
        uow.comparisons.put(
            source.id,
            *pair,
            client=profiles.client.name,
            promise=profiles.promise_name,
            engine=basis.engine,
            document=document,
            error=error,
        )


def _outlined_again(store: Store, row: SnapshotRow, conventions: Conventions) -> JsonObject | None:
    """The new outline of a version; None where its bytes are no longer readable."""
    try:
        return outline_object(open_document(_data(store, row), row.sha256), conventions)
    except (DocumentError, SnapshotDamaged):
        return None


def _data(store: Store, row: SnapshotRow) -> bytes:
    with store.reading() as uow:
        return uow.snapshots.data(row.id)


def entries_of(past: Past, profiles: Profiles, *, today: date) -> tuple[Entry, ...]:
    """The book of a source as of `today`; what was seen after that day is not yet known.

    The URL itself comes first, with the operation that serves it.
    """
    known = [one for one in past.observations if day_of(one.seen_at) <= today]
    entries = book(
        with_manual_entries(known, past.corrections),
        today=today,
        window_months=profiles.window_months,
        version_pattern=profiles.version_pattern,
        suspect=past.suspect,
    )
    answers = url_observations(shown(past.url), past.answers)
    of_url = book(
        [one for one in answers if day_of(one.seen_at) <= today],
        today=today,
        window_months=profiles.window_months,
        version_pattern=None,
    )
    settled = corrected((*of_url, *entries), past.corrections, today=today, window_months=profiles.window_months)
    return watched_first(settled, past.url)


def label(source: SourceRow, seen: Seen) -> str:
    """How a reader names a snapshot; `specwatch diff` takes the same words."""
    return f"{source.name}@{seen.row.seen_at:%Y-%m-%dT%H:%M:%SZ}"


def _observations(seen: Iterable[Seen]) -> tuple[Observation, ...]:
    found = (one for each in seen for one in each.observations)
    return tuple(sorted(found, key=lambda one: (one.seen_at, one.snapshot)))


def _sights(seen: Iterable[Seen], checks: Iterable[tuple[int, datetime]]) -> tuple[Observation, ...]:
    """Every sight, not the first and the last of a snapshot alone: what is confirmed by one is then confirmed by the
    same one whenever it is asked for.
    """
    times: dict[int, list[datetime]] = {}
    for content_id, at in checks:
        times.setdefault(content_id, []).append(at)
    found = [
        replace(each.observations[0], seen_at=at)
        for each in seen
        for at in {each.row.seen_at, *times.get(each.row.content_id, ()), each.row.last_seen_at}
        if each.row.seen_at <= at <= each.row.last_seen_at
    ]
    return tuple(sorted(found, key=lambda one: (one.seen_at, one.snapshot)))


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
