"""How long a source is left alone: its interval, longer after failures, and as its provider asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.schedule import early_of, next_check


def test_a_source_is_due_at_once_then_at_its_interval_and_after_a_sleep_once() -> None:
    now = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
    every = timedelta(hours=6)
    assert next_check(None, every, now=now) == now
    assert next_check(now - timedelta(hours=2), every, now=now) == now + timedelta(hours=4)
    assert next_check(now - timedelta(days=9), every, now=now) < now
    assert next_check(now + timedelta(days=400), every, now=now) == now + every


def test_a_source_that_fails_again_and_again_is_asked_ever_less_up_to_once_a_day():
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    pauses = [next_check(now, timedelta(hours=2), now=now, failures=failures) - now for failures in range(10)]
    assert [pause / timedelta(hours=1) for pause in pauses] == [2, 2, 2, 4, 8, 16, 24, 24, 24, 24]


def test_an_interval_longer_than_a_day_stays_as_it_is():
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert next_check(now, timedelta(weeks=2), now=now, failures=50) == now + timedelta(weeks=2)


def test_what_the_provider_asks_for_is_a_lower_bound():
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert next_check(now, hour, now=now, not_before=now + 5 * hour) == now + 5 * hour
    assert next_check(now, 6 * hour, now=now, not_before=now + hour) == now + 6 * hour
    assert next_check(now, hour, now=now, not_before=now + 900 * hour) == now + 24 * hour


def test_checks_are_spread_over_a_part_of_the_interval_and_never_late():
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    due = [next_check(now, timedelta(hours=10), now=now, early=early_of(f"s{n}", now)) - now for n in range(200)]
    assert all(timedelta(hours=9, minutes=30) < pause <= timedelta(hours=10) for pause in due)
    assert max(due) - min(due) > timedelta(minutes=25)
    assert early_of("acme", now) == early_of("acme", now)
