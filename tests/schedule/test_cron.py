"""Cron expressions: what they name, and what is refused with words for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.schedule import Cron

START = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday


def coming(text: str, count: int = 3, zone: str = "UTC") -> list[str]:
    cron, moment, found = Cron.parse(text, ZoneInfo(zone)), START, []
    for _ in range(count):
        moment = cron.following(moment)
        found.append(f"{moment:%Y-%m-%dT%H:%M}")
    return found


@pytest.mark.parametrize(
    ("text", "moments"),
    [
        ("*/15 * * * *", ["2026-01-01T00:15", "2026-01-01T00:30", "2026-01-01T00:45"]),
        ("30 6 * * mon-fri", ["2026-01-01T06:30", "2026-01-02T06:30", "2026-01-05T06:30"]),
        ("0 9,17 * * 1", ["2026-01-05T09:00", "2026-01-05T17:00", "2026-01-12T09:00"]),
        ("0 8-18/5 * * *", ["2026-01-01T08:00", "2026-01-01T13:00", "2026-01-01T18:00"]),
        ("5/20 0 * * *", ["2026-01-01T00:05", "2026-01-01T00:25", "2026-01-01T00:45"]),
        ("0 0 29 2 *", ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"]),
        ("0 0 31 * *", ["2026-01-31T00:00", "2026-03-31T00:00", "2026-05-31T00:00"]),
        ("0 0 13 * FRI", ["2026-01-02T00:00", "2026-01-09T00:00", "2026-01-13T00:00"]),
        ("0 0 */2 * mon", ["2026-01-05T00:00", "2026-01-19T00:00", "2026-02-09T00:00"]),
        ("0 0 1 JAN,Jul 7", ["2026-01-04T00:00", "2026-01-11T00:00", "2026-01-18T00:00"]),
        ("@weekly", ["2026-01-04T00:00", "2026-01-11T00:00", "2026-01-18T00:00"]),
        ("@hourly", ["2026-01-01T01:00", "2026-01-01T02:00", "2026-01-01T03:00"]),
        ("@yearly", ["2027-01-01T00:00", "2028-01-01T00:00", "2029-01-01T00:00"]),
    ],
)
def test_an_expression_names_the_moments_that_cron_would(text: str, moments: list[str]) -> None:
    assert coming(text) == moments


def test_an_expression_is_read_in_its_time_zone() -> None:
    assert coming("0 8 * * *", 1, "America/New_York") == ["2026-01-01T13:00"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("* * * *", "4 fields"),
        ("60 * * * *", "'60' is none of the minute: 0 to 59"),
        ("* 24 * * *", "none of the hour"),
        ("* * 0 * *", "none of the day of the month"),
        ("* * * 13 *", "none of the month"),
        ("* * * * 8", "none of the day of the week"),
        ("* * * * funday", "none of the day of the week"),
        ("*/0 * * * *", "step of 0"),
        ("30-10 * * * *", "backwards"),
        ("1,,2 * * * *", "cannot stand for the minute"),
        ("@noon", "@daily"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 4,6,9,11 *", "never comes"),
        ("", "0 fields"),
        ("٣ * * * *", "cannot stand for the minute"),
    ],
)
def test_what_is_no_expression_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Cron.parse(text, ZoneInfo("UTC"))


FIELDS = st.tuples(
    st.sampled_from(["*", "0", "*/7", "3,33", "10-50/13"]),
    st.sampled_from(["*", "0", "2", "*/5", "1-3", "22,23"]),
    st.sampled_from(["*", "1", "31", "*/9", "5-8"]),
    st.sampled_from(["*", "2,3", "3-4,7", "oct"]),
    st.sampled_from(["*", "0", "mon-fri", "7", "*/3"]),
)


@given(FIELDS, st.datetimes(datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2030-01-01")))
def test_what_is_found_is_what_a_walk_over_every_minute_finds(fields: tuple[str, ...], naive: datetime) -> None:
    cron = Cron.parse(" ".join(fields), ZoneInfo("UTC"))
    start = naive.replace(tzinfo=UTC)
    found = cron.following(start)
    minute = start.replace(second=0, microsecond=0) + timedelta(minutes=1)
    end = min(found, start + timedelta(days=3))
    while minute < end:
        assert not matches(cron, minute), f"{minute} was passed over"
        minute += timedelta(minutes=1)
    assert matches(cron, found)
    assert found > start


def matches(cron: Cron, moment: datetime) -> bool:
    return (
        moment.minute in cron.minutes
        and moment.hour in cron.hours
        and cron.on(date(moment.year, moment.month, moment.day))
    )
