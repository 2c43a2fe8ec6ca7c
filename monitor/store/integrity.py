"""Whether a database holds what was put into it: the file, what its rows refer to, and the bytes of every version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, select

from monitor.errors import SnapshotDamaged
from monitor.store.contents import Contents, Unpacked
from monitor.store.packing import unpack
from monitor.store.store import Store
from monitor.store.tables import ComparisonTable, ContentTable, SnapshotTable, SourceTable


@dataclass(frozen=True, slots=True)
class Integrity:
    """What a check of a database came to: how many versions were read, of how many bytes, and what is wrong.

    `faults` are sentences for people; none of them means that everything was found as it was stored.
    """

    versions: int
    bytes: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check_integrity(store: Store, *, step: Callable[[int, int], None] | None = None) -> Integrity:
    """Read everything and hold it against its digests; 88 versions of up to 4 MB take a second.

    `step` hears how many versions of how many are read. It changes nothing and keeps nobody waiting. Raises StoreError
    where the database cannot be asked at all.
    """
    with store.connection(write=False) as connection:
        return integrity_of(connection, step=step)


def integrity_of(connection: Connection, *, step: Callable[[int, int], None] | None = None) -> Integrity:
    """`check_integrity` as a transaction sees it that is not through yet."""
    faults = [*_of_file(connection), *_of_order(connection), *_of_comparisons(connection)]
    statement = select(
        ContentTable.id, ContentTable.sha256, ContentTable.size, SourceTable.name, ContentTable.base_id
    ).join_from(ContentTable, SourceTable, ContentTable.source_id == SourceTable.id)
    rows = connection.execute(statement.order_by(ContentTable.source_id, ContentTable.id)).all()
    contents = Contents(connection, Unpacked())
    for number, row in enumerate(rows):
        if step is not None:
            step(number, len(rows))
        fault = _of_version(contents, row.id, row.size)
        if fault is not None:
            faults.append(f"{row.name}: the version {row.sha256[:12]} {fault}")
    return Integrity(len(rows), sum(row.size for row in rows), tuple(faults))


def _of_version(contents: Contents, content_id: int, size: int) -> str | None:
    try:
        data = contents.data(content_id)
    except SnapshotDamaged:
        return "cannot be given back: its bytes, or those that it is packed against, are damaged"
    return None if len(data) == size else f"has {len(data)} bytes instead of {size}"


def _of_file(connection: Connection) -> Iterator[str]:
    """What SQLite says of its own file; PostgreSQL looks after its files and references itself."""
    if connection.dialect.name != "sqlite":
        return
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield f"the database file is damaged: {said}"
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"a row of {row[0]} refers to one of {row[2]} that is not there"


def _of_order(connection: Connection) -> Iterator[str]:
    """The versions of a source are counted from 1, in the order of time."""
    columns = (SourceTable.name, SnapshotTable.sequence, SnapshotTable.seen_at, SnapshotTable.last_seen_at)
    statement = select(*columns).join_from(SnapshotTable, SourceTable, SnapshotTable.source_id == SourceTable.id)
    rows = connection.execute(statement.order_by(SourceTable.name, SnapshotTable.sequence))
    for name, group in groupby(rows, key=lambda row: row.name):
        versions = list(group)
        if [row.sequence for row in versions] != list(range(1, len(versions) + 1)):
            yield f"{name}: its versions are not counted from 1 to {len(versions)}"
        if any(row.last_seen_at < row.seen_at for row in versions) or [row.seen_at for row in versions] != sorted(
            row.seen_at for row in versions
        ):
            yield f"{name}: its versions are not in the order of time"


def _of_comparisons(connection: Connection) -> Iterator[str]:
    statement = select(ComparisonTable.id, ComparisonTable.document).where(ComparisonTable.document.is_not(None))
    for row in connection.execute(statement, execution_options={"yield_per": 50}):
        try:
            unpack(row.document)
        except SnapshotDamaged:
            yield f"the comparison {row.id} is damaged; it is made again when it is deleted"
