"""The outbox's states: what waits is sent, tried again later, or given up. Where they lie is the store's business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.errors import DeliveryError

BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""How long to wait after the first, second, … attempt that failed; the last one again after that."""

ATTEMPTS = 8
"""After so many attempts a message is given up."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is to be sent now; `attempts` is how many have failed."""

    id: int
    sender: str
    recipient: str
    message: bytes
    attempts: int


class Outbox(Protocol):
    """Where messages wait; a row is named by its id. A call is kept for good before it returns, come what may."""

    def waiting(self, *, now: datetime) -> Sequence[Waiting]:
        """What is to be tried now, oldest first."""

    def claim(self, row: int, /, *, now: datetime) -> bool:
        """Take it to send it; False when another process has it or has sent it."""

    def sent(self, row: int, /, *, now: datetime) -> None:
        """It was handed over."""

    def failed(self, row: int, /, *, error: str, retry_at: datetime | None, now: datetime) -> None:
        """An attempt failed; it is tried again from `retry_at` on, or given up when that is None."""


class Transport(Protocol):
    """A way to people. Both raise DeliveryError."""

    def open(self) -> None:
        """Be ready to send: connected and logged in. Costs nothing when that is so already."""

    def send(self, message: bytes, *, sender: str, recipient: str) -> None:
        """Hand one message over."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round came to: `sent`, `failed` (given up now), `waiting` (will be tried again), and the last error."""

    sent: int
    failed: int
    waiting: int
    error: str | None = None


def deliver(outbox: Outbox, transport: Transport, *, now: datetime) -> Delivered:
    """Send what waits; each message is claimed before it is sent and marked at once.

    A server that is not there or refuses the login ends the round, and no message is given up for it before its last
    attempt; the messages behind it wait with no attempt counted. One that is refused itself holds up no other.
    """
    rows = outbox.waiting(now=now)
    sent = failed = waiting = 0
    last: str | None = None
    for position, row in enumerate(rows):
        if not outbox.claim(row.id, now=now):
            continue
        at_fault = False
        try:
            transport.open()
            at_fault = True
            transport.send(row.message, sender=row.sender, recipient=row.recipient)
        except DeliveryError as error:
            last = str(error)
            retry_at = _retry_at(row.attempts + 1, now, hopeless=at_fault and error.permanent)
            outbox.failed(row.id, error=last, retry_at=retry_at, now=now)
            failed += retry_at is None
            waiting += retry_at is not None
            if not at_fault:
                return Delivered(sent, failed, waiting + len(rows) - position - 1, last)
        else:
            outbox.sent(row.id, now=now)
            sent += 1
    return Delivered(sent, failed, waiting, last)


def _retry_at(attempts: int, now: datetime, *, hopeless: bool) -> datetime | None:
    if hopeless or attempts >= ATTEMPTS:
        return None
    return now + BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
