"""Schedules of sources over clock changes: each day that they name once, never none, never two; and their delays."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.schedule import Calendar, Cron, Every, Schedule
from tests.schedule.zones import ZONES

HOURS = ("00:00", "00:30", "01:30", "01:45", "02:10", "02:30", "03:00", "08:00", "23:30")
"""Among them one that the spring change of each zone swallows, and one that its autumn change shows twice."""
MINUTE = timedelta(minutes=1)


def walked(plan: Calendar | Cron, start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    """The times at which it fell due, for a daemon that looks every `step` and asks for the next when one was done."""
    done, due, now = [], plan.following(start), start
    while now < end:
        if now >= due:
            done.append(due)
            due = plan.following(now)
        now += step
    return done


def weekly(zone: str, at: str, weekday: int) -> tuple[Calendar, Cron]:
    hour, minute = at.split(":")
    place = ZoneInfo(zone)
    calendar = Calendar(frozenset({weekday}), (time.fromisoformat(at),), place)
    return calendar, Cron.parse(f"{int(minute)} {int(hour)} * * {weekday}", place)


def each_week_once(plan: Calendar | Cron, zone: str, step: timedelta) -> None:
    start, end = datetime(2025, 12, 31, tzinfo=UTC), datetime(2028, 1, 5, tzinfo=UTC)
    done = walked(plan, start, end, step)
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in done]
    weeks = Counter(day.isocalendar()[:2] for day in days)
    assert set(weeks.values()) == {1}
    assert all(later - earlier == timedelta(days=7) for earlier, later in pairwise(days))
    assert len(days) in (104, 105)


@pytest.mark.parametrize("zone", ZONES)
def test_a_weekly_schedule_comes_once_in_each_week_of_two_years(zone: str) -> None:
    for at in HOURS:
        for plan in weekly(zone, at, 7):
            each_week_once(plan, zone, timedelta(hours=1, minutes=15))


@pytest.mark.slow
@pytest.mark.parametrize("weekday", [1, 6, 7])
@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_of_two_years_a_weekly_schedule_comes_once_in_each_week(zone: str, weekday: int) -> None:
    for at in HOURS:
        for plan in weekly(zone, at, weekday):
            each_week_once(plan, zone, MINUTE)


@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_schedule_comes_once_on_each_day_of_two_years(zone: str) -> None:
    for at in HOURS:
        plan = Calendar(frozenset(range(1, 8)), (time.fromisoformat(at),), ZoneInfo(zone))
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        days: list[date] = []
        while len(days) < 730:
            moment = plan.following(moment)
            days.append(moment.astimezone(ZoneInfo(zone)).date())
        assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


def test_times_that_a_change_swallows_together_come_once_at_the_first_time_after_it() -> None:
    cron = Cron.parse("*/15 1 * * *", ZoneInfo("Europe/London"))
    before = datetime(2026, 3, 29, 0, 50, tzinfo=UTC)
    found = cron.following(before)
    assert found == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert cron.following(found) == datetime(2026, 3, 30, 0, 0, tzinfo=UTC)


def test_a_time_that_is_shown_twice_comes_at_its_first() -> None:
    calendar = Calendar.named((), ("01:30",), "Europe/London")
    found = calendar.following(datetime(2026, 10, 25, tzinfo=UTC))
    assert found == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert calendar.following(found) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_day_that_a_country_left_out_is_made_up_for_when_the_next_begins() -> None:
    samoa = Calendar.named((), ("08:00",), "Pacific/Apia")
    assert samoa.following(datetime(2011, 12, 30, 0, tzinfo=UTC)) == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_an_interval_counts_from_the_last_time() -> None:
    now = datetime(2026, 8, 1, 12, tzinfo=UTC)
    assert Every(timedelta(hours=6)).following(now) == now + timedelta(hours=6)


def test_after_a_long_sleep_the_next_time_lies_ahead() -> None:
    now = datetime(2026, 8, 8, 12, 0, 30, tzinfo=UTC)
    assert Cron.parse("* * * * *", ZoneInfo("UTC")).following(now) == datetime(2026, 8, 8, 12, 1, tzinfo=UTC)


def test_a_delay_is_the_same_wherever_it_is_asked_for_and_differs_from_source_to_source() -> None:
    schedule = Schedule(Calendar.named(("monday",), ("08:00",), "UTC"), timedelta(minutes=10))
    now = datetime(2026, 8, 1, tzinfo=UTC)
    found = [schedule.following(now, f"source {number}") for number in range(50)]
    assert found == [schedule.following(now, f"source {number}") for number in range(50)]
    assert {each.named for each in found} == {datetime(2026, 8, 3, 8, tzinfo=UTC)}
    delays = [each.due - each.named for each in found]
    assert min(delays) >= timedelta()
    assert max(delays) <= timedelta(minutes=10)
    assert len(set(delays)) > 30


def test_a_delay_never_makes_a_schedule_pass_over_a_time() -> None:
    plan = Cron.parse("0,30 * * * *", ZoneInfo("UTC"))
    schedule = Schedule(plan, timedelta(minutes=29))
    moment, named = datetime(2026, 8, 1, tzinfo=UTC), []
    for _ in range(200):
        occasion = schedule.following(moment, "acme")
        named.append(occasion.named)
        moment = occasion.due
    assert all(later - earlier == timedelta(minutes=30) for earlier, later in pairwise(named))


@pytest.mark.parametrize(
    ("schedule", "shortest"),
    [
        (Schedule(Every(timedelta(hours=2))), timedelta(hours=2)),
        (Schedule(Calendar.named(("monday",), ("08:00",), "UTC")), timedelta(days=1)),
        (Schedule(Calendar.named((), ("23:00", "01:00"), "UTC")), timedelta(hours=2)),
        (Schedule(Cron.parse("0,10 * * * *", ZoneInfo("UTC"))), timedelta(minutes=10)),
    ],
)
def test_the_shortest_time_between_two_occasions_counts_over_midnight_too(
    schedule: Schedule, shortest: timedelta
) -> None:
    assert schedule.shortest == shortest


@given(st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01")), st.sampled_from(ZONES))
def test_what_follows_is_later_and_nothing_that_is_named_lies_between(naive: datetime, zone: str) -> None:
    plan = Calendar(frozenset({2, 7}), (time(0, 0), time(2, 15), time(23, 50)), ZoneInfo(zone))
    moment = naive.replace(tzinfo=UTC)
    found = plan.following(moment)
    assert found > moment
    assert plan.following(found - timedelta(seconds=1)) == found
    assert plan.following(moment + (found - moment) / 2) == found
