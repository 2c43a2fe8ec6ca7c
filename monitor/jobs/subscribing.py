"""Subscriptions: who is told of what, in a rhythm of their own. Each is a digest of what it chooses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.jobs.digesting import mail_digest
from monitor.jobs.due import DIGEST, weekly_of
from monitor.jobs.reporting import build_report
from monitor.ledger import day_of
from monitor.policy import Uses
from monitor.report import is_quiet
from monitor.report.choice import Choice, chosen
from monitor.schedule import Week, instant

if TYPE_CHECKING:
    from monitor.jobs.comparing import Bench
    from monitor.settings import DigestSettings, Settings, SubscriptionSettings
    from monitor.store import Store


@dataclass(frozen=True, slots=True)
class _Turn:
    """One period of a subscription, what is called the one before, and until when it tells."""

    period: str
    before: str
    until: datetime


def choice_of(subscription: SubscriptionSettings, settings: Settings) -> Choice:
    """What somebody wants to be told."""
    operations = Uses.of(subscription.operations) if subscription.operations else None
    return Choice(
        subscription.chosen(settings.sources), subscription.levels, operations, subscription.kinds, subscription.tags
    )


def send_subscriptions(
    store: Store, settings: Settings, *, now: datetime, folder: Path, bench: Bench | None = None
) -> int:
    """Put what is due of the daily and weekly subscriptions into the outbox; how many messages.

    A subscription begins at the first call that knows it: what was before is not told. Each tells what came since the
    last one, in whichever rhythm that was. A day with nothing to tell is
    passed over, a week where the settings say so. `bench` as for a report. Raises StoreError.
    """
    told = (each for each in settings.subscriptions if settings.reaches(each.recipients))
    regular = [each for each in told if each.rhythm != "at once"]
    return sum(_send(store, settings, each, now, folder, bench) for each in regular)


def _send(
    store: Store,
    settings: Settings,
    subscription: SubscriptionSettings,
    now: datetime,
    folder: Path,
    bench: Bench | None,
) -> int:
    job = f"{DIGEST} {subscription.name}"
    turn = (_week if subscription.rhythm == "weekly" else _day)(settings.digest, now)
    with store.reading() as uow:
        claimed = {period: _moment(settings.digest, period) for period in uow.runs.periods(job)}
    # A clock that was ahead may have claimed one that is still to come.
    since = max((moment for moment in claimed.values() if moment <= now), default=None)
    if since is not None and since >= turn.until:
        return 0
    report = None
    if since is not None:
        whole = build_report(
            store, settings, since=since, until=turn.until, today=day_of(now), folder=folder, bench=bench
        )
        report = chosen(whole, choice_of(subscription, settings))
        if is_quiet(report) and (subscription.rhythm == "daily" or not settings.digest.quiet):
            report = None
    with store.transaction() as uow:
        if not uow.runs.claim(job, turn.period, now=now) or since is None or report is None:
            return 0
        # The one before stays: it is the last again should the clock be ahead at this moment.
        uow.runs.forget_periods(job, [period for period, moment in claimed.items() if moment < since])
        return mail_digest(uow, settings, report, job, (turn.period, turn.before), subscription.recipients, now)


def _moment(digest: DigestSettings, period: str) -> datetime:
    """When a period of either form fell due: it was daily before where it is a day, and weekly where it is a week."""
    if "W" in period:
        return weekly_of(digest).moment(Week.parse(period))
    return _on(digest, date.fromisoformat(period))


def _on(digest: DigestSettings, day: date) -> datetime:
    return instant(datetime.combine(day, time.fromisoformat(digest.at)), ZoneInfo(digest.timezone))


def _week(digest: DigestSettings, now: datetime) -> _Turn:
    weekly = weekly_of(digest)
    week = weekly.latest(now)
    return _Turn(str(week), str(week.before()), weekly.moment(week))


def _day(digest: DigestSettings, now: datetime) -> _Turn:
    day = now.astimezone(ZoneInfo(digest.timezone)).date()
    if _on(digest, day) > now:
        day -= timedelta(days=1)
    return _Turn(str(day), str(day - timedelta(days=1)), _on(digest, day))
