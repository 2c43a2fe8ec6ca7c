"""The daemon: what is due is done, faults stay where they arise, and a signal ends it cleanly in the middle of work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug import Response

from monitor.errors import ConfigurationError, StoreError
from monitor.jobs.due import CHECK
from monitor.store import open_store
from tests.daemon.conftest import DOCUMENT, Running, checks


@pytest.fixture
def running(place, clock):
    made = Running(place, clock)
    yield made
    made.close()


def test_a_source_is_checked_at_once_and_then_at_its_interval(running, clock):
    assert len(checks(running.step())) == 1
    assert checks(running.step()) == []
    clock.moment += timedelta(hours=5, minutes=59)
    assert checks(running.step()) == []
    clock.moment += timedelta(minutes=1)
    assert len(checks(running.step())) == 1


def test_what_fell_due_during_a_long_sleep_is_done_once(running, clock):
    running.step()
    clock.moment += timedelta(days=30)
    assert len(checks(running.step())) == 1
    assert checks(running.step()) == []


def test_a_change_is_in_the_log_with_its_counts(running, place, clock):
    running.step()
    (place / "a.json").write_text(json.dumps({**DOCUMENT, "paths": {}}))
    clock.moment += timedelta(hours=6)
    (line,) = checks(running.step())
    assert "source=lanterns" in line
    assert "outcome=new" in line
    assert "breaking=1" in line


def test_a_source_that_fails_is_one_line_and_stops_no_other(running, place, clock):
    with (place / "specwatch.toml").open("a") as file:
        file.write('[[sources]]\nname = "gone"\nurl = "nowhere.json"\n')
    lines = checks(running.step())
    assert len(lines) == 2
    assert any("source=gone" in line and "outcome=failed" in line for line in lines)
    assert any("source=lanterns" in line and "outcome=new" in line for line in lines)


def test_a_changed_configuration_is_read_anew_and_a_broken_one_is_not_followed(running, place, clock):
    running.step()
    (place / "specwatch.toml").write_text("sources = nonsense\n")
    os.utime(place / "specwatch.toml", (1, 1))
    clock.moment += timedelta(hours=6)
    lines = running.step()
    assert any("configuration-refused" in line for line in lines)
    assert len(checks(lines)) == 1


def test_a_configuration_that_is_broken_from_the_start_is_an_error(place, clock):
    (place / "specwatch.toml").write_text("colour = 1\n")
    with pytest.raises(ConfigurationError, match="colour"):
        Running(place, clock)


def test_the_digest_goes_out_on_its_day_once(place, clock, mailbox):
    text = (place / "specwatch.toml").read_text()
    (place / "specwatch.toml").write_text(
        'recipients = ["ann@example.org"]\n[digest]\nday = "monday"\nat = "08:00"\ntimezone = "UTC"\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\nsender = "w@example.org"\n{text}'
    )
    running = Running(place, clock)
    running.step()
    assert mailbox.messages == []  # seven o'clock
    clock.moment += timedelta(hours=1)
    running.step()
    assert len(mailbox.messages) == 1
    running.step()
    clock.moment += timedelta(days=6)
    running.step()
    assert len(mailbox.messages) == 1
    clock.moment += timedelta(days=1)
    running.step()
    assert len(mailbox.messages) == 2
    running.close()


def test_a_digest_waits_for_checks_that_began_before_its_time_but_not_for_long(place, clock, mailbox):
    text = (place / "specwatch.toml").read_text()
    (place / "specwatch.toml").write_text(
        'recipients = ["ann@example.org"]\n[digest]\nday = "monday"\nat = "08:00"\ntimezone = "UTC"\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\nsender = "w@example.org"\n{text}'
    )
    running = Running(place, clock)
    running.step()
    for weeks, minutes in ((0, 1), (1, 11)):
        clock.moment = datetime(2026, 3, 9, 8, 0, 1, tzinfo=UTC) + timedelta(weeks=weeks)
        with running.daemon.store.transaction() as uow:  # another process, whose clock is behind, is at it for a while
            row = uow.due.get(CHECK, "lanterns")
            uow.due.drop(CHECK, ["lanterns"])
            at = clock.moment
            uow.due.put(CHECK, "lanterns", plan=row.plan, named_at=at, due_at=at, now=at)
            (taken,) = uow.due.take(CHECK, owner="another", now=clock.moment, lease=timedelta(hours=1))
        clock.moment += timedelta(seconds=20)
        running.step()
        assert len(mailbox.messages) == weeks
        clock.moment += timedelta(minutes=minutes)
        if weeks == 0:
            following = clock.moment + timedelta(hours=6)
            with running.daemon.store.transaction() as uow:
                assert uow.due.finish(taken, "another", named_at=following, due_at=following)
        running.step()
        assert len(mailbox.messages) == weeks + 1
    running.close()


def test_one_document_that_explodes_hurts_only_itself(place, clock):
    """A comparison that outgrows its process ends with a line in the log; the others are checked, and it is tried again."""
    with (place / "specwatch.toml").open("a") as file:
        file.write('[[sources]]\nname = "bomb"\nurl = "bomb.json"\n[limits]\ncompare_megabytes = 300\n')
    padding = [{f"key {number}": [number] * 4} for number in range(300_000)]
    (place / "bomb.json").write_text(json.dumps({**DOCUMENT, "x-padding": padding}))
    running = Running(place, clock)
    assert len(checks(running.step())) == 2
    (place / "bomb.json").write_text(json.dumps({**DOCUMENT, "x-padding": padding[1:]}))
    (place / "a.json").write_text(json.dumps({**DOCUMENT, "paths": {}}))
    clock.moment += timedelta(hours=6)
    lines = running.step()
    (bomb,) = [line for line in checks(lines) if "source=bomb" in line]
    assert "outcome=new" in bomb
    assert "memory" in bomb
    assert any("source=lanterns" in line and "breaking=1" in line for line in checks(lines))
    assert [line for line in running.step() if " compare " in line] == []
    clock.moment += timedelta(minutes=1)
    (again,) = [line for line in running.step() if " compare " in line]
    assert "attempt=2" in again
    assert "memory" in again
    running.close()


def test_what_the_configuration_lets_go_is_forgotten_once_a_day(running, place, clock):
    for number in range(6):
        (place / "a.json").write_text(json.dumps({**DOCUMENT, "x-number": number}))
        running.step()
        clock.moment += timedelta(hours=6)
    with (place / "specwatch.toml").open("a") as file:
        file.write("[retention]\nkeep = 2\n")
    assert not [line for line in running.step() if " prune " in line]  # nobody's clock is believed at once
    clock.moment += timedelta(days=1)
    (line,) = [line for line in running.step() if " prune " in line]
    assert "versions=4" in line
    assert "left=0" in line
    assert not [line for line in running.step() if " prune " in line]
    clock.moment += timedelta(days=1)
    (line,) = [line for line in running.step() if " prune " in line]
    assert "versions=0" in line


def test_what_explodes_while_a_digest_is_made_hurts_only_itself(place, clock, mailbox):
    """Comparisons that are out of date are made anew by whoever needs them first, and in the same compartment."""
    (place / "specwatch.toml").write_text(
        'recipients = ["ann@example.org"]\n[digest]\nday = "monday"\nat = "08:00"\ntimezone = "UTC"\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "none"\nsender = "w@example.org"\n'
        '[limits]\ncompare_megabytes = 300\n[[sources]]\nname = "bomb"\nurl = "bomb.json"\nevery = "6h"\n'
    )
    padding = [{f"key {number}": [number] * 4} for number in range(300_000)]
    (place / "bomb.json").write_text(json.dumps({**DOCUMENT, "x-padding": padding}))
    running = Running(place, clock)
    clock.moment -= timedelta(days=1)
    running.step()
    (place / "bomb.json").write_text(json.dumps({**DOCUMENT, "x-padding": padding[1:]}))
    clock.moment += timedelta(hours=20)
    running.step()
    clock.moment += timedelta(hours=4, minutes=59)
    running.step()  # it is tried again, and then not for two minutes
    (place / "specwatch.toml").write_text((place / "specwatch.toml").read_text() + 'client = "codegen"\n')
    clock.moment += timedelta(minutes=1)
    running.step()
    (digest,) = [each for each in mailbox.messages if "digest" in each["List-Id"]]
    assert "of memory" in " ".join(digest.get_body(("plain",)).get_content().split())
    running.close()


def test_what_goes_in_portions_goes_by_the_clock_that_was_believed(running, place, clock, monkeypatch):
    for number in range(4):
        (place / "a.json").write_text(json.dumps({**DOCUMENT, "x-number": number}))
        running.step()
        clock.moment += timedelta(hours=6)
    with (place / "specwatch.toml").open("a") as file:
        file.write('[retention]\nolder_than = "2y"\n')
    running.step()
    clock.moment += timedelta(days=1)
    monkeypatch.setattr("monitor.daemon.PRUNING", 0.0)  # nothing goes in this portion
    assert not [line for line in running.step() if " prune " in line]
    monkeypatch.undo()
    clock.moment += timedelta(days=3650)
    (line,) = [line for line in running.step() if " prune " in line]
    assert "versions=0" in line


@pytest.mark.parametrize("how", ["the database is locked", "another one is in charge"])
def test_what_was_claimed_and_given_up_falls_due_again(place, clock, monkeypatch, how):
    from monitor.jobs import checking

    with (place / "specwatch.toml").open("a") as file:
        file.write("".join(f'[[sources]]\nname = "s{number}"\nurl = "a.json"\n' for number in range(4)))
    running = Running(place, clock)
    running.daemon.beat()
    real, taken = checking.Visit.take_in, []

    def once(visit, store, step=None):
        taken.append(visit.source.name)
        if len(taken) == 2 and how == "the database is locked":
            raise StoreError("the database is locked")
        if len(taken) == 2:
            running.daemon.in_charge = False
        return real(visit, store, step)

    monkeypatch.setattr(checking.Visit, "take_in", once)
    if how == "the database is locked":
        monkeypatch.setattr("monitor.daemon.put_off", lambda *_, **__: (_ for _ in ()).throw(StoreError("locked")))
    done = len(checks(running.step()))
    assert done < 5
    monkeypatch.undo()
    running.daemon.in_charge = True
    for _ in range(20):  # five minutes of heartbeats and ticks
        clock.moment += timedelta(seconds=15)
        running.daemon.beat()
        done += len(checks(running.step()))
    assert done == 5
    running.close()


def test_a_fault_of_ours_is_tried_again_after_a_delay_and_stops_no_other(place, clock, monkeypatch):
    from monitor.jobs import checking

    with (place / "specwatch.toml").open("a") as file:
        file.write('[[sources]]\nname = "other"\nurl = "a.json"\n')
    real = checking.Visit.take_in

    def broken(visit, store, step=None):
        if visit.source.name == "lanterns":
            raise ZeroDivisionError("as if we had a fault")
        return real(visit, store, step)

    running = Running(place, clock)
    monkeypatch.setattr(checking.Visit, "take_in", broken)
    lines = running.step()
    assert len(checks(lines)) == 1
    assert any("fault" in line and "ZeroDivisionError" in line for line in lines)
    assert any('put-off what="check lanterns" failures=1' in line for line in lines)
    assert running.step() == []
    monkeypatch.undo()
    clock.moment += timedelta(minutes=1)
    assert len(checks(running.step())) == 1
    running.close()


def start(place: Path, **more) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "daemon"], cwd=place, stderr=subprocess.PIPE, text=True, **more
    )


def wait_for(process: subprocess.Popen, words: str, seconds: float = 40) -> list[str]:
    """Read the log until a line has the words."""
    lines: list[str] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        line = process.stderr.readline()
        if not line:
            break
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError(f"{words!r} never came; the log: {''.join(lines)}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_exit_code_0(place, number):
    process = start(place)
    wait_for(process, " check ")
    began = time.monotonic()
    process.send_signal(number)
    rest = process.communicate(timeout=20)[1]
    assert process.returncode == 0
    assert "stopped" in rest
    assert "Traceback" not in rest
    assert time.monotonic() - began < 10


def test_a_signal_in_the_middle_of_a_download_ends_it_and_leaves_nothing_half_done(place, httpserver):
    asked, go_on = threading.Event(), threading.Event()

    def slow(_request) -> Response:
        asked.set()
        go_on.wait(30)
        return Response(json.dumps(DOCUMENT))

    httpserver.expect_request("/a.json").respond_with_handler(slow)
    source = f'[[sources]]\nname = "slow"\nurl = "{httpserver.url_for("/a.json")}"\nallow_private = true\n'
    (place / "specwatch.toml").write_text(source)
    process = start(place)
    try:
        assert asked.wait(40)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=25)[1]
    finally:
        go_on.set()
    assert process.returncode == 0
    assert time.monotonic() - began < 15
    assert "stopped" in rest
    store = open_store(f"sqlite:///{place / 'specwatch.db'}")
    with store.reading() as uow:
        assert uow.sources.find("slow") is None
    store.close()


def test_sources_that_come_go_and_break_beside_the_configuration_are_followed(running, place, clock):
    assert len(checks(running.step())) == 1
    more = place / "sources.d" / "team.toml"
    more.parent.mkdir()
    more.write_text('[[sources]]\nname = "other"\nurl = "a.json"\nowner = "payments"\n')
    (line,) = checks(running.step())
    assert "source=other owner=payments" in line
    more.write_text('[[sources]]\nname = "other"\nurl = "a.json"\nowner = "payments"\ncolour = "red"\n')
    (refused,) = [line for line in running.step() if "configuration" in line]
    assert "configuration-refused" in refused
    assert f"{more}:5" in refused
    assert running.step() == []  # it is said once
    clock.moment += timedelta(hours=6)
    assert len(checks(running.step())) == 2  # what was good is followed
    more.unlink()
    clock.moment += timedelta(hours=6)
    assert len(checks(running.step())) == 1
