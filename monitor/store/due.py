"""What falls due when, who has taken it, and which daemon is in charge (docs/adr/0007)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, case, delete, false, func, or_, select, tuple_, update

from monitor.store.rows import DueRow
from monitor.store.statements import insert_of
from monitor.store.tables import DueTable, LeaseTable

FAR: Final = timedelta(days=1)
"""No claim and no lease ends so far ahead unless a clock was wrong when it was made; it has ended then."""

_PAGE: Final = 1000
_COLUMNS = (
    DueTable.job,
    DueTable.name,
    DueTable.plan,
    DueTable.named_at,
    DueTable.due_at,
    DueTable.owner,
    DueTable.failures,
    DueTable.error,
)


class Due:
    """Part of a unit of work: one row for each thing that comes again, with the time at which it is due next.

    Whoever takes a row has it until its lease ends: its `due_at` moves there, so that what was taken by somebody who
    died falls due again by itself. What a taker does is done in the transaction in which `finish` answers True; one
    that came too late is told so and undoes it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, job: str, name: str) -> DueRow | None:
        """The row of a thing, or None."""
        found = self._connection.execute(_select().where(DueTable.job == job, DueTable.name == name)).one_or_none()
        return None if found is None else _row(found)

    def all(self, job: str) -> tuple[DueRow, ...]:
        """Every row of a job, the next one first."""
        statement = _select().where(DueTable.job == job).order_by(DueTable.due_at, DueTable.name)
        return tuple(map(_row, self._connection.execute(statement)))

    def waiting(self, job: str, *, now: datetime, queue: str) -> tuple[int, int, datetime | None, int]:
        """How much of a job is due and not in hand, how much is in hand, since when the longest overdue is due, and how
        much is to be tried again.

        What `queue` owns is in nobody's hand: it waits since the moment that its schedule names.
        """
        mine = DueTable.job == job
        queued = and_(DueTable.owner == queue, DueTable.due_at > now)
        # What was taken by somebody who died is due too: its lease has ended.
        since = case((queued, DueTable.named_at), else_=DueTable.due_at)
        statement = select(func.count(), func.min(since)).where(mine, or_(DueTable.due_at <= now, queued))
        due, oldest = self._connection.execute(statement).one()
        taken = select(func.count()).where(mine, DueTable.owner.is_not(None), DueTable.due_at > now, ~queued)
        return due, self._connection.execute(taken).scalar_one(), oldest, self.failing(job)

    def failing(self, job: str) -> int:
        """How much of a job ended in a fault and was not done since."""
        statement = select(func.count()).where(DueTable.job == job, DueTable.failures > 0)
        return self._connection.execute(statement).scalar_one()

    def put(
        self,
        job: str,
        name: str,
        *,
        plan: str,
        named_at: datetime,
        due_at: datetime,
        now: datetime,
        failures: int = 0,
        error: str | None = None,
        known: Collection[DueRow] | None = None,
    ) -> bool:
        """Say when a thing is due next; False when somebody has it at the moment, and then nothing is changed.

        Nobody has it for longer than `FAR`. Where `known` is given, the row must still be one of these, or not be there
        yet: what was computed from a row that was done meanwhile would have it done again.
        """
        values: dict[str, Any] = {
            "plan": plan,
            "named_at": named_at,
            "due_at": due_at,
            "owner": None,
            "failures": failures,
            "error": error,
        }
        statement = insert_of(self._connection, DueTable).values(job=job, name=name, **values)
        free = or_(DueTable.owner.is_(None), DueTable.due_at <= now, DueTable.due_at > now + FAR)
        if known is not None:
            same = (
                and_(DueTable.plan == row.plan, DueTable.named_at == row.named_at, DueTable.due_at == row.due_at)
                for row in known
            )
            free = and_(free, or_(false(), *same))
        statement = statement.on_conflict_do_update(index_elements=["job", "name"], set_=values, where=free)
        return self._connection.execute(statement.returning(DueTable.job)).first() is not None

    def drop(self, job: str, names: Collection[str]) -> None:
        """Forget things that do not come again."""
        for name in names:
            self._connection.execute(delete(DueTable).where(DueTable.job == job, DueTable.name == name))

    def in_hand(
        self,
        job: str,
        *,
        now: datetime,
        queue: str,
        named_by: datetime | None = None,
        names: Collection[str] | None = None,
    ) -> bool:
        """Whether somebody is at something of a job: of some `names`, or that its schedule names by then."""
        wanted = [DueTable.job == job, DueTable.owner.is_not(None), DueTable.owner != queue, DueTable.due_at > now]
        if named_by is not None:
            wanted.append(DueTable.named_at <= named_by)
        if names is not None:
            wanted.append(DueTable.name.in_(names))
        return self._connection.execute(select(DueTable.name).where(*wanted).limit(1)).first() is not None

    def overdue(self, job: str, *, now: datetime) -> Iterator[str]:
        """The names of what is due, the longest overdue first; no more is read than is asked for, but for a page."""
        moment = DueTable.due_at, DueTable.name
        following = select(*moment).where(DueTable.job == job, DueTable.due_at <= now).order_by(*moment).limit(_PAGE)
        page = self._connection.execute(following).all()
        while page:
            yield from (row.name for row in page)
            if len(page) < _PAGE:
                return
            page = self._connection.execute(following.where(tuple_(*moment) > tuple_(*page[-1]))).all()

    def take(
        self,
        job: str,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int = 1,
        names: Collection[str] | None = None,
    ) -> tuple[DueRow, ...]:
        """Take what is due, the longest overdue first; it belongs to `owner` for as long as `lease`.

        Of some `names` alone, where they are given.
        """
        statement = _select().where(DueTable.job == job, DueTable.due_at <= now)
        if names is not None:
            statement = statement.where(DueTable.name.in_(names))
        statement = statement.order_by(DueTable.due_at, DueTable.name).limit(limit)
        # What another process is taking at this moment is passed over, not waited for; SQLite has one writer anyway.
        rows = tuple(map(_row, self._connection.execute(statement.with_for_update(skip_locked=True))))
        for row in rows:
            self._set(row.job, row.name, owner=owner, due_at=now + lease)
        return rows

    def pass_on(self, taken: DueRow, owner: str, *, now: datetime, lease: timedelta) -> bool:
        """Give what was taken to `owner`, whoever has it, for as long as `lease`; False when it is done already.

        Only for one who has the right to it by other means: the job that was queued for this very row.
        """
        same = DueTable.job == taken.job, DueTable.name == taken.name, DueTable.named_at == taken.named_at
        given = update(DueTable).where(*same, DueTable.owner.is_not(None)).values(owner=owner, due_at=now + lease)
        return self._connection.execute(given.returning(DueTable.job)).first() is not None

    def keep(self, owner: str, names: Mapping[str, Collection[str]], *, now: datetime, lease: timedelta) -> int:
        """Go on having what `owner` took and is at, by the jobs: a heartbeat. Answers how many things that are."""
        count = 0
        for job, mine in names.items():
            taken = DueTable.job == job, DueTable.name.in_(mine), DueTable.owner == owner, DueTable.due_at > now
            held = update(DueTable).where(*taken).values(due_at=now + lease)
            count += len(self._connection.execute(held.returning(DueTable.name)).all())
        return count

    def give_back(self, owner: str, *, now: datetime) -> None:
        """Let go of everything that `owner` took and has not done: it is due at once."""
        self._connection.execute(update(DueTable).where(DueTable.owner == owner).values(owner=None, due_at=now))

    def finish(
        self,
        taken: DueRow,
        owner: str,
        *,
        named_at: datetime,
        due_at: datetime,
        failures: int = 0,
        error: str | None = None,
    ) -> bool:
        """Be done with what was taken, and say when it is due next. False when it is no longer `owner`'s."""
        mine = (
            DueTable.job == taken.job,
            DueTable.name == taken.name,
            DueTable.owner == owner,
            DueTable.named_at == taken.named_at,
        )
        values = {"named_at": named_at, "due_at": due_at, "owner": None, "failures": failures, "error": error}
        statement = update(DueTable).where(*mine).values(**values)
        return self._connection.execute(statement.returning(DueTable.job)).first() is not None

    def _set(self, job: str, name: str, **values: Any) -> None:
        self._connection.execute(update(DueTable).where(DueTable.job == job, DueTable.name == name).values(**values))


class Leases:
    """Part of a unit of work: what one process at a time is in charge of, until it says nothing for too long.

    On PostgreSQL the server's clock decides, so that machines whose clocks differ agree on when a lease has ended.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self, name: str, owner: str, *, now: datetime, lease: timedelta) -> bool:
        """Take charge, or stay in charge, for as long as `lease`; False while somebody else is."""
        moment = self._moment(now)
        values = {"owner": owner, "until": moment + lease}
        statement = insert_of(self._connection, LeaseTable).values(name=name, **values)
        free = or_(LeaseTable.owner == owner, LeaseTable.until <= moment, LeaseTable.until > moment + FAR)
        statement = statement.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
        return self._connection.execute(statement.returning(LeaseTable.name)).first() is not None

    def release(self, name: str, owner: str) -> None:
        """Be no longer in charge; the next one may be at once."""
        self._connection.execute(delete(LeaseTable).where(LeaseTable.name == name, LeaseTable.owner == owner))

    def holder(self, name: str, *, now: datetime) -> str | None:
        """Who is in charge, or None."""
        moment = self._moment(now)
        lasts = LeaseTable.until > moment, LeaseTable.until <= moment + FAR
        statement = select(LeaseTable.owner).where(LeaseTable.name == name, *lasts)
        return self._connection.execute(statement).scalar_one_or_none()

    def _moment(self, now: datetime) -> datetime:
        if self._connection.dialect.name != "postgresql":
            return now
        moment: datetime = self._connection.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)


def _select() -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS)


def _row(row: Row[Any] | Sequence[Any]) -> DueRow:
    return DueRow(*row)
