"""What is due now, by the rows of the database: the last check of each source, the last week of the digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.jobs.calendar import Week, Weekly, next_check

if TYPE_CHECKING:
    from monitor.settings import DigestSettings, Settings, SourceSettings
    from monitor.store import Store

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
        last = uow.checks.last_times()
    watched = settings.chosen(paused=False)
    due = [Due(source, next_check(last.get(source.name), source.every, now=now)) for source in watched]
    return tuple(sorted((each for each in due if each.at <= now), key=lambda each: (each.at, each.name)))


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
