"""The digest of every week of a real history: small enough, in order, and nothing is told twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.jobs import build_digest, import_history, preview_digest, versions_in_files
from monitor.schedule import Week
from monitor.settings import Settings, SourceSettings
from monitor.store import Store, open_store

SOURCE = SourceSettings("incident.io", "https://api.example/openapi.json", "incident-io", "tolerant-reader")
SETTINGS = Settings(sources=(SOURCE,))
FIRST, LAST = Week(2025, 2), Week(2026, 32)
LARGEST = 80_000
pytestmark = [pytest.mark.corpus, pytest.mark.slow]


@pytest.fixture(scope="module")
def history(incident_history, tmp_path_factory) -> Iterator[Store]:
    """A store with incident.io's 88 public versions."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('digests')}/specwatch.db")
    versions = versions_in_files([incident_history])
    import_history(store, SOURCE, versions, now=datetime(2026, 8, 1, tzinfo=UTC), folder=Path(), limit=0)
    yield store
    store.close()


@pytest.mark.timeout(900)  # it imports 88 versions and makes 82 reports; a busy machine takes its time
def test_the_digests_of_eighty_two_weeks_are_small_and_tell_each_change_once(history, tmp_path):
    week, told, quiet, subjects = FIRST, [], 0, {}
    while week <= LAST:
        now = datetime.combine(week.day(1), datetime.min.time(), UTC) + timedelta(hours=8)
        built = build_digest(history, SETTINGS, now=now, folder=Path(), week=week)
        assert len(built.digest.html.encode()) < LARGEST, week
        assert max(map(len, built.digest.text.splitlines())) <= 110, week
        (view,) = built.report.sources
        told += [(each.before_name, each.after_name) for each in view.comparisons]
        subjects[str(week)] = built.digest.subject
        if built.digest.subject.endswith(f": nothing new (week {week.before().number})"):
            quiet += 1
            body = built.digest.text.partition("\n-- \n")[0]
            assert len(re.split(r"(?<=[.)])\n", body.strip())) <= 5, body
        if view.comparisons:
            eml = preview_digest(built, SETTINGS, tmp_path, now=now)[2].read_bytes()
            (attached,) = message_from_bytes(eml, policy=policy.default).iter_attachments()
            assert all(each.after_name in attached.get_content() for each in view.comparisons)
        week = week.after()
    assert len(told) == len(set(told))
    within = [seen for seen in store_moments(history) if datetime(2024, 12, 30, 8, tzinfo=UTC) <= seen]
    assert len(told) == len(within)
    assert quiet > 50
    assert subjects["2025-W19"] == (
        "[specwatch] incident.io: 19 breaking, 6 further broken promises, 1 deadline within 30 days, 6 risky, "
        "63 compatible (week 18)"
    )
    assert subjects["2026-W32"] == (
        "[specwatch] incident.io: 1 breaking, 1 further broken promise, 1 risky, 10 compatible (week 31)"
    )


def store_moments(store: Store) -> list[datetime]:
    with store.reading() as uow:
        return [row.seen_at for row in uow.snapshots.all(uow.sources.get(SOURCE.name).id)]
