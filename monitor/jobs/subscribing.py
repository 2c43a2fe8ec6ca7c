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
    """One period of a subscription, what is called the one before, and the span that it tells of."""

    period: str
    before: str
    since: datetime
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

    A subscription begins at the first call that knows it: what was before is not told. A day with nothing to tell is
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
    turn_after = _week if subscription.rhythm == "weekly" else _day
    period = turn_after(settings.digest, now, None).period
    with store.reading() as uow:
        last = uow.runs.last(job, until=period)
    if last == period:
        return 0
    turn = turn_after(settings.digest, now, last)
    report = None
    if last is not None:
        whole = build_report(
            store, settings, since=turn.since, until=turn.until, today=day_of(now), folder=folder, bench=bench
        )
        report = chosen(whole, choice_of(subscription, settings))
        if is_quiet(report) and (subscription.rhythm == "daily" or not settings.digest.quiet):
            report = None
    with store.transaction() as uow:
        if not uow.runs.claim(job, turn.period, now=now) or last is None or report is None:
            return 0
        # The one before stays: it is the last again should the clock be ahead at this moment.
        uow.runs.forget(job, before=last)
        return mail_digest(uow, settings, report, job, (turn.period, turn.before), subscription.recipients, now)


def _week(digest: DigestSettings, now: datetime, last: str | None) -> _Turn:
    weekly = weekly_of(digest)
    week = weekly.latest(now)
    # It was daily before where the last period is a day.
    told = week.before() if last is None or "W" not in last else min(Week.parse(last), week.before())
    return _Turn(str(week), str(week.before()), weekly.moment(told), weekly.moment(week))


def _day(digest: DigestSettings, now: datetime, last: str | None) -> _Turn:
    at, zone = time.fromisoformat(digest.at), ZoneInfo(digest.timezone)
    day = now.astimezone(zone).date()
    if instant(datetime.combine(day, at), zone) > now:
        day -= timedelta(days=1)
    before = day - timedelta(days=1)
    told = before if last is None else min(date.fromisoformat(last), before)
    return _Turn(
        str(day), str(before), instant(datetime.combine(told, at), zone), instant(datetime.combine(day, at), zone)
    )
