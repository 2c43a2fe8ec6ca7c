"""What is due: rows of the database, computed from the schedules of the configuration (docs/adr/0007).

A check that is due is claimed by taking its row. What it does is true from the moment on at which the row is finished,
in the same transaction; a check of a row that went to somebody else keeps nothing (`ClaimLost`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from monitor.errors import ClaimLost
from monitor.fetch.guard import host_of
from monitor.jobs.requests import profile_of
from monitor.report.view import Upcoming
from monitor.schedule import (
    LONGEST_PAUSE,
    PATIENCE,
    Calendar,
    Every,
    Occasion,
    Week,
    Weekly,
    early_of,
    growing_delay,
    next_check,
)

if TYPE_CHECKING:
    from monitor.settings import DigestSettings, Settings, SourceSettings
    from monitor.store import DueRow, Store, UnitOfWork

CONFIGURATION = "configuration"
"""The category of a source whose own settings cannot be followed."""
CHECK, COMPARE, DIGEST = "check", "compare", "digest"
"""Jobs by their names in the tables: a check of a source, another try to compare its versions, an ISO week's digest."""

QUEUE_OWNER = "queue"
"""Who has a row whose job waits for a worker."""
SETTLING = timedelta(minutes=10)
"""How long a digest waits for checks that began before its time."""
CLAIM = timedelta(minutes=2)
"""How long a claim lasts without a heartbeat."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something due that was taken: by `owner`, who alone may finish it."""

    row: DueRow
    owner: str

    @property
    def name(self) -> str:
        """Of which source."""
        return self.row.name


def plan_checks(store: Store, settings: Settings, *, now: datetime) -> None:
    """Bring the rows in line with the configuration: new sources, changed schedules, those that are watched no longer.

    What a clock that was wrong has put off is computed anew, and never put off further by it. Raises StoreError.
    """
    watched = {source.name: source for source in settings.chosen(paused=False)}
    with store.reading() as uow:
        rows = {row.name: row for row in uow.due.all(CHECK)}
        last = uow.checks.last_times()
        again = {row.name: row for row in uow.due.all(COMPARE)}
        anew = {}
        for name, source in watched.items():
            row = rows.get(name)
            if row is None or not _is_planned(source, row):
                anew[name] = occasion_of(uow, source, now=now)
            elif (not row.failures and last.get(name, now) > now) or _is_beyond(row, source, now):
                occasion = occasion_of(uow, source, now=now)
                if occasion.due < row.due_at:
                    anew[name] = occasion
    gone = rows.keys() - watched.keys()
    far = [row for name, row in again.items() if name in watched and row.due_at > now + LONGEST_PAUSE]
    if not (anew or gone or far) and again.keys() <= watched.keys():
        return
    with store.transaction() as uow:
        uow.due.drop(CHECK, gone)
        uow.due.drop(COMPARE, again.keys() - watched.keys())
        for name, occasion in anew.items():
            _put(uow, watched[name], occasion, now, known=[rows[name]] if name in rows else [])
        for row in far:
            failures, error = row.failures, row.error
            uow.due.put(
                COMPARE, row.name, plan=row.plan, named_at=now, due_at=now, now=now, failures=failures, error=error
            )


def claim_checks(uow: UnitOfWork, *, now: datetime, owner: str, limit: int = 1) -> tuple[Claim, ...]:
    """Take checks that are due, the longest overdue first."""
    return tuple(Claim(row, owner) for row in uow.due.take(CHECK, owner=owner, now=now, lease=CLAIM, limit=limit))


def claim_comparisons(uow: UnitOfWork, *, now: datetime, owner: str) -> tuple[Claim, ...]:
    """Take a source whose comparisons are to be tried again."""
    return tuple(Claim(row, owner) for row in uow.due.take(COMPARE, owner=owner, now=now, lease=CLAIM))


def settle_check(uow: UnitOfWork, source: SourceSettings, claim: Claim | None, *, now: datetime) -> None:
    """Say in the transaction of a check, behind its row, that it is done, and when the next one is due.

    Raises ClaimLost, which undoes the transaction, when the check was not this one's to do. Without a claim (somebody
    asked for it) a check that is due soon is put off only as far as its schedule says.
    """
    following = occasion_of(uow, source, now=now)
    if claim is None:
        if not source.paused:
            _put(uow, source, following, now)
        return
    if not uow.due.finish(claim.row, claim.owner, named_at=following.named, due_at=following.due):
        raise ClaimLost(f"the check of {source.name} has gone to somebody else; nothing of this one was kept")


def put_off(store: Store, claim: Claim, error: str, *, now: datetime) -> datetime | None:
    """Try something again that ended in a fault, after a delay that grows; None when it has gone to somebody else."""
    failures = claim.row.failures + 1
    at = now + growing_delay(failures)
    with store.transaction() as uow:
        mine = uow.due.finish(
            claim.row, claim.owner, named_at=claim.row.named_at, due_at=at, failures=failures, error=error
        )
    return at if mine else None


def next_occasion(uow: UnitOfWork, source: SourceSettings, *, now: datetime) -> Occasion:
    """When a source is due next: as its row says, or as it will say when the configuration has been followed."""
    row = uow.due.get(CHECK, source.name)
    if row is not None and row.owner is None and _is_planned(source, row):
        return Occasion(row.named_at, row.due_at)
    return occasion_of(uow, source, now=now)


def occasion_of(uow: UnitOfWork, source: SourceSettings, *, now: datetime) -> Occasion:
    """When a source is to be checked next: by its schedule, by how often it failed, by what its provider asks for.

    At once when it was never tried. Failures of another way of asking do not count: whoever corrects an address or a
    header is not kept waiting. A last try that lies ahead (a clock that was wrong) counts as made now.
    """
    stored = uow.sources.find(source.name)
    last = None if stored is None else uow.checks.last(stored.id)
    if stored is None or last is None:
        return Occasion(now, now)
    asked = profile_of(source)
    failed = [row for row in uow.checks.failures(stored.id) if row.profile in (None, asked)]
    # A setting of our own that cannot be followed says nothing of the provider.
    failures = sum(row.category != CONFIGURATION for row in failed)
    not_before = last.not_before if last.profile in (None, asked) else None
    schedule = source.schedule
    if not isinstance(schedule.plan, Every):
        return _on_calendar(source, min(last.at, now), failures, not_before, now)
    # Only who asks a server needs to spread, and a jitter does it already: a file is nobody's load.
    early = 0.0 if schedule.jitter or host_of(source.url) is None else early_of(source.name, last.at)
    at = next_check(last.at, schedule.plan.interval, now=now, failures=failures, not_before=not_before, early=early)
    return schedule.occasion(at, source.name)


def _on_calendar(
    source: SourceSettings, last: datetime, failures: int, not_before: datetime | None, now: datetime
) -> Occasion:
    """The next time of a calendar or a cron expression; after many failures in a row one after a pause."""
    pause = timedelta()
    if failures > PATIENCE:
        pause = min(source.schedule.shortest * 2 ** min(failures - PATIENCE, 16), LONGEST_PAUSE)
    # As long as the shortest pause there is, the next time is the next one; a second keeps that one in.
    occasion = source.schedule.following(last + max(pause - timedelta(seconds=1), timedelta()), source.name)
    if not_before is None:
        return occasion
    return Occasion(occasion.named, max(occasion.due, min(not_before, now + LONGEST_PAUSE)))


def upcoming(store: Store, settings: Settings, *, now: datetime) -> tuple[Upcoming, ...]:
    """All that is to be done, the next first and what is paused last. Raises StoreError."""
    found: list[Upcoming] = []
    with store.reading() as uow:
        rows = {row.name: row for row in uow.due.all(CHECK)}
        retried = uow.due.all(COMPARE)
        fresh = {
            source.name: occasion_of(uow, source, now=now)
            for source in settings.sources
            if not source.paused and not _is_planned(source, rows.get(source.name))
        }
    names = {source.name for source in settings.sources}
    for source in settings.sources:
        if source.paused:
            found.append(Upcoming("check", source.name, source.rhythm, None, None))
            continue
        if source.name in fresh:
            occasion = fresh[source.name]
            found.append(Upcoming("check", source.name, source.rhythm, occasion.named, occasion.due))
        else:
            found.append(_upcoming("check", rows[source.name], source.rhythm, now))
    found += [_upcoming("compare", row, "again", now) for row in retried if row.name in names]
    if _mails(settings):
        week = due_digest(store, settings, now=now)
        weekly = weekly_of(settings.digest)
        moment = weekly.following(now) if week is None else weekly.moment(week)
        rhythm = f"{settings.digest.day} {settings.digest.at} ({settings.digest.timezone})"
        name = str(week or Week.of(moment.astimezone(weekly.zone).date()))
        found.append(Upcoming("digest", name, rhythm, moment, moment))
    return tuple(sorted(found, key=lambda one: (one.due is None, one.due or now, one.job, one.name)))


def weekly_of(digest: DigestSettings) -> Weekly:
    """When the digest falls due."""
    return Weekly.named(digest.day, digest.at, digest.timezone)


def due_digest(store: Store, settings: Settings, *, now: datetime) -> Week | None:
    """The week whose digest is to be sent now, or None: it was sent, is switched off, or has nobody to go to.

    What fell due before the first source was stored is nobody's debt.
    """
    if not _mails(settings):
        return None
    weekly = weekly_of(settings.digest)
    with store.reading() as uow:
        last = uow.runs.last(DIGEST, until=str(weekly.latest(now)))
        started = min((source.created_at for source in uow.sources.all()), default=None)
    if started is None:
        return None
    return weekly.due(now, last=None if last is None else Week.parse(last), started=started)


def awaits_checks(store: Store, settings: Settings, *, now: datetime) -> bool:
    """Whether checks are being made that may have begun before the digest's time of this day: what they bring belongs
    into it, and into no later one. They are waited for, for `SETTLING` at most.
    """
    digest = settings.digest
    moment = Calendar.named((), (digest.at,), digest.timezone).following(now - SETTLING)
    if moment > now:
        return False
    by = moment + CLAIM  # the clocks of a scheduler and its workers differ by seconds
    with store.reading() as uow:
        return any(uow.due.in_hand(job, named_by=by, now=now, queue=QUEUE_OWNER) for job in (CHECK, COMPARE))


def _mails(settings: Settings) -> bool:
    return settings.digest.enabled and settings.reachable


def _plan(source: SourceSettings) -> str:
    """What a due time is computed from, besides what was seen: when that changes, it is computed anew."""
    return f"{source.rhythm} +{source.jitter.total_seconds():g}s {profile_of(source)}"


def _is_planned(source: SourceSettings, row: DueRow | None) -> bool:
    return row is not None and row.plan == _plan(source)


def _is_beyond(row: DueRow, source: SourceSettings, now: datetime) -> bool:
    """Whether a row lies further ahead than any schedule, pause or delay puts it: a clock that was wrong did."""
    latest = now + LONGEST_PAUSE
    return row.due_at > latest and row.due_at > source.schedule.following(latest, source.name).due


def _put(
    uow: UnitOfWork,
    source: SourceSettings,
    occasion: Occasion,
    now: datetime,
    known: Collection[DueRow] | None = None,
) -> None:
    named, due = occasion.named, occasion.due
    uow.due.put(CHECK, source.name, plan=_plan(source), named_at=named, due_at=due, now=now, known=known)


def _upcoming(job: Literal["check", "compare"], row: DueRow, schedule: str, now: datetime) -> Upcoming:
    taken = row.owner is not None and row.due_at > now
    due = row.named_at if taken else row.due_at
    return Upcoming(job, row.name, schedule, row.named_at, due, row.owner if taken else None, row.failures, row.error)
