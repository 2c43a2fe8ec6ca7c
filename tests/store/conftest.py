"""Small stored things."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.store import Facts, Provenance

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    """So many days after the first of January 2026."""
    return START + timedelta(days=number)


FACTS = Facts(openapi="3.0.3", title="Lanterns", version="1", operations=1, outline={"operations": [], "marks": []})
FILE = Provenance("imported", "versions/a.json")


@pytest.fixture
def source_id(store) -> int:
    """A stored source."""
    with store.transaction() as uow:
        return uow.sources.ensure("acme", "https://api.acme.example/openapi.json", now=START).id


@pytest.fixture
def see(store, source_id):
    """`see(b"bytes", 3)`: the source had these bytes on day 3; answers whether that was a version not known then."""

    def one(data: bytes, number: float) -> bool:
        with store.transaction() as uow:
            content_id = uow.contents.keep(source_id, data, FACTS)
            sighting = uow.snapshots.see(source_id, content_id, at=day(number), provenance=FILE)
            uow.checks.imported(source_id, content_id, at=day(number))
            return sighting.inserted

    return one


@pytest.fixture
def versions(store, source_id):
    """Every version in the order of time: its bytes, and the days of its first and last sight."""

    def all_of_them() -> list[tuple[bytes, float, float]]:
        with store.reading() as uow:
            rows = uow.snapshots.all(source_id)
            assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
            return [
                (uow.snapshots.data(row.id), (row.seen_at - START).days, (row.last_seen_at - START).days)
                for row in rows
            ]

    return all_of_them
