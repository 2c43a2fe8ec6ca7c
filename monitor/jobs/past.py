"""What was seen of a source, and what is known from that: its versions, those that are suspect, its ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.contract import OperationRef
from monitor.contract.types import OperationKind
from monitor.errors import DocumentError, NoSuchSnapshot, SnapshotDamaged
from monitor.fetch import shown
from monitor.jobs.comparing import open_document
from monitor.jobs.facts import outline_basis, outline_object
from monitor.jobs.profiles import Profiles
from monitor.jobs.requests import AT_ANOTHER_URL, ways_of
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
    doubts,
    url_observations,
    watched_first,
    with_manual_entries,
)
from monitor.values import JsonObject

if TYPE_CHECKING:
    from monitor.compare import Conventions
    from monitor.store import SnapshotRow, SourceRow, Store, UnitOfWork


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


def reference_of(subject: Subject) -> OperationRef:
    """The operation that a subject of the ledger is, or is part of."""
    kinds: dict[str, OperationKind] = {"webhook": "webhook", "callback": "callback"}
    kind = kinds.get(subject.kind, "operation")
    return OperationRef(subject.path or "", subject.method or "", kind)


@dataclass(frozen=True, slots=True)
class Stay:
    """What was served from one moment to another, both of which are sights."""

    outline: Outline
    seen_at: datetime
    last_seen_at: datetime

    @property
    def operations(self) -> frozenset[OperationRef]:
        """What it serves."""
        return frozenset(reference_of(subject) for subject in self.outline.operations)

    @property
    def flagged(self) -> frozenset[OperationRef]:
        """What of it is deprecated."""
        return frozenset(reference_of(mark.subject) for mark in self.outline.flags)


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
    moved: frozenset[datetime] = frozenset()
    """When it was asked for at another URL than before."""
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
        moved: frozenset[datetime] = frozenset(),
    ) -> Past:
        """The past with its flaps found; `checks` are the contents that were seen, and when."""
        ordered = tuple(sorted(seen, key=lambda one: one.row.sequence))
        sights = _sights(ordered, checks, moved)
        found = doubts(sights, confirmation)
        return cls(ordered, sights, found, url, tuple(answers), tuple(corrections), moved)

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
            told = _Told.read(uow, source_id)
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
        return told.past(seen, profiles.confirmation)

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

    @classmethod
    def read(cls, uow: UnitOfWork, source_id: int, known: Past, confirmation: Confirmation) -> Past:
        """The past as a unit of work sees it; what is `known` of contents is not read again."""
        outlines = {seen.row.content_id: seen.outline for seen in known.seen}

        def outline(row: SnapshotRow) -> Outline:
            if row.content_id not in outlines:
                outlines[row.content_id] = Outline.from_json(uow.contents.outline(row.content_id))
            return outlines[row.content_id]

        seen = [Seen(row, outline(row)) for row in uow.snapshots.all(source_id)]
        return _Told.read(uow, source_id).past(seen, confirmation)

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
class _Told:
    """What is known of a source besides its snapshots: see `Past`."""

    checks: list[tuple[int, datetime]]
    url: str
    answers: list[tuple[datetime, dict[str, str]]]
    corrections: tuple[Correction, ...]
    moved: frozenset[datetime]
    revision: int

    @classmethod
    def read(cls, uow: UnitOfWork, source_id: int) -> _Told:
        return cls(
            uow.checks.sights(source_id),
            uow.sources.url(source_id),
            uow.checks.answers(source_id),
            tuple(map(correction_from, uow.corrections.all(source_id))),
            frozenset(at for at, way in ways_of(uow, source_id).items() if AT_ANOTHER_URL in way),
            uow.sources.revision(source_id),
        )

    def past(self, seen: Iterable[Seen], confirmation: Confirmation) -> Past:
        past = Past.of(seen, confirmation, self.checks, self.url, self.answers, self.corrections, self.moved)
        return replace(past, revision=self.revision)


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


def _sights(
    seen: Iterable[Seen], checks: Iterable[tuple[int, datetime]], moved: frozenset[datetime]
) -> tuple[Observation, ...]:
    """Every sight, not the first and the last of a snapshot alone: what is confirmed by one is then confirmed by the
    same one whenever it is asked for.
    """
    times: dict[int, list[datetime]] = {}
    for content_id, at in checks:
        times.setdefault(content_id, []).append(at)
    found = [
        replace(each.observations[0], seen_at=at, elsewhere=at in moved)
        for each in seen
        for at in {each.row.seen_at, *times.get(each.row.content_id, ()), each.row.last_seen_at}
        if each.row.seen_at <= at <= each.row.last_seen_at
    ]
    return tuple(sorted(found, key=lambda one: (one.seen_at, one.snapshot)))


def _outlined_again(store: Store, row: SnapshotRow, conventions: Conventions) -> JsonObject | None:
    """The new outline of a version; None where its bytes are no longer readable."""
    try:
        return outline_object(open_document(stored_data(store, row), row.sha256), conventions)
    except (DocumentError, SnapshotDamaged):
        return None


def stored_data(store: Store, row: SnapshotRow) -> bytes:
    """The bytes of a version. Raises SnapshotDamaged, StoreError."""
    with store.reading() as uow:
        # Not by the snapshot, which may be one that is only foreseen.
        return uow.contents.data(row.content_id)
