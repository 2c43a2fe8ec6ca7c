"""What is due now, by the rows of the database: the last check of each source, the last week of the digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.fetch.guard import host_of
from monitor.jobs.calendar import Week, Weekly, early_of, next_check
from monitor.jobs.requests import profile_of

if TYPE_CHECKING:
    from monitor.settings import DigestSettings, Settings, SourceSettings
    from monitor.store import Store, UnitOfWork

CONFIGURATION = "configuration"
"""The category of a source whose own settings cannot be followed."""
DIGEST = "digest"
"""The job's name in the table of runs; its period is an ISO week."""


@dataclass(frozen=True, slots=True)
class Due:
    """A source and when it falls due."""

    source: SourceSettings
    at: datetime

    @property
    def name(self) -> str:
        """The source's name."""
        return self.source.name


def due_sources(store: Store, settings: Settings, *, now: datetime) -> tuple[Due, ...]:
    """The sources that are to be checked now, the longest overdue first; paused ones never are."""
    with store.reading() as uow:
        due = [Due(source, due_at(uow, source, now=now)) for source in settings.chosen(paused=False)]
    return tuple(sorted((each for each in due if each.at <= now), key=lambda each: (each.at, each.name)))


def due_at(uow: UnitOfWork, source: SourceSettings, *, now: datetime) -> datetime:
    """When a source is to be checked next: by its interval, by how often it failed, by what its provider asks for.

    Failures of another way of asking do not count: whoever corrects an address or a header is not kept waiting.
    """
    stored = uow.sources.find(source.name)
    last = None if stored is None else uow.checks.last(stored.id)
    if stored is None or last is None:
        return next_check(None, source.every, now=now)
    asked = profile_of(source)
    same = last.profile in (None, asked)
    failed = [row for row in uow.checks.failures(stored.id) if row.profile in (None, asked)]
    # A setting of our own that cannot be followed says nothing of the provider.
    failures = sum(row.category != CONFIGURATION for row in failed)
    # Only who asks a server needs to spread: a file is nobody's load.
    early = early_of(source.name, last.at) if host_of(source.url) is not None else 0.0
    not_before = last.not_before if same else None
    return next_check(last.at, source.every, now=now, failures=failures, not_before=not_before, early=early)


def weekly_of(digest: DigestSettings) -> Weekly:
    """When the digest falls due."""
    return Weekly.named(digest.day, digest.at, digest.timezone)


def due_digest(store: Store, settings: Settings, *, now: datetime) -> Week | None:
    """The week whose digest is to be sent now, or None: it was sent, is switched off, or has nobody to go to.

    What fell due before the first source was stored is nobody's debt.
    """
    if not settings.digest.enabled or settings.smtp is None or not settings.recipients:
        return None
    with store.reading() as uow:
        last = uow.runs.last(DIGEST)
        started = min((source.created_at for source in uow.sources.all()), default=None)
    if started is None:
        return None
    return weekly_of(settings.digest).due(now, last=None if last is None else Week.parse(last), started=started)
