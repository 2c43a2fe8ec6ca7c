"""Notices: messages for channels, put into the outbox beside the mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from monitor.notify import build_notice, notice_id

if TYPE_CHECKING:
    from monitor.report import Notice
    from monitor.store import UnitOfWork

SENDER = "specwatch"
"""The sender of a notice: a channel knows its own."""


def put_notice(uow: UnitOfWork, recipient: str, notice: Notice, *, kind: str, period: str, now: datetime) -> bool:
    """Put a notice for a channel (`channel:NAME`) into the outbox; False when that kind and period is there already.

    `kind` is what it is (`alert`), `period` what makes it one of its kind. `deliver` sends it: a chat gets title and
    lines, cut to its size; a webhook all of it, with `notice.data`.
    """
    name = notice_id(kind, period, recipient)
    return uow.outbox.add(
        message_id=name,
        kind=kind,
        period=period,
        sender=SENDER,
        recipient=recipient,
        message=build_notice(notice, message_id=name, kind=kind, at=now),
        now=now,
    )
