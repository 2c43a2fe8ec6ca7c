"""A message as it goes over the wire: text and HTML (RFC 2046, multipart/alternative), the same bytes at every run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from hashlib import sha256

from monitor.errors import DeliveryError
from monitor.notify.address import idna, mailbox

_UNFOLDED = frozenset({"message-id", "list-unsubscribe", "list-id", "in-reply-to"})
_SHOWN = ("From", "To", "Subject", "Date", "Message-ID")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_AN_ATOM = re.compile(r"[^A-Za-z0-9]+")
_ID = re.compile(r"<[!-;=?A-~]{1,400}@[!-;=?A-~]{1,400}>")
_LIST_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_FILE = re.compile(r"[A-Za-z0-9_.-]{1,120}")
_LINK = re.compile(r"(?:https?|mailto):[!-;=?-~]{1,900}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text that goes along as a file: its name (letters, digits, dots, dashes, underscores), and the text."""

    name: str
    text: str


class _Policy(policy.EmailPolicy):
    """Python would encode a long address word by word, and nobody could follow it any more."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


# 7 bits, because not every server takes 8.
_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


def build_message(  # noqa: PLR0913  # each is a header or a part, and named
    *,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    date: datetime,
    list_unsubscribe: str | None = None,
    list_id: str | None = None,
    references: Sequence[str] = (),
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """A message from `sender` to `recipient` (each `name@host` or `Name <name@host>`); `date` is aware.

    `list_unsubscribe` is an https: or mailto: address (RFC 2369), `list_id` the identifier of the list (RFC 2919),
    `references` are the message ids before it in its thread, oldest first (RFC 5322, section 3.6.4). The same arguments
    give the same bytes. Raises DeliveryError (permanent) for what is no single address, link, message id, list id or
    name of a file, and for line breaks and other control characters in a header, which could smuggle in headers of
    somebody else's.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = mailbox("sender", sender)
    message["To"] = mailbox("recipient", recipient)
    message["Subject"] = _line("subject", subject)
    message["Date"] = format_datetime(date.astimezone(UTC))
    if not _ID.fullmatch(message_id):
        raise DeliveryError("the message id is none", permanent=True)
    message["Message-ID"] = message_id
    _thread(message, references)
    # No answers from those on holiday (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    if list_unsubscribe is not None:
        if not _LINK.fullmatch(list_unsubscribe):
            raise DeliveryError("the list-unsubscribe is no https: or mailto: address", permanent=True)
        message["List-Unsubscribe"] = f"<{list_unsubscribe}>"
    if list_id is not None:
        if not _LIST_ID.fullmatch(list_id):
            raise DeliveryError("the list id is none", permanent=True)
        message["List-Id"] = f"<{list_id}>"
    message.set_content(_utf8(text))
    message.add_alternative(_utf8(html), subtype="html")
    for file in attachments:
        if not _FILE.fullmatch(file.name):
            raise DeliveryError("the name of an attached file holds more than letters, digits and -_.", permanent=True)
        message.add_attachment(_utf8(file.text), filename=file.name)
    _settle_boundaries(message, message_id)
    return message


def _thread(message: EmailMessage, references: Sequence[str]) -> None:
    """Put it behind what came before it, so that mail programs show them together."""
    if not all(map(_ID.fullmatch, references)):
        raise DeliveryError("a message id among the references is none", permanent=True)
    if references:
        message["In-Reply-To"] = references[-1]
        message["References"] = " ".join(references)


def _settle_boundaries(message: EmailMessage, message_id: str) -> None:
    """Boundaries that follow from the message id: Python's own are random."""
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        mark = sha256(f"{message_id}{depth or ''}".encode()).hexdigest()
        part.set_boundary("=_" + mark[:32])


def message_id(kind: str, period: str, recipient: str, domain: str) -> str:
    """The Message-ID of what a recipient is told once: the same for the same arguments, which makes a repeat known.

    `kind` is what it is (`digest`), `period` for when (`2026-W31`); the recipient cannot be read from it. Raises
    DeliveryError when `domain` is no host name.
    """
    digest = sha256("\0".join((kind, period, recipient, domain)).encode("utf-8", "replace")).hexdigest()[:24]
    told = _NOT_AN_ATOM.sub("-", f"{kind}-{period}")[:24].strip("-")
    return f"<{told or 'message'}.{digest}@{idna(domain)}>"


def readable(message: bytes) -> str:
    """What a message of `build_message` says to a person: its headers, and its plain text."""
    parsed = BytesParser(policy=policy.default).parsebytes(message)
    body = parsed.get_body(("plain",))
    headers = [f"{name}: {parsed[name]}" for name in _SHOWN if parsed[name] is not None]
    return "\n".join([*headers, "", "" if body is None else str(body.get_content())])


def _line(what: str, value: str) -> str:
    if _CONTROL.search(value):
        raise DeliveryError(f"the {what} holds a line break or another control character", permanent=True)
    return _utf8(value)


def _utf8(text: str) -> str:
    """Without lone surrogates, which a document's JSON can hold and a message cannot."""
    return text.encode("utf-8", "replace").decode()
