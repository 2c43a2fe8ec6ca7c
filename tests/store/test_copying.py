"""Backups: online, whole, read again, into a file from either database and back into either; and what is found wrong."""

from __future__ import annotations

import random
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from monitor.errors import DatabaseNewer, StoreError, UsageError
from monitor.store import Store, backup, check_integrity, open_store, restore
from tests.store.conftest import FACTS, FILE, START, day
from tests.store.test_migrations import REVISIONS, content, fill, migrate

BODIES = [random.Random(7).randbytes(3000) + str(number).encode() for number in range(40)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def other(request: pytest.FixtureRequest, tmp_path: Path, postgresql_server) -> str:
    """Another empty database, of each kind; of the same kind as the first it is another one all the same."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'other.db'}"
    engine = create_engine(
        postgresql_server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS other WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE other"))
    url = engine.url.set(database="other").render_as_string(hide_password=False)
    engine.dispose()
    return url


@pytest.fixture
def filled(store: Store, database_url: str) -> Store:
    """A database with a row in every table, and a history of forty versions."""
    fill(database_url)
    with store.transaction() as uow:
        source = uow.sources.ensure("history", "u", now=START)
        for number, data in enumerate(BODIES):
            content_id = uow.contents.keep(source.id, data, FACTS)
            uow.snapshots.see(source.id, content_id, at=day(number), provenance=FILE)
    return store


def opened(url: str) -> Store:
    made = open_store(url, upgrade=False)
    made.upgrade()
    return made


def test_a_backup_is_one_file_for_its_owner_with_everything_in_it(filled, database_url, tmp_path):
    file = tmp_path / "backups.db"
    found = backup(filled, file)
    assert (found.sound, found.versions) == (True, 42)
    assert [path.name for path in tmp_path.iterdir() if "backups" in path.name] == ["backups.db"]
    assert file.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        names = [row[0] for row in connection.execute("SELECT name FROM sources ORDER BY name")]
    assert names == ["acme", "history"]


def test_what_was_backed_up_comes_back_into_either_database(filled, database_url, other, tmp_path):
    backup(filled, tmp_path / "b.db")
    target = opened(other)
    assert restore(target, tmp_path / "b.db").versions == 42
    with target.transaction() as uow:
        source = uow.sources.get("history")
        assert [uow.snapshots.data(row.id) for row in uow.snapshots.all(source.id)] == BODIES
        more = uow.contents.keep(source.id, b"and it goes on", FACTS)
        uow.snapshots.see(source.id, more, at=day(99), provenance=FILE)
        uow.sources.ensure("new", "u", now=START)
    backup(target, tmp_path / "again.db")
    restore(filled, tmp_path / "again.db", replace=True)
    with filled.reading() as uow:
        assert [each.name for each in uow.sources.all()] == ["acme", "history", "new"]
        assert uow.snapshots.data(uow.snapshots.latest(uow.sources.get("history").id).id) == b"and it goes on"
    target.close()


def test_every_row_and_every_moment_comes_back_as_it_was(filled, database_url, tmp_path):
    before = content(database_url)
    backup(filled, tmp_path / "b.db")
    with filled.transaction() as uow:
        uow.sources.remove("acme")
    restore(filled, tmp_path / "b.db", replace=True)
    assert content(database_url) == before


def test_a_database_that_holds_something_is_replaced_only_when_that_is_said(filled, database_url, tmp_path):
    backup(filled, tmp_path / "b.db")
    before = content(database_url)
    with pytest.raises(UsageError, match=r"not empty.*\n.*--force"):
        restore(filled, tmp_path / "b.db")
    assert content(database_url) == before


def test_a_file_that_is_there_is_replaced_only_when_that_is_said(filled, tmp_path):
    (tmp_path / "b.db").write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        backup(filled, tmp_path / "b.db")
    assert (tmp_path / "b.db").read_text() == "mine"
    assert backup(filled, tmp_path / "b.db", replace=True).sound
    with pytest.raises(UsageError, match="folder"):
        backup(filled, tmp_path / "nowhere" / "b.db")


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_backup_of_an_older_schema_is_brought_forward_and_left_as_it_is(store, revision, tmp_path):
    file = tmp_path / "old.db"
    migrate(f"sqlite:///{file}", revision)
    fill(f"sqlite:///{file}")
    before = file.read_bytes()
    restore(store, file)
    with store.reading() as uow:
        assert uow.snapshots.count(uow.sources.get("acme").id) == 2
    assert file.read_bytes() == before


def test_a_backup_of_a_newer_specwatch_is_refused(store, filled, tmp_path):
    backup(filled, tmp_path / "b.db")
    with sqlite3.connect(tmp_path / "b.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseNewer, match="newer specwatch"):
        restore(store, tmp_path / "b.db", replace=True)


@pytest.mark.parametrize("made", ["text", "other database"])
def test_what_is_no_backup_is_refused(store, tmp_path, made):
    file = tmp_path / "b.db"
    if made == "text":
        file.write_text("these are notes of mine, not a database at all, and long enough to be sure of it")
    else:
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE notes (words TEXT)")
    with pytest.raises(StoreError, match="no backup of specwatch"):
        restore(store, file)


def test_a_damaged_backup_restores_nothing(filled, database_url, tmp_path):
    backup(filled, tmp_path / "b.db")
    with sqlite3.connect(tmp_path / "b.db") as connection:
        connection.execute("UPDATE contents SET packed = x'00' WHERE id = 1")
    before = content(database_url)
    with pytest.raises(StoreError, match="not sound"):
        restore(filled, tmp_path / "b.db", replace=True)
    assert content(database_url) == before


def test_a_damaged_database_gives_no_backup_and_no_file(filled, database_url, tmp_path):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE contents SET packed = :junk WHERE id = 1"), {"junk": b"junk"})
    engine.dispose()
    with pytest.raises(StoreError, match="not sound"):
        backup(filled, tmp_path / "b.db")
    assert not list(tmp_path.glob("*b.db*"))


def test_a_backup_is_of_one_moment_while_others_write(filled, tmp_path):
    """Each writer adds a version and its check together: no backup may have one without the other."""
    done = threading.Event()

    def write() -> None:
        number = 100
        while not done.is_set():
            with filled.transaction() as uow:
                source_id = uow.sources.get("history").id
                content_id = uow.contents.keep(source_id, f"version {number}".encode() * 40, FACTS)
                uow.snapshots.see(source_id, content_id, at=day(number), provenance=FILE)
                uow.checks.imported(source_id, content_id, at=day(number))
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        files = [tmp_path / f"{number}.db" for number in range(3)]
        for file in files:
            assert backup(filled, file).sound
    finally:
        done.set()
        thread.join()
    for file in files:
        with sqlite3.connect(file) as connection:
            (versions,) = connection.execute("SELECT count(*) FROM snapshots WHERE seen_at >= '2026-04-11'").fetchone()
            (checks,) = connection.execute("SELECT count(*) FROM checks WHERE at >= '2026-04-11'").fetchone()
        assert versions == checks


def test_a_sound_database_has_no_faults(filled):
    found = check_integrity(filled)
    assert (found.versions, found.bytes, found.faults) == (42, sum(map(len, BODIES)) + 2 * 1800, ())


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE contents SET packed = (SELECT packed FROM contents WHERE id = 1) WHERE id = 2",
            "cannot be given back",
        ),
        ("UPDATE contents SET size = 7 WHERE id = 2", "instead of 7"),
        ("UPDATE snapshots SET sequence = 9 WHERE id = 2", "not counted from 1"),
        ("UPDATE snapshots SET last_seen_at = '2020-01-01 00:00:00' WHERE id = 2", "order of time"),
        ("UPDATE comparisons SET document = (SELECT message FROM outbox)", "the comparison 1"),
    ],
)
def test_each_kind_of_fault_is_found_and_said(filled, database_url, statement, words):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    (fault,) = check_integrity(open_store(database_url, upgrade=False)).faults
    assert words in fault


def test_rows_that_refer_to_nothing_are_found(sqlite_url, tmp_path):
    opened(sqlite_url).close()
    fill(sqlite_url)
    with sqlite3.connect(tmp_path / "specwatch.db") as connection:
        connection.execute("DELETE FROM snapshots WHERE id = 2")
    found = check_integrity(open_store(sqlite_url))
    assert found.faults == ("a row of comparisons refers to one of snapshots that is not there",)
