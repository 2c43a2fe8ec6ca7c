"""A hostile server and a source that watches it: each behaviour is called by its name, and nothing that is known is touched."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import stamina

from monitor.clock import fixed_clock
from monitor.jobs import CheckResult, check_source
from monitor.settings import FetchSettings, SourceSettings
from monitor.store import Store, open_store
from tests.fetch.hostile import BEHAVIOURS, GOOD, HOST, Hostile, document, whole

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHANGED = document("/boats", "/crews", "/tides", "/winds")


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    hostile = Hostile()
    yield hostile
    hostile.close()


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Retries are made at once, and one of them."""
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Iterator[Store]:
    """One database for all; each test has a source of its own."""
    opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'specwatch.db'}", upgrade=False)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def name(request) -> str:
    """The source of this test."""
    return request.node.name


@pytest.fixture
def check(server, store, tmp_path, name):
    """`check(1, act)`: what a check in the first hour comes to while the server does that."""

    def one(hour: int, act, *, host: str = HOST, seconds: int = 20, megabytes: int = 16) -> CheckResult:
        server.act = act
        url = f"http://{host}:{server.port}/openapi.json"
        return check_source(
            store,
            SourceSettings(name, url, allow_networks=(f"{HOST}/32",)),
            clock=fixed_clock(START + timedelta(hours=hour)),
            folder=tmp_path,
            environ={},
            limit=0,
            fetching=FetchSettings(time_limit=seconds, max_megabytes=megabytes),
        )

    return one


@pytest.fixture
def history(store, name):
    """Every version with its bytes and when it was seen."""

    def known() -> list[tuple[object, ...]]:
        with store.reading() as uow:
            rows = uow.snapshots.all(uow.sources.get(name).id)
            return [(row.sequence, row.seen_at, row.last_seen_at, uow.snapshots.data(row.id)) for row in rows]

    return known


def test_there_are_more_than_forty_behaviours():
    assert len(BEHAVIOURS) > 40


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS)
def test_what_a_hostile_server_does_is_named_costs_little_and_touches_nothing(check, history, behaviour):
    assert check(0, whole(GOOD)).outcome == "new"
    known = history()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    result = check(1, behaviour.act, seconds=behaviour.seconds, megabytes=behaviour.megabytes)
    assert time.monotonic() - began < 30  # a hang, not a slow machine
    assert (result.outcome, result.category) == ("failed", behaviour.category), result.message
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 500 * 1024
    assert "\n" not in (result.message or "").partition("\n  ")[0]
    assert len(result.message or "") < 1000
    assert history() == known
    after = check(2, whole(CHANGED))
    assert [change.rule for change in after.document.changes] == ["operation-added"]
    assert len(history()) == 2


def test_a_name_that_is_somewhere_else_the_next_time_is_not_followed_inside(check, history, monkeypatch):
    """DNS rebinding: between two checks, and between the check of an address and the connection to it."""
    real, answers = socket.getaddrinfo, [HOST, "127.0.0.1", HOST]
    asked: list[str] = []

    def lookup(host, *arguments, **options):
        if host != "rebound.example":
            return real(host, *arguments, **options)
        asked.append(host)
        return real(answers[len(asked) - 1], *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert check(0, whole(GOOD), host="rebound.example").outcome == "new"
    known = history()
    result = check(1, whole(CHANGED), host="rebound.example")
    assert (result.category, "127.0.0.1" in result.message) == ("blocked", True)
    assert history() == known
    assert check(2, whole(CHANGED), host="rebound.example").outcome == "new"
    assert len(asked) == 3  # once for each connection


def test_a_304_that_was_not_asked_for_is_no_sight_of_what_is_known(check, history):
    check(0, whole(GOOD))
    known = history()
    assert check(1, whole(b"", "304 Not Modified")).failed
    assert history() == known


def test_the_same_etag_over_another_document_is_another_document(check):
    check(0, whole(GOOD, ETag='"a"'))
    assert [change.rule for change in check(1, whole(CHANGED, ETag='"a"')).document.changes] == ["operation-added"]


def test_an_external_reference_to_the_metadata_service_is_not_asked_for(check, history):
    check(0, whole(GOOD))
    known = history()[0]
    refers = GOOD.replace(b'"responses"', b'"requestBody": {"$ref": "http://169.254.169.254/latest"}, "responses"')
    began = time.monotonic()
    check(1, whole(refers))
    assert time.monotonic() - began < 10
    assert history()[0][1:2] == known[1:2]
    assert check(2, whole(CHANGED)).outcome == "new"
