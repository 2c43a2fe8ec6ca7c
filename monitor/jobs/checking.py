"""Checking a source: fetch, read, validate, store, compare, judge, decide, keep the ledger.

Only a document that was downloaded whole and can be read becomes a snapshot. A 304, an error, an empty or cut body, a
page that is no OpenAPI document is a row among the checks and nothing else. All that one check writes is one transaction;
the work is done before it begins.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from monitor import errors
from monitor.fetch import Fetched, fetch
from monitor.jobs.authority import LIMIT

if TYPE_CHECKING:
    from monitor.clock import Clock
    from monitor.report.diffdoc import DiffDocument
    from monitor.settings import Settings, SourceSettings
    from monitor.store import SnapshotRow, SourceRow, Store

CheckOutcome = Literal["new", "unchanged", "not modified", "failed"]

# What was downloaded but is no document: told apart from a download that failed.
_CATEGORIES: tuple[tuple[type[errors.SpecwatchError], str], ...] = (
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
    seconds for the authority's opinion on a new snapshot; 0 does not ask it. What goes wrong with the source is in the
    result; raises StoreError and UsageError (a profile that is not there).
    """
    started = time.monotonic()
    profiles = load_profiles(source.client, source.promise, folder=folder)
    now = clock()
    with store.transaction() as uow:
        known = _Known.load(uow, source, now)
    try:
        fetched = _download(source, known, folder, environ)
        result = _take(store, known, fetched, profiles, now)
    except errors.StoreError:
        raise
    except errors.SpecwatchError as error:
        result = _failure(store, known, now, error)
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
    for source in chosen(settings, names):
        if stop is not None and stop():
            break
        try:
            result = check_source(store, source, clock=clock, folder=folder, environ=environ, limit=limit)
        except errors.UsageError as error:
            result = CheckResult(source.name, "failed", clock(), "configuration", str(error))
        results.append(result)
        if say is not None:
            say(result)
    return tuple(results)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knew of a source when the check began."""

    source: SourceRow
    latest: SnapshotRow | None
    past: Past

    @classmethod
    def load(cls, uow: UnitOfWork, settings: SourceSettings, now: datetime) -> _Known:
        source = uow.sources.ensure(settings.name, settings.url, now=now)
        past = Past.load(uow, source.id)
        return cls(source, past.seen[-1].row if past.seen else None, past)


def _download(settings: SourceSettings, known: _Known, folder: Path, environ: Mapping[str, str]) -> Fetched:
    """Ask for the document, conditionally where we have one that came from this very URL. Raises FetchError."""
    return fetch(
        settings.url,
        headers=settings.resolved_headers(environ),
        etag=known.source.etag if known.latest is not None else None,
        last_modified=known.source.last_modified if known.latest is not None else None,
        base=folder,
    )
