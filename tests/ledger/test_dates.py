"""Calendar months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ledger import add_months, day_of

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
months = st.integers(min_value=-240, max_value=240)


@pytest.mark.parametrize(
    ("day", "length", "deadline"),
    [
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-01-30", 3, "2026-04-30"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-10-15", 3, "2027-01-15"),
        ("2026-12-31", 0, "2026-12-31"),
        ("2026-03-31", -1, "2026-02-28"),
    ],
)
def test_months_are_calendar_months_and_end_with_a_short_month(day: str, length: int, deadline: str) -> None:
    assert add_months(date.fromisoformat(day), length) == date.fromisoformat(deadline)


@given(days, months)
def test_the_month_is_exactly_that_many_months_later(day: date, length: int) -> None:
    later = add_months(day, length)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == length
    assert later.day <= day.day


@given(days, months)
def test_the_day_of_the_month_stays_unless_the_month_is_too_short(day: date, length: int) -> None:
    later = add_months(day, length)
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(days, days, months)
def test_a_later_day_never_has_an_earlier_deadline(one: date, other: date, length: int) -> None:
    first, second = sorted((one, other))
    assert add_months(first, length) <= add_months(second, length)


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)).filter(lambda day: day.day <= 28), months, months
)
def test_months_add_up_where_no_month_is_too_short(day: date, first: int, second: int) -> None:
    assert add_months(add_months(day, first), second) == add_months(day, first + second)


def test_a_date_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="no date of the calendar"):
        add_months(date(9999, 12, 1), 1)


def test_the_day_of_a_moment_is_its_day_in_utc() -> None:
    evening_in_new_york = datetime(2026, 3, 1, 22, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert day_of(evening_in_new_york) == date(2026, 3, 2)
    assert day_of(datetime(2026, 3, 1, 22, 0, tzinfo=UTC)) == date(2026, 3, 1)
