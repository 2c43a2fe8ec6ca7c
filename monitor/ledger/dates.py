"""Calendar months. A window of three months is three months, not ninety days."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the last day of that month where it has no such day.

    31 January + 3 months is 30 April. `months` may be negative. Raises ValueError beyond the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"{day} and {months} months is no date of the calendar")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_of(moment: datetime) -> date:
    """The UTC day of an aware moment."""
    return moment.astimezone(UTC).date()
