"""The database behind the units of work: opening it, its transactions, its schema."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from monitor import resources
from monitor.errors import ConfigurationError, DatabaseNewer, StoreError
from monitor.store.contents import Contents, Unpacked
from monitor.store.derived import Comparisons, Ledger
from monitor.store.due import Due, Leases
from monitor.store.mutes import Mutes
from monitor.store.outbox import OutboxRows
from monitor.store.queue import Queue
from monitor.store.records import Checks, Corrections, Outages, Runs
from monitor.store.snapshots import Snapshots
from monitor.store.sources import Sources
from monitor.store.tables import HEAD

BUSY_SECONDS = 30
"""How long SQLite waits for another process that writes."""
_MIGRATION_LOCK = 7_316_402_118
"""PostgreSQL's advisory lock that migrating machines take in turn; any number that nobody else uses."""


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """What one transaction reads and writes: all of it becomes true, or none."""

    sources: Sources
    contents: Contents
    snapshots: Snapshots
    checks: Checks
    corrections: Corrections
    mutes: Mutes
    outages: Outages
    comparisons: Comparisons
    ledger: Ledger
    outbox: OutboxRows
    runs: Runs
    due: Due
    leases: Leases
    queue: Queue

    @classmethod
    def over(cls, connection: Connection, unpacked: Unpacked) -> UnitOfWork:
        """The parts on one connection."""
        contents = Contents(connection, unpacked)
        return cls(
            sources=Sources(connection),
            contents=contents,
            snapshots=Snapshots(connection, contents),
            checks=Checks(connection),
            corrections=Corrections(connection),
            mutes=Mutes(connection),
            outages=Outages(connection),
            comparisons=Comparisons(connection),
            ledger=Ledger(connection),
            outbox=OutboxRows(connection),
            runs=Runs(connection),
            due=Due(connection),
            leases=Leases(connection),
            queue=Queue(connection),
        )


class Store:
    """An open database. `where` names it for people, without a password."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self.where = where
        self._unpacked = Unpacked()

    @property
    def url(self) -> URL:
        """The database's URL with its password, for what connects by itself."""
        return self._engine.url

    @property
    def is_shared(self) -> bool:
        """Whether it is a server that several machines share, and not a file."""
        return self._engine.dialect.name == "postgresql"

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """A unit of work that may write: through at the end of the block, undone when it raises.

        On SQLite one at a time, whoever waits longer than `BUSY_SECONDS` fails. Raises StoreError.
        """
        with self.connection(write=True) as connection:
            yield UnitOfWork.over(connection, self._unpacked)

    @contextmanager
    def rehearsal(self) -> Iterator[UnitOfWork]:
        """A unit of work that is undone at the end of its block: it shows what a transaction would come to.

        Others wait as they do for a transaction. Raises StoreError.
        """
        with self.connection(write=True) as connection:
            yield UnitOfWork.over(connection, self._unpacked)
            transaction = connection.get_transaction()
            assert transaction is not None
            transaction.rollback()

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """A unit of work that only reads: it keeps nobody waiting. Raises StoreError."""
        with self.connection(write=False) as connection:
            yield UnitOfWork.over(connection, self._unpacked)

    def current(self) -> str | None:
        """The migration that the database is at; None for an empty one. Raises StoreError."""
        with self.connection(write=False) as connection:
            return _migration(connection)

    def head(self) -> str:
        """The migration that this version of specwatch needs."""
        return HEAD

    def upgrade(self) -> str | None:
        """Bring the schema to `head`, in one transaction; another process that does the same waits for it.

        Returns the migration that the database was at when the turn came, None for an empty one. Raises StoreError, and
        DatabaseNewer when the database is ahead of this program.
        """
        from alembic import command  # a quarter of a second, and hardly ever needed
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(resources.folder("migrations")).replace("%", "%%"))
        with self.migrating() as connection:
            before = _migration(connection)
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise DatabaseNewer(
                    f"the database is at a schema that this specwatch does not know ({error})",
                    where=self.where,
                    advice="Use the newer specwatch that wrote it.",
                ) from error
        return before

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction that changes the schema; another process that wants to waits for it. Raises StoreError."""
        with self.connection(write=True) as connection:
            if self.is_shared:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def connection(self, *, write: bool) -> Iterator[Connection]:
        """One transaction on one connection, for what looks after the database as a whole. Raises StoreError."""
        try:
            with self._engine.connect() as connection:
                options: dict[str, Any] = {"specwatch_write": write}
                if not write and connection.dialect.name == "postgresql":
                    # Several questions, one answer: what is written in between is not seen.
                    options["isolation_level"] = "REPEATABLE READ"
                with connection.execution_options(**options).begin():
                    yield connection
        except SQLAlchemyError as error:
            raise StoreError(_words(error), where=self.where, advice=_advice(error)) from error


def open_file(file: Path) -> Store:
    """Open an SQLite file as it is, whatever its schema; it is made when it is not there. Raises StoreError."""
    return Store(_sqlite(URL.create("sqlite", database=str(file))), str(file))


def open_store(url: str, *, say: Callable[[str], None] | None = None, upgrade: bool = True) -> Store:
    """Open the database of a URL (`sqlite:///FILE`, `postgresql+psycopg://…`).

    An SQLite file is made and brought to the newest schema, with a word to `say` about it. PostgreSQL is shared, so its
    schema changes only by `specwatch db upgrade`. With `upgrade=False` nothing is asked of the schema.
    Raises ConfigurationError (no such database), StoreError, DatabaseNewer.
    """
    parsed = _parse(url)
    store = Store(_engine(parsed), parsed.render_as_string(hide_password=True))
    if upgrade:
        try:
            _settle_schema(store, parsed, say)
        except BaseException:
            store.close()
            raise
    return store


def _settle_schema(store: Store, url: URL, say: Callable[[str], None] | None) -> None:
    current = store.current()
    if current == HEAD:
        return
    if current is not None and current > HEAD:
        raise DatabaseNewer(
            f"the database is at schema {current}; this specwatch knows schemas up to {HEAD}",
            where=store.where,
            advice="Use the newer specwatch that wrote it.",
        )
    if url.get_backend_name() != "sqlite":
        raise StoreError(
            f"the database is at schema {current or 'nothing'}, and {HEAD} is needed",
            where=store.where,
            advice="Bring it there with `specwatch db upgrade`.",
        )
    before = store.upgrade()
    if say is not None and before != HEAD:  # another process may have been faster
        file = url.database or "in memory"
        say(
            f"Made the database {file}."
            if before is None
            else f"Brought the database {file} from schema {before} to {HEAD}."
        )


def _migration(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The text itself may hold a password.
        raise ConfigurationError(
            "`database` is no database URL", advice="Write sqlite:///specwatch.db or postgresql://user@host/name."
        ) from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ConfigurationError(
            f"there is no support for {parsed.get_backend_name()!r}", advice="Use sqlite:/// or postgresql://."
        )
    if parsed.get_backend_name() == "sqlite" and parsed.query:
        raise ConfigurationError(
            "the URL of an SQLite file takes no options here", advice="Write sqlite:///specwatch.db."
        )
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


# What an interrupt leaves of a connection is thrown away and logged; without a handler that is a traceback on stderr.
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    try:
        return create_engine(url, pool_pre_ping=True)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise ConfigurationError(
            "the driver for PostgreSQL is not installed", advice="pip install 'specwatch[postgresql]'"
        ) from error


def _sqlite(url: URL) -> Engine:
    folder = Path(url.database).parent if url.database and url.database != ":memory:" else None
    if folder is not None and not folder.is_dir():
        raise ConfigurationError(
            "the folder of the database does not exist", where=str(folder), advice="Make it, or change `database`."
        )
    if folder is not None and url.database is not None:
        _made_private(Path(url.database))
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: ConnectionPoolEntry) -> None:
        # The driver's own idea of transactions is switched off: it would begin them late and end them at each DDL.
        connection.isolation_level = None
        for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its lock at once; one that takes it after reading fails when another wrote in between.
        write = connection.get_execution_options().get("specwatch_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _made_private(file: Path) -> None:
    """Make a file that is not there, for its owner alone: a document may have come from behind a login.

    SQLite gives the files beside it (`-wal`, `-shm`) the same rights. A file that is there keeps its own.
    """
    with suppress(OSError):  # where it cannot be made, SQLite has the better words
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _words(error: SQLAlchemyError) -> str:
    """The database's own first line; SQLAlchemy's text goes on with statement and values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    first = next((line.strip() for line in str(cause).splitlines() if line.strip()), type(cause).__name__)
    return f"the database could not do what was asked: {first}"


def _advice(error: SQLAlchemyError) -> str | None:
    said = str(error).lower()
    if "full" in said or "disk i/o" in said:
        return "Is there room on the disk, and is it in order?"
    if "locked" in said:
        return "Another specwatch is writing; try again when it is done."
    if "not a database" in said:
        return "The file is something else; name another in `database`."
    if "readonly" in said or "read-only" in said or "unable to open" in said:
        return "See to the rights of the file and its folder."
    if "connect" in said:
        return "Is the server running, and are host, user and password right?"
    return None
