"""What a check brought, and all that follows from it, into the store: in one transaction, or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import errors
from monitor.errors import FetchError
from monitor.fetch import Fetched
from monitor.jobs.comparing import Bench, Opened, open_document
from monitor.jobs.deriving import derivation_basis, derive_comparisons, foreseen, is_due_again, put_down
from monitor.jobs.due import COMPARE, Claim, settle_check
from monitor.jobs.facts import facts_of
from monitor.jobs.profiles import Profiles
from monitor.jobs.requests import other_way, profile_of
from monitor.ledger import HEADERS, Loss, day_of
from monitor.store import CheckOutcome, CheckRow, Facts, Provenance, Sighting, Validators

if TYPE_CHECKING:
    from monitor.jobs.authority import Authority
    from monitor.report.diffdoc import DiffDocument
    from monitor.settings import SourceSettings
    from monitor.store import SnapshotRow, SourceRow, Store, UnitOfWork

_ATTEMPTS = 5
"""How often a check is stored anew when others write to its source at the same time."""

LONGEST_HOLD = timedelta(days=1)
"""An answer that will do for longer, by its own words, is asked for anew after this."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check of one source came to; `id` is that of its row.

    `message` says what went wrong in a failed check; `warning` what was left undone in one that succeeded (a comparison
    that grew beyond its budget). `problems` are those of an invalid document. `document` holds the changes against the
    snapshot before; None for the first of all (`baseline`), and where nothing is new. `failures` counts those in a row,
    `uncompared` the comparisons that could not be made. `moved_to` is where the server says that the document is from
    now on. `crossed` says how a new version was asked for otherwise than the one before: `document` then holds what
    differs between two documents.
    `unconfirmed` is what the document lacks when it is suspect: nothing is told of it until a later check confirms it.
    `confirmed` are then the changes, oldest first, `document` among them.
    """

    source: str
    outcome: CheckOutcome
    at: datetime
    id: int | None = None
    category: str | None = None
    message: str | None = None
    snapshot: SnapshotRow | None = None
    baseline: bool = False
    document: DiffDocument | None = None
    problems: tuple[str, ...] = ()
    warning: str | None = None
    unconfirmed: Loss | None = None
    confirmed: tuple[DiffDocument, ...] = ()
    duration: float = 0.0
    failures: int = 0
    uncompared: int = 0
    moved_to: str | None = None
    crossed: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the source could not be fetched or read."""
        return self.outcome == "failed"

    @property
    def told(self) -> tuple[DiffDocument, ...]:
        """The changes that became known by this check, oldest first."""
        return self.confirmed or (() if self.document is None else (self.document,))


@dataclass(frozen=True, slots=True)
class Work:
    """What one check goes by: the source, its profiles, the moment (UTC), the authority's time limit in seconds, a
    bench to work on, the authority, what was claimed, and who hears of old comparisons that are made anew."""

    source: SourceRow
    settings: SourceSettings
    profiles: Profiles
    now: datetime
    limit: float
    bench: Bench
    authority: Authority
    claim: Claim | None
    step: Callable[[int, int], None] | None

    @property
    def asked(self) -> str:
        """The digest of how the source is asked."""
        return profile_of(self.settings)


@dataclass(frozen=True, slots=True)
class _Changed:
    """What a download changed: the sighting, the check's id and what it comes to, and the good check before it."""

    sighting: Sighting
    check_id: int
    outcome: CheckOutcome
    before: CheckRow | None


@dataclass(frozen=True, slots=True)
class _Change:
    """What a download changes in the store, made in a unit of work by calling it; `facts` are None of known bytes."""

    work: Work
    fetched: Fetched
    content_id: int | None
    facts: Facts | None

    def __call__(self, uow: UnitOfWork) -> _Changed:
        """Make it."""
        source, fetched, now = self.work.source, self.fetched, self.work.now
        content_id = self.content_id
        if self.facts is not None and fetched.data is not None:
            content_id = uow.contents.keep(source.id, fetched.data, self.facts, fetched.parts)
        assert content_id is not None
        sighting = uow.snapshots.see(source.id, content_id, at=now, provenance=_provenance(fetched))
        seen_before: CheckOutcome = "not modified" if fetched.data is None else "unchanged"
        outcome: CheckOutcome = "new" if sighting.inserted else seen_before
        check_id, before = _keep(uow, source, outcome, content_id, fetched, self.work)
        if fetched.data is not None:
            validators = Validators(content_id, fetched.etag, fetched.last_modified)
            uow.sources.validated(source.id, self.work.asked, validators)
        return _Changed(sighting, check_id, outcome, before)


def take(store: Store, fetched: Fetched, work: Work) -> CheckResult:
    """Store what came and all that follows from it. Raises DocumentError before anything is stored.

    304 (RFC 9110, section 15.4.5): the document is the one that we have; it was seen once more. It is new all the same
    where an import has put another version between its last sight and this one.
    """
    opened: Opened | None = None
    facts: Facts | None = None
    with store.reading() as uow:
        if fetched.data is not None:
            content_id = uow.contents.find(work.source.id, hashlib.sha256(fetched.data).hexdigest())
        else:
            known = uow.sources.validators(work.source.id, work.asked)
            if known is None:
                raise FetchError("the server says that nothing changed, but was not asked", category="http status")
            content_id = known.content_id
    # What is stored was read when it came.
    if content_id is None and fetched.data is not None:
        opened = open_document(fetched.data, work.source.name)
        facts = facts_of(opened, work.profiles.conventions)
    change = _Change(work, fetched, content_id, facts)
    result = _nothing_new(store, change) if facts is None else None
    return result or _something_new(store, change, opened)


class _OtherwiseError(Exception):
    """Undoes a transaction in which things turned out to be otherwise than it was begun for."""


def _demand(holds: bool) -> None:  # noqa: FBT001  # reads as a sentence where it is used
    if not holds:
        raise _OtherwiseError


def _nothing_new(store: Store, change: _Change) -> CheckResult | None:
    """Store that the newest version was seen once more; None, and nothing stored, where more follows from that."""
    work = change.work
    today = day_of(work.now)
    try:
        with store.transaction() as uow:
            changed = change(uow)
            snapshot = changed.sighting.snapshot
            derived = uow.sources.get(work.source.name).is_derived(derivation_basis(work.profiles), today=today)
            # A check that was stopped may have left a snapshot without an opinion.
            asked = change.fetched.data is not None and snapshot.opinion is None and work.limit > 0
            again = uow.due.get(COMPARE, work.source.name)
            _demand(derived and not (asked or changed.sighting.inserted) and (again is None or again.due_at > work.now))
            settle_check(uow, work.settings, work.claim, now=work.now)
    except _OtherwiseError:
        return None
    return _with_notes(_told(work, changed, snapshot), changed.before, change.fetched, work)


def _something_new(store: Store, change: _Change, opened: Opened | None) -> CheckResult:
    work, data = change.work, change.fetched.data
    again = is_due_again(store, work.source, work.now)
    made_up = derive_comparisons(
        store, work.source, work.profiles, desk=work.bench, step=work.step, again=again, now=work.now
    )
    if opened is not None:
        work.bench.put(opened)
    held = {} if data is None else {hashlib.sha256(data).hexdigest(): data}
    for _ in range(_ATTEMPTS):
        ahead = foreseen(
            store,
            work.source,
            work.profiles,
            change,
            known=made_up.past,
            today=day_of(work.now),
            bench=work.bench,
            held=held,
        )
        try:
            with store.transaction() as uow:
                changed = change(uow)
                tried = again or bool(made_up.warnings)
                _demand(put_down(uow, work.source, work.profiles, ahead, now=work.now, tried=tried))
                settle_check(uow, work.settings, work.claim, now=work.now)
        except _OtherwiseError:
            continue
        snapshot = _with_opinion(store, changed.sighting, data, opened, work)
        document = ahead.document(snapshot.sequence) or made_up.document_before(snapshot.id)
        warnings = (*made_up.warnings, *ahead.warnings)
        result = replace(
            _told(work, changed, snapshot, document),
            baseline=len(ahead.past.seen) == 1 and changed.sighting.inserted,
            warning=" ".join(warnings) or None,
            uncompared=len(warnings),
            unconfirmed=ahead.past.doubts.loss,
            confirmed=ahead.confirmed(work.now),
        )
        return _with_notes(result, changed.before, change.fetched, work)
    raise errors.StoreError(
        f"others kept writing to {work.source.name}; nothing of this check was kept", advice="Try again."
    )


def _keep(
    uow: UnitOfWork, source: SourceRow, outcome: CheckOutcome, content_id: int, fetched: Fetched, work: Work
) -> tuple[int, CheckRow | None]:
    """Write down a check that brought a document; its id, and the one before it. If the source was out, it is back."""
    before = uow.checks.last_good(source.id)
    failures = uow.checks.failures(source.id)
    if failures:
        uow.outages.end(source.id, at=work.now, failures=len(failures))
    row = CheckRow(
        work.now,
        outcome,
        content_id,
        fetched.status,
        None,
        None,
        _said_of_itself(fetched),
        work.asked,
        fetched.request_id,
        fetched.moved_to,
        not_before(work.now, fetched.max_age, LONGEST_HOLD),
    )
    return uow.checks.add(source.id, row), before


def _with_notes(result: CheckResult, before: CheckRow | None, fetched: Fetched, work: Work) -> CheckResult:
    """With what is to be known of the way: that it changed, and that the document has moved for good."""
    notes = [] if result.warning is None else [result.warning]
    way = other_way(None if before is None else before.profile, work.asked)
    crossed = way is not None and result.outcome == "new"
    if crossed:
        notes.append(f"It was asked for {way} than before, and what differs may come from that.")
    if fetched.moved_to is not None:
        notes.append(moved(result.source, fetched.moved_to))
    return replace(result, warning=" ".join(notes) or None, moved_to=fetched.moved_to, crossed=way if crossed else None)


def moved(name: str, url: str) -> str:
    """What to say of a document that has moved for good."""
    return f"The configured URL is out of date: it has moved for good. To follow: specwatch set {name} --url {url}"


def not_before(now: datetime, seconds: float | None, most: timedelta) -> datetime | None:
    """When a provider may be asked again by its own words, of which no more than `most` is followed."""
    return None if not seconds else now + min(timedelta(seconds=seconds), most)


def _told(work: Work, changed: _Changed, snapshot: SnapshotRow, document: DiffDocument | None = None) -> CheckResult:
    """The result of a check that brought a document; `snapshot` has the opinion on it."""
    return CheckResult(
        work.source.name,
        changed.outcome,
        work.now,
        changed.check_id,
        snapshot=snapshot,
        document=document,
        problems=tuple(f"{problem.pointer}: {problem.message}" for problem in snapshot.all_problems),
    )


def _with_opinion(
    store: Store, sighting: Sighting, data: bytes | None, opened: Opened | None, work: Work
) -> SnapshotRow:
    """The snapshot with what the authority says of it, which is waited for; one that was cancelled says nothing."""
    if data is None or sighting.snapshot.opinion is not None or work.limit <= 0:
        return sighting.snapshot
    document = (opened or open_document(data, work.source.name)).document
    opinion = work.authority.opinion(document, limit=work.limit)
    if opinion is None:
        return sighting.snapshot
    with store.transaction() as uow:
        uow.contents.opine(sighting.snapshot.content_id, opinion)
    return replace(sighting.snapshot, opinion=opinion)


def _said_of_itself(fetched: Fetched) -> dict[str, str] | None:
    """The headers that tell of the URL's own deprecation, a repeated one as one (RFC 9110, section 5.3).

    None for a file. A 304 need not repeat them (RFC 9110, section 15.4.5), so one without any says nothing.
    """
    if fetched.status is None:
        return None
    said: dict[str, str] = {}
    for name, value in fetched.headers:
        if name in HEADERS:
            said[name] = f"{said[name]}, {value}" if name in said else value
    return None if fetched.data is None and not said else said


def _provenance(fetched: Fetched) -> Provenance:
    return Provenance("fetched", fetched.url, fetched.revision, dict(fetched.headers))
