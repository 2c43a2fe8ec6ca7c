"""No command reads the whole of a table that grows: every statement of every command is explained by the database."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event

from monitor.cli.app import SECTIONS
from monitor.clock import fixed_clock
from monitor.daemon import Daemon
from monitor.jobs.due import QUEUE_OWNER
from monitor.store import QueuedJob
from monitor.telemetry import Log
from monitor.worker import Worker
from tests.jobs.conftest import harbour, write_harbour

GROWING = frozenset(
    {"contents", "snapshots", "checks", "corrections", "mutes", "comparisons", "verdicts", "outbox", "runs"}
    | {"outages"}
    | {"procrastinate_jobs", "procrastinate_events"}
)
"""The tables that get rows as time goes by, and those of the queue, which has many jobs when there is much to do. Sources are added by people, and the ledger has what stands deprecated."""

OF_WAITING_JOBS = ("procrastinate_jobs_priority_idx_v1", "procrastinate_jobs_queueing_lock_idx_v1")
OF_UNTOLD_OUTAGES = "ix_outages_untold"
OF_FEW = (*OF_WAITING_JOBS, OF_UNTOLD_OUTAGES)
"""Indexes that may be read from end to end: they have few of a table's rows, however many it gets."""

# What each command is run with, in this order; None for those that never open a database.
WHOLE = ("specwatch backup", "specwatch restore", "specwatch export --output")
"""They read everything: that is what they are for."""

RUNS: dict[str, list[list[str]] | None] = {
    "demo": None,
    "diff": [["harbour@2025-03-01", "harbour@latest"]],
    "rules": None,
    "add": [["acme", "acme.json"]],
    "list": [[]],
    "set": [["acme", "--every", "2h"]],
    "pause": [["acme"]],
    "resume": [["acme"]],
    "check": [[], ["acme"]],
    "import": [["harbour", "versions"]],
    "report": [["--since", "2025-01-01"], ["harbour"]],
    "explain": [["FINGERPRINT"]],
    "history": [["harbour"]],
    "sample": [["harbour@latest", "GET /v2/boats"]],
    "deprecations": [
        ["harbour"],
        ["set", "harbour", "GET /v2/fees", "--why", "their mail"],
        ["done", "harbour", "GET /v2/fees", "--note", "moved"],
    ],
    "successor": [["harbour", "GET /v1/boats"]],
    "audit": [["harbour"], ["harbour", "--bundle", "evidence.zip"]],
    "digest": [["--preview", "there"], ["--send"]],
    "schedule": [[]],
    "ack": [["FINGERPRINT", "--note", "seen"]],
    "mute": [["FINGERPRINT", "--reason", "not ours", "--until", "2900-01-01"]],
    "unmute": [["FINGERPRINT"]],
    "outbox": [[], ["--state", "accepted"], ["show", "1"], ["retry", "--all"]],
    "feed": [[], ["harbour", "--output", "harbour.atom"], ["--format", "ics"]],
    "log": [[], ["harbour"]],
    "export": [["--output", "all.jsonl"], ["--source", "harbour", "--output", "one.jsonl"]],
    "prune": [["--keep", "3"]],
    "backup": [["backup.db"]],
    "restore": [["backup.db", "--force"]],
    "doctor": [["harbour"]],
    "db": [["current"], ["upgrade"]],
    "rename": [["acme", "apex"]],
    "remove": [["apex", "--yes"]],
    "daemon": [],  # its tick is made below, with a queue and without
    "worker": [],  # its jobs are done below
}


@pytest.fixture
def place(place: Path, database_url: str, monkeypatch, mailbox) -> Path:
    """A folder with the harbour's history, a source in a file, and a mail server."""
    monkeypatch.setenv("SPECWATCH_TEST_DATABASE", database_url)
    write_harbour(place / "versions")
    (place / "acme.json").write_bytes(harbour()["2025-01-10T0900_a.json"])
    (place / "specwatch.toml").write_text(
        'database = "env:SPECWATCH_TEST_DATABASE"\nrecipients = ["a@example.org"]\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\nsender = "specwatch@example.org"\n'
        '[[sources]]\nname = "harbour"\nurl = "versions/2025-07-01T0900_i.json"\npromise = "incident-io"\n'
    )
    return place


@pytest.fixture
def statements() -> Iterator[dict[str, tuple[str, Any]]]:
    """Every statement that went to a database, once, with the command and the values it had at first."""
    heard: dict[str, tuple[str, Any]] = {"": ("", None)}

    def hear(_connection, _cursor, statement: str, values, _context, many: bool) -> None:
        if "_alembic_tmp_" in statement:
            return  # a migration, which SQLite can make only by copying a table
        if statement.split(maxsplit=1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}:
            heard.setdefault(statement, (heard[""][0], values[0] if many else values))

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


def whole_tables(connection: Connection, statement: str, values: Any) -> list[str]:
    """The growing tables that the database says it reads from end to end for a statement."""
    if connection.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        words = [row[3].split() for row in plan]
        return [each[1] for each in words if each[0] == "SCAN" and each[1] in GROWING and each[-1] not in OF_FEW]
    (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).one()
    return [node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if _reads_all(node)]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        # Of the index that a bitmap is made of only the node above says which table it is of.
        yield from _nodes({"Relation Name": node.get("Relation Name")} | child)


def _reads_all(node: dict[str, Any]) -> bool:
    """A scan without a condition on an index; a bitmap's own condition is in the node below.

    An index of the jobs that wait has those alone, and never more than `queueing.DEPTH`; that of the outages has those
    that stand or are still to be told.
    """
    if node.get("Index Name") in OF_FEW:
        return False
    scans = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"}
    return node["Node Type"] in scans and "Index Cond" not in node and node.get("Relation Name") in GROWING


def run_all(specwatch, statements, place: Path) -> None:
    for name, runs in RUNS.items():
        for arguments in runs or ():
            statements[""] = (f"specwatch {name} {' '.join(arguments)}", None)
            given = [first_fingerprint(specwatch) if each == "FINGERPRINT" else each for each in arguments]
            result = specwatch(name, *given)
            assert result.code in (0, 3), (name, arguments, result.err)
            assert "database" not in result.err or name in ("db", "import"), result.err
    statements[""] = ("a tick of the daemon", None)
    clock = fixed_clock(datetime.now(UTC))
    output = io.StringIO()
    means = {"clock": clock, "environ": dict(os.environ), "log": Log(clock, output)}
    daemon = Daemon(place / "specwatch.toml", **means)
    daemon.open()
    daemon.step()
    assert b"specwatch_ledger_entries{" in daemon.metrics.text()
    daemon.close()
    if daemon.store.is_shared:
        with_a_queue(statements, place, means)
    assert "fault" not in output.getvalue(), output.getvalue()


def with_a_queue(statements, place: Path, means: dict[str, Any]) -> None:
    """What a scheduler queues and workers do, in a process that is neither."""
    statements[""] = ("a tick of the daemon with --queue", None)
    later = fixed_clock(datetime.now(UTC) + timedelta(days=2))
    scheduler = Daemon(place / "specwatch.toml", queue=True, **{**means, "clock": later})
    scheduler.open()
    scheduler.beat()
    scheduler.step()
    with scheduler.store.reading() as uow:
        queued = [row for row in uow.due.all("check") if row.owner == QUEUE_OWNER]
    assert queued
    scheduler.metrics.text()
    statements[""] = ("a worker", None)
    worker = Worker(place / "specwatch.toml", **{**means, "clock": later})
    worker.open()
    for row in queued:
        worker.check(QueuedJob("check", row.name, row.period))
        worker.compare(QueuedJob("compare", row.name, row.period))
    worker._keep()
    worker.tell()
    worker.close()
    scheduler.step()
    scheduler.close()


def first_fingerprint(specwatch) -> str:
    report = json.loads(specwatch("report", "harbour", "--since", "2025-01-01", "--format", "json").out)
    return next(iter(_found(report, "fingerprint")))


def _found(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name == key and isinstance(member, str):
                yield member
            yield from _found(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from _found(member, key)


def test_the_statements_of_every_command_are_looked_at():
    """Whoever adds a command says here how it is run."""
    assert {entry.name for _, entries in SECTIONS for entry in entries} == set(RUNS)


def test_no_command_reads_the_whole_of_a_table_that_grows(specwatch, place, statements, database_url):
    assert specwatch("db", "upgrade").code == 0
    assert specwatch("import", "harbour", "versions").code == 3  # four of the files are no documents
    run_all(specwatch, statements, place)
    del statements[""]
    assert len(statements) > 40
    engine = create_engine(database_url)
    faults = []
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, (command, values) in statements.items():
            if (
                command.startswith(WHOLE)
                or "alembic_version" in statement
                or "pg_catalog" in statement
                or "sqlite_master" in statement
            ):
                continue
            faults += [f"{table}, by {command}: {statement}" for table in whole_tables(connection, statement, values)]
    engine.dispose()
    assert faults == []


def test_the_database_is_heard_when_it_reads_a_whole_table(store, database_url):
    engine = create_engine(database_url)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
        for fault in (
            "SELECT source_id, max(at) FROM checks WHERE outcome <> 'imported' GROUP BY source_id",
            "SELECT state FROM outbox WHERE recipient = 'a@x'",
            "SELECT message FROM outages WHERE over_at IS NULL",
        ):
            assert whole_tables(connection, fault, ()) != [], fault
        assert whole_tables(connection, "SELECT state FROM outbox WHERE kind = 'a' AND period = 'b'", ()) == []
    engine.dispose()
