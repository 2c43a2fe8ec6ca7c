"""SIGKILL at random points of check, digest and deliver: no change is lost, nothing is half written, nobody is told
twice."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from monitor.jobs.deriving import derive
from monitor.jobs.profiles import profiles_of
from monitor.settings import load
from monitor.store import open_store
from tests.daemon.lives import version

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("SOAK_KILLS", "12"))
"""`make soak` asks for 200."""
SEED = int(os.environ.get("SOAK_SEED", "7"))


@pytest.fixture
def place(tmp_path: Path, database_url: str, mailbox) -> Path:
    """A configuration of one source, a digest each Monday, and the mailbox."""
    open_store(database_url, upgrade=False).upgrade()
    (tmp_path / "progress").write_text("0")
    (tmp_path / "specwatch.toml").write_text(
        'database = "env:SPECWATCH_TEST_DATABASE"\nrecipients = ["ann@example.org", "bob@example.org"]\n'
        '[digest]\nday = "monday"\nat = "08:00"\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\nsender = "w@example.org"\n'
        '[[sources]]\nname = "lanterns"\nurl = "a.json"\nevery = "1h"\n'
    )
    return tmp_path


@pytest.mark.timeout(1800)
def test_a_daemon_that_is_killed_again_and_again_loses_nothing_and_tells_nothing_twice(
    place: Path, database_url: str, mailbox
) -> None:
    environ = {**os.environ, "SPECWATCH_TEST_DATABASE": database_url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.daemon.lives", str(place), str(KILLS), str(SEED)]
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=1700, check=False)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    rounds = int(ended.stdout)
    assert "fault" not in (place / "log").read_text()

    every_version_is_there_once(database_url, rounds)
    every_effect_is_there_once(database_url)
    what_is_derived_is_what_would_be_derived_anew(place, database_url)
    every_message_is_told_once(database_url, mailbox.messages, rounds)


def every_version_is_there_once(database_url: str, rounds: int) -> None:
    store = open_store(database_url)
    with store.reading() as uow:
        source = uow.sources.get("lanterns")
        rows = uow.snapshots.all(source.id)
        # The last round may have been cut off when enough was seen.
        assert len(rows) in (rounds, rounds + 1)
        assert [uow.snapshots.data(row.id) for row in rows] == [version(number) for number in range(len(rows))]
        seen = {content_id for content_id, _ in uow.checks.sights(source.id)}
        assert seen == {row.content_id for row in rows}
        pairs = {(before.id, after.id) for before, after in pairwise(rows)}
        assert uow.comparisons.engines(source.id).keys() == pairs
        assert uow.comparisons.failed(source.id) == 0
    store.close()


def every_effect_is_there_once(database_url: str) -> None:
    """No check twice at one moment, no verdict without its comparison, no orphan."""
    engine = create_engine(database_url)
    with engine.connect() as connection:

        def count(statement: str) -> int:
            return connection.execute(text(statement)).scalar_one()

        assert count("SELECT count(*) FROM (SELECT at FROM checks GROUP BY at HAVING count(*) > 1) AS twice") == 0
        assert count("SELECT count(*) FROM contents") == count("SELECT count(*) FROM snapshots")
        assert (
            count(
                "SELECT count(*) FROM comparisons c WHERE NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.comparison_id = c.id)"
            )
            == 0
        )
        weeks = count("SELECT count(*) FROM runs WHERE job = 'digest'")
        assert count("SELECT count(*) FROM outbox WHERE kind = 'digest'") == 2 * weeks
        assert count("SELECT count(*) FROM (SELECT 1 FROM outbox GROUP BY message HAVING count(*) > 1) AS twice") == 0
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()


def what_is_derived_is_what_would_be_derived_anew(place: Path, database_url: str) -> None:
    store = open_store(database_url)
    (settings,) = load(place / "specwatch.toml").sources
    with store.reading() as uow:
        source = uow.sources.get("lanterns")
        ledger = uow.ledger.all(source.id)
        last = uow.checks.last(source.id)
        found = {pair: uow.comparisons.get(*pair) for pair in uow.comparisons.engines(source.id)}
    with store.transaction() as uow:
        uow.comparisons.drop(list(found))
        uow.ledger.replace(source.id, [])
    derive(store, source, profiles_of(settings, place), now=last.at)
    with store.reading() as uow:
        assert uow.ledger.all(source.id) == ledger
        assert {pair: uow.comparisons.get(*pair) for pair in uow.comparisons.engines(source.id)} == found
    store.close()


def every_message_is_told_once(database_url: str, messages: list[EmailMessage], rounds: int) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT message_id, kind, period, recipient, state FROM outbox")).all()
    engine.dispose()
    told = Counter(str(message["Message-ID"]) for message in messages)
    # What the last round put there may still wait; nothing else does, and what was sent came.
    digests = {row.message_id: row for row in rows if row.kind == "digest"}
    waiting = [row for row in digests.values() if row.state != "accepted"]
    last = max(row.period for row in digests.values())
    assert all(row.period == last for row in waiting)
    assert told.keys() >= {row.message_id for row in rows if row.state == "accepted"}
    assert told.keys() <= {row.message_id for row in rows}
    # A repeat after a send that nobody knows the end of has the same Message-ID and the same words.
    for message_id in told:
        same = {message.as_bytes() for message in messages if message["Message-ID"] == message_id}
        assert len(same) == 1
    assert len({(row.kind, row.period, row.recipient) for row in rows}) == len(rows)
    # Each change is told in exactly one digest: in each version one operation is gone, those deprecated left aside,
    # which the list of deprecations goes on showing.
    of_ann = {str(each["Message-ID"]): each for each in messages if each["To"] == "ann@example.org"}
    texts = [each.get_body(("plain",)).get_content() for name, each in of_ann.items() if name in digests]
    at_once = [each.get_body(("plain",)).get_content() for name, each in of_ann.items() if name not in digests]
    for number in range(rounds):
        assert sum(f"The operation GET /things/{number} is gone" in text for text in at_once) <= 1, number
    for number in (each for each in range(rounds - 3) if each % 3):
        assert sum(re.search(rf"/things/{number}\b", text) is not None for text in texts) == 1, number
