"""What happened: checks, corrections, jobs that ran."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, or_, select, update

from monitor.store.rows import CheckRow, OutageRow
from monitor.store.statements import insert_of, revise
from monitor.store.tables import CheckTable, CorrectionTable, OutageTable, RunTable, SourceTable

MOST_FAILURES = 100
"""Of more failures in a row nobody asks how many there were."""
_CHECK_COLUMNS = (
    CheckTable.at,
    CheckTable.outcome,
    CheckTable.content_id,
    CheckTable.status,
    CheckTable.category,
    CheckTable.message,
    CheckTable.headers,
    CheckTable.profile,
    CheckTable.request_id,
    CheckTable.moved_to,
    CheckTable.not_before,
)


class Checks:
    """Part of a unit of work. Rows are only ever added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, source_id: int, check: CheckRow) -> int:
        """Write down a check; its id."""
        if check.headers is not None and check.headers != self._said_last(source_id):
            revise(self._connection, source_id)
        added = self._connection.execute(
            insert(CheckTable).values(
                source_id=source_id,
                at=check.at,
                outcome=check.outcome,
                content_id=check.content_id,
                status=check.status,
                category=check.category,
                message=check.message,
                headers=check.headers,
                profile=check.profile,
                request_id=check.request_id,
                moved_to=check.moved_to,
                not_before=check.not_before,
            )
        )
        key = added.inserted_primary_key
        assert key is not None
        return int(key[0])

    def _said_last(self, source_id: int) -> dict[str, str] | None:
        """What the last answer that said anything said of the URL's own deprecation."""
        statement = (
            select(CheckTable.headers)
            .where(CheckTable.source_id == source_id, CheckTable.headers.is_not(None))
            .order_by(CheckTable.at.desc(), CheckTable.id.desc())
            .limit(1)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def imported(self, source_id: int, content_id: int, *, at: datetime) -> bool:
        """Write down that an import brought this content for this moment; False when that is known already."""
        known = select(CheckTable.id).where(
            CheckTable.source_id == source_id, CheckTable.content_id == content_id, CheckTable.at == at
        )
        if self._connection.execute(known.limit(1)).first() is not None:
            return False
        self.add(source_id, CheckRow(at, "imported", content_id, None, None, None))
        return True

    def sights(self, source_id: int) -> list[tuple[int, datetime]]:
        """Every time that a document was seen, oldest first: the id of its content, and when."""
        statement = (
            select(CheckTable.content_id, CheckTable.at)
            .where(CheckTable.source_id == source_id, CheckTable.content_id.is_not(None))
            .order_by(CheckTable.at, CheckTable.id)
        )
        return [(row.content_id, row.at) for row in self._connection.execute(statement)]

    def answers(self, source_id: int) -> list[tuple[datetime, dict[str, str]]]:
        """What each answer said of the URL's own deprecation, oldest first."""
        statement = (
            select(CheckTable.at, CheckTable.headers)
            .where(CheckTable.source_id == source_id, CheckTable.outcome.not_in(["imported", "failed"]))
            .order_by(CheckTable.at, CheckTable.id)
        )
        return [(row.at, row.headers) for row in self._connection.execute(statement) if row.headers is not None]

    def all(self, source_id: int) -> dict[int, CheckRow]:
        """Every check of a source by its id, oldest first."""
        statement = select(CheckTable.id, *_CHECK_COLUMNS).where(CheckTable.source_id == source_id)
        rows = self._connection.execute(statement.order_by(CheckTable.at, CheckTable.id))
        return {row.id: CheckRow(*row[1:]) for row in rows}

    def forget(self, check_ids: Iterable[int]) -> None:
        """Forget checks."""
        for check_id in check_ids:
            self._connection.execute(delete(CheckTable).where(CheckTable.id == check_id))

    def last(self, source_id: int) -> CheckRow | None:
        """The last attempt to fetch, or None."""
        return self._newest(source_id, CheckTable.outcome != "imported")

    def last_time(self, source_id: int) -> datetime | None:
        """When the attempt to fetch was that was stored last, whatever a clock said before; None without any."""
        # Written out, as the index that has these alone does: a database knows it again by the words.
        tried = CheckTable.outcome != literal("imported", literal_execute=True)
        mine = select(CheckTable.at).where(CheckTable.source_id == source_id, tried)
        return self._connection.execute(mine.order_by(CheckTable.id.desc()).limit(1)).scalar_one_or_none()

    def last_good(self, source_id: int) -> CheckRow | None:
        """The last attempt that did not fail, or None."""
        return self._newest(source_id, CheckTable.outcome.not_in(["imported", "failed"]))

    def _newest(self, source_id: int, condition: Any) -> CheckRow | None:
        statement = (
            select(*_CHECK_COLUMNS)
            .where(CheckTable.source_id == source_id, condition)
            .order_by(CheckTable.at.desc(), CheckTable.id.desc())
            .limit(1)
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else CheckRow(*row)

    def failures(self, source_id: int) -> list[CheckRow]:
        """The failures since the last attempt that did not fail, newest first; no more than `MOST_FAILURES`."""
        mine = CheckTable.source_id == source_id
        good = select(func.max(CheckTable.id)).where(mine, CheckTable.outcome.not_in(["imported", "failed"]))
        last_good = self._connection.execute(good).scalar_one_or_none() or 0
        since = mine, CheckTable.outcome == "failed", CheckTable.id > last_good
        statement = select(*_CHECK_COLUMNS).where(*since).order_by(CheckTable.id.desc()).limit(MOST_FAILURES)
        return [CheckRow(*row) for row in self._connection.execute(statement)]

    def profiles(self, source_id: int) -> list[tuple[datetime, str]]:
        """How each document that came was asked for, oldest first; what came before that was kept is missing."""
        mine = CheckTable.source_id == source_id, CheckTable.content_id.is_not(None), CheckTable.profile.is_not(None)
        statement = select(CheckTable.at, CheckTable.profile).where(*mine).order_by(CheckTable.at, CheckTable.id)
        return [(row.at, row.profile or "") for row in self._connection.execute(statement)]

    def last_times(self) -> dict[str, datetime]:
        """When each source was last tried, by its name; those never tried are missing."""
        return self._last_times(CheckTable.outcome != "imported")

    def last_good_times(self) -> dict[str, datetime]:
        """When a try did not fail, for the last time, of each source by its name; those of none are missing."""
        return self._last_times(CheckTable.outcome.not_in(["imported", "failed"]))

    def last_outcomes(self) -> dict[str, str]:
        """What came of the last try of each source, by its name; those never tried are missing."""
        last = (
            select(CheckTable.outcome)
            .where(CheckTable.source_id == SourceTable.id, CheckTable.outcome != "imported")
            .order_by(CheckTable.at.desc(), CheckTable.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        statement = select(SourceTable.name, last.label("outcome"))
        return {row.name: row.outcome for row in self._connection.execute(statement) if row.outcome is not None}

    def _last_times(self, condition: ColumnElement[bool]) -> dict[str, datetime]:
        # One look into the index a source; a maximum by group would read every check that ever was.
        last = (
            select(CheckTable.at)
            .where(CheckTable.source_id == SourceTable.id, condition)
            .order_by(CheckTable.at.desc())
            .limit(1)
            .scalar_subquery()
        )
        statement = select(SourceTable.name, last.label("at"))
        return {row.name: row.at for row in self._connection.execute(statement) if row.at is not None}


class Outages:
    """Part of a unit of work: sources that fail for long."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, source_id: int, first: CheckRow, last: CheckRow, failures: int) -> None:
        """Write down that a source is out since `first`, unless that is known."""
        made = insert_of(self._connection, OutageTable).values(
            source_id=source_id,
            since=first.at,
            seen_at=last.at,
            failures=failures,
            category=last.category or "",
            message=last.message or "",
            over_at=None,
            told=False,
            told_over=False,
        )
        self._connection.execute(made.on_conflict_do_nothing())

    def end(self, source_id: int, *, at: datetime, failures: int) -> None:
        """Write down that a source is back; nothing where it was not out."""
        standing = OutageTable.source_id == source_id, OutageTable.over_at.is_(None)
        self._connection.execute(update(OutageTable).where(*standing).values(over_at=at, failures=failures))

    def standing(self, source_id: int) -> OutageRow | None:
        """The outage of a source that lasts, or None."""
        found = self._all(OutageTable.source_id == source_id, OutageTable.over_at.is_(None))
        return found[-1] if found else None

    def between(self, source_id: int, since: datetime, until: datetime) -> list[OutageRow]:
        """The outages of a source that lasted at some moment of a half-open span, oldest first."""
        lasted = OutageTable.since < until, or_(OutageTable.over_at.is_(None), OutageTable.over_at >= since)
        return self._all(OutageTable.source_id == source_id, *lasted)

    def untold(self) -> list[OutageRow]:
        """Those that nobody was told of yet: that they began, or that they are over."""
        return self._all(
            or_(OutageTable.told.is_(False), OutageTable.over_at.is_not(None)), OutageTable.told_over.is_(False)
        )

    def told(self, outage: OutageRow) -> None:
        """It was told as it is now."""
        values = {"told": True, "told_over": outage.over_at is not None}
        self._connection.execute(update(OutageTable).where(OutageTable.id == outage.id).values(**values))

    def _all(self, *conditions: Any) -> list[OutageRow]:
        columns = (
            OutageTable.id,
            SourceTable.name,
            OutageTable.since,
            OutageTable.seen_at,
            OutageTable.failures,
            OutageTable.category,
            OutageTable.message,
            OutageTable.over_at,
        )
        statement = select(*columns).join_from(OutageTable, SourceTable, OutageTable.source_id == SourceTable.id)
        rows = self._connection.execute(statement.where(*conditions).order_by(OutageTable.since, OutageTable.id))
        return [OutageRow(*row) for row in rows]


class Corrections:
    """Part of a unit of work: what people say of the ledger. Rows are only ever added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, source_id: int, correction: dict[str, Any], *, at: datetime, author: str) -> None:
        """Write down a correction: the object of `ledger.correction_object`."""
        revise(self._connection, source_id)
        self._connection.execute(
            insert(CorrectionTable).values(source_id=source_id, at=at, author=author, correction=correction)
        )

    def all(self, source_id: int) -> list[dict[str, Any]]:
        """The corrections of a source, in the order in which they were made."""
        statement = select(CorrectionTable.correction).where(CorrectionTable.source_id == source_id)
        return list(self._connection.execute(statement.order_by(CorrectionTable.id)).scalars())


class Runs:
    """Part of a unit of work: jobs that run once in a period."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, job: str, period: str, *, now: datetime) -> bool:
        """Take a period of a job; False when somebody has it already. It is yours once the transaction is through."""
        statement = insert_of(self._connection, RunTable).values(job=job, period=period, claimed_at=now)
        statement = statement.on_conflict_do_nothing()
        return self._connection.execute(statement.returning(RunTable.job)).first() is not None

    def times(self, job: str) -> list[datetime]:
        """When the periods of a job were claimed, oldest first."""
        statement = select(RunTable.claimed_at).where(RunTable.job == job).order_by(RunTable.claimed_at)
        return list(self._connection.execute(statement).scalars())

    def forget(self, job: str, *, before: str) -> None:
        """Forget the runs of a job in earlier periods, where they are known from elsewhere."""
        self._connection.execute(delete(RunTable).where(RunTable.job == job, RunTable.period < before))

    def periods(self, job: str) -> list[str]:
        """The periods of a job that were claimed, as text sorts them."""
        statement = select(RunTable.period).where(RunTable.job == job).order_by(RunTable.period)
        return list(self._connection.execute(statement).scalars())

    def forget_periods(self, job: str, periods: Collection[str]) -> None:
        """Forget some runs of a job, for one whose periods do not sort by time because they have several forms."""
        if periods:
            self._connection.execute(delete(RunTable).where(RunTable.job == job, RunTable.period.in_(periods)))

    def last(self, job: str, *, until: str | None = None) -> str | None:
        """The greatest period that was claimed, or None; periods sort as text. `until` is the last that counts: a clock
        that was ahead may have claimed one that is still to come."""
        statement = select(func.max(RunTable.period)).where(RunTable.job == job)
        if until is not None:
            statement = statement.where(RunTable.period <= until)
        return self._connection.execute(statement).scalar_one_or_none()

    def last_by_source(self, job: str, *, until: str | None = None) -> dict[str, str]:
        """`last` of the job that each source has of its own, which is called `JOB NAME`, by the source's name."""
        # One look into the index a source, as for the times of checks.
        mine = select(func.max(RunTable.period)).where(RunTable.job == literal(f"{job} ") + SourceTable.name)
        if until is not None:
            mine = mine.where(RunTable.period <= until)
        statement = select(SourceTable.name, mine.scalar_subquery().label("period"))
        return {row.name: row.period for row in self._connection.execute(statement) if row.period is not None}
