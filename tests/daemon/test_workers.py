"""A daemon that queues and workers that do it, as processes over one PostgreSQL; and what they refuse."""

from __future__ import annotations

import json
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Event

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine, create_engine, text
from werkzeug import Request, Response

from monitor.clock import system_clock
from monitor.jobs import check_source
from monitor.settings import load
from monitor.store import Store, open_store, upgrade_queue
from tests.daemon.processes import Process

pytestmark = pytest.mark.postgresql

DAEMON = """
import sys
from datetime import timedelta
from pathlib import Path
from monitor import daemon
sys.exit(daemon.run(Path("specwatch.toml"), queue=True, tick=timedelta(seconds=0.3), lease=timedelta(seconds=3),
                    heartbeat=timedelta(seconds=0.3)))
"""
WORKER = """
import sys
from datetime import timedelta
from pathlib import Path
from monitor import worker
sys.exit(worker.run(Path("specwatch.toml"), jobs=4, drain=timedelta(seconds=20), heartbeat=timedelta(seconds=0.5),
                    stalled=timedelta(seconds=2), round_=timedelta(seconds=1)))
"""
MANY, SOME, FEW = 60, 24, 12
NOT_MODIFIED, UNCHANGED, CHANGED, FAILING = "not-modified", "unchanged", "changed", "failing"


def kind_of(number: int) -> str:
    """What a source's server does: of 20, two change, one fails, two answer the same body, the others 304."""
    return {0: CHANGED, 7: CHANGED, 3: FAILING, 5: UNCHANGED, 11: UNCHANGED}.get(number % 20, NOT_MODIFIED)


def document(number: int, version: int) -> bytes:
    """Version 1 has three operations more than version 2 has, each of them a breaking change."""
    paths = {f"/{number}/{each}": {"get": {"responses": {"200": {"description": "Fine."}}}} for each in range(4)}
    if version == 2:
        paths = {f"/{number}/0": paths[f"/{number}/0"]}
    return json.dumps(
        {"openapi": "3.0.3", "info": {"title": "Lanterns", "version": str(version)}, "paths": paths}
    ).encode()


class Providers:
    """A server with a document for each source; it counts how often each was asked, and takes its time."""

    def __init__(self, server: HTTPServer) -> None:
        self.version = 1
        self.pause = 0.0
        self.going = Event()
        self.going.set()
        self.hanging: frozenset[int] = frozenset()  # all of them
        self.asked: Counter[int] = Counter()
        self.port = server.port
        server.expect_request("/").respond_with_data("")

        server.expect_request(re.compile(r"/\d+")).respond_with_handler(self._answer)

    def url_of(self, number: int) -> str:
        """Half of the sources are at another host: each is asked for one document at a time."""
        return f"http://{'127.0.0.1' if number % 2 else 'localhost'}:{self.port}/{number}"

    def _answer(self, request: Request) -> Response:
        number = int(request.path[1:])
        self.asked[number] += 1
        time.sleep(self.pause)
        if not self.hanging or number in self.hanging:
            self.going.wait(60)
        kind = kind_of(number)
        if self.version == 1 or kind == UNCHANGED:
            return Response(document(number, 1), headers={"ETag": '"1"'})
        if kind == FAILING:
            return Response("", 404)
        if kind == NOT_MODIFIED:
            return Response("", 304, headers={"ETag": '"1"'})
        return Response(document(number, 2), headers={"ETag": '"2"'})


@pytest.fixture
def providers() -> Iterator[Providers]:
    with HTTPServer(threaded=True) as server:  # one that hangs for one source answers all others
        yield Providers(server)


@pytest.fixture
def opened(postgresql_url: str) -> Iterator[Store]:
    """An open store with the newest schema and a queue."""
    store = open_store(postgresql_url, upgrade=False)
    store.upgrade()
    upgrade_queue(store)
    yield store
    store.close()


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def sources() -> int:
    """How many sources there are."""
    return FEW


@pytest.fixture
def place(tmp_path: Path, opened: Store, providers: Providers, sources: int, mailbox) -> Path:
    """A configuration of many sources, each with a version that is stored, and all of them due."""
    with (tmp_path / "specwatch.toml").open("w") as file:
        file.write(
            'database = "env:SPECWATCH_TEST_DATABASE"\nrecipients = ["ann@example.org"]\n'
            f'[smtp]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\nsender = "w@example.org"\n'
            "[fetch]\nalert_after = 1\n"
        )
        for number in range(sources):
            file.write(
                f'[[sources]]\nname = "s{number}"\nurl = "{providers.url_of(number)}"\nevery = "1d"\n'
                "allow_private = true\nconfirm_checks = 1\n"
            )
    for source in load(tmp_path / "specwatch.toml").sources:
        check_source(opened, source, clock=system_clock, folder=tmp_path, environ={}, limit=0)
    providers.version = 2
    providers.pause = 0.05
    providers.asked.clear()
    return tmp_path


def everything_is_due(engine: Engine) -> None:
    """A day goes by."""
    with engine.connect() as connection:
        connection.execute(text("UPDATE due SET due_at = now() - interval '1 second'"))


def count(engine: Engine, statement: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(statement)).scalar_one())


def until(condition, seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.1)


@pytest.mark.parametrize("sources", [SOME, pytest.param(MANY, marks=pytest.mark.slow)])
def test_every_due_source_is_checked_once_by_workers_that_are_killed_meanwhile(
    place, opened, engine, postgresql_url, mailbox, sources
):
    draw = Random(7)
    news = sum(kind_of(number) in (FAILING, CHANGED) for number in range(sources))
    before = count(engine, "SELECT count(*) FROM checks")
    everything_is_due(engine)
    daemon = Process(DAEMON, place, postgresql_url)
    workers = [Process(WORKER, place, postgresql_url) for _ in range(3)]
    everyone = [daemon, *workers]

    def done() -> int:
        return count(engine, "SELECT count(*) FROM checks") - before

    try:
        for worker in workers:
            worker.says("started")
        for killed in range(3):
            aim = sources * (killed + 1) // 5
            until(lambda aim=aim: done() >= aim)
            victim = workers.pop(draw.randrange(len(workers)))
            victim.end(signal.SIGKILL)
            workers.append(Process(WORKER, place, postgresql_url))
            everyone.append(workers[-1])
        until(lambda: count(engine, "SELECT count(*) FROM due WHERE owner IS NOT NULL OR due_at < now()") == 0)
        until(lambda: count(engine, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'check'") == 0)
        until(lambda: len(mailbox.messages) >= news)
    finally:
        for process in everyone:
            process.end()
    assert [process.popen.returncode for process in (daemon, *workers)] == [0] * 4
    said = [line for process in everyone for line in process.lines]
    assert not [line for line in said if " fault " in line], said
    every_source_has_one_check_more(opened, sources)
    every_verdict_is_there_once(opened, engine, sources)
    told = Counter(message["Message-ID"] for message in mailbox.messages)
    assert len(told) == news
    assert set(told.values()) == {1}


def test_a_host_that_is_slow_takes_no_slot_from_any_other(place, providers, engine, postgresql_url, sources):
    """Of its sources one is asked for at a time, over all workers."""
    providers.going.clear()
    providers.hanging = slow = frozenset(range(1, sources, 2))  # all of one host
    everything_is_due(engine)
    processes = [Process(program, place, postgresql_url) for program in (DAEMON, WORKER, WORKER)]
    try:
        until(lambda: count(engine, "SELECT count(*) FROM checks") == 2 * sources - len(slow))
        until(lambda: sum(providers.asked[number] for number in slow) == 1)
        providers.going.set()
        until(lambda: count(engine, "SELECT count(*) FROM checks") == 2 * sources)
    finally:
        providers.going.set()
        for process in processes:
            process.end()


def every_source_has_one_check_more(store: Store, sources: int) -> None:
    outcomes = {NOT_MODIFIED: "not modified", UNCHANGED: "unchanged", CHANGED: "new", FAILING: "failed"}
    with store.reading() as uow:
        for number in range(sources):
            source = uow.sources.get(f"s{number}")
            checks = [row.outcome for row in uow.checks.all(source.id).values()]
            assert checks == ["new", outcomes[kind_of(number)]], (number, checks)


def every_verdict_is_there_once(store: Store, engine: Engine, sources: int) -> None:
    changed = [number for number in range(sources) if kind_of(number) == CHANGED]
    assert count(engine, "SELECT count(*) FROM comparisons") == len(changed)
    assert count(engine, "SELECT count(*) FROM verdicts WHERE level = 'breaking'") == 3 * len(changed)
    assert count(engine, "SELECT count(*) FROM snapshots") == sources + len(changed)
    with store.reading() as uow:
        for number in changed:
            source = uow.sources.get(f"s{number}")
            assert len(uow.comparisons.engines(source.id)) == 1
            assert [uow.snapshots.data(row.id) for row in uow.snapshots.all(source.id)] == [
                document(number, 1),
                document(number, 2),
            ]


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(place, providers, engine, postgresql_url, sources):
    providers.pause = 1.5
    everything_is_due(engine)
    daemon = Process(DAEMON, place, postgresql_url)
    daemon.says("queued")
    daemon.end()
    worker = Process(WORKER, place, postgresql_url)
    try:
        until(lambda: providers.asked.total() >= 1)
        worker.end(signal.SIGTERM)
    finally:
        worker.end(signal.SIGKILL)
    assert worker.popen.returncode == 0
    assert "stopped" in worker.lines[-1]
    assert count(engine, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == 0
    assert count(engine, "SELECT count(*) FROM due WHERE owner NOT IN ('queue')") == 0
    done = count(engine, "SELECT count(*) FROM checks") - sources
    assert 1 <= done == providers.asked.total() < sources


def test_what_takes_too_long_to_finish_is_left_to_another_worker(place, providers, engine, postgresql_url):
    providers.going.clear()
    everything_is_due(engine)
    daemon = Process(DAEMON, place, postgresql_url)
    hasty = Process(WORKER.replace("drain=timedelta(seconds=20)", "drain=timedelta(0)"), place, postgresql_url)
    other = None
    try:
        until(lambda: providers.asked.total() >= 1)
        asked = list(providers.asked)
        hasty.end(signal.SIGTERM)
        assert hasty.popen.returncode == 0
        assert "another worker does it" in hasty.lines[-1]
        providers.going.set()
        other = Process(WORKER, place, postgresql_url)
        for number in asked:
            other.says(f"check source=s{number} ")
    finally:
        providers.going.set()
        for process in (hasty, other, daemon):
            if process is not None:
                process.end()


FAST = """
import sys, threading, time
right, ahead = time.time, [400 * 86400]
time.time = lambda: right() + ahead[0]
def correct():
    ahead[0] = 0
    print("the clock is right", file=sys.stderr, flush=True)
threading.Timer(6, correct).start()
"""
"""The clock of a process is ahead for its first seconds."""


def test_what_comes_by_itself_goes_on_after_a_clock_that_was_ahead(place, engine, postgresql_url, mailbox):
    worker = Process(FAST + WORKER, place, postgresql_url)
    daemon = None
    try:
        worker.says("started")
        worker.says("the clock is right")
        everything_is_due(engine)
        daemon = Process(DAEMON, place, postgresql_url)
        until(lambda: len(mailbox.messages) >= 1)  # a source failed
    finally:
        for process in (worker, daemon):
            if process is not None:
                process.end()


def test_a_worker_that_loses_its_connections_goes_on(place, engine, postgresql_url):
    worker = Process(WORKER, place, postgresql_url)
    daemon = Process(DAEMON, place, postgresql_url)
    try:
        worker.says("started")
        until(lambda: count(engine, "SELECT count(*) FROM procrastinate_workers") == 1)
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
            )
        everything_is_due(engine)
        worker.says("check source=")
    finally:
        worker.end()
        daemon.end()
    assert worker.popen.returncode == 0


@pytest.mark.parametrize("program", [DAEMON, WORKER], ids=["daemon", "worker"])
def test_without_the_queue_s_tables_it_says_how_they_are_made(place, engine, postgresql_url, program):
    with engine.connect() as connection:
        connection.execute(text("DROP TABLE procrastinate_jobs CASCADE"))
    process = Process(program, place, postgresql_url)
    process.popen.wait(60)
    process.end()
    assert process.popen.returncode != 0
    assert "the queue's tables are missing" in process.lines[-2]
    assert "specwatch db upgrade" in process.lines[-1]
