"""Messages that are to be sent, and what became of them: one row a recipient."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, or_, select, update

from monitor.report.outbox import MessageState
from monitor.store.tables import OutboxTable, RunTable

LEASE: Final = timedelta(hours=1)
"""For how long a message belongs to whoever claimed it: longer than a server is ever waited for."""

FAR: Final = timedelta(days=3)
"""No attempt is put off so far (`notify.outbox.BACK_OFF`) unless a clock was wrong; it is made at once then."""

UNSETTLED: Final = (MessageState.PENDING, MessageState.SENDING, MessageState.DEFERRED)
"""What will be sent, or sent again, by itself."""
_SETTLED: Final = (MessageState.ACCEPTED, MessageState.FAILED, MessageState.DEAD)
_RETRIED: Final = (MessageState.DEFERRED, MessageState.FAILED, MessageState.DEAD)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message and what became of it.

    `message` is what is handed over, byte for byte; empty where it was accepted long ago and pruned. `uncertain`: an
    attempt ended without an answer, so that it may have arrived. `withdrawn`: somebody dropped it, or a later message
    tells it. Moments are UTC; `next_at` is when it is tried next, or when it was settled.
    """

    id: int
    message_id: str
    kind: str
    period: str
    sender: str
    recipient: str
    message: bytes
    created_at: datetime
    state: MessageState
    attempts: int
    next_at: datetime
    tried_at: datetime | None
    sent_at: datetime | None
    error: str | None
    uncertain: bool
    withdrawn: bool


class OutboxRows:
    """Part of a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        message_id: str,
        kind: str,
        period: str,
        sender: str,
        recipient: str,
        message: bytes,
        now: datetime,
    ) -> bool:
        """Put a message there; False when one with its Message-ID is there already, sent or not."""
        if self._connection.execute(select(OutboxTable.id).where(OutboxTable.message_id == message_id)).first():
            return False
        self._connection.execute(
            insert(OutboxTable).values(
                message_id=message_id,
                kind=kind,
                period=period,
                sender=sender,
                recipient=recipient,
                message=message,
                created_at=now,
                state=MessageState.PENDING,
                attempts=0,
                next_at=now,
            )
        )
        return True

    def waiting(self, *, now: datetime) -> Sequence[OutboxRow]:
        """What is to be sent now, oldest first: also what somebody began to send and never came back from."""
        return self._rows(OutboxTable.state.in_(UNSETTLED), _falls_due(now))

    def get(self, row_id: int) -> OutboxRow | None:
        """One message, or None."""
        return next(iter(self._rows(OutboxTable.id == row_id)), None)

    def in_states(self, states: Collection[MessageState]) -> Sequence[OutboxRow]:
        """All messages in these states, oldest first."""
        return self._rows(OutboxTable.state.in_(sorted(states)))

    def recent(self, *, since: datetime) -> Sequence[OutboxRow]:
        """What is still to be sent, and what was settled since then, oldest first."""
        settled = and_(OutboxTable.state.in_(_SETTLED), OutboxTable.next_at >= since)
        return self._rows(or_(OutboxTable.state.in_(UNSETTLED), settled))

    def claim(self, row_id: int, *, now: datetime) -> bool:
        """Take a message to send it; False when somebody else has it. Whoever dies with it leaves it after `LEASE`."""
        statement = (
            update(OutboxTable)
            .where(OutboxTable.id == row_id, OutboxTable.state.in_(UNSETTLED), _falls_due(now))
            .values(
                state=MessageState.SENDING,
                next_at=now + LEASE,
                tried_at=now,
                attempts=OutboxTable.attempts + 1,
                uncertain=case((OutboxTable.state == MessageState.SENDING, True), else_=OutboxTable.uncertain),
            )
        )
        return self._connection.execute(statement.returning(OutboxTable.id)).first() is not None

    def accepted(self, row_id: int, *, now: datetime) -> None:
        """It was handed over, whatever else was said of it meanwhile."""
        self._set(OutboxTable.id == row_id, state=MessageState.ACCEPTED, sent_at=now, next_at=now, error=None)

    def deferred(self, row_id: int, *, error: str, retry_at: datetime, uncertain: bool) -> None:
        """It was not, or nobody knows; it is tried again from `retry_at` on, unless it was withdrawn meanwhile."""
        doubt = {"uncertain": True} if uncertain else {}
        self._set(*_mine(row_id), state=MessageState.DEFERRED, error=error, next_at=retry_at, **doubt)

    def given_up(self, row_id: int, *, error: str, state: MessageState, now: datetime) -> None:
        """It was not and will not be: `failed` or `dead`."""
        self._set(*_mine(row_id), state=state, error=error, next_at=now)

    def retry(self, row_id: int, *, now: datetime) -> bool:
        """Begin anew with a message that is deferred or was given up; False when it is not."""
        return bool(self._retry(OutboxTable.id == row_id, now=now))

    def retry_all(self, *, now: datetime) -> int:
        """The same for all but those that were withdrawn; how many."""
        return self._retry(OutboxTable.withdrawn.is_(False), now=now)

    def withdraw(self, row_ids: Collection[int], *, error: str, now: datetime) -> int:
        """Give up messages that were not accepted, for a reason that lies not in them; how many."""
        standing = OutboxTable.id.in_(sorted(row_ids)), OutboxTable.state != MessageState.ACCEPTED
        return self._set(*standing, state=MessageState.DEAD, error=error, next_at=now, withdrawn=True)

    def of(self, kind: str, periods: Collection[str]) -> Sequence[OutboxRow]:
        """The messages of some periods of a kind."""
        return self._rows(OutboxTable.kind == kind, OutboxTable.period.in_(sorted(periods)))

    def unsent(self) -> dict[MessageState, int]:
        """How many messages were not accepted, by where they stand."""
        statement = select(func.count()).select_from(OutboxTable)
        return {
            state: self._connection.execute(statement.where(OutboxTable.state == state)).scalar_one()
            for state in MessageState
            if state is not MessageState.ACCEPTED
        }

    def states(self, kind: str, period: str) -> dict[MessageState, int]:
        """How many messages of a kind and period are in which state."""
        statement = select(OutboxTable.state, func.count()).where(
            OutboxTable.kind == kind, OutboxTable.period == period
        )
        rows = self._connection.execute(statement.group_by(OutboxTable.state))
        return {MessageState(row[0]): row[1] for row in rows}

    def told_before(self, job: str, period: str) -> tuple[str | None, list[str]]:
        """The last period of a job before this one that somebody was told of, and those after it, oldest first.

        Told is what one recipient at least accepted, and what had nothing to say to anybody.
        """
        mine = OutboxTable.kind == job, OutboxTable.period == RunTable.period
        anything = select(OutboxTable.id).where(*mine).exists()
        taken = select(OutboxTable.id).where(*mine, OutboxTable.state == MessageState.ACCEPTED).exists()
        before = RunTable.job == job, RunTable.period < period
        last = self._connection.execute(
            select(func.max(RunTable.period)).where(*before, or_(~anything, taken))
        ).scalar_one_or_none()
        after = select(RunTable.period).where(*before).order_by(RunTable.period)
        if last is not None:
            after = after.where(RunTable.period > last)
        return last, list(self._connection.execute(after).scalars())

    def prunable(self, *, before: datetime) -> int:
        """How many messages that were accepted before a moment still have their bytes."""
        statement = select(func.count()).select_from(OutboxTable).where(*_told_before(before))
        return self._connection.execute(statement).scalar_one()

    def prune(self, *, before: datetime) -> int:
        """Forget the bytes of these; their rows stay, and with them that they were told. How many."""
        return self._set(*_told_before(before), message=b"")

    def _retry(self, *conditions: Any, now: datetime) -> int:
        states = OutboxTable.state.in_(_RETRIED)
        anew = {"state": MessageState.PENDING, "next_at": now, "attempts": 0, "withdrawn": False}
        return self._set(states, *conditions, **anew)

    def _set(self, *conditions: Any, **values: Any) -> int:
        return self._connection.execute(update(OutboxTable).where(*conditions).values(**values)).rowcount

    def _rows(self, *conditions: Any) -> list[OutboxRow]:
        columns = [getattr(OutboxTable, name) for name in OutboxRow.__slots__]
        statement = select(*columns).where(*conditions).order_by(OutboxTable.next_at, OutboxTable.id)
        return [
            OutboxRow(**{**row, "message": bytes(row["message"]), "state": MessageState(row["state"])})
            for row in map(dict, self._connection.execute(statement).mappings())
        ]


def _told_before(moment: datetime) -> tuple[Any, ...]:
    return OutboxTable.state == MessageState.ACCEPTED, OutboxTable.next_at < moment, OutboxTable.message != b""


def _falls_due(now: datetime) -> ColumnElement[bool]:
    return or_(OutboxTable.next_at <= now, OutboxTable.next_at > now + FAR)


def _mine(row_id: int) -> tuple[Any, ...]:
    """Still being sent: what somebody withdrew meanwhile stays withdrawn."""
    return OutboxTable.id == row_id, OutboxTable.state == MessageState.SENDING
