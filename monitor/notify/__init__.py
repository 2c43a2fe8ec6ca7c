"""Telling people: messages, SMTP, and the outbox's states behind a protocol that the store fills."""

from monitor.notify.message import build_message, message_id, readable
from monitor.notify.outbox import Delivered, Outbox, Transport, Waiting, deliver
from monitor.notify.smtp import Server, Smtp

__all__ = [
    "Delivered",
    "Outbox",
    "Server",
    "Smtp",
    "Transport",
    "Waiting",
    "build_message",
    "deliver",
    "message_id",
    "readable",
]
