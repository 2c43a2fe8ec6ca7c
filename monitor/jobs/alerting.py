"""Alerts: a source that failed several times in a row, and that it is back; once each, to every recipient."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr
from html import escape
from typing import TYPE_CHECKING, Final

from monitor.notify import build_message, message_id
from monitor.report.text import clip, plain, plural

if TYPE_CHECKING:
    from monitor.settings import Settings, SmtpSettings
    from monitor.store import OutageRow, Store

ALERT: Final = "alert"
"""The kind of these messages in the outbox."""
_STALE: Final = timedelta(days=7)
"""What nobody could be told of for so long is no alert any more; the digest has it."""
_MESSAGE: Final = 500


def send_alerts(store: Store, settings: Settings, *, now: datetime) -> int:
    """Put into the outbox what nobody was told of yet; how many messages. `deliver` sends them.

    Nothing without [smtp] and recipients. What is told is marked so in the transaction that writes the messages.
    """
    smtp = settings.smtp
    if smtp is None or not settings.recipients:
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
                added += uow.outbox.add(
                    message_id=_id(outage, smtp, recipient),
                    kind=ALERT,
                    period=_period(outage),
                    sender=smtp.sender,
                    recipient=recipient,
                    message=_message(outage, watched[outage.source], smtp, recipient, now),
                    now=now,
                )
    return added


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
