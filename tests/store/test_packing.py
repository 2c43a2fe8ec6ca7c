"""Packing is pure: what comes back is what went in, and no version is far from its whole copy."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import SnapshotDamaged
from monitor.store import open_store
from monitor.store.packing import RUN, bases_of, pack, unpack
from tests.store.conftest import FACTS, START

BYTES = st.binary(max_size=3000)


@given(data=BYTES, base=st.none() | BYTES)
def test_what_was_packed_comes_back_byte_for_byte(data, base):
    assert unpack(pack(data, base), base) == data


@given(data=BYTES, base=BYTES)
def test_packing_is_a_function_of_its_arguments(data, base):
    assert pack(data, base) == pack(data, base)


@settings(max_examples=30, deadline=None)
@given(versions=st.lists(st.binary(max_size=200), min_size=1, max_size=2 * RUN))
def test_a_run_comes_back_from_its_whole_copy_on(versions):
    packed = []
    for place, data in enumerate(versions):
        bases = bases_of(place % RUN)
        base = versions[place - place % RUN + bases[0]] if bases else None
        packed.append(pack(data, base))
    for place, data in enumerate(versions):
        way = [place % RUN, *bases_of(place % RUN)]
        found = None
        for each in reversed(way):
            found = unpack(packed[place - place % RUN + each], found)
        assert found == data


@given(place=st.integers(0, 1_000_000))
def test_the_bases_of_a_place_stand_before_it_and_end_with_the_whole_copy(place):
    way = [place, *bases_of(place)]
    assert way == sorted(set(way), reverse=True)
    assert way[-1] == 0
    assert all(bases_of(base) == tuple(way[number + 1 :]) for number, base in enumerate(way))


def test_no_version_is_further_than_five_steps_from_its_whole_copy():
    assert max(len(bases_of(place)) for place in range(RUN)) == 5


def test_another_base_than_the_one_it_was_packed_against_is_an_error():
    noise = random.Random(3)
    one, other = noise.randbytes(50_000), noise.randbytes(40)
    with pytest.raises(SnapshotDamaged):
        unpack(pack(one + b"more", one), other)


def test_what_is_new_in_a_version_is_what_it_costs():
    noise = random.Random(5).randbytes(300_000)
    assert len(pack(noise)) > 300_000
    assert len(pack(noise + b"a line more", noise)) < 200


@pytest.mark.corpus
def test_three_years_of_a_real_api_take_a_megabyte_and_a_half_at_most(incident_history, tmp_path):
    """88 versions, 210 MB; every one of them comes back, from five steps away at most."""
    versions = [path.read_bytes() for path in sorted(incident_history.iterdir())]
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    with store.transaction() as uow:
        source = uow.sources.ensure("incident-io", "u", now=START)
        kept = [uow.contents.keep(source.id, data, FACTS) for data in versions]
    store.close()
    with sqlite3.connect(tmp_path / "x.db") as connection:
        rows = connection.execute("SELECT id, base_id, length(packed) FROM contents ORDER BY id").fetchall()
    bases = {row[0]: row[1] for row in rows}
    assert sum(row[2] for row in rows) <= 1_500_000
    assert max(len(list(_way(bases, content_id))) for content_id in bases) <= 5
    again = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    with again.reading() as uow:
        for content_id, data in zip(reversed(kept), reversed(versions), strict=True):
            assert uow.contents.data(content_id) == data
    again.close()


def _way(bases: dict[int, int | None], content_id: int) -> Iterator[int]:
    base = bases[content_id]
    while base is not None:
        yield base
        base = bases[base]
