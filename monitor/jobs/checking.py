"""Checking a source: fetch, read, validate, store, compare, judge, decide, keep the ledger.

Only a document that was downloaded whole and can be read becomes a snapshot. A 304, an error, an empty or cut body, a
page that is no OpenAPI document is a row among the checks and nothing else. The snapshot and its check are one
transaction; what follows from them is derived afterwards and made up for by the next check if it was not.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import errors
from monitor.errors import FetchError
from monitor.fetch import Fetched, fetch
from monitor.jobs.authority import LIMIT, Authority
from monitor.jobs.comparing import Desk, open_document
from monitor.jobs.deriving import Derived, derivation_basis, derive
from monitor.jobs.facts import facts_of
from monitor.jobs.profiles import Profiles, profiles_of
from monitor.jobs.requests import policy_of
from monitor.ledger import HEADERS, day_of
from monitor.store import CheckOutcome, CheckRow, Provenance, Sighting

if TYPE_CHECKING:
    from monitor.clock import Clock
    from monitor.report.diffdoc import DiffDocument
    from monitor.settings import Settings, SourceSettings
    from monitor.store import SnapshotRow, SourceRow, Store

CONFIGURATION = "configuration"
"""The category of a source whose own settings cannot be followed."""

# What was downloaded but is no document: told apart from a download that failed.
_CATEGORIES: tuple[tuple[type[errors.SpecwatchError], str], ...] = (
    (errors.UsageError, CONFIGURATION),
    (errors.DocumentTooLarge, "too large"),
    (errors.DocumentEmpty, "not openapi"),
    (errors.NotADocument, "not openapi"),
    (errors.VersionMissing, "not openapi"),
    (errors.VersionUnsupported, "not openapi"),
    (errors.DocumentError, "invalid"),
)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check of one source came to.

    `message` says what went wrong in a failed check; `warning` what was left undone in one that succeeded (a comparison
    that grew beyond its budget). `problems` are those of an invalid document. `document` holds the changes against the
    snapshot before; None for the first of all (`baseline`), and where nothing is new.
    """

    source: str
    outcome: CheckOutcome
    at: datetime
    category: str | None = None
    message: str | None = None
    snapshot: SnapshotRow | None = None
    baseline: bool = False
    document: DiffDocument | None = None
    problems: tuple[str, ...] = ()
    warning: str | None = None
    duration: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the source could not be fetched or read."""
        return self.outcome == "failed"


def check_source(
    store: Store,
    source: SourceSettings,
    *,
    clock: Clock,
    folder: Path,
    environ: Mapping[str, str],
    limit: float = LIMIT,
) -> CheckResult:
    """Check one source now, whatever its interval says; it need not be stored yet.

    `folder` is where relative paths start, `environ` holds the secrets that its headers name, `limit` is the time in
    seconds for the authority's opinion on a snapshot that has none; 0 does not ask it. What goes wrong with the source
    is in the result, a profile that is not there too. Raises StoreError.
    """
    started = time.monotonic()
    now = clock()
    with store.transaction() as uow:
        stored = uow.sources.ensure(source.name, source.url, now=now)
    try:
        profiles = profiles_of(source, folder)
        fetched = _download(source, stored, folder, environ)
        # What came was there when it came: a document that took a minute is not dated a minute too early.
        now = max(now, clock())
        result = _take(store, stored, source, fetched, _Work(profiles, now, limit, Desk()))
    except errors.StoreError:
        raise
    except errors.SpecwatchError as error:
        result = _failed(store, stored, error, now)
    return replace(result, duration=time.monotonic() - started)


def check_all(
    store: Store,
    settings: Settings,
    names: Sequence[str] = (),
    *,
    clock: Clock,
    folder: Path,
    environ: Mapping[str, str],
    say: Callable[[CheckResult], None] | None = None,
    stop: Callable[[], bool] | None = None,
    limit: float = LIMIT,
) -> tuple[CheckResult, ...]:
    """Check the named sources, or all that are not paused, one after the other; one that fails stops no other.

    `say` hears each result as it comes; no further source is begun once `stop` says so. Raises UnknownSource.
    """
    results: list[CheckResult] = []
    for source in settings.chosen(names, paused=False):
        if stop is not None and stop():
            break
        result = check_source(store, source, clock=clock, folder=folder, environ=environ, limit=limit)
        results.append(result)
        if say is not None:
            say(result)
    return tuple(results)


@dataclass(frozen=True, slots=True)
class _Work:
    """What one check goes by: profiles, the moment (UTC), the authority's time limit in seconds, a desk to work on."""

    profiles: Profiles
    now: datetime
    limit: float
    desk: Desk

    def derive(self, store: Store, source: SourceRow) -> Derived | None:
        """What follows from the snapshots that are stored now; None where that is stored already."""
        today = day_of(self.now)
        if source.is_derived(derivation_basis(self.profiles), today=today):
            return None
        return derive(store, source, self.profiles, today=today, desk=self.desk)


def _download(settings: SourceSettings, source: SourceRow, folder: Path, environ: Mapping[str, str]) -> Fetched:
    """Ask for the document, conditionally where this very URL gave the one that we have. Raises FetchError."""
    same = source.validated_url == settings.url and source.validated_content_id is not None
    return fetch(
        settings.url,
        headers=settings.resolved_headers(environ),
        etag=source.etag if same else None,
        last_modified=source.last_modified if same else None,
        base=folder,
        policy=policy_of(settings),
    )


def _take(store: Store, source: SourceRow, settings: SourceSettings, fetched: Fetched, work: _Work) -> CheckResult:
    """Store what came and derive what follows from it. Raises DocumentError before anything is stored."""
    if fetched.data is None:
        return _not_modified(store, source, fetched, work)
    with store.reading() as uow:
        content_id = uow.contents.find(source.id, hashlib.sha256(fetched.data).hexdigest())
    # What is stored was read when it came.
    opened = open_document(fetched.data, source.name) if content_id is None else None
    facts = None if opened is None else facts_of(opened, work.profiles.conventions)
    with store.transaction() as uow:
        if facts is not None:
            content_id = uow.contents.keep(source.id, fetched.data, facts)
        assert content_id is not None
        sighting = uow.snapshots.see(source.id, content_id, at=work.now, provenance=_provenance(fetched))
        outcome: CheckOutcome = "new" if sighting.inserted else "unchanged"
        row = CheckRow(work.now, outcome, content_id, fetched.status, None, None, _said_of_itself(fetched))
        uow.checks.add(source.id, row)
        uow.sources.validated(
            source.id,
            url=settings.url,
            content_id=content_id,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        )
        known = uow.sources.get(source.name)
    # A check that was stopped may have left a snapshot without an opinion.
    asked = sighting.snapshot.opinion is None and work.limit > 0
    if opened is None and asked:
        opened = open_document(fetched.data, source.name)
    authority = Authority(opened.document, limit=work.limit) if asked and opened is not None else None
    try:
        if opened is not None:
            work.desk.put(opened)
        derived = work.derive(store, known)
        return _told(source, sighting, outcome, work, derived, _opinion(store, sighting, authority))
    finally:
        if authority is not None:
            authority.cancel()


def _not_modified(store: Store, source: SourceRow, fetched: Fetched, work: _Work) -> CheckResult:
    """304 (RFC 9110, section 15.4.5): the document is the one that we have; it was seen once more.

    It is new all the same where an import has put another version between its last sight and this one.
    """
    content_id = source.validated_content_id
    if content_id is None:
        raise FetchError("the server says that nothing changed, but was not asked", category="http status")
    with store.transaction() as uow:
        sighting = uow.snapshots.see(source.id, content_id, at=work.now, provenance=_provenance(fetched))
        outcome: CheckOutcome = "new" if sighting.inserted else "not modified"
        row = CheckRow(work.now, outcome, content_id, fetched.status, None, None, _said_of_itself(fetched))
        uow.checks.add(source.id, row)
        known = uow.sources.get(source.name)
    return _told(source, sighting, outcome, work, work.derive(store, known), sighting.snapshot)


def _told(
    source: SourceRow,
    sighting: Sighting,
    outcome: CheckOutcome,
    work: _Work,
    derived: Derived | None,
    snapshot: SnapshotRow,
) -> CheckResult:
    """The result of a check that brought a document; `snapshot` has the opinion on it."""
    documents = {} if derived is None else derived.documents
    return CheckResult(
        source.name,
        outcome,
        work.now,
        snapshot=snapshot,
        baseline=derived is not None and len(derived.past.seen) == 1 and sighting.inserted,
        document=next((made for pair, made in documents.items() if pair[1] == snapshot.id), None),
        problems=tuple(f"{problem.pointer}: {problem.message}" for problem in snapshot.all_problems),
        warning=None if derived is None else " ".join(derived.warnings) or None,
    )


def _failed(store: Store, source: SourceRow, error: errors.SpecwatchError, now: datetime) -> CheckResult:
    """Write down that nothing came; what is known stays as it is."""
    category = _category(error)
    status = error.status if isinstance(error, FetchError) else None
    with store.transaction() as uow:
        uow.checks.add(source.id, CheckRow(now, "failed", None, status, category, str(error)))
    return CheckResult(source.name, "failed", now, category, str(error))


def _category(error: errors.SpecwatchError) -> str:
    if isinstance(error, FetchError):
        return error.category
    return next((name for kind, name in _CATEGORIES if isinstance(error, kind)), "invalid")


def _opinion(store: Store, sighting: Sighting, authority: Authority | None) -> SnapshotRow:
    """The snapshot with what the authority says of it, which is waited for; one that was cancelled says nothing."""
    opinion = None if authority is None else authority.opinion()
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
    return Provenance("fetched", fetched.url, None, dict(fetched.headers))
