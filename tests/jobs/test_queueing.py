"""Jobs for workers: one for each thing that is due, in the transaction that takes its row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from monitor.errors import ConfigurationError, DatabaseNewer, StoreError
from monitor.jobs.due import CHECK, CLAIM, COMPARE, QUEUE_OWNER
from monitor.jobs.queueing import LEASE, claim_queued, queue_due
from monitor.settings import Settings, SourceSettings
from monitor.store import QueuedJob, Store, check_queue, open_store, upgrade_queue

pytestmark = pytest.mark.postgresql
NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
SETTINGS = Settings(sources=tuple(SourceSettings(name, f"{name}.json") for name in ("a", "b", "c", "later")))


@pytest.fixture
def bare(postgresql_url: str) -> Iterator[Store]:
    """A store with the newest schema and no queue."""
    opened = open_store(postgresql_url, upgrade=False)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def queue(bare: Store) -> Store:
    """A store with a queue, and three checks and a comparison that are due."""
    upgrade_queue(bare)
    with bare.transaction() as uow:
        for minutes, (job, name) in enumerate([(CHECK, "a"), (CHECK, "b"), (CHECK, "c"), (COMPARE, "a")]):
            at = NOW - timedelta(minutes=10 - minutes)
            uow.due.put(job, name, plan="1h", named_at=at, due_at=at, now=NOW)
        uow.due.put(CHECK, "later", plan="1h", named_at=NOW, due_at=NOW + timedelta(hours=1), now=NOW)
    return bare


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    made = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    yield made
    made.dispose()


def jobs(engine: Engine) -> list[QueuedJob]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")).all()
    return [QueuedJob(row.task_name, **row.args) for row in rows]


def take(store: Store, job: QueuedJob, owner: str, now: datetime = NOW):
    with store.transaction() as uow:
        return claim_queued(uow, job, owner=owner, now=now)


def test_each_thing_that_is_due_is_queued_once_the_longest_overdue_first(queue, engine):
    assert queue_due(queue, SETTINGS, now=NOW) == 4
    assert queue_due(queue, SETTINGS, now=NOW) == 0
    assert [job.key for job in jobs(engine)] == ["check a", "check b", "check c", "compare a"]
    with queue.reading() as uow:
        assert {row.owner for row in uow.due.all(CHECK)} == {QUEUE_OWNER, None}


def test_more_than_may_wait_stays_a_row(queue, engine):
    assert queue_due(queue, SETTINGS, now=NOW, depth=2) == 2
    assert queue_due(queue, SETTINGS, now=NOW, depth=2) == 0
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
    assert queue_due(queue, SETTINGS, now=NOW, depth=2) == 2
    assert [job.key for job in jobs(engine)] == ["check c", "compare a"]


def test_a_host_of_many_sources_leaves_room_to_all_others(queue, engine):
    slow = [SourceSettings(f"slow{each:02}", f"https://SLOW.example/{each}.json") for each in range(30)]
    quick = SourceSettings("quick", "https://quick.example/a.json")
    settings = Settings(sources=(*SETTINGS.sources, *slow, quick))
    with queue.transaction() as uow:
        for source in (*slow, quick):
            at = NOW - timedelta(days=1 if source is not quick else 0)
            uow.due.put(CHECK, source.name, plan="1h", named_at=at, due_at=at, now=NOW)
    assert queue_due(queue, settings, now=NOW, depth=20) == 5 + 1 + 4
    with queue.reading() as uow:
        assert uow.queue.waiting() == {
            "host slow.example": 5,
            "host quick.example": 1,
            "source a": 2,  # to check and to compare, one after the other
            "source b": 1,
            "source c": 1,
        }
    assert queue_due(queue, settings, now=NOW, depth=20) == 0
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs WHERE queueing_lock = 'check slow01'"))
    assert queue_due(queue, settings, now=NOW, depth=20) == 1
    assert jobs(engine)[-1].name == "slow05"


def test_a_job_and_its_row_are_one_transaction(queue, engine):
    with queue.rehearsal() as uow:  # which is undone at its end
        (row,) = uow.due.take(CHECK, owner=QUEUE_OWNER, now=NOW, lease=LEASE)
        uow.queue.put([QueuedJob(CHECK, row.name, row.period)])
        assert uow.queue.waiting() == {"source a": 1}
    assert jobs(engine) == []
    with queue.reading() as uow:
        assert {row.owner for row in uow.due.all(CHECK)} == {None}


def test_what_waits_already_is_not_queued_a_second_time(queue, engine):
    queue_due(queue, SETTINGS, now=NOW)
    assert queue_due(queue, SETTINGS, now=NOW + 2 * LEASE) == 0
    with pytest.raises(StoreError, match="could not be queued"), queue.transaction() as uow:
        uow.queue.put([jobs(engine)[0]])


def test_a_job_that_was_lost_is_queued_again_after_the_lease(queue, engine):
    queue_due(queue, SETTINGS, now=NOW)
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs WHERE queueing_lock = 'check b'"))
    assert queue_due(queue, SETTINGS, now=NOW + LEASE / 2) == 0
    assert queue_due(queue, SETTINGS, now=NOW + LEASE) == 1
    assert jobs(engine)[-1].key == "check b"


def test_what_a_worker_is_doing_is_not_queued_a_second_time(queue, engine):
    queue_due(queue, SETTINGS, now=NOW)
    with engine.connect() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = 'check a'"))
    take(queue, jobs(engine)[0], "a worker")
    assert queue_due(queue, SETTINGS, now=NOW + CLAIM) == 0  # whose heart stood still for long


def test_a_job_gives_its_row_to_a_worker_and_a_second_time_to_another(queue, engine):
    queue_due(queue, SETTINGS, now=NOW)
    job = jobs(engine)[0]
    first, second = take(queue, job, "first"), take(queue, job, "second")
    assert (first.owner, second.owner) == ("first", "second")
    with queue.transaction() as uow:
        later = NOW + timedelta(hours=1)
        assert not uow.due.finish(first.row, first.owner, named_at=later, due_at=later)
        assert uow.due.finish(second.row, second.owner, named_at=later, due_at=later)
    assert take(queue, job, "third") is None


def test_a_job_for_another_time_than_the_row_s_does_nothing(queue):
    queue_due(queue, SETTINGS, now=NOW)
    assert take(queue, QueuedJob(CHECK, "a", "2020-01-01T00:00:00.000000Z"), "worker") is None
    assert take(queue, QueuedJob(CHECK, "gone", "2020-01-01T00:00:00.000000Z"), "worker") is None


def schema(engine: Engine) -> set[tuple[str, str]]:
    """What Procrastinate made: its functions, tables with their columns, and indexes, by name and definition."""
    asked = (
        "SELECT p.proname::text, pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.proname LIKE 'procrastinate%'"
        " UNION SELECT table_name::text || '.' || column_name::text, data_type FROM information_schema.columns"
        " WHERE table_name LIKE 'procrastinate%'"
        " UNION SELECT indexname::text, '' FROM pg_indexes WHERE tablename LIKE 'procrastinate%'"
    )
    with engine.connect() as connection:
        return {(name, " ".join(words.split())) for name, words in connection.execute(text(asked))}


def test_making_the_queue_s_tables_twice_does_no_harm(bare, engine):
    assert upgrade_queue(bare)[0] is None
    check_queue(bare)
    made = schema(engine)
    before, now = upgrade_queue(bare)
    assert before == now
    assert schema(engine) == made


def test_a_queue_of_an_older_version_is_refused_and_upgraded(bare, engine):
    from procrastinate.schema import SchemaManager

    old = "03.02.00_50_post_batch_defer_jobs"
    with bare.migrating() as connection:
        for file in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
            if file.stem <= old:
                connection.connection.driver_connection.execute(file.read_text())
        connection.execute(text(f"COMMENT ON TABLE procrastinate_jobs IS 'specwatch: schema of Procrastinate {old}'"))
    with pytest.raises(StoreError, match=r"the queue is at 03\.02"):
        check_queue(bare)
    before, _ = upgrade_queue(bare)
    assert before == old
    check_queue(bare)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT to_regproc('procrastinate_retry_job_v2')")).scalar_one() is not None


def test_a_queue_that_is_newer_than_what_is_installed_is_refused(queue, engine):
    with engine.connect() as connection:
        connection.execute(text("COMMENT ON TABLE procrastinate_jobs IS 'specwatch: schema of Procrastinate 99.00'"))
    for ask in (check_queue, upgrade_queue):
        with pytest.raises(DatabaseNewer, match=r"99\.00"):
            ask(queue)


def test_a_queue_that_somebody_else_made_is_left_alone(queue, engine):
    with engine.connect() as connection:
        connection.execute(text("COMMENT ON TABLE procrastinate_jobs IS NULL"))
    for ask in (check_queue, upgrade_queue):
        with pytest.raises(StoreError, match="did not make"):
            ask(queue)


def test_an_sqlite_file_has_no_queue(sqlite_url):
    store = open_store(sqlite_url)
    assert upgrade_queue(store) is None
    with pytest.raises(ConfigurationError, match="needs PostgreSQL"):
        check_queue(store)
    store.close()
