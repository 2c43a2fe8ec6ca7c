"""A day of checks against servers that fail a fifth of the time, in every way: no false change, no true change lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import stamina

from monitor.clock import fixed_clock
from monitor.jobs import build_report, check_source, deprecations, upcoming
from monitor.settings import FetchSettings, Settings, SourceSettings
from monitor.store import Store, open_store
from tests.fetch.hostile import BEHAVIOURS, HOST, Hostile, document, whole

START = datetime(2026, 3, 2, tzinfo=UTC)
TICK = timedelta(minutes=5)
DAY = timedelta(hours=24)
VERSIONS = (
    (0.0, document("/boats", "/crews")),
    (5.0, document("/boats", "/crews", "/tides")),
    (10.0, document("/boats", "/tides")),
    (15.0, document("/boats", "/crews", "/tides")),  # taken back
    (20.0, document("/boats", "/crews", "/tides", "/winds")),
)
"""From which hour on which document is served."""
# What costs its time-out or much memory is met elsewhere (tests/fetch/test_hostile_server.py).
# A 304 is a good answer to whoever has a copy.
LEFT_OUT = ("bomb", "MB", "end", "too large at once", "304")
KINDS = {
    category: [
        each.act
        for name, each in BEHAVIOURS.items()
        if each.category == category and not any(word in name for word in LEFT_OUT)
    ]
    for category in ("connect", "http status", "blocked", "not openapi", "invalid", "too large")
}
KINDS["too large"] = [whole(b'{"x": "' + b"y" * (5 * 1024 * 1024) + b'"}')]


@pytest.fixture
def server() -> Iterator[Hostile]:
    hostile = Hostile()
    yield hostile
    hostile.close()


@pytest.fixture
def store(sqlite_url) -> Iterator[Store]:
    opened = open_store(sqlite_url, upgrade=False)
    opened.upgrade()
    stamina.set_testing(True, attempts=1)
    yield opened
    stamina.set_testing(False)
    opened.close()


def served(now: datetime) -> bytes:
    return [data for hour, data in VERSIONS if START + timedelta(hours=hour) <= now][-1]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_a_day_with_a_fifth_of_failures_has_every_true_change_and_no_other(store, server, tmp_path, seed):
    chance = random.Random(seed)
    url = f"http://{HOST}:{server.port}/openapi.json"
    sources = tuple(
        SourceSettings(f"s{number}", url, every=timedelta(minutes=30), allow_networks=(HOST,)) for number in range(3)
    )
    settings = Settings(sources=sources)
    outcomes: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    now = START
    while now < START + DAY:
        for due in [each for each in upcoming(store, settings, now=now) if each.due is not None and each.due <= now]:
            fails = chance.random() < 0.2
            server.act = (
                chance.choice(KINDS[chance.choice(list(KINDS))]) if fails else whole(served(now), ETag=f'"{now:%H}"')
            )
            result = check_source(
                store, settings.source(due.name), clock=fixed_clock(now), folder=tmp_path, environ={}, limit=0,
                fetching=FetchSettings(time_limit=20, max_megabytes=4),
            )  # fmt: skip
            assert result.failed == fails, (result.message, now)
            outcomes[result.outcome] += 1
            if result.category is not None:
                categories[result.category] += 1
        now += TICK
    report = build_report(store, settings, since=START, until=now, today=now.date(), folder=tmp_path)
    truth = [data for _, data in VERSIONS]
    for source, view in zip(sources, report.sources, strict=True):
        with store.reading() as uow:
            rows = uow.snapshots.all(uow.sources.get(source.name).id)
            assert [uow.snapshots.data(row.id) for row in rows] == truth
        for row, (hour, _) in zip(rows, VERSIONS, strict=True):
            assert timedelta() <= row.seen_at - START - timedelta(hours=hour) < timedelta(hours=5)
        found = [[change.rule for change in each.document.changes] for each in view.comparisons]
        assert found == [["operation-added"], ["operation-removed"], ["operation-added"], ["operation-added"]]
        assert view.warnings == ()
    assert all(entries == () for _, entries in deprecations(store, settings, today=now.date(), folder=tmp_path))
    assert 0.12 < outcomes["failed"] / outcomes.total() < 0.3
    assert outcomes.total() > 3 * 40
    assert set(categories) == set(KINDS)
