"""Backups: a whole database as one SQLite file, and back into whichever database there is."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select, text

from monitor.errors import StoreError, UsageError
from monitor.store.integrity import Integrity, integrity_of
from monitor.store.store import Store, open_file
from monitor.store.tables import Base, SourceTable

_ROWS_AT_ONCE = 100
Step = Callable[[int, int], None]


def backup(store: Store, file: Path, *, replace: bool = False, step: Step | None = None) -> Integrity:
    """Write the database into one SQLite file, as of one moment, while others go on working with it.

    It is written beside its place, read again, and only then moved there; nobody but its owner may read it. `replace`
    allows to put it in the place of a file that is there. `step` hears how many versions of how many are read again.
    Raises UsageError (a file that is there, a folder that is not), StoreError (also when what it wrote is not sound).
    """
    if not replace and file.exists():
        raise UsageError("there is a file of that name", where=str(file), advice="Take another, or add --force.")
    if not file.parent.is_dir():
        raise UsageError("the folder does not exist", where=str(file.parent))
    part = file.with_name(f".{file.name}.part")
    with _removed_on_error(part):
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with store.connection(write=False) as source:
            counted = _counts(source)
            if source.dialect.name == "sqlite":
                _pages(source, part)
            else:
                _into_file(source, part)
        found = _read_again(part, counted, step)
        _one_file(part)
        os.replace(part, file)  # noqa: PTH105  # one step, over what is there
    return found


def restore(store: Store, file: Path, *, replace: bool = False, step: Step | None = None) -> Integrity:
    """Put a backup into a database, all of it or nothing; a backup of an older schema is brought forward on the way.

    `replace` allows to forget what the database holds. The file is read and not changed. Raises UsageError (the
    database is not empty), StoreError, DatabaseNewer (the backup was written by a newer specwatch).
    """
    with tempfile.TemporaryDirectory(prefix="specwatch-") as folder:
        copy = Path(folder) / "backup.db"
        _copy_of(file, copy)
        with closing(open_file(copy)) as source:
            if source.current() is None:
                raise StoreError("this is no backup of specwatch", where=str(file))
            source.upgrade()
            with source.connection(write=False) as given, store.connection(write=True) as target:
                _own(target)
                if not replace and target.execute(select(func.count()).select_from(SourceTable)).scalar_one():
                    raise UsageError(
                        "the database is not empty", where=store.where, advice="Add --force to forget what it holds."
                    )
                _copy(given, target)
                # Before the end of the transaction: what is not sound is not restored.
                return _sound(integrity_of(target, step=step), str(file))


def _copy(source: Connection, target: Connection) -> None:
    """Every row of every table, in the place of what was there."""
    tables = Base.metadata.sorted_tables
    for table in reversed(tables):
        target.execute(delete(table))
    for table in tables:
        rows = source.execute(
            select(table).order_by(*table.primary_key.columns), execution_options={"yield_per": _ROWS_AT_ONCE}
        )
        for part in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in part])
        if target.dialect.name == "postgresql" and "id" in table.c:
            # Ids were given and not drawn: the next one is drawn after them.
            target.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608  # our own names
                    f"coalesce((SELECT max(id) FROM {table.name}), 0) + 1, false)"
                )
            )


def _own(target: Connection) -> None:
    """Keep others waiting until the restored database is whole; SQLite's writer is alone anyway."""
    if target.dialect.name == "postgresql":
        target.execute(text("LOCK TABLE sources, outbox, runs IN ACCESS EXCLUSIVE MODE"))


def _counts(connection: Connection) -> dict[str, int]:
    tables = Base.metadata.sorted_tables
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def _pages(source: Connection, part: Path) -> None:
    """SQLite's own online backup: https://sqlite.org/backup.html."""
    driver = source.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    with closing(sqlite3.connect(part)) as target:
        driver.backup(target)


def _into_file(source: Connection, part: Path) -> None:
    with closing(open_file(part)) as made:
        made.upgrade()
        with made.connection(write=True) as target:
            _copy(source, target)


def _read_again(part: Path, counted: dict[str, int], step: Step | None) -> Integrity:
    with closing(open_file(part)) as made, made.connection(write=False) as connection:
        if _counts(connection) != counted:
            raise StoreError("the backup does not hold what the database does", advice="Try again.")
        return _sound(integrity_of(connection, step=step), "the backup")


def _sound(found: Integrity, where: str) -> Integrity:
    if not found.sound:
        raise StoreError(
            f"it is not sound: {'; '.join(found.faults[:3])}",
            where=where,
            advice="Nothing was written. Go back to an older backup.",
        )
    return found


def _one_file(part: Path) -> None:
    """Without write-ahead log, so that nothing beside it belongs to it."""
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _copy_of(file: Path, copy: Path) -> None:
    """A copy to read and to bring forward. Raises StoreError when the file is no SQLite database."""
    try:
        with (
            closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise StoreError(f"this is no backup of specwatch: {error}", where=str(file)) from error


@contextmanager
def _removed_on_error(part: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for path in (part, *(part.with_name(part.name + end) for end in ("-wal", "-shm", "-journal"))):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise
