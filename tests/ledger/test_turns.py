"""Between two turns the book says the same: it need not be made again for the days that go by."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.jobs import import_history, versions_in_files
from monitor.jobs.past import Past, entries_of
from monitor.jobs.profiles import load_profiles
from monitor.ledger import next_turn
from monitor.settings import SourceSettings
from monitor.store import open_store
from tests.jobs.conftest import write_harbour

SOURCE = SourceSettings("harbour", "https://harbour.example/openapi.json")
PROSE = b"""openapi: 3.0.3
info: {title: Harbour, version: '1'}
paths:
  /v1/a: {get: {deprecated: true, description: "It will be removed within 45 days.", responses: {'200': {description: Fine.}}}}
  /v1/b: {get: {deprecated: true, x-sunset: '2025-09-30', responses: {'200': {description: Fine.}}}}
  /v1/c: {get: {description: "Deprecated from 2025-08-20 on.", x-sunset: '2025-11-30', responses: {'200': {description: Fine.}}}}
"""


@pytest.fixture
def store(tmp_path: Path):
    """The harbour's history, and one with days of every kind."""
    folder = write_harbour(tmp_path / "versions")
    (folder / "2025-07-10T0900_dated.yaml").write_bytes(PROSE)
    opened = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    now = datetime(2025, 7, 11, tzinfo=UTC)
    import_history(opened, SOURCE, versions_in_files([folder]), now=now, folder=tmp_path, limit=0)
    yield opened
    opened.close()


@pytest.mark.parametrize("promise", [None, "incident-io"])
def test_on_every_day_before_the_next_turn_the_book_is_the_same(store, promise):
    profiles = load_profiles("strict", promise)
    with store.reading() as uow:
        source_id = uow.sources.get("harbour").id
    past = Past.load(store, source_id, profiles, keep=False)
    last = max(observation.seen_at for observation in past.observations).date()
    entries, turn, turns = None, last, 0
    for number in range(500):
        today = last + timedelta(days=number)
        now = entries_of(past, profiles, today=today)
        if turn is not None and today >= turn:
            entries, turns = now, turns + 1
            turn = next_turn(entries, today=today, window_months=profiles.window_months)
        assert now == entries, today
    assert turn is None
    assert 3 < turns < 60


def test_nothing_turns_where_nothing_is_deprecated():
    assert next_turn((), today=date(2026, 1, 1), window_months=3) is None
