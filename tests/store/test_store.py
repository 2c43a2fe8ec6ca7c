"""The rest of the store: schema, sources, outbox, runs, transactions, and errors that a person understands."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, inspect, text

from monitor import resources
from monitor.errors import ConfigurationError, DatabaseNewer, StoreError, UnknownSource, UsageError
from monitor.reading import Opinion, Problem
from monitor.report.outbox import MessageState
from monitor.store import LEASE, CheckRow, open_store
from monitor.store.tables import HEAD, Base
from tests.store.conftest import FACTS, FILE, START, day


def test_models_and_migrations_agree(store, database_url):
    with create_engine(database_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_last_check_of_a_source_is_one_entry_of_an_index(store, source_id, database_url):
    with store.transaction() as uow:
        for number in range(300):
            uow.checks.add(source_id, CheckRow(day(number), "failed", None, None, "dns", "gone", None))
        uow.checks.add(source_id, CheckRow(day(3.5), "failed", None, None, "dns", "the clock was set back", None))
        content_id = uow.contents.keep(source_id, b"bytes", FACTS)
        for number in range(300):
            uow.checks.imported(source_id, content_id, at=day(number))
    heard = []

    def hear(_connection, _cursor, words, values, *_more):
        heard.append((words, values))

    with store.reading() as uow:
        event.listen(Engine, "before_cursor_execute", hear)
        assert uow.checks.last_time(source_id) == day(3.5)
    event.remove(Engine, "before_cursor_execute", hear)
    ((words, values),) = heard
    with create_engine(database_url).connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        plan = str(connection.exec_driver_sql(f"{explain} {words}", values).all())
    assert "ix_checks_tried" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_the_newest_migration_is_the_one_that_the_program_asks_for():
    assert ScriptDirectory(str(resources.folder("migrations"))).get_current_head() == HEAD


def test_the_schema_goes_back_to_nothing(store, database_url):
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.folder("migrations")))
    engine = create_engine(database_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}


def test_an_sqlite_file_is_made_with_a_word_about_it_and_then_in_silence(sqlite_url):
    said: list[str] = []
    open_store(sqlite_url, say=said.append).close()
    assert len(said) == 1
    assert "specwatch.db" in said[0]
    open_store(sqlite_url, say=said.append).close()
    assert len(said) == 1


@pytest.mark.postgresql
def test_postgresql_is_never_changed_unasked(postgresql_url):
    with pytest.raises(StoreError, match="specwatch db upgrade"):
        open_store(postgresql_url)
    assert inspect(create_engine(postgresql_url)).get_table_names() == []


def test_a_newer_database_is_left_alone(store, database_url):
    with create_engine(database_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseNewer, match="newer specwatch"):
        open_store(database_url)
    with pytest.raises(DatabaseNewer):
        store.upgrade()


def test_a_file_that_is_no_database_is_an_error_that_says_so(tmp_path):
    (tmp_path / "x.db").write_text("these are notes of mine, not a database at all, and long enough to be sure of it")
    with pytest.raises(StoreError, match=r"x\.db.*\n.*something else"):
        open_store(f"sqlite:///{tmp_path / 'x.db'}")
    assert (tmp_path / "x.db").read_text().startswith("these are notes")


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense", "sqlite:////nowhere/at/all/x.db"])
def test_a_database_that_cannot_be_is_wrong_configuration(url):
    with pytest.raises(ConfigurationError):
        open_store(url)


def test_a_password_is_never_told():
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://me:hushhush@127.0.0.1:1/x")
    assert "hushhush" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_transaction_that_raises_leaves_nothing(store):
    def begin_and_fail() -> None:
        with store.transaction() as uow:
            uow.sources.ensure("acme", "u", now=START)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        begin_and_fail()
    with store.reading() as uow:
        assert uow.sources.find("acme") is None


def test_two_writers_take_turns(store):
    """Each reads a number and writes the next: none may be lost."""

    def add(name: str) -> None:
        for _ in range(10):
            with store.transaction() as uow:
                source = uow.sources.ensure("acme", "u", now=START)
                number = len(uow.ledger.all(source.id))
                entry = {"subject": {"kind": "operation", "method": name, "path": "/"}, "state": "x", "deadline": None}
                uow.ledger.replace(source.id, [*uow.ledger.all(source.id), {**entry, "number": number}])

    with store.transaction() as uow:
        uow.sources.ensure("acme", "u", now=START)
    threads = [threading.Thread(target=add, args=(name,)) for name in ("A", "B")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as uow:
        entries = uow.ledger.all(uow.sources.get("acme").id)
    assert [entry["number"] for entry in entries] == list(range(20))


def test_a_source_keeps_its_history_under_another_name(store, see, source_id):
    see(b"A", 1)
    with store.transaction() as uow:
        uow.sources.rename("acme", "apex")
        assert uow.sources.get("apex").id == source_id
        assert uow.snapshots.count(source_id) == 1
        with pytest.raises(UnknownSource, match="apex"):
            uow.sources.get("apix")


def test_a_name_is_given_once(store, source_id):
    with store.transaction() as uow:
        uow.sources.ensure("other", "u", now=START)
    with pytest.raises(UsageError), store.transaction() as uow:
        uow.sources.rename("other", "acme")


def test_a_removed_source_leaves_nothing_behind(store, see, source_id, database_url):
    for number in range(5):
        see(str(number).encode() * 100, number)
    with store.transaction() as uow:
        uow.sources.remove("acme")
    with create_engine(database_url).connect() as connection:
        for table in ("sources", "contents", "snapshots", "checks", "comparisons", "verdicts", "ledger"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table


def test_what_the_authority_says_comes_after_what_we_found(store, source_id):
    from dataclasses import replace

    with store.transaction() as uow:
        facts = replace(FACTS, problems=(Problem("/a", "ours"),))
        content_id = uow.contents.keep(source_id, b"A", facts)
        uow.contents.opine(content_id, Opinion((Problem("/a", "theirs"), Problem("/b", "more")), None))
        row = uow.snapshots.see(source_id, content_id, at=day(1), provenance=FILE).snapshot
    assert row.all_problems == (Problem("/a", "ours"), Problem("/b", "more"))
    assert row.opinion is not None


def test_an_import_is_no_attempt_to_fetch(store, see, source_id):
    see(b"A", 1)
    with store.transaction() as uow:
        assert uow.checks.last(source_id) is None
        uow.checks.add(source_id, CheckRow(day(2), "failed", None, 503, "http status", "503"))
        uow.checks.add(source_id, CheckRow(day(1.5), "unchanged", None, 200, None, None))
        assert uow.checks.last(source_id).outcome == "failed"
        assert uow.checks.last_good(source_id).at == day(1.5)
        assert uow.checks.last_times() == {"acme": day(2)}


def put(uow, message_id="<1@x>") -> bool:
    return uow.outbox.add(
        message_id=message_id,
        kind="digest",
        period="2026-W01",
        sender="a@x",
        recipient="b@x",
        message=b"hi",
        now=day(1),
    )


def test_a_message_is_put_into_the_outbox_once(store):
    with store.transaction() as uow:
        assert put(uow)
        assert not put(uow)
        (row,) = uow.outbox.waiting(now=day(1))
        uow.outbox.accepted(row.id, now=day(1))
        assert not put(uow)
        assert uow.outbox.waiting(now=day(9)) == []
        assert uow.outbox.states("digest", "2026-W01") == {"accepted": 1}


def test_a_message_that_failed_waits_until_it_is_tried_again_or_given_up(store):
    with store.transaction() as uow:
        put(uow)
        (row,) = uow.outbox.waiting(now=day(1))
        assert uow.outbox.claim(row.id, now=day(1))
        uow.outbox.deferred(row.id, error="451", retry_at=day(2), uncertain=False)
        assert uow.outbox.waiting(now=day(1.9)) == []
        (row,) = uow.outbox.waiting(now=day(2))
        assert (row.attempts, row.state, row.tried_at, row.uncertain) == (1, "deferred", day(1), False)
        assert uow.outbox.claim(row.id, now=day(2))
        uow.outbox.given_up(row.id, error="550", state=MessageState.FAILED, now=day(2))
        assert uow.outbox.waiting(now=day(99)) == []
        assert uow.outbox.states("digest", "2026-W01") == {"failed": 1}


def test_a_message_that_was_being_sent_when_the_process_was_killed_is_sent_again_and_said_to_be_uncertain(store):
    with store.transaction() as uow:
        put(uow)
        (row,) = uow.outbox.waiting(now=day(1))
        assert uow.outbox.claim(row.id, now=day(1))
    with store.transaction() as uow:
        (left,) = uow.outbox.waiting(now=day(1) + LEASE)
        assert (left.state, left.uncertain, left.message_id, left.message) == ("sending", False, "<1@x>", b"hi")
        assert uow.outbox.claim(row.id, now=day(1) + LEASE)
        assert (uow.outbox.get(row.id).uncertain, uow.outbox.get(row.id).attempts) == (True, 2)
        uow.outbox.accepted(row.id, now=day(2))
        assert uow.outbox.get(row.id).uncertain


def test_what_was_withdrawn_while_it_was_being_sent_stays_so_unless_it_was_accepted(store):
    with store.transaction() as uow:
        for number in (1, 2, 3):
            put(uow, f"<{number}@x>")
        rows = [row.id for row in uow.outbox.waiting(now=day(1))]
        assert all(uow.outbox.claim(row, now=day(1)) for row in rows)
        assert uow.outbox.withdraw(rows, error="told elsewhere", now=day(1)) == 3
        uow.outbox.accepted(rows[0], now=day(1))
        uow.outbox.deferred(rows[1], error="451", retry_at=day(2), uncertain=False)
        uow.outbox.given_up(rows[2], error="550", state=MessageState.FAILED, now=day(2))
        assert [uow.outbox.get(row).state for row in rows] == ["accepted", "dead", "dead"]
        assert uow.outbox.withdraw(rows, error="again", now=day(3)) == 2
        assert uow.outbox.retry_all(now=day(3)) == 0
        assert uow.outbox.retry(rows[1], now=day(3))
        assert not uow.outbox.retry(rows[0], now=day(3))
        assert [row.id for row in uow.outbox.waiting(now=day(3))] == [rows[1]]


def test_the_last_period_that_somebody_was_told_of_is_that_of_one_who_accepted_or_of_nothing_to_say(store):
    def week(number: int) -> str:
        return f"2026-W{number:02d}"

    with store.transaction() as uow:
        assert uow.outbox.told_before("digest", week(9)) == (None, [])
        for number in range(1, 7):
            uow.runs.claim("digest", week(number), now=day(number))
        for number in (1, 3, 5, 6):  # nothing was to be said in weeks 2 and 4
            for person in ("a", "b"):
                given = {"kind": "digest", "period": week(number), "sender": "s@x", "recipient": f"{person}@x"}
                uow.outbox.add(message_id=f"<{number}{person}@x>", message=b"hi", now=day(number), **given)
        assert uow.outbox.told_before("digest", week(7)) == (week(4), [week(5), week(6)])
        assert uow.outbox.told_before("digest", week(4)) == (week(2), [week(3)])
        (first, _) = uow.outbox.of("digest", [week(5)])
        uow.outbox.accepted(first.id, now=day(9))
        assert uow.outbox.told_before("digest", week(7)) == (week(5), [week(6)])
        assert uow.outbox.told_before("digest", week(6)) == (week(5), [])
        assert uow.outbox.told_before("digest", week(1)) == (None, [])


def test_a_period_of_a_job_is_claimed_by_one(store):
    with store.transaction() as uow:
        assert uow.runs.last("digest") is None
        assert uow.runs.claim("digest", "2026-W01", now=day(1))
        assert not uow.runs.claim("digest", "2026-W01", now=day(1))
        assert uow.runs.claim("digest", "2026-W02", now=day(1))
        assert uow.runs.last("digest") == "2026-W02"


def test_a_claimed_message_belongs_to_whoever_claimed_it_until_the_lease_ends(store):
    with store.transaction() as uow:
        put(uow)
        (row,) = uow.outbox.waiting(now=day(1))
        assert uow.outbox.claim(row.id, now=day(1))
    with store.transaction() as uow:
        assert not uow.outbox.claim(row.id, now=day(1))
        assert uow.outbox.waiting(now=day(1)) == []
        assert uow.outbox.claim(row.id, now=day(1) + LEASE)
        uow.outbox.accepted(row.id, now=day(2))
        assert not uow.outbox.claim(row.id, now=day(9))


def test_a_message_that_a_wrong_clock_put_off_for_years_is_sent(store):
    with store.transaction() as uow:
        put(uow)
        (row,) = uow.outbox.waiting(now=day(1))
        uow.outbox.claim(row.id, now=day(1))
        uow.outbox.deferred(row.id, error="busy", retry_at=day(400), uncertain=False)
    with store.transaction() as uow:
        assert [each.id for each in uow.outbox.waiting(now=day(1))] == [row.id]
        assert uow.outbox.claim(row.id, now=day(1))
        assert not uow.outbox.claim(row.id, now=day(1))


def test_a_store_that_was_open_while_a_source_was_removed_never_takes_old_bytes_for_new(database_url, store):
    """A database gives the ids of removed rows again; another process keeps what it read before."""

    def see(opened, data: bytes, number: float) -> None:
        with opened.transaction() as uow:
            source = uow.sources.ensure("acme", "u", now=START)
            content_id = uow.contents.keep(source.id, data, FACTS)
            uow.snapshots.see(source.id, content_id, at=day(number), provenance=FILE)

    other = open_store(database_url, upgrade=False)
    see(store, b"old" * 500, 1)
    with other.transaction() as uow:
        uow.sources.remove("acme")
    see(other, b"new" * 500, 2)
    see(store, b"newer" * 500, 3)
    with other.reading() as uow:
        rows = uow.snapshots.all(uow.sources.get("acme").id)
        assert [uow.snapshots.data(row.id) for row in rows] == [b"new" * 500, b"newer" * 500]
    other.close()


def test_many_processes_may_make_the_same_source_and_see_the_same_things(store, database_url):
    """What two imports at once do: neither may fail, and each version is there once."""
    failures: list[BaseException] = []

    def bring() -> None:
        opened = open_store(database_url, upgrade=False)
        try:
            for number in range(8):
                with opened.transaction() as uow:
                    source = uow.sources.ensure("acme", "u", now=START)
                with opened.transaction() as uow:
                    content_id = uow.contents.keep(source.id, f"version {number}".encode() * 50, FACTS)
                    uow.snapshots.see(source.id, content_id, at=day(number), provenance=FILE)
                    uow.checks.imported(source.id, content_id, at=day(number))
                with opened.reading() as uow:
                    assert len(list(uow.snapshots.outlines(source.id))) > number
        except BaseException as error:
            failures.append(error)
        finally:
            opened.close()

    threads = [threading.Thread(target=bring) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with store.reading() as uow:
        rows = uow.snapshots.all(uow.sources.get("acme").id)
    assert [(row.sequence, row.seen_at) for row in rows] == [(number + 1, day(number)) for number in range(8)]


def test_a_new_file_and_those_beside_it_are_for_their_owner_alone(sqlite_url, tmp_path):
    opened = open_store(sqlite_url)
    with opened.transaction() as uow:
        uow.sources.ensure("acme", "u", now=START)
        rights = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("specwatch.db*")}
    opened.close()
    assert rights == dict.fromkeys(("specwatch.db", "specwatch.db-wal", "specwatch.db-shm"), 0o600)


def test_a_file_that_is_there_keeps_the_rights_that_somebody_gave_it(sqlite_url, tmp_path):
    open_store(sqlite_url).close()
    (tmp_path / "specwatch.db").chmod(0o640)
    open_store(sqlite_url).close()
    assert (tmp_path / "specwatch.db").stat().st_mode & 0o777 == 0o640


def test_an_sqlite_connection_waits_writes_ahead_and_keeps_what_is_referred_to(sqlite_url):
    opened = open_store(sqlite_url)
    with opened.connection(write=False) as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    opened.close()
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000, "synchronous": 2}
