"""Versions in time: which content a source had from when until when, whatever order that became known in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from monitor.reading import Opinion, Problem
from monitor.store.contents import Contents
from monitor.store.rows import Provenance, SnapshotRow
from monitor.store.statements import revise, take_turns
from monitor.store.tables import CheckTable, ContentTable, SnapshotTable

_COLUMNS = (
    SnapshotTable.id,
    SnapshotTable.source_id,
    SnapshotTable.sequence,
    SnapshotTable.content_id,
    SnapshotTable.seen_at,
    SnapshotTable.last_seen_at,
    SnapshotTable.kind,
    SnapshotTable.location,
    SnapshotTable.revision,
    SnapshotTable.headers,
    ContentTable.sha256,
    ContentTable.size,
    ContentTable.openapi,
    ContentTable.title,
    ContentTable.version,
    ContentTable.operations,
    ContentTable.problems,
    ContentTable.opinion,
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a sight of some content came to. `inserted`: a version that was not known at that time."""

    snapshot: SnapshotRow
    inserted: bool


class Snapshots:
    """Part of a unit of work."""

    def __init__(self, connection: Connection, contents: Contents) -> None:
        self._connection = connection
        self._contents = contents

    def all(self, source_id: int) -> tuple[SnapshotRow, ...]:
        """Every version of a source, in the order of time."""
        return tuple(_row(row) for row in self._connection.execute(_select(source_id)))

    def outlines(self, source_id: int) -> Iterator[tuple[SnapshotRow, dict[str, Any]]]:
        """Every version with its outline, in the order of time."""
        outlines = {
            row.id: row.outline
            for row in self._connection.execute(
                select(ContentTable.id, ContentTable.outline).where(ContentTable.source_id == source_id)
            )
        }
        for snapshot in self.all(source_id):
            yield snapshot, outlines[snapshot.content_id]

    def count(self, source_id: int) -> int:
        """How many versions a source has."""
        statement = select(func.count()).select_from(SnapshotTable).where(SnapshotTable.source_id == source_id)
        return self._connection.execute(statement).scalar_one()

    def latest(self, source_id: int) -> SnapshotRow | None:
        """The newest version, or None."""
        return self._last(_select(source_id))

    def at(self, source_id: int, moment: datetime) -> SnapshotRow | None:
        """The last version first seen by that moment, or None."""
        return self._last(_select(source_id).where(SnapshotTable.seen_at <= moment))

    def data(self, snapshot_id: int) -> bytes:
        """The bytes of a version as fetched. Raises StoreError when they are damaged."""
        statement = select(SnapshotTable.content_id).where(SnapshotTable.id == snapshot_id)
        return self._contents.data(self._connection.execute(statement).scalar_one())

    def see(self, source_id: int, content_id: int, *, at: datetime, provenance: Provenance) -> Sighting:
        """Take in that a source had this content at that moment; the moment may lie before what is known.

        Only sights are told apart, so two versions of one moment keep the order in which they came. What was seen again
        belongs to the version that it was seen as; a version that turns out to have been another in between is split.
        """
        take_turns(self._connection, source_id)
        newest = self._newest(source_id)
        if newest is not None and newest.content_id == content_id and newest.last_seen_at < at:
            # By far the most frequent: nothing new, and nothing else rests on how long it has been so.
            return self._extend(newest.id, last_seen_at=at)
        return self._place(source_id, content_id, at, provenance)

    def remove(self, source_id: int, snapshot_ids: Collection[int]) -> None:
        """Forget versions, and the comparisons with them; the others are counted from 1 again."""
        take_turns(self._connection, source_id)
        for snapshot_id in snapshot_ids:
            self._connection.execute(delete(SnapshotTable).where(SnapshotTable.id == snapshot_id))
        for sequence, row in enumerate(self._rows(source_id), 1):
            if row.sequence != sequence:  # always to a lower one, which is free by then
                self._connection.execute(
                    update(SnapshotTable).where(SnapshotTable.id == row.id).values(sequence=sequence)
                )
        revise(self._connection, source_id)

    def _place(self, source_id: int, content_id: int, at: datetime, provenance: Provenance) -> Sighting:
        """Take in a sight at whatever place in time it belongs to."""
        known = self._rows(source_id)
        for row in known:
            if row.content_id == content_id and row.seen_at <= at <= row.last_seen_at:
                return Sighting(self._get(row.id), inserted=False)
        revise(self._connection, source_id)
        place = sum(row.seen_at <= at for row in known)
        before = known[place - 1] if place else None
        after = known[place] if place < len(known) else None
        if before is not None and before.content_id == content_id:
            return self._extend(before.id, last_seen_at=at)
        if after is not None and after.content_id == content_id and (before is None or before.last_seen_at <= at):
            return self._extend(after.id, seen_at=at, **_origin(provenance))
        if before is not None and at < before.last_seen_at:
            self._split(before, at)
        snapshot_id = self._insert(source_id, place + 1, content_id, at, at, provenance)
        return Sighting(self._get(snapshot_id), inserted=True)

    def _extend(self, snapshot_id: int, **values: Any) -> Sighting:
        self._connection.execute(update(SnapshotTable).where(SnapshotTable.id == snapshot_id).values(**values))
        return Sighting(self._get(snapshot_id), inserted=False)

    def _split(self, row: Row[Any], at: datetime) -> None:
        """End a version at its last sight before a moment, and begin it again at its first after it."""
        sights = select(CheckTable.at).where(
            CheckTable.source_id == row.source_id, CheckTable.content_id == row.content_id
        )
        moments = set(self._connection.execute(sights).scalars())
        last = max((each for each in moments if row.seen_at <= each <= at), default=row.seen_at)
        first = min((each for each in moments if at < each <= row.last_seen_at), default=row.last_seen_at)
        origin = Provenance(row.kind, row.location, row.revision, dict(row.headers))
        self._insert(row.source_id, row.sequence + 1, row.content_id, first, row.last_seen_at, origin)
        self._extend(row.id, last_seen_at=last)

    def _insert(
        self, source_id: int, sequence: int, content_id: int, first: datetime, last: datetime, origin: Provenance
    ) -> int:
        self._make_room(source_id, sequence)
        statement = insert(SnapshotTable).values(
            source_id=source_id,
            sequence=sequence,
            content_id=content_id,
            seen_at=first,
            last_seen_at=last,
            **_origin(origin),
        )
        return self._connection.execute(statement.returning(SnapshotTable.id)).scalar_one()

    def _make_room(self, source_id: int, sequence: int) -> None:
        """Count later versions up by one; by way of negative numbers, since each step of an update must be unique."""
        later = SnapshotTable.source_id == source_id, SnapshotTable.sequence >= sequence
        moved = update(SnapshotTable).where(*later).values(sequence=-(SnapshotTable.sequence + 1))
        self._connection.execute(moved)
        negative = SnapshotTable.source_id == source_id, SnapshotTable.sequence < 0
        self._connection.execute(update(SnapshotTable).where(*negative).values(sequence=-SnapshotTable.sequence))

    def _newest(self, source_id: int) -> Row[*tuple[Any, ...]] | None:
        columns = SnapshotTable.__table__.c
        statement = (
            select(columns.id, columns.content_id, columns.last_seen_at)
            .where(columns.source_id == source_id)
            .order_by(columns.sequence.desc())
            .limit(1)
        )
        return self._connection.execute(statement).one_or_none()

    def _rows(self, source_id: int) -> list[Row[Any]]:
        columns = SnapshotTable.__table__.c
        statement = select(*columns).where(columns.source_id == source_id).order_by(columns.sequence)
        return list(self._connection.execute(statement))

    def _get(self, snapshot_id: int) -> SnapshotRow:
        return _row(self._connection.execute(_joined().where(SnapshotTable.id == snapshot_id)).one())

    def _last(self, statement: Select[Any]) -> SnapshotRow | None:
        latest = statement.order_by(None).order_by(SnapshotTable.sequence.desc()).limit(1)
        row = self._connection.execute(latest).one_or_none()
        return None if row is None else _row(row)


def _joined() -> Select[Any]:
    return select(*_COLUMNS).join_from(SnapshotTable, ContentTable, SnapshotTable.content_id == ContentTable.id)


def _select(source_id: int) -> Select[Any]:
    return _joined().where(SnapshotTable.source_id == source_id).order_by(SnapshotTable.sequence)


def _origin(provenance: Provenance) -> dict[str, Any]:
    return {
        "kind": provenance.kind,
        "location": provenance.location,
        "revision": provenance.revision,
        "headers": provenance.headers,
    }


def _row(row: Row[Any]) -> SnapshotRow:
    return SnapshotRow(
        id=row.id,
        source_id=row.source_id,
        sequence=row.sequence,
        content_id=row.content_id,
        sha256=row.sha256,
        size=row.size,
        seen_at=row.seen_at,
        last_seen_at=row.last_seen_at,
        provenance=Provenance(row.kind, row.location, row.revision, dict(row.headers)),
        openapi=row.openapi,
        title=row.title,
        version=row.version,
        operations=row.operations,
        problems=_problems(row.problems),
        opinion=None if row.opinion is None else Opinion(_problems(row.opinion["problems"]), row.opinion["missing"]),
    )


def _problems(values: list[dict[str, Any]]) -> tuple[Problem, ...]:
    return tuple(Problem(value["pointer"], value["message"]) for value in values)
