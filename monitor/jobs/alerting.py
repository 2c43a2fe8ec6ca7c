"""Alerts: a source that failed several times in a row, and that it is back; once each, to every recipient."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr
from html import escape
from typing import TYPE_CHECKING, Final

from monitor.jobs.noticing import put_notice
from monitor.notify import build_message, message_id
from monitor.report import Notice, NoticeSection
from monitor.report.report_object import stamp
from monitor.report.text import clip, plain, plural
from monitor.settings import CHANNEL

if TYPE_CHECKING:
    from monitor.settings import Settings, SmtpSettings
    from monitor.store import OutageRow, Store, UnitOfWork

ALERT: Final = "alert"
"""The kind of these messages in the outbox."""
_STALE: Final = timedelta(days=7)
"""What nobody could be told of for so long is no alert any more; the digest has it."""
_MESSAGE: Final = 500


def send_alerts(store: Store, settings: Settings, *, now: datetime) -> int:
    """Put into the outbox what nobody was told of yet; how many messages. `deliver` sends them.

    Nothing without recipients, or with an address among them and no [smtp]. Channels get a notice. What is told is
    marked so in the transaction that writes the messages.
    """
    if not settings.reachable:
        return 0
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
            for recipient in settings.recipients:
                added += _put(uow, outage, watched[outage.source], settings.smtp, recipient, now)
    return added


def _put(
    uow: UnitOfWork, outage: OutageRow, url: str, smtp: SmtpSettings | None, recipient: str, now: datetime
) -> bool:
    if recipient.startswith(CHANNEL):
        return put_notice(uow, recipient, _notice(outage, url), kind=ALERT, period=_period(outage), now=now)
    assert smtp is not None
    return uow.outbox.add(
        message_id=_id(outage, smtp, recipient),
        kind=ALERT,
        period=_period(outage),
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


def _period(outage: OutageRow) -> str:
    return f"{outage.since:%Y%m%dT%H%M%S}-{outage.id}{'' if outage.over_at is None else '-over'}"


def _id(outage: OutageRow, smtp: SmtpSettings, recipient: str) -> str:
    domain = parseaddr(smtp.sender)[1].rpartition("@")[2] or "localhost"
    return message_id(ALERT, f"{outage.source} {_period(outage)}", recipient, domain)


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
