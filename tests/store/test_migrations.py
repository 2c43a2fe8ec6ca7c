"""The schema moves forward from every one that ever was, with what is in it, once, whoever asks for it and how often."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, select

from monitor import resources
from monitor.errors import DatabaseNewer, StoreError
from monitor.store import open_store
from monitor.store.packing import pack
from monitor.store.tables import HEAD

SCRIPTS = ScriptDirectory(str(resources.folder("migrations")))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
FIRST, SECOND = b"first " * 300, b"first " * 299 + b"second"
MOMENT = datetime(2026, 1, 5, 9, 30, 15, 123456)  # noqa: DTZ001 - as SQLite keeps it

# A row or two for each table, as an old database has them; columns that a schema does not know yet are left out.
CONTENT = {"source_id": 1, "size": 1800, "openapi": "3.0.3", "title": "Lanterns", "version": "1", "operations": 1}
CONTENT |= {
    "outline": {"operations": [], "marks": []},
    "problems": [{"pointer": "/a", "message": "b"}],
    "opinion": None,
}
SEEN = {"source_id": 1, "kind": "fetched", "location": "https://a.example/", "revision": None, "headers": {"etag": "x"}}
ENTRY = {"subject": {"kind": "operation", "method": "GET", "path": "/a"}, "state": "deprecated"}
ROWS: dict[str, list[dict[str, Any]]] = {
    "sources": [{"id": 1, "name": "acme", "url": "https://a.example/", "created_at": MOMENT, "etag": '"x"'}],
    "contents": [
        {**CONTENT, "id": 1, "sha256": "", "base_id": None, "chain": 0, "packed": pack(FIRST)},
        {**CONTENT, "id": 2, "sha256": "", "base_id": 1, "chain": 1, "packed": pack(SECOND, FIRST)},
    ],
    "snapshots": [
        {**SEEN, "id": 1, "sequence": 1, "content_id": 1, "seen_at": MOMENT, "last_seen_at": MOMENT},
        {**SEEN, "id": 2, "sequence": 2, "content_id": 2, "seen_at": MOMENT, "last_seen_at": MOMENT},
    ],
    "checks": [
        {
            "id": 1,
            "source_id": 1,
            "at": MOMENT,
            "outcome": "new",
            "content_id": 1,
            "status": 200,
            "headers": {"a": "b"},
        },
        {"id": 2, "source_id": 1, "at": MOMENT, "outcome": "failed", "status": 503, "category": "http status"},
    ],
    "validators": [{"source_id": 1, "profile": "a.b", "content_id": 1, "etag": '"x"', "last_modified": None}],
    "outages": [
        {
            "id": 1,
            "source_id": 1,
            "since": MOMENT,
            "seen_at": MOMENT,
            "failures": 3,
            "category": "dns",
            "message": "gone",
        }
        | {"over_at": None, "told": True, "told_over": False}
    ],
    "corrections": [{"id": 1, "source_id": 1, "at": MOMENT, "author": "jo", "correction": {"action": "done"}}],
    "mutes": [
        {"id": 1, "source_id": 1, "at": MOMENT, "author": "jo", "action": "ack", "fingerprint": "f", "reason": "w"}
    ],
    "comparisons": [
        {
            "id": 1,
            "source_id": 1,
            "before_id": 1,
            "after_id": 2,
            "client": "strict",
            "engine": "0",
            "document": pack(b"{}"),
        }
    ],
    "verdicts": [
        {"comparison_id": 1, "position": 0, "rule": "r", "level": "breaking", "promise": "unstated", "fingerprint": "f"}
    ],
    "ledger": [
        {"source_id": 1, "position": 0, "kind": "operation", "method": "GET", "path": "/a", "state": "deprecated"}
    ],
    "outbox": [
        {"id": 1, "message_id": "<1@x>", "kind": "digest", "period": "2026-W01", "sender": "a@x", "recipient": "b@x"}
        | {"message": b"hi", "created_at": MOMENT, "state": "pending", "attempts": 0, "next_at": MOMENT}
        | {"tried_at": MOMENT, "uncertain": True, "withdrawn": False}
    ],
    "runs": [{"job": "digest", "period": "2026-W01", "claimed_at": MOMENT}],
    "due": [{"job": "check", "name": "acme", "plan": "6h", "named_at": MOMENT, "due_at": MOMENT, "failures": 0}],
    "leases": [{"name": "daemon", "owner": "a", "until": MOMENT}],
}
GIVEN_UP = {"sources": {"etag", "last_modified", "validated_url", "validated_content_id"}}
"""Columns that a schema has left behind: validators belong to a way of asking since 0005, and are asked for anew."""
ROWS["ledger"][0] |= {"deadline": date(2026, 4, 5), "entry": ENTRY}
for _row, _data in zip(ROWS["contents"], (FIRST, SECOND), strict=True):
    import hashlib

    _row["sha256"] = hashlib.sha256(_data).hexdigest()


def migrate(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(resources.folder("migrations")))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def fill(url: str) -> dict[str, list[dict[str, Any]]]:
    """Put rows into every table that there is; answers them as the database has them now."""
    engine = create_engine(url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            for row in ROWS.get(table.name, ()):
                known = {key: value for key, value in row.items() if key in table.c}
                if table.name == "outbox" and "tried_at" not in table.c:
                    known["state"] = "waiting"  # as what is not settled was called then
                if engine.dialect.name == "postgresql":
                    known = {k: v.replace(tzinfo=UTC) if isinstance(v, datetime) else v for k, v in known.items()}
                connection.execute(table.insert().values(known))
            if engine.dialect.name == "postgresql" and "id" in table.c:  # the ids were given, not drawn
                connection.exec_driver_sql(f"SELECT setval('{table.name}_id_seq', 10)")
    engine.dispose()
    return content(url)


def content(url: str, only: dict[str, list[dict[str, Any]]] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but alembic's; with `only`, of the tables and columns that it has."""
    engine = create_engine(url)
    tables = MetaData()
    tables.reflect(engine)
    found = {}
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            if table.name == "alembic_version" or (only is not None and table.name not in only):
                continue
            kept = [c for c in table.c if c.name not in GIVEN_UP.get(table.name, ())]
            columns = [c for c in kept if only is None or not only[table.name] or c.name in only[table.name][0]]
            rows = connection.execute(select(*columns).order_by(*table.primary_key.columns)).mappings()
            found[table.name] = [dict(row) for row in rows]
    engine.dispose()
    return found


def test_there_are_rows_for_every_table_of_every_schema(database_url):
    """Whoever adds a table adds a row here, so that the next migration is tried with it."""
    migrate(database_url, HEAD)
    engine = create_engine(database_url)
    tables = MetaData()
    tables.reflect(engine)
    engine.dispose()
    assert set(tables.tables) - {"alembic_version"} == set(ROWS)


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_schema_comes_forward_with_what_is_in_it(database_url, revision):
    migrate(database_url, revision)
    before = fill(database_url)
    assert all(before.values())
    store = open_store(database_url, upgrade=False)
    assert store.upgrade() == revision
    assert store.upgrade() == HEAD
    before["outbox"][0]["state"] = "pending"
    assert content(database_url, before) == before
    with store.transaction() as uow:
        source = uow.sources.get("acme")
        assert [uow.snapshots.data(row.id) for row in uow.snapshots.all(source.id)] == [FIRST, SECOND]
        assert uow.comparisons.get(1, 2).document == b"{}"
        assert uow.ledger.all(source.id) == [ENTRY]
        assert uow.checks.last(source.id).outcome == "failed"
        assert uow.outbox.waiting(now=datetime(2026, 2, 1, tzinfo=UTC))[0].message == b"hi"
        assert uow.sources.ensure("acme", "https://b.example/", now=datetime(2026, 2, 1, tzinfo=UTC)).id == source.id
    store.close()


def test_each_message_of_old_has_the_state_that_it_was_in(database_url):
    migrate(database_url, "0007")
    engine = create_engine(database_url)
    tables = MetaData()
    tables.reflect(engine)
    old = [("waiting", 0), ("waiting", 2), ("sent", 1), ("given up", 1), ("given up", 8)]
    row = {"kind": "digest", "period": "2026-W01", "sender": "a@x", "recipient": "b@x", "message": b"hi"}
    moment = MOMENT.replace(tzinfo=UTC) if engine.dialect.name == "postgresql" else MOMENT
    with engine.begin() as connection:
        for number, (state, attempts) in enumerate(old, 1):
            stood = {"id": number, "message_id": f"<{number}@x>", "state": state, "attempts": attempts}
            times = {"created_at": moment, "next_at": moment}
            connection.execute(tables.tables["outbox"].insert().values({**row, **stood, **times}))
    engine.dispose()
    migrate(database_url, HEAD)
    states = [row["state"] for row in content(database_url)["outbox"]]
    assert states == ["pending", "deferred", "accepted", "failed", "dead"]


@pytest.mark.parametrize("revision", ["9999", "0a1b2c3d4e5f"])
def test_a_schema_that_is_not_known_is_refused_with_a_word_and_left_as_it_is(database_url, revision):
    migrate(database_url, HEAD)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    before = content(database_url)
    for attempt in (lambda: open_store(database_url), lambda: open_store(database_url, upgrade=False).upgrade()):
        with pytest.raises(StoreError) as caught:
            attempt()
        assert revision in str(caught.value)
        assert isinstance(caught.value, DatabaseNewer)
        assert "newer specwatch" in str(caught.value)
    assert content(database_url) == before
    engine.dispose()


@pytest.fixture
def at_once(tmp_path: Path) -> Callable[..., list[subprocess.CompletedProcess[str]]]:
    """Runs a command in four processes at once, over a database that is not there yet."""
    (tmp_path / "specwatch.toml").write_text('database = "env:SPECWATCH_TEST_DATABASE"\n')

    def run(url: str, *arguments: str) -> list[subprocess.CompletedProcess[str]]:
        words = [sys.executable, "-m", "monitor", "--config", str(tmp_path / "specwatch.toml"), *arguments]
        environ = {**os.environ, "SPECWATCH_TEST_DATABASE": url}
        pipe = subprocess.PIPE
        started = [subprocess.Popen(words, env=environ, stdout=pipe, stderr=pipe, text=True) for _ in range(4)]
        done = [(process, *process.communicate(timeout=120)) for process in started]
        return [subprocess.CompletedProcess(words, process.returncode, out, err) for process, out, err in done]

    return run


def test_of_many_processes_that_migrate_at_once_one_does(at_once, database_url):
    done = at_once(database_url, "db", "upgrade")
    assert [each.returncode for each in done] == [0] * 4, [each.stderr for each in done]
    said = [line.split(" and ")[0] for each in done for line in each.stdout.splitlines()]
    assert sorted(line for line in said if not line.startswith("The queue")) == [
        *[f"The database is at {HEAD}, which is what this version needs."] * 3,
        "The database was at nothing",
    ]
    # Where Procrastinate is installed, its own tables are made with ours, by whichever process comes first then.
    assert sum(line.startswith("The queue for workers was at nothing") for line in said) <= 1
    assert {name for name in content(database_url) if not name.startswith("procrastinate_")} == set(ROWS)


def test_of_many_processes_that_start_over_a_new_file_one_makes_it(at_once, sqlite_url):
    done = at_once(sqlite_url, "list")
    assert [each.returncode for each in done] == [0] * 4, [each.stderr for each in done]
    assert sum("Made the database" in each.stderr for each in done) == 1
