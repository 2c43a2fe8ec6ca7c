"""Versions in time: whatever order they become known in, the history is the same."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from monitor.errors import StoreError
from monitor.store import open_store
from monitor.store.packing import RUN, pack
from tests.store.conftest import FACTS, FILE, START, day


def test_a_version_that_goes_and_comes_back_is_three_snapshots_over_two_contents(see, versions, store, source_id):
    assert [see(b"A" * 100, 1), see(b"B" * 100, 2), see(b"A" * 100, 3)] == [True, True, True]
    assert versions() == [(b"A" * 100, 1, 1), (b"B" * 100, 2, 2), (b"A" * 100, 3, 3)]
    with store.reading() as uow:
        assert len({row.content_id for row in uow.snapshots.all(source_id)}) == 2


def test_what_is_seen_again_is_the_same_version_for_longer(see, versions):
    assert see(b"A", 1)
    assert not see(b"A", 5)
    assert versions() == [(b"A", 1, 5)]


def test_an_earlier_sight_makes_a_version_older(see, versions):
    see(b"A", 5)
    assert not see(b"A", 1)
    assert versions() == [(b"A", 1, 5)]


def test_another_version_in_between_splits_one_at_its_nearest_sights(see, versions):
    for number in (1, 2, 8, 9):
        see(b"A", number)
    assert see(b"B", 5)
    assert versions() == [(b"A", 1, 2), (b"B", 5, 5), (b"A", 8, 9)]


def test_two_versions_of_one_moment_keep_the_order_in_which_they_came(see, versions):
    see(b"A", 1)
    see(b"B", 1)
    assert not see(b"A", 1)
    assert not see(b"B", 1)
    assert [data for data, _, _ in versions()] == [b"A", b"B"]


SIGHTS = st.lists(
    st.tuples(st.sampled_from([b"A", b"B", b"C"]), st.integers(0, 12)), max_size=10, unique_by=lambda sight: sight[1]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sights=SIGHTS, order=st.randoms(use_true_random=False))
def test_the_history_does_not_depend_on_the_order_in_which_it_became_known(tmp_path_factory, sights, order):
    def history(sequence) -> list[tuple[bytes, datetime, datetime]]:
        opened = open_store(f"sqlite:///{tmp_path_factory.mktemp('db') / 'x.db'}")
        try:
            with opened.transaction() as uow:
                source = uow.sources.ensure("acme", "u", now=START)
                for data, number in sequence:
                    content_id = uow.contents.keep(source.id, data, FACTS)
                    uow.snapshots.see(source.id, content_id, at=day(number), provenance=FILE)
                    uow.checks.imported(source.id, content_id, at=day(number))
                rows = uow.snapshots.all(source.id)
                assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
                return [(uow.snapshots.data(row.id), row.seen_at, row.last_seen_at) for row in rows]
        finally:
            opened.close()

    shuffled = list(sights)
    order.shuffle(shuffled)
    assert history(shuffled) == history(sorted(sights, key=lambda sight: sight[1]))


def test_the_version_of_a_moment_is_the_last_seen_by_then(see, store, source_id):
    see(b"A", 1)
    see(b"B", 3)
    with store.reading() as uow:
        assert uow.snapshots.at(source_id, day(0.5)) is None
        assert uow.snapshots.at(source_id, day(1)).sequence == 1
        assert uow.snapshots.at(source_id, day(2.9)).sequence == 1
        assert uow.snapshots.at(source_id, day(3)).sequence == 2
        assert uow.snapshots.latest(source_id).sequence == 2
        assert uow.snapshots.count(source_id) == 2


def test_every_version_comes_back_byte_for_byte_from_behind_many_others(see, versions):
    bodies = [b'{"openapi": "3.0.3", "x": "%d"}' % number + b" " * 5000 for number in range(RUN + 8)]
    for number, data in enumerate(bodies):
        see(data, number)
    assert [data for data, _, _ in versions()] == bodies


def test_versions_that_lean_on_their_neighbours_go_on_as_before(see, versions, store, source_id, database_url):
    """As a database of before the skip list has them: the place in the run is the same, the base is the neighbour."""
    bodies = [random.Random(number).randbytes(20) * 200 for number in range(12)]
    for number, data in enumerate(bodies[:6]):
        see(data, number)
    with create_engine(database_url).begin() as connection:
        rows = connection.execute(text("SELECT id FROM contents ORDER BY id")).scalars().all()
        for number in range(1, 6):
            values = {"base": rows[number - 1], "packed": pack(bodies[number], bodies[number - 1]), "id": rows[number]}
            connection.execute(text("UPDATE contents SET base_id = :base, packed = :packed WHERE id = :id"), values)
    for number, data in enumerate(bodies[6:], 6):
        see(data, number)
    opened = open_store(database_url, upgrade=False)
    with opened.reading() as uow:
        assert [uow.snapshots.data(row.id) for row in reversed(uow.snapshots.all(source_id))] == bodies[::-1]
    opened.close()


def test_a_version_costs_little_more_than_what_is_new_in_it(store, see, source_id, database_url):
    noise = random.Random(7).randbytes(200_000)
    for number in range(RUN + 4):
        see(noise + str(number).encode(), number)
    with create_engine(database_url).connect() as connection:
        sizes = connection.execute(text("SELECT length(packed), base_id FROM contents")).all()
    assert sum(base is None for _, base in sizes) == 2  # a whole copy at the beginning of each run
    assert max(size for size, base in sizes if base is not None) < 1000


@pytest.mark.parametrize("data", [b"", b"x", b"1234567", b"12345678", b"\x37\xa4\x30\xec" + b"like a dictionary" * 9])
def test_bytes_of_any_length_and_kind_are_a_fine_base_for_others(see, versions, data):
    see(data, 1)
    see(data + b"more", 2)
    assert [body for body, _, _ in versions()] == [data, data + b"more"]


def test_damaged_bytes_are_an_error_and_never_a_document(see, store, source_id, database_url):
    see(b"A" * 1000, 1)
    with create_engine(database_url).begin() as connection:
        connection.execute(text("UPDATE contents SET packed = :junk"), {"junk": b"junk"})
    opened = open_store(database_url, upgrade=False)
    with opened.reading() as uow, pytest.raises(StoreError, match="backup"):
        uow.snapshots.data(uow.snapshots.latest(source_id).id)
    opened.close()


def test_a_naive_moment_is_refused(store, source_id):
    with pytest.raises(StoreError, match="time zone"), store.transaction() as uow:
        uow.snapshots.at(source_id, datetime(2026, 1, 1))  # noqa: DTZ001


def test_moments_come_back_in_utc_whatever_zone_they_had(see, store, source_id):
    from zoneinfo import ZoneInfo

    moment = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("America/Santiago"))
    with store.transaction() as uow:
        content_id = uow.contents.keep(source_id, b"A", FACTS)
        row = uow.snapshots.see(source_id, content_id, at=moment, provenance=FILE).snapshot
    assert row.seen_at == moment
    assert row.seen_at.tzinfo is UTC
    assert row.seen_at.utcoffset() == timedelta(0)


def test_words_that_no_database_takes_are_kept_as_far_as_they_can_be(store, source_id):
    from dataclasses import replace

    odd = replace(FACTS, title="a\0b\ud800c", outline={"operations": [["operation", "GET", "/\0"]], "marks": []})
    with store.transaction() as uow:
        content_id = uow.contents.keep(source_id, b"odd", odd)
        row = uow.snapshots.see(source_id, content_id, at=day(1), provenance=FILE).snapshot
        assert row.title == "a\ufffdb\ufffdc"
        ((_, outline),) = uow.snapshots.outlines(source_id)
        assert outline == odd.outline
