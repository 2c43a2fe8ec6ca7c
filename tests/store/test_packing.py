"""Packing is pure: what comes back is what went in, and no version is far from its whole copy."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import SnapshotDamaged
from monitor.store.packing import RUN, bases_of, pack, unpack

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
