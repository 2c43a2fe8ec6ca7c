"""What `specwatch outbox` prints: the messages that wait, were accepted or given up, one a recipient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from monitor.report.report_object import json_text, stamp
from monitor.report.text import Style, clip, escape, harmless, plain, plural, wrap
from monitor.values import JsonObject

NOTHING: Final = "No messages to show."
_ERROR: Final = 200


class MessageState(StrEnum):
    """Where a message stands for one recipient.

    `pending`: not tried yet. `sending`: being handed over, or left behind by whoever was killed at it. `accepted`: the
    other side took it over. `deferred`: not now (SMTP 4xx, no connection, no answer), tried again later. `failed`:
    refused for good (SMTP 5xx). `dead`: given up after the last attempt, dropped by hand, or told in a later message.
    """

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    FAILED = "failed"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """A message for one recipient. Moments are UTC; `next_at` is None unless it will be tried by itself.

    `uncertain`: an attempt ended without an answer, so that it may have arrived already. `size` is in bytes;
    None once what it said was pruned.
    """

    id: int
    message_id: str
    kind: str
    period: str
    recipient: str
    state: MessageState
    attempts: int
    created_at: datetime
    tried_at: datetime | None
    next_at: datetime | None
    accepted_at: datetime | None
    error: str | None
    uncertain: bool
    size: int | None

    @property
    def what(self) -> str:
        """What it is: `digest 2026-W31`."""
        return f"{self.kind} {self.period}"

    @property
    def when(self) -> str:
        """The moment that counts, in words."""
        if self.accepted_at is not None:
            return f"accepted {_minute(self.accepted_at)}"
        if self.state is MessageState.PENDING:
            return f"to be sent since {_minute(self.created_at)}"
        tries = plural(self.attempts, "attempt")
        if self.next_at is not None and self.state is MessageState.DEFERRED:
            return f"{tries}, next {_minute(self.next_at)}"
        return tries if self.tried_at is None else f"{tries}, last {_minute(self.tried_at)}"


def outbox_text(items: Sequence[OutboxItem], *, width: int = 100, color: bool = False) -> str:
    """For people: a line for each message, and why it was not accepted below it."""
    if not items:
        return f"{NOTHING}\n"
    style = Style(color)
    digits = max(len(str(item.id)) for item in items)
    lines: list[str] = []
    for item in items:
        where = f"{item.id:>{digits}}  {item.state:<8}  {plain(item.what)}  to {plain(item.recipient)}"
        lines.append(f"{where}  {style.dim(item.when)}")
        margin = " " * (digits + 2)
        for said in _sayings(item):
            lines += wrap(clip(said, _ERROR), width, first=margin, rest=margin)
    return "\n".join([*lines, "", _totals(items)]) + "\n"


def outbox_markdown(items: Sequence[OutboxItem]) -> str:
    """A page: one table."""
    if not items:
        return f"# Outbox\n\n{NOTHING}\n"
    rows = [
        f"| {item.id} | {item.state} | "
        + " | ".join(
            escape(cell) for cell in (item.what, item.recipient, item.when, clip(" ".join(_sayings(item)), _ERROR))
        )
        + " |"
        for item in items
    ]
    head = "| id | state | what | to | when (UTC) | why |"
    return "\n".join(["# Outbox", "", _totals(items), "", head, f"|{' --- |' * 6}", *rows]) + "\n"


def outbox_json(items: Sequence[OutboxItem]) -> str:
    """A list of objects, oldest first."""
    return json_text([_object(item) for item in items])


def message_text(item: OutboxItem, message: str, *, width: int = 100, color: bool = False) -> str:
    """One message for people: what became of it, then the message as it is handed over."""
    style = Style(color)
    told = [
        ("state", item.state),
        ("what", item.what),
        ("to", item.recipient),
        ("id", item.message_id),
        ("made", _minute(item.created_at)),
        ("attempts", str(item.attempts)),
        ("last attempt", None if item.tried_at is None else _minute(item.tried_at)),
        ("next attempt", None if item.next_at is None else _minute(item.next_at)),
        ("accepted", None if item.accepted_at is None else _minute(item.accepted_at)),
    ]
    lines = [f"{style.dim(f'{name:<13}')} {plain(words)}" for name, words in told if words is not None]
    for said in _sayings(item):
        lines += wrap(said, width)
    return "\n".join([*lines, "", *(harmless(line) for line in message.splitlines())]) + "\n"


def message_markdown(item: OutboxItem, message: str) -> str:
    """One message as a page."""
    fence = "`" * max(3, 1 + max((len(run) for run in message.split() if set(run) == {"`"}), default=0))
    return f"{outbox_markdown([item])}\n{fence}text\n{harmless(message).rstrip()}\n{fence}\n"


def message_json(item: OutboxItem, message: str) -> str:
    """One message as an object, with all of it under `message`."""
    return json_text({**_object(item), "message": message})


def _sayings(item: OutboxItem) -> list[str]:
    """Why it stands where it stands."""
    said = [" ".join(_sentences(item.error))] if item.error else []
    if item.uncertain and item.state is not MessageState.ACCEPTED:
        said.append("It may have arrived already: an attempt ended without an answer.")
    elif item.uncertain:
        said.append("It may have arrived twice, with one Message-ID: an attempt before ended without an answer.")
    return said


def _sentences(error: str) -> Iterator[str]:
    """What went wrong, and what to do about it, which an error has on lines of their own."""
    for line in error.splitlines():
        text = plain(line)
        if text:
            yield text if text.endswith((".", "…")) else f"{text}."


def _totals(items: Sequence[OutboxItem]) -> str:
    counts = [(state, sum(item.state is state for item in items)) for state in MessageState]
    return f"{plural(len(items), 'message')}: {', '.join(f'{count} {state}' for state, count in counts if count)}."


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _object(item: OutboxItem) -> JsonObject:
    return {
        "id": item.id,
        "message_id": item.message_id,
        "kind": item.kind,
        "period": item.period,
        "recipient": item.recipient,
        "state": str(item.state),
        "attempts": item.attempts,
        "created_at": stamp(item.created_at),
        "tried_at": stamp(item.tried_at),
        "next_at": stamp(item.next_at),
        "accepted_at": stamp(item.accepted_at),
        "error": item.error,
        "uncertain": item.uncertain,
        "size": item.size,
    }
