"""The daemon seen from outside: its log, its metrics, its health, and the ping that says all is well."""

from __future__ import annotations

import io
import json
import re
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from monitor.daemon import Daemon
from monitor.errors import ConfigurationError
from monitor.jobs import claim_checks, plan_checks
from monitor.jobs.due import put_off
from monitor.store import QueuedJob, open_store, upgrade_queue
from monitor.telemetry import Log
from tests.daemon.conftest import DOCUMENT, checks

SECRET = "/ping/1a2b3c4d-5e6f"


def configure(place, text: str) -> None:
    """Write a text in front of the sources."""
    sources = (place / "specwatch.toml").read_text()
    (place / "specwatch.toml").write_text(text + sources[sources.index("[[sources]]") :])


def served(running, path: str) -> tuple[int, str]:
    """Status and body of a page of a daemon."""
    address = getattr(running, "daemon", running)._serving[1].address
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def metrics(running) -> dict[str, float]:
    """Every sample by its name and labels, as they are served."""
    lines = served(running, "/metrics")[1].splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_a_check_is_a_line_with_its_source_its_id_and_its_times(open_daemon, place, clock):
    configure(place, '[daemon]\nlog = "json"\n')
    running = open_daemon()
    (first,) = (json.loads(line) for line in running.step() if '"check"' in line)
    (place / "a.json").write_text(json.dumps({**DOCUMENT, "paths": {}}))
    clock.moment += timedelta(hours=6)
    (second,) = (json.loads(line) for line in running.step() if '"check"' in line)
    assert (first["source"], first["outcome"], first["level"]) == ("lanterns", "new", "info")
    assert "compare_seconds" not in first
    assert 0 < second["compare_seconds"] <= second["seconds"]
    assert 0 < second["fetch_seconds"] <= second["seconds"]
    with closing(open_store(f"sqlite:///{place / 'specwatch.db'}")) as store, store.reading() as uow:
        known = uow.checks.all(uow.sources.get("lanterns").id)
    assert list(known) == [first["check"], second["check"]]


def test_checks_comparisons_and_changes_are_counted(open_daemon, place, clock):
    configure(place, '[daemon]\nlisten = "127.0.0.1:0"\n')
    with (place / "specwatch.toml").open("a") as file:
        file.write(
            '[[sources]]\nname = "gone"\nurl = "nowhere.json"\n[[sources]]\nname = "off"\nurl = "b"\npaused = true\n'
        )
    running = open_daemon()
    before = metrics(running)
    assert before['specwatch_checks_total{outcome="new"}'] == 0
    running.step()
    (place / "a.json").write_text(json.dumps({**DOCUMENT, "paths": {}}))
    clock.moment += timedelta(hours=6)
    running.step()
    clock.moment += timedelta(hours=7)
    now = metrics(running)
    assert now['specwatch_checks_total{outcome="new"}'] == 2
    assert now['specwatch_checks_total{outcome="failed"}'] == 2
    assert sum(value for name, value in now.items() if name.startswith("specwatch_check_failures_total{")) == 2
    assert now["specwatch_check_duration_seconds_count"] == 4
    assert now["specwatch_comparison_duration_seconds_count"] == 1
    assert now['specwatch_changes_total{level="breaking"}'] == 1
    assert now['specwatch_sources{state="watched"}'] == 2
    assert now['specwatch_sources{state="paused"}'] == 1
    good = clock.moment - timedelta(hours=7)
    assert now['specwatch_source_last_success_timestamp_seconds{source="lanterns"}'] == good.timestamp()
    assert now['specwatch_source_last_success_timestamp_seconds{source="gone"}'] == 0
    assert not [name for name in now if "off" in name]
    assert now['specwatch_due{job="check"}'] == 2
    assert now['specwatch_due_oldest_seconds{job="check"}'] >= 3600
    assert now["specwatch_last_good_cycle_timestamp_seconds"] == good.timestamp()
    assert now["specwatch_config_last_reload_successful"] == 1


def test_the_ledger_is_counted_by_state(open_daemon, place):
    flagged = {"get": {"deprecated": True, "responses": {"200": {"description": "Fine."}}}}
    (place / "a.json").write_text(json.dumps({**DOCUMENT, "paths": {"/a": flagged}}))
    configure(place, '[daemon]\nlisten = "127.0.0.1:0"\n')
    running = open_daemon()
    running.step()
    assert metrics(running)['specwatch_ledger_entries{source="lanterns",state="deprecated"}'] == 1


def test_deliveries_are_counted_and_one_that_fails_is_no_good_cycle(open_daemon, place, clock, mailbox):
    configure(
        place,
        f'recipients = ["ann@example.org"]\n[daemon]\nlisten = "127.0.0.1:0"\n[smtp]\nhost = "127.0.0.1"\n'
        f'port = {mailbox.port}\nsecurity = "none"\nsender = "w@example.org"\n',
    )
    running = open_daemon()
    running.step()
    clock.moment += timedelta(days=7)
    running.step()
    assert metrics(running)['specwatch_deliveries_total{outcome="sent"}'] == 1
    good = metrics(running)["specwatch_last_good_cycle_timestamp_seconds"]
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    text = (place / "specwatch.toml").read_text()
    (place / "specwatch.toml").write_text(text.replace(f"port = {mailbox.port}", f"port = {port}"))
    clock.moment += timedelta(days=7)
    running.step()
    now = metrics(running)
    assert now["specwatch_last_good_cycle_timestamp_seconds"] == good
    assert now['specwatch_messages{state="deferred"}'] == 1


def test_health_and_readiness_are_pages_for_machines(open_daemon, place):
    configure(place, '[daemon]\nlisten = "127.0.0.1:0"\n')
    running = open_daemon()
    assert served(running, "/readyz")[0] == 200
    status, body = served(running, "/healthz")
    assert (status, json.loads(body)["status"]) == (200, "ok")
    assert served(running, "/")[0] == 404
    assert served(running, "/metrics?name[]=specwatch_due")[0] == 200
    running.daemon.stopping.set()
    status, body = served(running, "/readyz")
    assert (status, json.loads(body)["error"]) == (503, "it was told to stop")


def test_a_database_that_does_not_answer_is_not_ready_but_alive(open_daemon, place):
    configure(place, '[daemon]\nlisten = "127.0.0.1:0"\n')
    running = open_daemon()
    running.daemon.store.close()
    for file in place.glob("specwatch.db*"):
        file.unlink()
    (place / "specwatch.db").write_text("this is no database, and was one a moment ago")
    status, body = served(running, "/readyz")
    assert status == 503
    assert "database" in json.loads(body)["error"]
    assert served(running, "/healthz")[0] == 200
    assert metrics(running)["specwatch_database_up"] == 0


def test_one_that_hangs_or_is_silent_is_not_healthy(open_daemon, place):
    configure(place, '[daemon]\nlisten = "127.0.0.1:0"\n')
    running = open_daemon()
    running.daemon._beaten -= 121
    assert served(running, "/healthz")[0] == 503
    running.daemon.beat()
    assert served(running, "/healthz")[0] == 200
    with running.daemon._busy:
        running.daemon._doing, running.daemon._begun = "check lanterns", running.daemon._begun - 3601
        status, body = served(running, "/healthz")
    assert (status, json.loads(body)["doing"]) == (503, "check lanterns")


def test_an_address_that_is_taken_is_told_and_what_was_there_goes_on(open_daemon, place):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        configure(place, f'[daemon]\nlisten = "127.0.0.1:{port}"\n')
        with pytest.raises(ConfigurationError, match=f"127.0.0.1:{port}"):
            open_daemon()
        configure(place, '[daemon]\nlisten = "127.0.0.1:0"\n')
        running = open_daemon()
        configure(place, f'[daemon]\nlisten = "127.0.0.1:{port}"\n')
        assert any("configuration-refused" in line and str(port) in line for line in running.step())
        assert served(running, "/healthz")[0] == 200
    configure(place, "")
    running.step()
    assert running.daemon._serving is None


def test_a_configuration_whose_address_is_taken_is_followed_once_that_is_free(open_daemon, place):
    configure(place, '[daemon]\nlisten = "127.0.0.1:0"\n')
    running = open_daemon()
    running.step()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        configure(place, f'[daemon]\nlisten = "127.0.0.1:{port}"\nlog = "json"\n')
        with (place / "specwatch.toml").open("a") as file:
            file.write('[[sources]]\nname = "other"\nurl = "a.json"\n')
        (refused,) = running.step()
        assert "configuration-refused" in refused
        assert [source.name for source in running.daemon.known.sources] == ["lanterns"]
        assert running.step() == []  # it is said once
        assert metrics(running)["specwatch_config_last_reload_successful"] == 0
    lines = [json.loads(line) for line in running.step()]
    assert [line["source"] for line in lines if line["event"] == "check"] == ["other"]
    assert metrics(running)["specwatch_config_last_reload_successful"] == 1
    assert running.daemon._serving[1].address == f"127.0.0.1:{port}"


def test_another_host_at_the_same_port_needs_no_restart(open_daemon, place):
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    configure(place, f'[daemon]\nlisten = "127.0.0.1:{port}"\n')
    running = open_daemon()
    configure(place, f'[daemon]\nlisten = "0.0.0.0:{port}"\n')
    assert any("listening" in line and f"0.0.0.0:{port}" in line for line in running.step())
    assert served(running, "/healthz")[0] == 200
    configure(place, f'[daemon]\nlisten = "192.0.2.1:{port}"\n')  # which is no address of this machine
    assert any("configuration-refused" in line for line in running.step())
    assert running.daemon._serving[1].address == f"0.0.0.0:{port}"
    assert served(running, "/healthz")[0] == 200


@pytest.fixture
def switch(place, httpserver) -> str:
    """The URL of a dead man's switch, which the configuration names."""
    configure(place, '[daemon]\nheartbeat_url = "env:PING"\nheartbeat_networks = ["127.0.0.0/8"]\n')
    return httpserver.url_for(SECRET)


def test_a_good_cycle_is_told_to_the_switch_at_most_once_a_minute(open_daemon, clock, httpserver, switch):
    httpserver.expect_request(SECRET).respond_with_data("OK")
    running = open_daemon(PING=switch)
    running.step()
    running.step()
    assert len(httpserver.log) == 1
    clock.moment += timedelta(minutes=1)
    running.step()
    assert len(httpserver.log) == 2


def test_a_worker_tells_the_switch_as_long_as_there_is_a_daemon_that_queues(
    open_daemon, place, clock, httpserver, switch
):
    from monitor.worker import Worker

    httpserver.expect_request(SECRET).respond_with_data("OK")
    scheduler = open_daemon(PING=switch)
    worker = Worker(place / "specwatch.toml", clock=clock, environ={"PING": switch}, log=scheduler.daemon.log)
    worker.open()
    worker.tell()
    assert httpserver.log == []
    scheduler.daemon.beat()
    worker.tell()
    assert len(httpserver.log) == 1
    clock.moment += timedelta(minutes=2)
    scheduler.daemon.beat()
    worker._guarded("check acme", lambda: 1 // 0)  # a fault of ours in a job
    worker.tell()
    assert len(httpserver.log) == 1
    worker.tell()
    assert len(httpserver.log) == 2
    worker.close()


def test_all_workers_together_tell_the_switch_at_most_once_a_minute(open_daemon, place, clock, httpserver, switch):
    from monitor.worker import Worker

    httpserver.expect_oneshot_request(SECRET).respond_with_data("", 500)
    httpserver.expect_request(SECRET).respond_with_data("OK")
    scheduler = open_daemon(PING=switch)
    scheduler.daemon.beat()
    workers = [
        Worker(place / "specwatch.toml", clock=clock, environ={"PING": switch}, log=scheduler.daemon.log)
        for _ in range(3)
    ]
    told = []
    for worker in workers:  # the first one's is refused, which is no reason for the second one to wait
        worker.open()
        worker.tell()
        told.append(len(httpserver.log))
    assert told == [1, 2, 2]
    clock.moment += timedelta(seconds=59)
    scheduler.daemon.beat()
    workers[0].tell()
    assert len(httpserver.log) == 2
    clock.moment += timedelta(seconds=1)
    workers[0].tell()
    workers[1].tell()
    assert len(httpserver.log) == 3
    clock.moment -= timedelta(minutes=30)  # it was ahead
    scheduler.daemon.beat()
    workers[0].tell()
    assert len(httpserver.log) == 4
    for worker in workers:
        worker.close()


def test_a_fault_of_any_worker_is_told_to_the_switch_by_none_until_it_is_made_good(
    open_daemon, place, clock, httpserver, switch
):
    from monitor.worker import Worker

    httpserver.expect_request(SECRET).respond_with_data("OK")
    scheduler = open_daemon(PING=switch)
    scheduler.daemon.beat()
    plan_checks(scheduler.daemon.store, scheduler.daemon.settings(), now=clock.moment)
    with scheduler.daemon.store.transaction() as uow:
        (claim,) = claim_checks(uow, now=clock.moment, owner="another worker")
    put_off(scheduler.daemon.store, claim, "its disk is full", now=clock.moment)
    well = Worker(place / "specwatch.toml", clock=clock, environ={"PING": switch}, log=scheduler.daemon.log)
    well.open()
    well.tell()
    assert httpserver.log == []
    clock.moment += timedelta(minutes=1)
    scheduler.daemon.beat()
    assert len(checks(scheduler.step())) == 1  # tried again, and done
    assert len(httpserver.log) == 1
    clock.moment += timedelta(minutes=1)
    scheduler.daemon.beat()
    well.tell()
    assert len(httpserver.log) == 2
    well.close()


def test_a_worker_follows_a_changed_configuration_in_all_of_its_jobs(place, clock):
    """A job for a source that was added just now may come while another job reads the file."""
    from monitor.worker import Worker

    worker = Worker(place / "specwatch.toml", clock=clock, environ={}, log=Log(clock, io.StringIO()))
    worker.open()
    (place / "sources.d").mkdir()
    sources = (f'[[sources]]\nname = "s{number}"\nurl = "a.json"\n' for number in range(1000))
    (place / "sources.d" / "team.toml").write_text("".join(sources))
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lambda _: len(worker.settings().sources), range(32)))
    assert seen == [1001] * 32
    (place / "sources.d" / "team.toml").unlink()
    assert len(worker.settings().sources) == 1
    worker.close()


@pytest.mark.postgresql
def test_a_scheduler_tells_how_things_stand_and_a_worker_what_it_did(place, clock, postgresql_url):
    from monitor.worker import Worker

    with closing(open_store(postgresql_url, upgrade=False)) as store:
        store.upgrade()
        upgrade_queue(store)
    configure(place, f'database = "{postgresql_url}"\n[daemon]\nlisten = "127.0.0.1:0"\n')
    (place / "specwatch.toml").chmod(0o600)
    output = io.StringIO()
    means = {"clock": clock, "environ": {}, "log": Log(clock, output)}
    scheduler = Daemon(place / "specwatch.toml", queue=True, **means)
    worker = Worker(place / "specwatch.toml", listen=("127.0.0.1", 0), **means)
    for each in (scheduler, worker):
        each.open()
    scheduler.beat()
    scheduler.step()
    now = metrics(scheduler)
    assert now["specwatch_last_good_cycle_timestamp_seconds"] == clock.moment.timestamp()
    named = clock.moment
    clock.moment += timedelta(minutes=3)
    now = metrics(scheduler)  # no worker has taken it
    assert (now['specwatch_due{job="check"}'], now['specwatch_in_hand{job="check"}']) == (1, 0)
    assert now['specwatch_due_oldest_seconds{job="check"}'] == 180
    worker.check(QueuedJob("check", "lanterns", f"{named:%Y-%m-%dT%H:%M:%S.%fZ}"))
    worker.tell()
    now, done = metrics(scheduler), metrics(worker)
    assert now['specwatch_due{job="check"}'] == now['specwatch_retrying{job="check"}'] == 0
    assert now['specwatch_last_checks{outcome="new"}'] == done['specwatch_last_checks{outcome="new"}'] == 1
    assert now['specwatch_last_checks{outcome="not-modified"}'] == 0
    assert done['specwatch_checks_total{outcome="new"}'] == 1
    assert done["specwatch_last_good_cycle_timestamp_seconds"] == clock.moment.timestamp()
    assert served(worker, "/healthz")[0] == served(worker, "/readyz")[0] == 200
    for each in (worker, scheduler):
        each.close()


def test_a_source_that_fails_is_no_bad_cycle_but_a_fault_of_ours_is(
    open_daemon, place, clock, httpserver, switch, monkeypatch
):
    from monitor.jobs import checking

    httpserver.expect_request(SECRET).respond_with_data("", status=204)
    (place / "a.json").unlink()
    running = open_daemon(PING=switch)
    assert "outcome=failed" in checks(running.step())[0]
    assert len(httpserver.log) == 1

    def broken(*_arguments, **_more):
        raise ZeroDivisionError("as if we had a fault")

    monkeypatch.setattr(checking.Visit, "take_in", broken)
    clock.moment += timedelta(days=1)
    running.step()
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("answer", ["500", "302", "cut", "refused", "unset"])
def test_a_ping_that_fails_is_one_line_that_holds_no_secret(open_daemon, httpserver, switch, answer):
    if answer in ("500", "302"):
        headers = {"location": f"http://elsewhere.example{SECRET}"}
        httpserver.expect_request(SECRET).respond_with_data("", status=int(answer), headers=headers)
    if answer == "cut":
        with socket.create_server(("127.0.0.1", 0)) as closed:
            switch = f"http://127.0.0.1:{closed.getsockname()[1]}{SECRET}"
    if answer == "refused":
        switch = switch.replace("127.0.0.1", "10.1.2.3").replace("localhost", "10.1.2.3")
    running = open_daemon(**({} if answer == "unset" else {"PING": switch}))
    lines = [line for line in running.step() if "heartbeat" in line]
    assert len(lines) == 1
    assert "heartbeat-failed" in lines[0]
    assert not re.search("1a2b3c4d|5e6f", lines[0])
    assert [line for line in running.step() if "heartbeat" in line] == []
