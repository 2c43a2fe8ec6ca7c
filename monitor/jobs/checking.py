"""Checking a source: fetch, read, validate, store, compare, judge, decide, keep the ledger.

Only a document that was downloaded whole and can be read becomes a snapshot. A 304, an error, an empty or cut body, a
page that is no OpenAPI document is a row among the checks and nothing else. All that a check comes to is one
transaction: the check, the snapshot, its comparisons with their verdicts, the ledger, and when the next one is due.
What takes long (reading, comparing, the book) is done before it, on what the store will be like, and done again if
somebody else has written to the source meanwhile (docs/adr/0012). Only the authority's opinion comes after it, and is
asked for again by the next check if it did not come.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import errors
from monitor.errors import FetchError
from monitor.fetch import Fetched
from monitor.fetch.documents import Request, fetch_document
from monitor.fetch.guard import host_of
from monitor.jobs.authority import LIMIT, Authority
from monitor.jobs.comparing import Bench, Desk, Opened, open_document
from monitor.jobs.deriving import derivation_basis, derive, derive_comparisons, foreseen, is_due_again, put_down
from monitor.jobs.due import COMPARE, CONFIGURATION, Claim, settle_check
from monitor.jobs.facts import facts_of
from monitor.jobs.lanes import side_by_side
from monitor.jobs.profiles import Profiles, profiles_of
from monitor.jobs.progress import Progress
from monitor.jobs.requests import Secrets, limits_of, options_of, other_way, policy_of, profile_of
from monitor.ledger import HEADERS, Loss, day_of
from monitor.settings import FetchSettings
from monitor.store import CheckOutcome, CheckRow, Facts, Provenance, Sighting, Validators

if TYPE_CHECKING:
    from monitor.clock import Clock
    from monitor.report.diffdoc import DiffDocument
    from monitor.settings import Settings, SourceSettings
    from monitor.store import SnapshotRow, SourceRow, Store, UnitOfWork

_ATTEMPTS = 5
"""How often a check is stored anew when others write to its source at the same time."""

LONGEST_HOLD = timedelta(days=1)
"""An answer that will do for longer, by its own words, is asked for anew after this."""
LONGEST_RETRY = timedelta(hours=4)
"""Who fails and wants to be left alone for longer is asked again after this: in a day a version comes and goes."""

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


def check_source(  # noqa: PLR0913  # the one use case that everybody starts, each with means of their own
    store: Store,
    source: SourceSettings,
    *,
    clock: Clock,
    folder: Path,
    environ: Mapping[str, str],
    limit: float = LIMIT,
    fetching: FetchSettings | None = None,
    given: Fetched | None = None,
    bench: Bench | None = None,
    claim: Claim | None = None,
) -> CheckResult:
    """Check one source now, whatever its schedule says; it need not be stored yet.

    `given` is a document that somebody has at hand, and that is taken for what the source says now: nothing is fetched.

    `folder` is where relative paths start, `environ` holds the secrets that its headers name, `limit` is the time in
    seconds for the authority's opinion on a snapshot that has none; 0 does not ask it. `fetching` is how the
    installation downloads, `bench` where versions are compared (default: here), `claim` what was taken to do it. What
    goes wrong with the source is in the result, a profile that is not there too. Raises StoreError, and ClaimLost when
    the claim has gone to somebody else; then nothing of the check was kept.
    """
    visit = Visit(source, Means(clock, folder, environ, fetching, bench), limit, given, claim)
    visit.download(store)
    return visit.take_in(store)


def check_all(  # noqa: PLR0913  # what a check takes, and who hears of it
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
    progress: Callable[[Progress], None] | None = None,
) -> tuple[CheckResult, ...]:
    """Check the named sources, or all that are not paused; one that fails or is slow keeps no other waiting.

    Several hosts are asked at once, each of them for one document at a time. `say` hears the results in the order of
    the sources, each as soon as those before it are there, `progress` each step; no further source is begun once `stop`
    says so. Raises UnknownSource.
    """
    chosen = settings.chosen(names, paused=False)
    means = Means(clock, folder, environ, settings.fetch)
    results: dict[str, CheckResult] = {}
    told = 0

    def tell(doing: str) -> None:
        if progress is not None:
            progress(Progress(len(results), len(chosen), doing))

    tell("asking")
    for visit in visits(store, chosen, means, limit=limit, stop=stop):
        tell(visit.source.name)
        results[visit.source.name] = visit.take_in(store, step=_steps(visit.source.name, tell))
        while say is not None and told < len(chosen) and chosen[told].name in results:
            say(results[chosen[told].name])
            told += 1
        tell("asking")
    return tuple(results[source.name] for source in chosen if source.name in results)


def _steps(name: str, tell: Callable[[str], None]) -> Callable[[int, int], None]:
    return lambda done, total: tell(f"{name}: comparison {done + 1} of {total}")


def compare_again(
    store: Store, source: SourceSettings, *, now: datetime, folder: Path, bench: Bench | None = None
) -> tuple[str, ...]:
    """Try the comparisons of a source that could not be made, and bring its ledger up to date.

    Answers with a sentence about each that still could not; they are then due again after a longer delay. Raises
    UnknownSource, UsageError (a profile), StoreError.
    """
    with store.reading() as uow:
        stored = uow.sources.get(source.name)
    return derive(store, stored, profiles_of(source, folder), now=now, desk=bench).warnings


def visits(
    store: Store,
    sources: Sequence[SourceSettings],
    means: Means,
    *,
    limit: float = LIMIT,
    stop: Callable[[], bool] | None = None,
    claims: Mapping[str, Claim] | None = None,
) -> Iterator[Visit]:
    """The sources as soon as each was downloaded, or could not be; what came is taken in by `take_in`. `claims` are
    what was taken to do it, by the names of the sources.

    One request at a time for each host, several hosts at once.
    """
    works = [Visit(source, means, limit, claim=(claims or {}).get(source.name)) for source in sources]

    def host(visit: Visit) -> str:
        return host_of(visit.source.url) or ""

    yield from side_by_side(works, lane=host, work=lambda visit: visit.download(store), stop=stop)


@dataclass(frozen=True, slots=True)
class Means:
    """What every check goes by: a clock, where relative paths start, the secrets, how the installation downloads, and
    where versions are compared (None: each check has a desk of its own)."""

    clock: Clock
    folder: Path
    environ: Mapping[str, str]
    fetching: FetchSettings | None = None
    bench: Bench | None = None


class Visit:
    """One check of one source, in two steps: `download`, which any thread may do, and `take_in`, which stores."""

    def __init__(
        self,
        source: SourceSettings,
        means: Means,
        limit: float,
        given: Fetched | None = None,
        claim: Claim | None = None,
    ) -> None:
        self.source = source
        self.claim = claim
        self.downloading = 0.0
        """Seconds of `download`."""
        self._given = given
        self._means = means
        self._limit = limit
        self._started = time.monotonic()
        self._now = means.clock()
        self._profiles: Profiles | None = None
        self._fetched: Fetched | None = None
        self._error: Exception | None = None
        self._secrets = Secrets(())

    def download(self, store: Store) -> None:
        """Ask for the document; what goes wrong, be it a fault of ours, is kept for `take_in`."""
        self._started = time.monotonic()
        self._now = self._means.clock()
        try:
            self._profiles = profiles_of(self.source, self._means.folder)
            fetched = self._asked(store)  # which is what knows the secrets
            self._fetched = self._secrets.kept_out(fetched)
        except Exception as error:  # the other sources must not suffer from it
            self._error = error
        self.downloading = time.monotonic() - self._started
        # What came was there when it came: a document that took a minute is not dated a minute too early.
        self._now = max(self._now, self._means.clock())

    def take_in(self, store: Store, step: Callable[[int, int], None] | None = None) -> CheckResult:
        """Store what came and say what it is; `step` hears how many of how many old comparisons are made anew.

        Raises StoreError, ClaimLost.
        """
        stored = self._stored(store)
        try:
            if self._error is not None:
                raise self._error
            if self._fetched is None or self._profiles is None:
                raise AssertionError("taken in before it was downloaded")
            bench = self._means.bench or Desk()
            work = _Work(stored, self.source, self._profiles, self._now, self._limit, bench, self.claim, step)
            result = _take(store, self._fetched, work)
        except errors.StoreError:
            raise
        except errors.SpecwatchError as error:
            result = self._failed(store, stored, error)
        return replace(result, duration=time.monotonic() - self._started)

    def _stored(self, store: Store) -> SourceRow:
        """The row of the source, made if it is new; its URL is the one of the settings from now on."""
        with store.reading() as uow:
            found = uow.sources.find(self.source.name)
        if found is not None and found.url == self.source.url:
            return found
        with store.transaction() as uow:
            return uow.sources.ensure(self.source.name, self.source.url, now=self._now)

    def _asked(self, store: Store) -> Fetched:
        """Ask conditionally where this very way of asking gave what we have. Raises FetchError, ConfigurationError, and
        DocumentError for what the document refers to."""
        if self._given is not None:
            return self._given
        with store.reading() as uow:
            stored = uow.sources.find(self.source.name)
            known = None if stored is None else uow.sources.validators(stored.id, profile_of(self.source))
        headers = self.source.resolved_headers(self._means.environ)
        self._secrets = Secrets.of(self.source.secrets(headers))
        settings = self._means.fetching or FetchSettings()
        asked = Request(
            headers=headers,
            etag=None if known is None else known.etag,
            last_modified=None if known is None else known.last_modified,
            base=self._means.folder,
            limits=limits_of(settings),
            policy=policy_of(self.source),
            options=options_of(settings, folder=self._means.folder, environ=self._means.environ),
            hosts=self.source.allow_hosts,
        )
        return fetch_document(self.source.url, asked)

    def _failed(self, store: Store, source: SourceRow, error: errors.SpecwatchError) -> CheckResult:
        """Write down that nothing came; what is known stays as it is. Failures in a row become an outage."""
        if isinstance(error, errors.WebPage):
            # Known here alone: that it is a source, and what it is called.
            error.advice = (
                "Perhaps a login or an error page. If it is the documentation, this finds the document behind it:"
                f" specwatch set {self.source.name} --discover"
            )
        self._secrets.hide_in(error)
        fetched, status, request_id, retry_after = self._fetched, None, None, None
        if isinstance(error, FetchError):
            status, request_id, retry_after = error.status, error.request_id, error.retry_after
        elif fetched is not None:
            status, request_id = fetched.status, fetched.request_id
            if request_id is not None:
                error.what = f"{error.what} (the provider's request id: {request_id})"
        category, message = _category(error), str(error)
        row = CheckRow(
            self._now,
            "failed",
            None,
            status,
            category,
            message,
            profile=profile_of(self.source),
            request_id=request_id,
            not_before=_after(self._now, retry_after, LONGEST_RETRY),
        )
        settings = self._means.fetching or FetchSettings()
        with store.transaction() as uow:
            check_id = uow.checks.add(source.id, row)
            failures = uow.checks.failures(source.id)
            if len(failures) >= settings.alert_after and uow.outages.standing(source.id) is None:
                uow.outages.begin(source.id, failures[-1], failures[0], len(failures))
            settle_check(uow, self.source, self.claim, now=self._now)
        return CheckResult(source.name, "failed", self._now, check_id, category, message, failures=len(failures))


@dataclass(frozen=True, slots=True)
class _Work:
    """What one check goes by: the source, its profiles, the moment (UTC), the authority's time limit in seconds, a
    bench to work on, what was claimed, and who hears of old comparisons that are made anew."""

    source: SourceRow
    settings: SourceSettings
    profiles: Profiles
    now: datetime
    limit: float
    bench: Bench
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

    work: _Work
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


def _take(store: Store, fetched: Fetched, work: _Work) -> CheckResult:
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
    made_up = derive_comparisons(store, work.source, work.profiles, desk=work.bench, step=work.step, again=again)
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
    uow: UnitOfWork, source: SourceRow, outcome: CheckOutcome, content_id: int, fetched: Fetched, work: _Work
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
        _after(work.now, fetched.max_age, LONGEST_HOLD),
    )
    return uow.checks.add(source.id, row), before


def _with_notes(result: CheckResult, before: CheckRow | None, fetched: Fetched, work: _Work) -> CheckResult:
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


def _after(now: datetime, seconds: float | None, most: timedelta) -> datetime | None:
    """When a provider may be asked again by its own words, of which no more than `most` is followed."""
    return None if not seconds else now + min(timedelta(seconds=seconds), most)


def _told(work: _Work, changed: _Changed, snapshot: SnapshotRow, document: DiffDocument | None = None) -> CheckResult:
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


def _category(error: errors.SpecwatchError) -> str:
    if isinstance(error, FetchError):
        return error.category
    return next((name for kind, name in _CATEGORIES if isinstance(error, kind)), "invalid")


def _with_opinion(
    store: Store, sighting: Sighting, data: bytes | None, opened: Opened | None, work: _Work
) -> SnapshotRow:
    """The snapshot with what the authority says of it, which is waited for; one that was cancelled says nothing."""
    if data is None or sighting.snapshot.opinion is not None or work.limit <= 0:
        return sighting.snapshot
    document = (opened or open_document(data, work.source.name)).document
    opinion = Authority(document, limit=work.limit).opinion()
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
