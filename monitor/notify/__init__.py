"""Telling people: messages, SMTP, channels, and the outbox's states behind a protocol that the store fills."""

from monitor.notify.address import idna
from monitor.notify.message import Attachment, build_message, message_id, readable
from monitor.notify.notices import build_notice, notice_id, readable_notice
from monitor.notify.outbox import Delivered, Outbox, Transport, Waiting, deliver
from monitor.notify.smtp import Server, Smtp

__all__ = [
    "Attachment",
    "Delivered",
    "Outbox",
    "Server",
    "Smtp",
    "Transport",
    "Waiting",
    "build_message",
    "build_notice",
    "deliver",
    "idna",
    "message_id",
    "notice_id",
    "readable",
    "readable_notice",
]
