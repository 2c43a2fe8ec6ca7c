"""Two daemons on one database: one is in charge, the other stands by and takes over."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from monitor.clock import fixed_clock
from monitor.daemon import HEARTBEAT, LEASE, Daemon
from monitor.jobs.comparing import Desk
from monitor.store import open_store
from monitor.telemetry import Log
from tests.daemon.processes import Process

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Lanterns", "version": "1"},
    "paths": {"/a": {"get": {"responses": {"200": {"description": "Fine."}}}}},
}
SHORT = """
import sys
from datetime import timedelta
from pathlib import Path
from monitor import daemon
sys.exit(daemon.run(Path("specwatch.toml"), tick=timedelta(seconds=0.3), lease=timedelta(seconds=3),
                    heartbeat=timedelta(seconds=0.3)))
"""
"""A daemon that ticks often and whose lease is short."""


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Path:
    open_store(database_url, upgrade=False).upgrade()
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    (tmp_path / "specwatch.toml").write_text(
        'database = "env:SPECWATCH_TEST_DATABASE"\n[[sources]]\nname = "lanterns"\nurl = "a.json"\nevery = "1m"\n'
    )
    return tmp_path


def test_a_lease_and_a_heartbeat_together_are_less_than_a_minute():
    assert timedelta(minutes=1) > LEASE + HEARTBEAT
    assert HEARTBEAT * 3 < LEASE


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
def test_the_one_that_stands_by_takes_over_from_one_that_is_gone(place, database_url, number):
    first = Process(SHORT, place, database_url)
    second = None
    try:
        first.says("in-charge")
        first.says(" check source=lanterns")
        second = Process(SHORT, place, database_url)
        second.says("standby by=")
        assert not any(" check " in line for line in second.lines)
        first.end(number)
        second.says("in-charge")
    finally:
        first.end(signal.SIGKILL)
        if second is not None:
            second.end()
    assert second.popen.returncode == 0


def stop_between_transactions(process: subprocess.Popen, database_url: str) -> None:
    """Stop a process when it has no lock in the database: with one it would keep everybody waiting, on any database."""
    engine = create_engine(database_url)
    ask = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "SELECT * FROM leases, due FOR UPDATE NOWAIT"
    for _ in range(200):
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.05)
        try:
            with engine.connect() as connection:
                if engine.dialect.name == "sqlite":
                    connection.connection.execute("PRAGMA busy_timeout = 0")
                    connection.connection.isolation_level = None
                connection.exec_driver_sql(ask)
                connection.rollback()
        except OperationalError:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.03)
        else:
            engine.dispose()
            return
    raise AssertionError("it always had a lock")


def test_one_that_was_stopped_and_goes_on_stands_by(place, database_url):
    first = Process(SHORT, place, database_url)
    second = None
    try:
        first.says(" check ")
        second = Process(SHORT, place, database_url)
        second.says("standby")
        stop_between_transactions(first.popen, database_url)
        second.says("in-charge")
        first.popen.send_signal(signal.SIGCONT)
        first.says("standby")
    finally:
        first.end()
        if second is not None:
            second.end()


def daemon(place: Path, database_url: str) -> Daemon:
    clock = fixed_clock(NOW)
    environ = {"SPECWATCH_TEST_DATABASE": database_url}
    made = Daemon(place / "specwatch.toml", clock=clock, environ=environ, log=Log(clock, io.StringIO()), bench=Desk())
    made.open()
    return made


def test_two_that_both_believe_to_be_in_charge_do_each_thing_once(place, database_url, monkeypatch):
    monkeypatch.setenv("SPECWATCH_TEST_DATABASE", database_url)
    with (place / "specwatch.toml").open("a") as file:
        for number in range(20):
            file.write(f'[[sources]]\nname = "s{number}"\nurl = "a.json"\n')
    two = [daemon(place, database_url) for _ in range(2)]
    threads = [threading.Thread(target=each.step) for each in two]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = open_store(database_url)
    with store.reading() as uow:
        for source in uow.sources.all():
            assert len(uow.checks.sights(source.id)) == 1
        assert len(uow.sources.all()) == 21
    store.close()
    for each in two:
        assert "fault" not in each.log.output.getvalue()
        each.store.close()
