"""The bytes used last are kept for all threads of a process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from monitor.store.contents import Unpacked


@pytest.fixture
def threads_that_switch_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("threads_that_switch_often")
def test_threads_that_ask_for_the_same_versions_never_meet_a_half_done_removal() -> None:
    unpacked = Unpacked(limit=1000)
    versions = {str(number): bytes([number]) * 300 for number in range(12)}

    def walk(start: int) -> set[bool]:
        right = set()
        for step in range(start, start + 30_000):
            sha256 = str(step * 7 % 12)
            data = unpacked.get(sha256)
            right.add(data is None or data == versions[sha256])
            unpacked.put(sha256, versions[sha256])
        return right

    with ThreadPoolExecutor(4) as pool:
        assert set.union(*pool.map(walk, range(4))) == {True}


def test_two_versions_are_kept_however_large_they_are_and_the_one_used_last_stays() -> None:
    unpacked = Unpacked(limit=10)
    for sha256 in ("a", "b"):
        unpacked.put(sha256, b"x" * 100)
    assert unpacked.get("a") == b"x" * 100
    unpacked.put("c", b"y" * 100)
    assert [unpacked.get(sha256) is not None for sha256 in ("a", "b", "c")] == [True, False, True]
