"""The weekly digest: built from a report, shown as files, or put into the outbox once and delivered from there.

A digest covers the time since the last one that was sent, or a week where there was none, so a daemon that slept
leaves no gap and nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import ConfigurationError
from monitor.jobs.due import DIGEST, weekly_of
from monitor.jobs.reporting import build_report
from monitor.ledger import day_of
from monitor.notify import Delivered, Server, Smtp, Waiting, build_message, message_id
from monitor.notify import deliver as deliver_outbox
from monitor.report import render_digest
from monitor.schedule import Week

if TYPE_CHECKING:
    from monitor.report import Digest, Report
    from monitor.settings import Settings, SmtpSettings
    from monitor.store import Store

NOBODY = "specwatch@localhost"
"""Sender and recipient of a preview where the configuration names none."""


@dataclass(frozen=True, slots=True)
class BuiltDigest:
    """A digest, the report that it was made from, and the ISO week that it is for."""

    digest: Digest
    report: Report
    week: Week


@dataclass(frozen=True, slots=True)
class Sent:
    """Whether the week was claimed now (`claimed`), and how many messages were put into the outbox."""

    week: Week
    claimed: bool
    messages: int


def build_digest(
    store: Store, settings: Settings, *, now: datetime, folder: Path, week: Week | None = None
) -> BuiltDigest:
    """The digest of a week, by default of the last that fell due; deadlines as of `now`. Raises as a report does."""
    weekly = weekly_of(settings.digest)
    week = week or weekly.latest(now)
    with store.reading() as uow:
        told = uow.runs.last(DIGEST)
    last = Week.parse(told) if told is not None else week.before()
    since = weekly.moment(min(last, week.before()))
    report = build_report(store, settings, since=since, until=weekly.moment(week), today=day_of(now), folder=folder)
    return BuiltDigest(render_digest(report), report, week)


def preview_digest(built: BuiltDigest, settings: Settings, target: Path, *, now: datetime) -> tuple[Path, ...]:
    """Write the digest as .html, .txt and .eml into a folder, made where it is missing; the paths written."""
    recipient = settings.recipients[0] if settings.recipients else NOBODY
    message = _message(built, _sender(settings.smtp), recipient, now)
    contents = {"html": built.digest.html.encode(), "txt": built.digest.text.encode(), "eml": message}
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for suffix, content in contents.items():
        path = target / f"digest-{built.week}.{suffix}"
        path.write_bytes(content)
        written.append(path)
    return tuple(written)


def send_digest(store: Store, settings: Settings, *, now: datetime, folder: Path, week: Week | None = None) -> Sent:
    """Put a week's digest into the outbox, one message a recipient, unless that was done; `deliver` sends them.

    The week is claimed in the transaction that writes the messages: however often and from wherever it is called, there
    is one. Raises ConfigurationError without recipients or [smtp].
    """
    _demand_mail(settings)
    built = build_digest(store, settings, now=now, folder=folder, week=week)
    sender = _sender(settings.smtp)
    with store.transaction() as uow:
        if not uow.runs.claim(DIGEST, str(built.week), now=now):
            return Sent(built.week, claimed=False, messages=0)
        added = [
            uow.outbox.add(
                message_id=_id(built, sender, recipient),
                kind=DIGEST,
                period=str(built.week),
                sender=sender,
                recipient=recipient,
                message=_message(built, sender, recipient, now),
                now=now,
            )
            for recipient in settings.recipients
        ]
    return Sent(built.week, claimed=True, messages=sum(added))


def digest_states(store: Store, week: Week) -> dict[str, int]:
    """How many messages of a week's digest are `waiting`, `sent` or `given up`."""
    with store.reading() as uow:
        return uow.outbox.states(DIGEST, str(week))


def deliver(store: Store, settings: Settings, *, now: datetime, environ: Mapping[str, str]) -> Delivered:
    """Hand over what waits in the outbox; no server is asked when nothing does. Raises ConfigurationError."""
    outbox = _StoreOutbox(store)
    if not outbox.waiting(now=now):
        return Delivered(sent=0, failed=0, waiting=0, error=None)
    smtp = _demand_mail(settings)
    server = Server(smtp.host, smtp.port, smtp.security, smtp.username, smtp.resolved_password(environ))
    with Smtp(server) as transport:
        return deliver_outbox(outbox, transport, now=now)


class _StoreOutbox:
    """The outbox's rows, each step a transaction of its own: what was sent is known before the next one is tried."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self, *, now: datetime) -> Sequence[Waiting]:
        with self._store.reading() as uow:
            rows = uow.outbox.waiting(now=now)
        return [Waiting(row.id, row.sender, row.recipient, row.message, row.attempts) for row in rows]

    def claim(self, row_id: int, /, *, now: datetime) -> bool:
        with self._store.transaction() as uow:
            return uow.outbox.claim(row_id, now=now)

    def sent(self, row_id: int, /, *, now: datetime) -> None:
        with self._store.transaction() as uow:
            uow.outbox.sent(row_id, now=now)

    def failed(self, row_id: int, /, *, error: str, retry_at: datetime | None, now: datetime) -> None:
        with self._store.transaction() as uow:
            uow.outbox.failed(row_id, error=error, retry_at=retry_at, now=now)


def _demand_mail(settings: Settings) -> SmtpSettings:
    if settings.smtp is None or not settings.recipients:
        missing = "[smtp] section" if settings.smtp is None else "recipients"
        raise ConfigurationError(
            f"the configuration has no {missing}, so nothing can be sent",
            advice="Look at the digest with `specwatch digest --preview DIR`; examples/specwatch.toml shows every key.",
        )
    return settings.smtp


def _sender(smtp: SmtpSettings | None) -> str:
    return NOBODY if smtp is None else smtp.sender


def _id(built: BuiltDigest, sender: str, recipient: str) -> str:
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return message_id(DIGEST, str(built.week), recipient, domain)


def _message(built: BuiltDigest, sender: str, recipient: str, now: datetime) -> bytes:
    return bytes(
        build_message(
            sender=sender,
            recipient=recipient,
            subject=built.digest.subject,
            text=built.digest.text,
            html=built.digest.html,
            message_id=_id(built, sender, recipient),
            date=now,
        )
    )
