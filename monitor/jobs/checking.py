"""Checking a source: fetch, read, validate, store, compare, judge, decide, keep the ledger.

Only a document that was downloaded whole and can be read becomes a snapshot. A 304, an error, an empty or cut body, a
page that is no OpenAPI document is a row among the checks and nothing else. All that a check comes to is one
transaction: the check, the snapshot, its comparisons with their verdicts, the ledger, and when the next one is due.
What takes long (reading, comparing, the book) is done before it, on what the store will be like, and done again if
somebody else has written to the source meanwhile (docs/adr/0012). Only the authority's opinion comes after it, and is
asked for again by the next check if it did not come.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
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
from monitor.jobs.comparing import Bench, Desk
from monitor.jobs.deriving import derive
from monitor.jobs.due import CONFIGURATION, Claim, settle_check
from monitor.jobs.lanes import side_by_side
from monitor.jobs.profiles import Profiles, profiles_of
from monitor.jobs.progress import Progress
from monitor.jobs.requests import Secrets, limits_of, options_of, policy_of, profile_of
from monitor.jobs.taking import CheckResult, Work, not_before, take
from monitor.settings import FetchSettings
from monitor.store import CheckRow

if TYPE_CHECKING:
    from monitor.clock import Clock
    from monitor.settings import Settings, SourceSettings
    from monitor.store import SourceRow, Store

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
    with closing(Authority()) as authority:
        visit = Visit(source, Means(clock, folder, environ, authority, fetching, bench), limit, given, claim)
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
    limit: float | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[CheckResult, ...]:
    """Check the named sources, or all that are not paused; one that fails or is slow keeps no other waiting.

    Several hosts are asked at once, each of them for one document at a time. `say` hears the results in the order of
    the sources, each as soon as those before it are there, `progress` each step; no further source is begun once `stop`
    says so. `limit` is the time in seconds for an opinion, by default that of the settings. Raises UnknownSource.
    """
    limit = settings.limits.opinion_time if limit is None else limit
    chosen = settings.chosen(names, paused=False)
    results: dict[str, CheckResult] = {}
    told = 0

    def tell(doing: str) -> None:
        if progress is not None:
            progress(Progress(len(results), len(chosen), doing))

    tell("asking")
    with closing(Authority()) as authority:
        means = Means(clock, folder, environ, authority, settings.fetch)
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
    """What every check goes by: a clock, where relative paths start, the secrets, the authority, how the installation
    downloads, and where versions are compared (None: each check has a desk of its own)."""

    clock: Clock
    folder: Path
    environ: Mapping[str, str]
    authority: Authority
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
            means = self._means
            work = Work(
                stored,
                self.source,
                self._profiles,
                self._now,
                self._limit,
                bench,
                means.authority,
                self.claim,
                step,
            )
            result = take(store, self._fetched, work)
        except errors.StoreError:
            raise
        except errors.SpecwatchError as error:
            result = self._failed(store, stored, error)
        finally:
            self._fetched = None  # a thousand visits are known until the last of them is done
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
            not_before=not_before(self._now, retry_after, LONGEST_RETRY),
        )
        settings = self._means.fetching or FetchSettings()
        with store.transaction() as uow:
            check_id = uow.checks.add(source.id, row)
            failures = uow.checks.failures(source.id)
            if len(failures) >= settings.alert_after and uow.outages.standing(source.id) is None:
                uow.outages.begin(source.id, failures[-1], failures[0], len(failures))
            settle_check(uow, self.source, self.claim, now=self._now)
        return CheckResult(source.name, "failed", self._now, check_id, category, message, failures=len(failures))


def _category(error: errors.SpecwatchError) -> str:
    if isinstance(error, FetchError):
        return error.category
    return next((name for kind, name in _CATEGORIES if isinstance(error, kind)), "invalid")
