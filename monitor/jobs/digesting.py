"""The weekly digest: built from a report, shown as files, or put into the outbox once and delivered from there.

A digest covers the time since the last one that somebody received, or a week where there was none, so a daemon that
slept or a mail server that was away for weeks leaves no gap and nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from monitor.jobs.delivering import no_mail
from monitor.jobs.due import DIGEST, weekly_of
from monitor.jobs.noticing import put_notice
from monitor.jobs.reporting import build_report
from monitor.ledger import day_of
from monitor.notify import Attachment, build_message, idna, message_id
from monitor.report import digest_notice, file_stem, full_text, is_quiet, render_digest
from monitor.report.outbox import MessageState
from monitor.schedule import Week
from monitor.settings import CHANNEL

if TYPE_CHECKING:
    from monitor.jobs.comparing import Bench
    from monitor.jobs.progress import Progress
    from monitor.report import Digest, Report
    from monitor.settings import Settings, SmtpSettings
    from monitor.store import Store, UnitOfWork

NOBODY = "specwatch@localhost"
"""Sender and recipient of a preview where the configuration names none."""


@dataclass(frozen=True, slots=True)
class BuiltDigest:
    """A digest, the report that it was made from, and the ISO week that it is for.

    `missed` are weeks before it whose digests nobody accepted, which this one covers too.
    """

    digest: Digest
    report: Report
    week: Week
    missed: tuple[Week, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """Whether the week was claimed now (`claimed`), and how many messages were put into the outbox."""

    week: Week
    claimed: bool
    messages: int


def build_digest(
    store: Store,
    settings: Settings,
    *,
    now: datetime,
    folder: Path,
    week: Week | None = None,
    bench: Bench | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> BuiltDigest:
    """The digest of a week, by default of the last that fell due; deadlines as of `now`; `bench` and `progress` as for
    a report. Raises as a report does.
    """
    weekly = weekly_of(settings.digest)
    week = week or weekly.latest(now)
    with store.reading() as uow:
        told, after = uow.outbox.told_before(DIGEST, str(week))
    missed = tuple(map(Week.parse, after))
    last = Week.parse(told) if told is not None else (missed or (week,))[0].before()
    since, until = weekly.moment(last), weekly.moment(week)
    report = build_report(
        store,
        settings,
        since=since,
        until=until,
        today=day_of(now),
        folder=folder,
        bench=bench,
        progress=progress,
    )
    report = replace(report, undelivered=len(missed))
    return BuiltDigest(render_digest(report), report, week, missed)


def preview_digest(built: BuiltDigest, settings: Settings, target: Path, *, now: datetime) -> tuple[Path, ...]:
    """Write the digest as .html, .txt and .eml into a folder, made where it is missing; the paths written."""
    recipient = settings.mailed[0] if settings.mailed else NOBODY
    periods = str(built.week), str(built.week.before())
    message = _message(built.digest, built.report, DIGEST, periods, settings, recipient, now)
    contents = {"html": built.digest.html.encode(), "txt": built.digest.text.encode(), "eml": message}
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for suffix, content in contents.items():
        path = target / f"digest-{file_stem(built.report)}.{suffix}"
        path.write_bytes(content)
        written.append(path)
    return tuple(written)


def send_digest(
    store: Store,
    settings: Settings,
    *,
    now: datetime,
    folder: Path,
    week: Week | None = None,
    bench: Bench | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Sent:
    """Put a week's digest into the outbox, one message a recipient, unless that was done; `deliver` sends them.

    The week is claimed in the transaction that writes the messages: however often and from wherever it is called, there
    is one. A quiet week is claimed too where the settings want no mail of it. Channels get a notice. What still waits
    of the weeks that it covers besides is withdrawn. `bench` and `progress` as for a report. Raises ConfigurationError
    without recipients or [smtp].
    """
    _demand_recipients(settings)
    built = build_digest(store, settings, now=now, folder=folder, week=week, bench=bench, progress=progress)
    dropped = not settings.digest.quiet and is_quiet(built.report)
    with store.transaction() as uow:
        if not uow.runs.claim(DIGEST, str(built.week), now=now):
            return Sent(built.week, claimed=False, messages=0)
        _withdraw(uow, built, now)
        told = () if dropped else settings.recipients
        periods = str(built.week), str(built.week.before())
        added = mail_digest(uow, settings, built.report, DIGEST, periods, told, now)
    return Sent(built.week, claimed=True, messages=added)


def mail_digest(
    uow: UnitOfWork,
    settings: Settings,
    report: Report,
    job: str,
    periods: tuple[str, str],
    recipients: Sequence[str],
    now: datetime,
) -> int:
    """Put the digest of a report into the outbox for some recipients; how many messages are new.

    `periods` are the one that it is for and the one before, in the thread that `job` makes with a recipient.
    """
    sender = _sender(settings.smtp)
    digest = render_digest(report)
    added = 0
    for recipient in recipients:
        if recipient.startswith(CHANNEL):
            added += put_notice(uow, recipient, digest_notice(report), kind=job[:40], period=periods[0], now=now)
            continue
        added += uow.outbox.add(
            message_id=_id(job, periods[0], sender, recipient),
            kind=job[:40],
            period=periods[0],
            sender=sender,
            recipient=recipient,
            message=_message(digest, report, job, periods, settings, recipient, now),
            now=now,
        )
    return added


def digest_states(store: Store, week: Week) -> dict[MessageState, int]:
    """How many messages of a week's digest are in which state."""
    with store.reading() as uow:
        return uow.outbox.states(DIGEST, str(week))


def _withdraw(uow: UnitOfWork, built: BuiltDigest, now: datetime) -> None:
    """Nobody is told a second time what this digest tells, once the mail server is back."""
    rows = uow.outbox.of(DIGEST, [str(week) for week in built.missed])
    uow.outbox.withdraw([row.id for row in rows], error=f"told in the digest that fell due in {built.week}", now=now)


def _demand_recipients(settings: Settings) -> None:
    if not (settings.recipients or settings.subscriptions):
        raise no_mail("recipients")
    if settings.recipients and not settings.reachable:
        raise no_mail("[smtp] section")


def _sender(smtp: SmtpSettings | None) -> str:
    return NOBODY if smtp is None else smtp.sender


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def _id(job: str, period: str, sender: str, recipient: str) -> str:
    return message_id(job, period, recipient, _domain(sender))


def _message(
    digest: Digest,
    report: Report,
    job: str,
    periods: tuple[str, str],
    settings: Settings,
    recipient: str,
    now: datetime,
) -> bytes:
    """The periods of one digest are one thread: each answers the one before, and all a first that nobody ever sent."""
    sender = _sender(settings.smtp)
    unsubscribe = settings.digest.unsubscribe or parseaddr(sender)[1]
    whole = () if is_quiet(report) else (Attachment(f"specwatch-{file_stem(report)}.txt", full_text(report)),)
    return bytes(
        build_message(
            sender=sender,
            recipient=recipient,
            subject=digest.subject,
            text=digest.text,
            html=digest.html,
            message_id=_id(job, periods[0], sender, recipient),
            date=now,
            list_id=f"digest.specwatch.{idna(_domain(sender))}",
            list_unsubscribe=f"mailto:{quote(unsubscribe, safe='@')}?subject=unsubscribe%20specwatch",
            references=[_id(job, period, sender, recipient) for period in ("thread", periods[1])],
            attachments=whole,
        )
    )
