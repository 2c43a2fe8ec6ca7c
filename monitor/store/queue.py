"""The queue of jobs for workers: Procrastinate's tables, in the same PostgreSQL as everything else (docs/adr/0013).

Procrastinate is imported when a queue is used and not before: who runs one daemon needs neither it nor a driver. Its
schema is brought up to date by `specwatch db upgrade`. Which of its migrations are in the database it does not write
down, so we do, as the comment of its table of jobs: it changes in the transaction of the migration, goes with the table
when that is dropped or dumped, and is no table of ours that a backup would carry to where there is no queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, text

from monitor.errors import ConfigurationError, DatabaseNewer, StoreError

if TYPE_CHECKING:
    from procrastinate import App

    from monitor.store.store import Store

QUEUE: Final = "specwatch"
"""The queue's name among Procrastinate's."""
_MARK: Final = "specwatch: schema of Procrastinate "
_ADVICE: Final = "Bring it there with `specwatch db upgrade`, while no worker runs."


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job for a worker: a thing that is due (`due.job`, `due.name`), the moment that its schedule names, and the host
    that is asked, None for what has none."""

    job: str
    name: str
    period: str
    host: str | None = None

    @property
    def key(self) -> str:
        """What is queued only once."""
        return f"{self.job} {self.name}"

    @property
    def lock(self) -> str:
        """What only one job at a time is done to: a host, of which no two sources are asked at once."""
        return f"source {self.name}" if self.host is None else f"host {self.host}"

    @property
    def arguments(self) -> dict[str, str]:
        """What the worker is told."""
        return {"name": self.name, "period": self.period}


class Queue:
    """Part of a unit of work, on PostgreSQL alone: jobs that become visible to workers with the transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def waiting(self) -> Counter[str]:
        """How many jobs no worker has begun yet, by their locks."""
        statement = text(
            "SELECT lock, count(*) FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = :queue GROUP BY lock"
        )
        rows = self._connection.execute(statement, {"queue": QUEUE})
        return Counter({lock or "": count for lock, count in rows})

    def active(self, jobs: Collection[QueuedJob]) -> frozenset[str]:
        """Which of the jobs, by their keys, wait already or are being done."""
        statement = text(
            "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(:keys)"
            " UNION SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'doing' AND lock = ANY(:locks)"
        )
        asked = {"keys": [job.key for job in jobs], "locks": [job.lock for job in jobs]}
        return frozenset(self._connection.execute(statement, asked).scalars())

    def put(self, jobs: Sequence[QueuedJob]) -> None:
        """Queue jobs, none of which may wait already. Raises StoreError, which undoes the transaction, if one does."""
        if not jobs:
            return
        procrastinate = _procrastinate()
        from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
        from procrastinate.jobs import Job

        made = [
            Job(queue=QUEUE, lock=job.lock, queueing_lock=job.key, task_name=job.job, task_kwargs=dict(job.arguments))
            for job in jobs
        ]
        manager = procrastinate.App(connector=procrastinate.SyncPsycopgConnector()).job_manager
        try:
            # On the very connection of the unit of work: the jobs are there when its transaction is.
            manager.batch_defer_jobs(made, connection=_driver(self._connection))
        except (AlreadyEnqueued, ConnectorException) as error:
            raise StoreError(f"jobs could not be queued: {error.__cause__ or error}") from error


def upgrade_queue(store: Store) -> tuple[str | None, str] | None:
    """Bring Procrastinate's schema to the installed version's, in one transaction; others that do the same wait.

    Returns the migrations that it was and is at (the first None: there was no queue). None where there can be no queue:
    on SQLite, and without Procrastinate. Raises StoreError, and DatabaseNewer when it is ahead of what is installed.
    """
    if not store.is_shared or not _is_installed():
        return None
    newest = _migrations()[-1].stem
    with store.migrating() as connection:
        before = _mark(connection, store.where)
        if before is None:
            steps = [_schema()]
        else:
            steps = [migration.read_text(encoding="utf-8") for migration in _missing(before, store.where)]
        if steps:
            _execute(connection, *steps, f"COMMENT ON TABLE procrastinate_jobs IS '{_MARK}{newest}'")
    return before, newest


def check_queue(store: Store) -> None:
    """Raise an error that says what to do unless jobs can be queued in the database and taken from it.

    ConfigurationError on SQLite and without Procrastinate, StoreError where its schema is missing or old.
    """
    if not store.is_shared:
        raise ConfigurationError(
            "workers share a queue, and that needs PostgreSQL; this is an SQLite file",
            where=store.where,
            advice="`specwatch daemon` does everything in one process; docs/scaling.md says when that is not enough.",
        )
    _procrastinate()
    with store.connection(write=False) as connection:
        here = _mark(connection, store.where)
    if here is None:
        raise StoreError("the queue's tables are missing", where=store.where, advice=_ADVICE)
    if _missing(here, store.where):
        needed = _migrations()[-1].stem
        raise StoreError(f"the queue is at {here}, and {needed} is needed", where=store.where, advice=_ADVICE)


def queue_app(store: Store, *, connections: int) -> App:
    """Procrastinate's application over the database of a store, without tasks, for `connections` at once."""
    procrastinate = _procrastinate()
    url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    made: App = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, max_size=connections))
    return made


def _mark(connection: Connection, where: str) -> str | None:
    """The newest of Procrastinate's migrations that is in the database; None when there is no queue."""
    statement = "SELECT to_regclass('procrastinate_jobs')::text, obj_description(to_regclass('procrastinate_jobs'))"
    table, mark = connection.execute(text(statement)).one()
    if table is None:
        return None
    if not (mark or "").startswith(_MARK):
        raise StoreError(
            "the database has a queue of Procrastinate that specwatch did not make",
            where=where,
            advice="Give specwatch a database of its own.",
        )
    return str(mark).removeprefix(_MARK)


def _missing(here: str, where: str) -> list[Path]:
    """The migrations between what the database is at and what is installed. Raises DatabaseNewer."""
    migrations = _migrations()
    if here > migrations[-1].stem:
        raise DatabaseNewer(
            f"the queue is at {here}; the installed Procrastinate knows schemas up to {migrations[-1].stem}",
            where=where,
            advice="Install the newer one: pip install --upgrade 'specwatch[scale]'",
        )
    return [migration for migration in migrations if migration.stem > here]


def _migrations() -> list[Path]:
    """Procrastinate's own migrations, in their order: their names begin with the version that brought them."""
    from procrastinate.schema import SchemaManager

    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _schema() -> str:
    """All of it, for a database that has none."""
    from procrastinate.schema import SchemaManager

    return SchemaManager.get_schema()


def _execute(connection: Connection, *scripts: str) -> None:
    """Run scripts of several statements as they are, in the transaction of the connection."""
    from psycopg import Error

    try:
        for script in scripts:
            _driver(connection).execute(script)
    except Error as error:
        first = str(error).partition("\n")[0]
        raise StoreError(f"the queue's schema could not be changed: {first}") from error


def _driver(connection: Connection) -> Any:
    """The driver's connection under SQLAlchemy's, with the same transaction."""
    return connection.connection.driver_connection


def _is_installed() -> bool:
    try:
        _procrastinate()
    except ConfigurationError:
        return False
    return True


def _procrastinate() -> Any:
    try:
        return import_module("procrastinate")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "what workers need is not installed", advice="pip install 'specwatch[scale]'"
        ) from error
