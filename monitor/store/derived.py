"""What is derived from the snapshots and can be made again: comparisons with their verdicts, and the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.report.diffdoc import decode
from monitor.store.packing import pack, unpack
from monitor.store.rows import ComparisonRow
from monitor.store.statements import take_turns
from monitor.store.tables import ComparisonTable, LedgerTable, SourceTable, VerdictTable

Pair = tuple[int, int]
"""The ids of two snapshots: before, after."""


class Comparisons:
    """Part of a unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def engines(self, source_id: int, *, failed: bool = True) -> dict[Pair, str]:
        """What is compared, and what each comparison rests on besides its two documents.

        With `failed=False` without those that could not be made.
        """
        statement = select(ComparisonTable.before_id, ComparisonTable.after_id, ComparisonTable.engine)
        statement = statement.where(ComparisonTable.source_id == source_id)
        if not failed:
            statement = statement.where(ComparisonTable.error.is_(None))
        return {(row.before_id, row.after_id): row.engine for row in self._connection.execute(statement)}

    def failed(self, source_id: int) -> int:
        """How many comparisons of a source could not be made."""
        statement = select(func.count()).select_from(ComparisonTable)
        wanted = ComparisonTable.source_id == source_id, ComparisonTable.error.is_not(None)
        return self._connection.execute(statement.where(*wanted)).scalar_one()

    def get(self, before_id: int, after_id: int) -> ComparisonRow | None:
        """A comparison, or None."""
        statement = select(
            ComparisonTable.before_id,
            ComparisonTable.after_id,
            ComparisonTable.client,
            ComparisonTable.promise,
            ComparisonTable.engine,
            ComparisonTable.document,
            ComparisonTable.error,
        ).where(ComparisonTable.before_id == before_id, ComparisonTable.after_id == after_id)
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        document = None if row.document is None else unpack(bytes(row.document))
        return ComparisonRow(row.before_id, row.after_id, row.client, row.promise, row.engine, document, row.error)

    def put(
        self,
        source_id: int,
        before_id: int,
        after_id: int,
        *,
        client: str,
        promise: str | None,
        engine: str,
        document: bytes | None,
        error: str | None = None,
        now: datetime | None = None,
    ) -> bool:
        """Store a comparison in the place of an older one of the same two snapshots.

        `document` is the diff's JSON; None with an `error` where the two could not be compared. Answers whether it
        could not be made before; it is then told as of `now`.
        """
        take_turns(self._connection, source_id)
        old = self._connection.execute(
            select(ComparisonTable.error, ComparisonTable.late_at).where(
                ComparisonTable.before_id == before_id, ComparisonTable.after_id == after_id
            )
        ).one_or_none()
        late = old is not None and old.error is not None and error is None
        self._delete(before_id, after_id)
        statement = insert(ComparisonTable).values(
            source_id=source_id,
            before_id=before_id,
            after_id=after_id,
            client=client,
            promise=promise,
            engine=engine,
            document=None if document is None else pack(document),
            error=error,
            late_at=now if late else None if old is None else old.late_at,
        )
        comparison_id = self._connection.execute(statement.returning(ComparisonTable.id)).scalar_one()
        verdicts = [
            {
                "comparison_id": comparison_id,
                "position": position,
                "rule": change.rule,
                "level": change.level,
                "promise": change.promise,
                "fingerprint": change.fingerprint,
            }
            for position, change in enumerate(() if document is None else decode(document).changes)
        ]
        if verdicts:
            self._connection.execute(insert(VerdictTable), verdicts)
        return late

    def late(self, source_id: int) -> dict[Pair, datetime]:
        """When comparisons of a source were made that could not be made before."""
        statement = select(ComparisonTable.before_id, ComparisonTable.after_id, ComparisonTable.late_at)
        rows = self._connection.execute(
            statement.where(ComparisonTable.source_id == source_id, ComparisonTable.late_at.is_not(None))
        )
        return {(row.before_id, row.after_id): row.late_at for row in rows}

    def drop(self, pairs: Collection[Pair]) -> None:
        """Forget comparisons; those of snapshots that are no neighbours any more."""
        for before_id, after_id in pairs:
            source_id = self._delete(before_id, after_id)
            if source_id is not None:
                self._connection.execute(update(SourceTable).where(SourceTable.id == source_id).values(derived=None))

    def _delete(self, before_id: int, after_id: int) -> int | None:
        """Delete a comparison; returns whose it was, None when there is none."""
        statement = delete(ComparisonTable).where(
            ComparisonTable.before_id == before_id, ComparisonTable.after_id == after_id
        )
        return self._connection.execute(statement.returning(ComparisonTable.source_id)).scalar_one_or_none()


class Ledger:
    """Part of a unit of work: the book of each source as of its last check."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, source_id: int, entries: Iterable[dict[str, Any]]) -> None:
        """Write the whole book of a source: the objects of `ledger.entry_object`, in their order."""
        take_turns(self._connection, source_id)
        self._connection.execute(delete(LedgerTable).where(LedgerTable.source_id == source_id))
        rows = [_ledger_row(source_id, position, entry) for position, entry in enumerate(entries)]
        if rows:
            self._connection.execute(insert(LedgerTable), rows)

    def all(self, source_id: int) -> list[dict[str, Any]]:
        """The book of a source, in its order."""
        statement = select(LedgerTable.entry).where(LedgerTable.source_id == source_id).order_by(LedgerTable.position)
        return list(self._connection.execute(statement).scalars())

    def near(self, first: date, last: date) -> frozenset[str]:
        """The names of the sources whose books have a deadline between two days, both included."""
        statement = (
            select(SourceTable.name)
            .join(LedgerTable, SourceTable.id == LedgerTable.source_id)
            .where(LedgerTable.deadline >= first, LedgerTable.deadline <= last)
            .distinct()
        )
        return frozenset(self._connection.execute(statement).scalars())

    def states(self) -> dict[tuple[str, str], int]:
        """How many entries the books have, by source and state."""
        statement = (
            select(SourceTable.name, LedgerTable.state, func.count())
            .join(SourceTable, SourceTable.id == LedgerTable.source_id)
            .group_by(SourceTable.name, LedgerTable.state)
            .order_by(SourceTable.name, LedgerTable.state)
        )
        return {(name, state): count for name, state, count in self._connection.execute(statement)}


def _ledger_row(source_id: int, position: int, entry: dict[str, Any]) -> dict[str, Any]:
    subject = entry["subject"]
    return {
        "source_id": source_id,
        "position": position,
        "kind": subject["kind"],
        "method": subject["method"],
        "path": subject["path"],
        "state": entry["state"],
        "deadline": None if entry["deadline"] is None else date.fromisoformat(entry["deadline"]),
        "entry": entry,
    }
