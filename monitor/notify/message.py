"""A message as it goes over the wire: text and HTML (RFC 2046, multipart/alternative), the same bytes at every run."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from hashlib import sha256

from monitor.errors import DeliveryError
from monitor.notify.address import idna, mailbox

_UNFOLDED = frozenset({"message-id", "list-unsubscribe"})
_SHOWN = ("From", "To", "Subject", "Date", "Message-ID")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_AN_ATOM = re.compile(r"[^A-Za-z0-9]+")
_ID = re.compile(r"<[!-;=?A-~]{1,400}@[!-;=?A-~]{1,400}>")
_LINK = re.compile(r"(?:https?|mailto):[!-;=?-~]{1,900}", re.IGNORECASE)


class _Policy(policy.EmailPolicy):
    """Python would encode a long address word by word, and nobody could follow it any more."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


# 7 bits, because not every server takes 8.
_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


def build_message(
    *,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    date: datetime,
    list_unsubscribe: str | None = None,
) -> EmailMessage:
    """A message from `sender` to `recipient` (each `name@host` or `Name <name@host>`); `date` is aware.

    `list_unsubscribe` is an https: or mailto: address (RFC 2369). The same arguments give the same bytes. Raises
    DeliveryError (permanent) for what is no single address, link or message id, and for line breaks and other control
    characters in a header, which could smuggle in headers of somebody else's.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = mailbox("sender", sender)
    message["To"] = mailbox("recipient", recipient)
    message["Subject"] = _line("subject", subject)
    message["Date"] = format_datetime(date.astimezone(UTC))
    if not _ID.fullmatch(message_id):
        raise DeliveryError("the message id is none", permanent=True)
    message["Message-ID"] = message_id
    # No answers from those on holiday (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    if list_unsubscribe is not None:
        if not _LINK.fullmatch(list_unsubscribe):
            raise DeliveryError("the list-unsubscribe is no https: or mailto: address", permanent=True)
        message["List-Unsubscribe"] = f"<{list_unsubscribe}>"
    message.set_content(_utf8(text))
    message.add_alternative(_utf8(html), subtype="html")
    # Python's own boundary is random.
    message.set_boundary("=_" + sha256(message_id.encode()).hexdigest()[:32])
    return message


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
