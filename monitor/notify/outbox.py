"""The outbox's states: what waits is sent, tried again later, or given up. Where the rows lie is the store's business.

    pending ─► sending ─► accepted    the other side took it over
    deferred ─►        ─► deferred    not now (SMTP 4xx, no connection, no answer): tried again later
                       ─► failed      refused for good (SMTP 5xx, HTTP 410)
                       ─► dead        given up after the last attempt; also dropped by hand, or told in a later message

Whoever is killed while sending leaves `sending` behind; after a while such a row is sent again. So is one whose
connection broke behind the last byte: it may have arrived, and it may not. Both go out with the bytes of the first
time, the same Message-ID among them, by which the other side knows a repeat (RFC 5322, section 3.6.4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.errors import DeliveryError
from monitor.report.outbox import MessageState

BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
"""How long to wait after the first, second, … attempt that failed; the last one again after that."""

ATTEMPTS = 24
"""After so many attempts a message is given up: five days, as RFC 5321 (section 4.5.4.1) asks for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is to be sent now; `attempts` is how many were made.

    `recipient` is an address, or `channel:NAME`; `message` is what its transport takes.
    """

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
        """Take it to send it, which counts as an attempt; False when another process has it or is done with it."""

    def accepted(self, row: int, /, *, now: datetime) -> None:
        """It was handed over."""

    def deferred(self, row: int, /, *, error: str, retry_at: datetime, uncertain: bool) -> None:
        """It was not, or nobody knows (`uncertain`); it is tried again from `retry_at` on."""

    def given_up(self, row: int, /, *, error: str, state: MessageState) -> None:
        """It was not and will not be: `failed` or `dead`."""


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


def deliver(outbox: Outbox, route: Callable[[str], Transport | None], *, now: datetime) -> Delivered:
    """Send what waits; each message is claimed before it is sent and marked at once.

    `route` says by what a recipient is reached, the same object for those that share a way; what it has no way for
    (None) waits untouched. A server that is not there or refuses the login is asked no more in this round, and no
    message is given up for it before its last attempt; the messages behind it wait with no attempt counted. A message
    that is refused itself holds up no other.
    """
    sent = failed = waiting = 0
    last: str | None = None
    down: list[Transport] = []
    for row in outbox.waiting(now=now):
        transport = route(row.recipient)
        if transport is None or any(transport is one for one in down):
            waiting += 1
            continue
        if not outbox.claim(row.id, now=now):
            continue
        opened = False
        try:
            transport.open()
            opened = True
            transport.send(row.message, sender=row.sender, recipient=row.recipient)
        except DeliveryError as error:
            last = str(error)
            given_up = _settle(outbox, row, error, now, at_fault=opened)
            failed += given_up
            waiting += not given_up
            if not opened:
                down.append(transport)
        else:
            outbox.accepted(row.id, now=now)
            sent += 1
    return Delivered(sent, failed, waiting, last)


def _settle(outbox: Outbox, row: Waiting, error: DeliveryError, now: datetime, *, at_fault: bool) -> bool:
    """Mark a message whose attempt failed; whether it is given up. `at_fault`: the server was there to refuse it."""
    attempts = row.attempts + 1
    if at_fault and error.permanent:
        outbox.given_up(row.id, error=str(error), state=MessageState.FAILED)
        return True
    if attempts >= ATTEMPTS:
        outbox.given_up(row.id, error=f"given up after {attempts} attempts; the last: {error}", state=MessageState.DEAD)
        return True
    wait = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
    if error.retry_after is not None:
        wait = max(wait, min(timedelta(seconds=error.retry_after), BACK_OFF[-1]))
    outbox.deferred(row.id, error=str(error), retry_at=now + wait, uncertain=error.uncertain)
    return False
