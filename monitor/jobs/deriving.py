"""What is derived from the stored snapshots: which are suspect, the comparisons of neighbours, the ledger.

It is a function of the snapshots, of when they were seen and of the two profiles, so it can be made again at any time
and comes out the same, whatever was interrupted before. A comparison is stored with the digest of what it rests on
besides the two documents (program, profiles, deadlines), and is made anew only when that differs.

What a check brings is derived before anything of it is stored: `foreseen` looks at what the store will be like, and
`put_down` writes all that follows in the transaction that makes it so. Nobody waits for the engine meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from monitor import __version__
from monitor.errors import BudgetExceeded, DocumentError, SnapshotDamaged, SpecwatchError
from monitor.jobs.comparing import Bench, Desk, Version
from monitor.jobs.due import COMPARE
from monitor.jobs.facts import outline_basis
from monitor.jobs.past import Past, Seen, entries_of, label, stored_data
from monitor.jobs.profiles import Profiles
from monitor.jobs.removals import CARRIED, Basis, basis_of
from monitor.ledger import Entry, day_of, entry_object, next_turn
from monitor.report.diffdoc import DiffDocument, encode
from monitor.schedule import growing_delay
from monitor.values import canonical_bytes

if TYPE_CHECKING:
    from monitor.store import SourceRow, Store, UnitOfWork


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
    derived = derive_comparisons(store, source, profiles, desk=desk, step=step, again=again, now=now)
    entries = entries_of(derived.past, profiles, today=day_of(now))
    with store.transaction() as uow:
        _write_ledger(uow, source, derived.past, entries, profiles, now, derived.past.revision)
        _put_off(uow, source, now, tried=again or bool(derived.warnings))
    return derived


def derivation_basis(profiles: Profiles) -> str:
    """What comparisons and ledger rest on besides what is known of the source: program, profiles, conventions."""
    confirmed = [profiles.confirmation.after.total_seconds(), profiles.confirmation.checks]
    said = [__version__, CARRIED, profiles.digest, outline_basis(profiles.conventions), confirmed]
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
    uow: UnitOfWork,
    source: SourceRow,
    past: Past,
    entries: Sequence[Entry],
    profiles: Profiles,
    now: datetime,
    revision: int,
) -> None:
    """Put down the ledger, and that all is made from what was known at a revision."""
    uow.ledger.replace(source.id, [entry_object(source.name, entry) for entry in entries])
    if past.doubts.loss is not None:
        return  # what is not yet confirmed may be by a check that finds nothing new
    turns_on = next_turn(entries, today=day_of(now), window_months=profiles.window_months)
    uow.sources.derived(source.id, revision, derivation_basis(profiles), turns_on=turns_on)


def derive_comparisons(
    store: Store,
    source: SourceRow,
    profiles: Profiles,
    *,
    desk: Bench | None = None,
    step: Callable[[int, int], None] | None = None,
    again: bool = False,
    now: datetime | None = None,
) -> Derived:
    """Make the comparisons that are missing or out of date, and with `again` those that could not be made before.

    What could not be made before is told as of `now`. Each is a transaction of its own and made outside of it, so
    nobody waits for the engine and a kill loses one at most. Raises StoreError.
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
            _put(uow, source, pair, profiles, basis, made, now)
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
        _put(uow, source, (ids[before], ids[after]), profiles, basis, made, now)
    if now in foreseen.past.doubts.confirmed.values():
        uow.sources.revise(source.id)  # what was doubted became known, though no version did
    # Nobody else's revision can lie between: the change keeps others of this source waiting.
    _write_ledger(uow, source, foreseen.past, foreseen.entries, profiles, now, revision=uow.sources.revision(source.id))
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
        return Version(
            seen.row.sha256, label(source, seen), lambda: stored_data(store, seen.row) if ready is None else ready
        )

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
    now: datetime | None,
) -> None:
    document, error = (None, str(made)) if isinstance(made, SpecwatchError) else (encode(made), None)
    late = uow.comparisons.put(
        source.id,
        *pair,
        client=profiles.client.name,
        promise=profiles.promise_name,
        engine=basis.engine,
        document=document,
        error=error,
        now=now,
    )
    if late:
        uow.sources.revise(source.id)  # what differs became known, though no version did
