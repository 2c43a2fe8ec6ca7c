"""Due times over clock changes: each week once, never none, never two."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.schedule import Week, Weekly, instant
from tests.schedule.zones import ZONES

# The local time that the spring change of each zone swallows, on the weekday on which it happens (all on a Sunday).
SWALLOWED = {
    "Europe/London": time(1, 30),
    "Europe/Berlin": time(2, 30),
    "America/New_York": time(2, 30),
    "Australia/Sydney": time(2, 30),
    "America/Santiago": time(0, 0),
    "Australia/Lord_Howe": time(2, 10),
}
# And one that the autumn change shows twice.
DOUBLED = {
    "Europe/London": time(1, 30),
    "Europe/Berlin": time(2, 30),
    "America/New_York": time(1, 30),
    "Australia/Sydney": time(2, 30),
    "America/Santiago": time(23, 30),
    "Australia/Lord_Howe": time(1, 45),
}


def walk(weekly: Weekly, start: datetime, end: datetime, step: timedelta) -> list[tuple[Week, datetime]]:
    """What a daemon that looks every `step` does between two moments."""
    done: list[tuple[Week, datetime]] = []
    now, last = start, None
    while now < end:
        week = weekly.due(now, last=last, started=start)
        if week is not None:
            done.append((week, now))
            last = week
        now += step
    return done


def schedules() -> list[Weekly]:
    plain = [Weekly(1, time(8, 0), ZoneInfo(zone)) for zone in ZONES]
    midnight = [Weekly(1, time(0, 0), ZoneInfo(zone)) for zone in ZONES]
    swallowed = [Weekly(7, at, ZoneInfo(zone)) for zone, at in SWALLOWED.items()]
    doubled = [Weekly(6 if zone == "America/Santiago" else 7, at, ZoneInfo(zone)) for zone, at in DOUBLED.items()]
    return [*plain, *midnight, *swallowed, *doubled]


@pytest.mark.parametrize("weekly", schedules(), ids=lambda one: f"{one.zone.key}-{one.weekday}-{one.at:%H%M}")
def test_every_iso_week_of_two_years_is_done_exactly_once(weekly: Weekly) -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC) - timedelta(days=3)
    end = datetime(2028, 1, 10, tzinfo=UTC)
    done = walk(weekly, start, end, timedelta(hours=2))
    weeks = [week for week, _ in done]
    assert Counter(weeks).most_common(1)[0][1] == 1
    assert all(later == earlier.after() for earlier, later in pairwise(weeks))
    assert len(weeks) >= 104
    assert all(timedelta() <= at - weekly.moment(week) < timedelta(hours=2) for week, at in done)


@pytest.mark.parametrize("zone", ZONES)
def test_minute_by_minute_around_a_clock_change_the_week_is_done_once_and_at_its_minute(zone: str) -> None:
    place = ZoneInfo(zone)
    for weekday, at in ((7, SWALLOWED[zone]), (6 if zone == "America/Santiago" else 7, DOUBLED[zone]), (1, time(0, 0))):
        weekly = Weekly(weekday, at, place)
        for change in clock_changes(place, 2026, 2027):
            start = change - timedelta(days=2)
            done = walk(weekly, start, change + timedelta(days=2), timedelta(minutes=1))
            assert [moment for _, moment in done] == [weekly.moment(week) for week, _ in done]
            assert len(done) == len({week for week, _ in done})
            expected = {Week.of((change + timedelta(days=n)).astimezone(place).date()) for n in range(-3, 4)}
            expected = {week for week in expected if start < weekly.moment(week) < change + timedelta(days=2)}
            assert {week for week, _ in done} == expected


def clock_changes(zone: ZoneInfo, first: int, last: int) -> list[datetime]:
    found = []
    now = datetime(first, 1, 1, tzinfo=UTC)
    while now.year <= last:
        later = now + timedelta(minutes=30)
        if now.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            found.append(later)
        now = later
    assert len(found) == 4
    return found


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/London", "2026-03-29T01:30", "2026-03-29T01:00"),
        ("Europe/London", "2026-03-29T01:00", "2026-03-29T01:00"),
        ("Europe/London", "2026-03-29T02:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T02:59", "2026-03-29T01:00"),
        ("America/New_York", "2026-03-08T02:15", "2026-03-08T07:00"),
        ("America/Santiago", "2026-09-06T00:00", "2026-09-06T04:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:30"),
        ("Pacific/Apia", "2011-12-30T08:00", "2011-12-30T10:00"),
    ],
)
def test_a_local_time_that_does_not_exist_becomes_the_first_that_does(zone: str, local: str, utc: str) -> None:
    assert instant(datetime.fromisoformat(local), ZoneInfo(zone)) == datetime.fromisoformat(f"{utc}Z")


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
    ],
)
def test_a_local_time_that_exists_twice_means_its_first(zone: str, local: str, utc: str) -> None:
    assert instant(datetime.fromisoformat(local), ZoneInfo(zone)) == datetime.fromisoformat(f"{utc}Z")


def test_a_daemon_that_slept_for_three_weeks_does_the_newest_week_once() -> None:
    weekly = Weekly.named("monday", "08:00", "Europe/London")
    started = datetime(2026, 1, 1, tzinfo=UTC)
    now = datetime(2026, 7, 29, 3, 0, tzinfo=UTC)
    week = weekly.due(now, last=Week(2026, 28), started=started)
    assert week == Week(2026, 31)
    assert weekly.due(now, last=week, started=started) is None


def test_what_fell_due_before_the_watching_began_is_not_due() -> None:
    weekly = Weekly.named("monday", "08:00", "Europe/London")
    started = datetime(2026, 7, 29, tzinfo=UTC)
    assert weekly.due(started + timedelta(hours=1), last=None, started=started) is None
    assert weekly.due(datetime(2026, 8, 3, 7, 0, tzinfo=UTC), last=None, started=started) == Week(2026, 32)


def test_the_week_is_the_local_one_where_sunday_evening_in_utc_is_monday_in_sydney() -> None:
    weekly = Weekly.named("Monday", "06:00", "Australia/Sydney")
    assert weekly.moment(Week(2026, 31)) == datetime(2026, 7, 26, 20, 0, tzinfo=UTC)
    assert weekly.following(datetime(2026, 7, 26, 20, 0, tzinfo=UTC)) == datetime(2026, 8, 2, 20, 0, tzinfo=UTC)


@given(st.dates(date(1990, 1, 8), date(2090, 1, 1)))
def test_weeks_are_written_and_read_back_and_have_neighbours(day: date) -> None:
    week = Week.of(day)
    assert Week.parse(str(week)) == week
    assert week.before().after() == week == week.after().before()
    assert week.day(day.isoweekday()) == day


@pytest.mark.parametrize("text", ["2026", "2026-W54", "2025-W53", "W31", "2026-31", "x-W1"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the text of the standard library's own error is not ours to hold
        Week.parse(text)


@given(st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2040-01-01")), st.sampled_from(ZONES))
def test_the_moment_found_is_the_first_that_shows_at_least_the_local_time(local: datetime, zone: str) -> None:
    local = local.replace(microsecond=0)
    place = ZoneInfo(zone)
    found = instant(local, place)
    assert found.astimezone(place).replace(tzinfo=None) >= local
    before = found - timedelta(seconds=1)
    assert before.astimezone(place).replace(tzinfo=None) < local
