"""Messages for channels as they lie in the outbox: notices as JSON, each with an id of its own.

What a chat shows of a notice depends on what the chat takes, and is made of it when it is sent; a webhook gets all of
it.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import msgspec

from monitor.report import Notice, NoticeSection
from monitor.report.report_object import stamp

PREFIX: Final = "channel:"
"""What stands before a channel's name where an address may stand too."""


class StoredNotice(msgspec.Struct, frozen=True):
    """A notice as it lies in the outbox."""

    id: str
    type: str
    timestamp: str
    title: str
    sections: list[dict[str, Any]]
    data: dict[str, Any]

    @classmethod
    def read(cls, message: bytes) -> StoredNotice:
        """From the bytes of `build_notice`."""
        return msgspec.json.decode(message, type=cls)

    @property
    def notice(self) -> Notice:
        """What it says."""
        sections = (NoticeSection(each["title"], tuple(each["lines"])) for each in self.sections)
        return Notice(self.title, tuple(sections), self.data)


def build_notice(notice: Notice, *, message_id: str, kind: str, at: datetime) -> bytes:
    """A notice as it is stored: the same arguments give the same bytes.

    `message_id` names it, `kind` is what it is, `at` when it was made.
    """
    sections = [{"title": section.title, "lines": list(section.lines)} for section in notice.sections]
    made = StoredNotice(message_id, kind, stamp(at) or "", notice.title, sections, notice.data)
    return msgspec.json.encode(made)


def notice_id(kind: str, period: str, recipient: str) -> str:
    """What names a notice: the same for the same arguments, which makes a repeat known."""
    return "msg_" + sha256("\0".join((kind, period, recipient)).encode("utf-8", "replace")).hexdigest()[:32]


def readable_notice(message: bytes) -> str:
    """What a stored notice says to a person, in full."""
    stored = StoredNotice.read(message)
    parts = [stored.title]
    for section in stored.notice.sections:
        parts += ["", section.title, *(f"- {line}" for line in section.lines)]
    return "\n".join([*parts, ""])
