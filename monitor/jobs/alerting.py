"""Alerts: what breaks, deadlines that are near, sources that fail and are back; once each, to every recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitor.jobs.due import CHECK, QUEUE_OWNER
from monitor.jobs.noticing import put_notice
from monitor.jobs.reporting import ALERTED, build_report
from monitor.jobs.subscribing import choice_of
from monitor.ledger import Entry, day_of, entry_from
from monitor.notify import build_message, message_id
from monitor.report import Digest, Notice, NoticeSection, render_alert, render_reminder
from monitor.report.choice import Choice, chosen
from monitor.report.report_object import stamp
from monitor.report.report_story import stories
from monitor.report.text import clip, plain, plural
from monitor.settings import CHANNEL

if TYPE_CHECKING:
    from monitor.jobs.comparing import Bench
    from monitor.settings import Settings, SmtpSettings, SourceSettings
    from monitor.store import OutageRow, Store, UnitOfWork

ALERT: Final = "alert"
"""The kind of these messages in the outbox."""
ALERTS: Final = "alerts"
"""The job's name in the table of runs, with the source; its period is the last revision that was looked at."""
REMINDERS: Final = "reminders"
"""The same of deadlines; its period is the day of the last look at one that is near."""
_STALE: Final = timedelta(days=7)
"""What nobody could be told of for so long is no alert any more; the digest has it."""
_MESSAGE: Final = 500


def send_alerts(store: Store, settings: Settings, *, now: datetime, folder: Path, bench: Bench | None = None) -> int:
    """Put into the outbox what nobody was told of yet; how many messages. `deliver` sends them.

    That is what breaks (`render_alert`), deadlines that are near, outages and their ends. Nothing without a way to
    reach people, nor in the quiet hours: what happens in them is told after. Channels get a notice. What is told is
    marked so in the transaction that writes the messages. `bench` is where comparisons are made that are out of date
    (default: here). Raises StoreError.
    """
    if settings.alerts.quiet(now):
        return 0
    listeners = _listeners(settings)
    if not listeners:
        return 0
    added = _outages(store, settings, listeners, now)
    if not settings.alerts.enabled:
        return added
    today = day_of(now)
    with store.reading() as uow:  # of most sources there is nothing to tell, however many they are
        revisions = {row.name: _period(row.revision) for row in uow.sources.all()}
        looked = uow.runs.last_by_source(ALERTS)
        near = uow.ledger.near(today, today + timedelta(days=max(settings.alerts.reminders, default=-1)))
        reminded = uow.runs.last_by_source(REMINDERS, until=str(today))
    for source in settings.chosen(paused=False):
        if source.name in revisions and looked.get(source.name) != revisions[source.name]:
            added += _changes(store, settings, source, listeners, now, folder, bench)
        if source.name in near and reminded.get(source.name) != str(today):
            added += _reminders(store, settings, source, listeners, now, folder, bench)
    return added


@dataclass(frozen=True, slots=True)
class Listener:
    """Some recipients who are told at once, and what they want to be told; the plain recipients have no name."""

    name: str
    recipients: tuple[str, ...]
    choice: Choice


def _listeners(settings: Settings) -> list[Listener]:
    plain_ones = [Listener("", settings.recipients, Choice())] if settings.reachable else []
    told = (each for each in settings.subscriptions if settings.reaches(each.recipients))
    at_once = (each for each in told if each.rhythm == "at once")
    return [*plain_ones, *(Listener(each.name, each.recipients, choice_of(each, settings)) for each in at_once)]


def _changes(
    store: Store,
    settings: Settings,
    source: SourceSettings,
    listeners: Sequence[Listener],
    now: datetime,
    folder: Path,
    bench: Bench | None,
) -> int:
    """One message for all that became known of a source since it was looked at last.

    It is looked at when something became known (`sources.revision`). What was known at the first look is no news.
    """
    job = f"{ALERTS} {source.name}"
    with store.reading() as uow:
        stored = uow.sources.find(source.name)
        if stored is None:
            return 0
        last, period = uow.runs.last(job), _period(stored.revision)
        # What the check in hand brings is told with the rest; but it is news, whenever the first look was.
        if last is not None and uow.due.in_hand(CHECK, names=[source.name], now=now, queue=QUEUE_OWNER):
            return 0
        moments = [uow.checks.last_time(stored.id), *uow.comparisons.late(stored.id).values()]
        latest = max((at for at in moments if at is not None), default=None)
        # From check to check, and not from look to look: a check is stored a while after its document came.
        until = now if latest is None else latest + timedelta(microseconds=1)
        since = until if last is None else uow.runs.times(job)[-1]
    if last == period:
        return 0
    found: list[tuple[Listener, Digest]] = []
    if last is not None:
        if latest is not None and since > until:  # the clock was ahead then; what is new came with the last check
            since = latest
        report = build_report(
            store, settings, [source.name], since=since, until=until, today=day_of(now), folder=folder, bench=bench
        )
        wanted = ((each, chosen(report, each.choice)) for each in listeners)
        alerts = ((each, render_alert(part)) for each, part in wanted if part.sources)
        found = [(each, digest) for each, digest in alerts if digest is not None]
    with store.transaction() as uow:
        if not uow.runs.claim(job, period, now=until):
            return 0
        uow.runs.forget(job, before=period)
        if any(not each.name for each, _ in found):
            uow.runs.claim(f"{ALERTED} {source.name}", f"{now:%Y-%m-%dT%H:%M:%S}", now=now)
        return sum(_write(uow, settings, each, digest, f"{source.name} {period}", now) for each, digest in found)


def _reminders(
    store: Store,
    settings: Settings,
    source: SourceSettings,
    listeners: Sequence[Listener],
    now: datetime,
    folder: Path,
    bench: Bench | None,
) -> int:
    """One message a day for the deadlines of a source that have come near; of each once for each number of days.

    Who hears of a deadline when it is nearer than the first number is reminded once, not of every number that went by.
    """
    today, job = day_of(now), f"{REMINDERS} {source.name}"
    with store.reading() as uow:
        stored = uow.sources.find(source.name)
        if stored is None or uow.runs.last(job, until=str(today)) == str(today):
            return 0
        near = any(_near(entry_from(row), today, settings) for row in uow.ledger.all(stored.id))
    due: list[Entry] = []
    if near:
        report = build_report(
            store, settings, [source.name], since=now, until=now, today=today, folder=folder, bench=bench
        )
        (story,) = stories(report)
        due = [each for each in story.view.entries if _near(each, today, settings) and story.reminds(each)]
    with store.transaction() as uow:
        if not uow.runs.claim(job, str(today), now=now):
            return 0
        uow.runs.forget(job, before=str(today))
        fresh = [entry for entry in due if _first_time(uow, source.name, entry, today, settings, now)]
        if not fresh:
            return 0
        added, what = 0, f"{source.name} reminder {today}"
        for each in listeners:
            part = chosen(report, each.choice)
            due = [entry for view in part.sources for entry in view.entries if entry in fresh]
            if due:
                added += _write(uow, settings, each, render_reminder(part, due), what, now)
        return added


def _period(revision: int) -> str:
    """A revision as a period: they sort as text."""
    return f"{revision:012d}"


def _near(entry: Entry, today: date, settings: Settings) -> bool:
    left = entry.days_left(today)
    return left is not None and 0 <= left <= max(settings.alerts.reminders, default=-1)


def _first_time(uow: UnitOfWork, source: str, entry: Entry, today: date, settings: Settings, now: datetime) -> bool:
    """Claim the reminders of a deadline that have come up; whether any is new. Another deadline is reminded of anew."""
    left = entry.days_left(today)
    found = [days for days in settings.alerts.reminders if left is not None and left <= days]
    name = sha256(f"{entry.subject}\0{entry.deadline}".encode("utf-8", "replace")).hexdigest()[:24]
    claimed = [uow.runs.claim(f"reminder {source}", f"{name} {days}", now=now) for days in found]
    return any(claimed)


def _write(uow: UnitOfWork, settings: Settings, listener: Listener, digest: Digest, what: str, now: datetime) -> int:
    """One message for each recipient."""
    what = f"{listener.name} {what}".strip()
    sender = "" if settings.smtp is None else settings.smtp.sender
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    added = 0
    for recipient in listener.recipients:
        if recipient.startswith(CHANNEL):
            added += put_notice(uow, recipient, _told_briefly(digest), kind=ALERT, period=what[-40:], now=now)
            continue
        marked = message_id(ALERT, what, recipient, domain)
        message = build_message(
            sender=sender,
            recipient=recipient,
            subject=digest.subject,
            text=digest.text,
            html=digest.html,
            message_id=marked,
            date=now,
        )
        added += uow.outbox.add(
            message_id=marked,
            kind=ALERT,
            period=what[-40:],
            sender=sender,
            recipient=recipient,
            message=bytes(message),
            now=now,
        )
    return added


def _told_briefly(digest: Digest) -> Notice:
    """The plain text of a mail as a channel is told it: its title, and the lines until the signature."""
    title, *lines = [line for line in digest.text.partition("\n-- \n")[0].splitlines() if line]
    return Notice(digest.subject, (NoticeSection(title, tuple(lines)),))


def _outages(store: Store, settings: Settings, listeners: Sequence[Listener], now: datetime) -> int:
    """Sources that failed several times in a row, and that they are back: once to each who wants to hear of them."""
    with store.reading() as uow:
        if not uow.outages.untold():
            return 0
    added = 0
    watched = {source.name: source.url for source in settings.sources}
    with store.transaction() as uow:
        for outage in uow.outages.untold():
            uow.outages.told(outage)
            if (outage.over_at or outage.seen_at) < now - _STALE or outage.source not in watched:
                continue
            hearing = (each for each in listeners if each.choice.wants("health") and each.choice.hears(outage.source))
            for recipient in dict.fromkeys(each for listener in hearing for each in listener.recipients):
                added += _put(uow, outage, watched[outage.source], settings.smtp, recipient, now)
    return added


def _put(
    uow: UnitOfWork, outage: OutageRow, url: str, smtp: SmtpSettings | None, recipient: str, now: datetime
) -> bool:
    if recipient.startswith(CHANNEL):
        return put_notice(uow, recipient, _notice(outage, url), kind=ALERT, period=_told_as(outage), now=now)
    assert smtp is not None
    return uow.outbox.add(
        message_id=_id(outage, smtp, recipient),
        kind=ALERT,
        period=_told_as(outage),
        sender=smtp.sender,
        recipient=recipient,
        message=_message(outage, url, smtp, recipient, now),
        now=now,
    )


def _notice(outage: OutageRow, url: str) -> Notice:
    subject, paragraphs = _words(outage, url)
    data = {
        "source": outage.source,
        "since": stamp(outage.since),
        "over_at": stamp(outage.over_at),
        "failures": outage.failures,
        "category": outage.category,
    }
    return Notice(subject, (NoticeSection(outage.source, tuple(paragraphs)),), {"outage": data})


def _told_as(outage: OutageRow) -> str:
    return f"{outage.since:%Y%m%dT%H%M%S}-{outage.id}{'' if outage.over_at is None else '-over'}"


def _id(outage: OutageRow, smtp: SmtpSettings, recipient: str) -> str:
    domain = parseaddr(smtp.sender)[1].rpartition("@")[2] or "localhost"
    return message_id(ALERT, f"{outage.source} {_told_as(outage)}", recipient, domain)


def _message(outage: OutageRow, url: str, smtp: SmtpSettings, recipient: str, now: datetime) -> bytes:
    subject, paragraphs = _words(outage, url)
    html = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    message = build_message(
        sender=smtp.sender,
        recipient=recipient,
        subject=subject,
        text="\n\n".join(paragraphs) + "\n",
        html=f'<!doctype html>\n<html lang="en"><body style="font-family: sans-serif">\n{html}\n</body></html>\n',
        message_id=_id(outage, smtp, recipient),
        date=now,
    )
    return bytes(message)


def _words(outage: OutageRow, url: str) -> tuple[str, list[str]]:
    name = plain(outage.source)
    since = f"{outage.since:%Y-%m-%d %H:%M} UTC"
    said = f"The last error ({plain(outage.category)}): {clip(plain(outage.message), _MESSAGE)}"
    if outage.over_at is not None:
        lasted = f"It had failed {plural(outage.failures, 'time')} in a row since {since}."
        return f"specwatch: {name} is back", [
            f"{name} can be checked again, since {outage.over_at:%Y-%m-%d %H:%M} UTC. {lasted}",
            said,
            "What changed meanwhile is compared with the last version before, and told as ever.",
        ]
    return f"specwatch: {name} cannot be checked", [
        f"{name} failed {plural(outage.failures, 'time')} in a row since {since}: {plain(url)}",
        said,
        "Nothing that is known is touched. The checks go on, at longer and longer intervals up to a day.",
        f"You are told when it is back. To try at once: specwatch check {name}",
    ]
