"""Comparisons in a process of their own: each ends with a result or a clear error, and the next one goes on."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.clock import fixed_clock
from monitor.errors import BudgetExceeded, ClaimLost
from monitor.jobs import check_source, compare_again, upcoming
from monitor.jobs.comparing import Desk, Version
from monitor.jobs.compartment import MEMORY, Compartment
from monitor.jobs.profiles import load_profiles
from monitor.settings import Settings, SourceSettings
from tests.compare.test_explosions import LEAF, OTHER_LEAF, objects_that_meet_each_other, two_hundred_variants

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
MB = 1024**2
PROFILES = load_profiles("strict", None)


def version(value: object, name: str = "acme") -> Version:
    data = json.dumps(value).encode()
    return Version(hashlib.sha256(data).hexdigest(), name, lambda: data)


def small(number: int) -> dict[str, object]:
    paths = {f"/{each}": {"get": {"responses": {"200": {"description": "Fine."}}}} for each in range(number)}
    return {"openapi": "3.0.3", "info": {"title": "Lanterns", "version": str(number)}, "paths": paths}


@pytest.fixture
def compartment():
    """`compartment(seconds=…, memory=…)`: one with these limits."""
    made: list[Compartment] = []

    def make(**limits) -> Compartment:
        made.append(Compartment(**limits))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_it_says_what_a_desk_says(compartment):
    bench = compartment()
    for numbers in ((3, 1), (1, 4)):
        pair = [version(small(number)) for number in numbers]
        assert bench.compare(*pair, PROFILES) == Desk().compare(*pair, PROFILES)


def test_what_takes_too_long_is_stopped_and_the_next_one_goes_on(compartment):
    bench = compartment(seconds=3)
    pair = version(objects_that_meet_each_other(LEAF)), version(two_hundred_variants(OTHER_LEAF))
    bench.compare(version(small(1)), version(small(2)), PROFILES)  # it has started
    bench.limit(seconds=0.001, memory=MEMORY)
    with pytest.raises(BudgetExceeded, match=r"stopped after 0\.001 seconds"):
        bench.compare(*pair, PROFILES)
    bench.limit(seconds=120, memory=MEMORY)
    assert bench.compare(version(small(1)), version(small(2)), PROFILES).changes


def test_what_takes_too_much_memory_is_stopped_and_the_next_one_goes_on(compartment):
    bench = compartment(memory=300 * MB)
    big = small(1) | {"x-padding": [{f"key {number}": [number] * 4} for number in range(300_000)]}
    with pytest.raises(BudgetExceeded, match="memory"):
        bench.compare(version(big), version(big | {"x-more": 1}), PROFILES)
    assert bench.compare(version(small(1)), version(small(2)), PROFILES).changes


def test_a_comparison_that_runs_keeps_the_limits_that_it_began_with(compartment):
    bench = compartment()
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(bench.compare, version(small(1)), version(small(2)), PROFILES)
        while bench._pipe is None and not running.done():
            time.sleep(0.001)
        bench.limit(seconds=60, memory=1 * MB)  # while its process starts, which takes more
        assert running.result(60).changes
    with pytest.raises(BudgetExceeded, match="memory"):
        bench.compare(version(small(1)), version(small(2)), PROFILES)


def test_other_limits_hold_from_the_next_comparison_on(compartment):
    bench = compartment()
    pair = version(small(1)), version(small(2))
    bench.compare(*pair, PROFILES)
    first = bench._process.pid
    bench.limit(seconds=120, memory=20 * MB)  # less than an interpreter with nothing to do holds
    with pytest.raises(BudgetExceeded, match=r"stopped at 20 MB|want of memory"):
        bench.compare(*pair, PROFILES)
    bench.limit(seconds=120, memory=2048 * MB)
    assert bench.compare(*pair, PROFILES).changes
    assert bench._process.pid != first


def test_a_process_that_dies_is_a_clear_error(compartment):
    bench = compartment()
    bench.compare(version(small(1)), version(small(2)), PROFILES)
    os.kill(bench._process.pid, 9)
    with pytest.raises(BudgetExceeded, match="ended its process by SIGKILL"):
        bench.compare(version(small(1)), version(small(3)), PROFILES)
    assert bench.compare(version(small(1)), version(small(3)), PROFILES).changes


def test_one_that_is_cancelled_keeps_nothing_and_waits_for_nothing(compartment):
    bench = compartment()
    bench.compare(version(small(1)), version(small(2)), PROFILES)
    timer = threading.Timer(0.2, bench.cancel)
    timer.start()
    began = time.monotonic()
    pair = version(objects_that_meet_each_other(LEAF)), version(objects_that_meet_each_other(OTHER_LEAF))

    def on_and_on() -> None:
        while time.monotonic() - began < 60:
            bench.compare(*pair, PROFILES)

    with pytest.raises(ClaimLost, match="the program ends"):
        on_and_on()
    timer.join()


class Refusing(Desk):
    """A bench on which one document is too much."""

    def compare(self, before, after, profiles, removals=None):
        if b"too much" in after.load():
            raise BudgetExceeded("the comparison was stopped after 5,000,000 pairs of schemas")
        return super().compare(before, after, profiles, removals)


def test_a_version_that_cannot_be_compared_is_kept_and_tried_again_after_a_delay_that_grows(store, tmp_path: Path):
    source = SourceSettings("acme", "a.json")
    settings = Settings(sources=(source,))

    def check(at: datetime, value: object, bench: Desk):
        (tmp_path / "a.json").write_text(json.dumps(value))
        return check_source(store, source, clock=fixed_clock(at), folder=tmp_path, environ={}, limit=0, bench=bench)

    def retry() -> timedelta | None:
        found = [each for each in upcoming(store, settings, now=now) if each.job == "compare"]
        return found[0].due - now if found else None

    now = NOW
    check(now, small(1), Refusing())
    now += timedelta(hours=6)
    result = check(now, small(2) | {"x-a": "too much"}, Refusing())
    assert result.outcome == "new"
    assert "could not be compared: the comparison was stopped after 5,000,000 pairs" in result.warning
    with store.reading() as uow:
        assert uow.snapshots.count(uow.sources.get("acme").id) == 2
    delays = [retry()]
    for _ in range(3):
        now += delays[-1]
        assert compare_again(store, source, now=now, folder=tmp_path, bench=Refusing())
        delays.append(retry())
    assert delays == [timedelta(minutes=number) for number in (1, 2, 4, 8)]
    # A check before that time does not try; one after it does, and a success ends it.
    assert check(now + timedelta(minutes=1), small(2) | {"x-a": "too much"}, Refusing()).warning is None
    now += timedelta(minutes=9)
    assert check(now, small(2) | {"x-a": "too much"}, Desk()).document.summary.compatible == 1
    assert retry() is None
