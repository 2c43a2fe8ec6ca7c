"""What is derived from the stored snapshots: which are suspect, the comparisons of neighbours, the ledger.

It is a function of the snapshots, of when they were seen and of the two profiles, so it can be made again at any time
and comes out the same, whatever was interrupted before. A comparison is stored with the digest of what it rests on
besides the two documents (program, profiles, deadlines), and is made anew only when that differs.

What a check brings is derived before anything of it is stored: `foreseen` looks at what the store will be like, and
`put_down` writes all that follows in the transaction that makes it so. Nobody waits for the engine meanwhile.
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
from monitor.jobs.comparing import Bench, Desk, Input, Version, open_document
from monitor.jobs.due import COMPARE
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
from monitor.schedule import growing_delay
from monitor.values import JsonObject, canonical_bytes

if TYPE_CHECKING:
    from monitor.compare import Conventions
    from monitor.store import SnapshotRow, SourceRow, Store, UnitOfWork


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

    def document_before(self, snapshot_id: int) -> DiffDocument | None:
        """The comparison of a snapshot with the one before, where it was made now."""
        return next((made for pair, made in self.documents.items() if pair[1] == snapshot_id), None)


def derive(
    store: Store,
    source: SourceRow,
    profiles: Profiles,
    *,
    now: datetime,
    desk: Bench | None = None,
    step: Callable[[int, int], None] | None = None,
    again: bool = False,
) -> Derived:
    """Make what is missing or out of date: the comparisons of neighbours, then the ledger as of the day of `now`.

    What could not be compared is tried again when that is due, and with `again` at once. `step` hears how many of how
    many are made. Raises StoreError.
    """
    again = again or is_due_again(store, source, now)
    derived = derive_comparisons(store, source, profiles, desk=desk, step=step, again=again)
    entries = entries_of(derived.past, profiles, today=day_of(now))
    with store.transaction() as uow:
        _write_ledger(uow, source, derived.past, entries, profiles, now)
        _put_off(uow, source, now, tried=again or bool(derived.warnings))
    return derived


def derivation_basis(profiles: Profiles) -> str:
    """What comparisons and ledger rest on besides what is known of the source: program, profiles, conventions."""
    confirmed = [profiles.confirmation.after.total_seconds(), profiles.confirmation.checks]
    said = [__version__, _CARRIED, profiles.digest, outline_basis(profiles.conventions), confirmed]
    return hashlib.sha256(canonical_bytes(said)).hexdigest()[:32]


def is_due_again(store: Store, source: SourceRow, now: datetime) -> bool:
    """Whether the comparisons that could not be made are to be tried again."""
    with store.reading() as uow:
        row = uow.due.get(COMPARE, source.name)
    return row is None or row.due_at <= now or row.owner is not None


def _put_off(uow: UnitOfWork, source: SourceRow, now: datetime, *, tried: bool) -> None:
    """Try comparisons that could not be made again after a delay that grows; forget about it when all are made."""
    failed = uow.comparisons.failed(source.id)
    row = uow.due.get(COMPARE, source.name)
    if not failed and row is not None:
        uow.due.drop(COMPARE, [source.name])
    elif failed and tried:
        failures = 1 if row is None else row.failures + 1
        at = now + growing_delay(failures)
        words = f"{failed} of its comparisons could not be made"
        uow.due.drop(COMPARE, [source.name])
        uow.due.put(COMPARE, source.name, plan="", named_at=now, due_at=at, now=now, failures=failures, error=words)


def _write_ledger(
    uow: UnitOfWork, source: SourceRow, past: Past, entries: Sequence[Entry], profiles: Profiles, now: datetime
) -> None:
    uow.ledger.replace(source.id, [entry_object(source.name, entry) for entry in entries])
    if past.doubts.loss is not None:
        return  # what is not yet confirmed may be by a check that finds nothing new
    turns_on = next_turn(entries, today=day_of(now), window_months=profiles.window_months)
    uow.sources.derived(source.id, past.revision, derivation_basis(profiles), turns_on=turns_on)


def derive_comparisons(
    store: Store,
    source: SourceRow,
    profiles: Profiles,
    *,
    desk: Bench | None = None,
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
    wanted = _wanted(past, profiles)
    missing = {pair: each for pair, each in wanted.items() if kept.get(pair) != each[2].engine}
    desk = desk or Desk()
    documents: dict[tuple[int, int], DiffDocument] = {}
    warnings: list[str] = []
    for number, (pair, (before, after, basis)) in enumerate(missing.items()):
        if step is not None:
            step(number, len(missing))
        made = compare_stored(store, desk, source, before, after, profiles, basis)
        with store.transaction() as uow:
            _put(uow, source, pair, profiles, basis, made)
        if isinstance(made, SpecwatchError):
            warnings.append(_warning(source, before, after, made))
        else:
            documents[pair] = made
    stale = engines.keys() - wanted.keys()
    if stale:
        with store.transaction() as uow:
            uow.comparisons.drop(stale)
    return Derived(past, documents, tuple(warnings))


def _wanted(past: Past, profiles: Profiles) -> dict[tuple[int, int], tuple[Seen, Seen, Basis]]:
    return {
        (before.row.id, after.row.id): (before, after, basis_of(past, before, after, profiles))
        for before, after in past.pairs()
    }


def _warning(source: SourceRow, before: Seen, after: Seen, error: SpecwatchError) -> str:
    return f"{label(source, before)} and {label(source, after)} could not be compared: {error.what}"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What follows from a past that is still to become true. `made` is by the two snapshots' sequences, because the ids
    of rows are not yet known; so are `documents`."""

    past: Past
    made: dict[tuple[int, int], tuple[Basis, DiffDocument | SpecwatchError]]
    entries: tuple[Entry, ...]
    warnings: tuple[str, ...]

    def document(self, after: int) -> DiffDocument | None:
        """The comparison with the version before the one of that sequence, where it was made now."""
        made = next((each for pair, (_, each) in self.made.items() if pair[1] == after), None)
        return None if isinstance(made, SpecwatchError) else made

    def confirmed(self, now: datetime) -> tuple[DiffDocument, ...]:
        """The comparisons with versions that were suspect until `now`, oldest first."""
        known_now = [sequence for sequence, at in sorted(self.past.doubts.confirmed.items()) if at == now]
        found = (self.document(sequence) for sequence in known_now)
        return tuple(each for each in found if each is not None)


def foreseen(
    store: Store,
    source: SourceRow,
    profiles: Profiles,
    change: Callable[[UnitOfWork], object],
    *,
    known: Past,
    today: date,
    bench: Bench,
    held: Mapping[str, bytes],
) -> Foreseen:
    """What will follow from a `change` to the versions of a source, which is made and undone to see it.

    `held` has the bytes, by their SHA-256, of versions that are not stored yet. Raises StoreError.
    """
    with store.rehearsal() as uow:
        change(uow)
        past = Past.read(uow, source.id, known, profiles.confirmation)
        kept = uow.comparisons.engines(source.id)
    made = {}
    warnings = []
    for pair, (before, after, basis) in _wanted(past, profiles).items():
        if kept.get(pair) != basis.engine:
            compared = compare_stored(store, bench, source, before, after, profiles, basis, held)
            made[before.row.sequence, after.row.sequence] = basis, compared
            if isinstance(compared, SpecwatchError):
                warnings.append(_warning(source, before, after, compared))
    return Foreseen(past, made, entries_of(past, profiles, today=today), tuple(warnings))


def put_down(
    uow: UnitOfWork, source: SourceRow, profiles: Profiles, foreseen: Foreseen, *, now: datetime, tried: bool
) -> bool:
    """Write what was foreseen, in the transaction in which the change was made; `tried` says whether comparisons that
    could not be made were tried again before.

    False when others have changed the versions too, so that something else follows: then it is to be foreseen again.
    """
    # The change itself counts one up, here as in the rehearsal; somebody else's would count more.
    if uow.sources.revision(source.id) != foreseen.past.revision:
        return False
    ids = {row.sequence: row.id for row in uow.snapshots.all(source.id)}
    neighbours = {(ids[before.row.sequence], ids[after.row.sequence]) for before, after in foreseen.past.pairs()}
    uow.comparisons.drop(uow.comparisons.engines(source.id).keys() - neighbours)
    for (before, after), (basis, made) in foreseen.made.items():
        _put(uow, source, (ids[before], ids[after]), profiles, basis, made)
    _write_ledger(uow, source, foreseen.past, foreseen.entries, profiles, now)
    _put_off(uow, source, now, tried=tried or bool(foreseen.warnings))
    return True


def compare_stored(
    store: Store,
    bench: Bench,
    source: SourceRow,
    before: Seen,
    after: Seen,
    profiles: Profiles,
    basis: Basis,
    held: Mapping[str, bytes] | None = None,
) -> DiffDocument | SpecwatchError:
    """The comparison of two snapshots, or why there is none: too large for the budget, or no longer readable.

    The bytes of those that are not stored yet are `held`, by their SHA-256.
    """

    def version(seen: Seen) -> Version:
        ready = (held or {}).get(seen.row.sha256)
        return Version(seen.row.sha256, label(source, seen), lambda: _data(store, seen.row) if ready is None else ready)

    try:
        return bench.compare(version(before), version(after), profiles, basis.removals)
    except (DocumentError, BudgetExceeded, SnapshotDamaged) as error:
        return error


def _put(
    uow: UnitOfWork,
    source: SourceRow,
    pair: tuple[int, int],
    profiles: Profiles,
    basis: Basis,
    made: DiffDocument | SpecwatchError,
) -> None:
    document, error = (None, str(made)) if isinstance(made, SpecwatchError) else (encode(made), None)
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
        # Not by the snapshot, which may be one that is only foreseen.
        return uow.contents.data(row.content_id)


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
