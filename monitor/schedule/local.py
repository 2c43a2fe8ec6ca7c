"""Local times as moments, over clock changes (docs/adr/0007).

Schedulers skip the local times that a clock change swallows; here a local time that does not exist becomes the first
that does, and one that exists twice means its first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HORIZON = 41 * 366
"""Days after which a day that was not found is none: 29 February falls on each weekday within forty years."""


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which clocks in `zone` show `local` (naive).

    Where they never do, because they are put forward over it (or a day is left out), the first moment after the gap;
    where they do twice, the first time.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _shown(first, zone) == local:
        return first
    # PEP 495: in a gap fold=1 is read with the offset after it and lies before it, fold=0 the other way round.
    low, high = local.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (low, middle) if _shown(middle, zone) >= local else (middle, high)
    return high


def first_after(moment: datetime, *, on: Callable[[date], bool], at: Sequence[time], zone: ZoneInfo) -> datetime | None:
    """The first moment after `moment`, in UTC, at which clocks in `zone` show one of the times `at` on a day that is
    `on`. `at` is in ascending order. None when no such day comes within forty years.
    """
    # Clocks differ from UTC by less than a day, and a time of the day before may have been moved past midnight.
    day = moment.astimezone(zone).date() - timedelta(days=1)
    for _ in range(_HORIZON):
        if on(day):
            # A later local time never becomes an earlier moment, so the times of a day can be bisected.
            place = bisect_right(at, moment, key=lambda clock, day=day: instant(datetime.combine(day, clock), zone))  # type: ignore[misc]
            if place < len(at):
                return instant(datetime.combine(day, at[place]), zone)
        day += timedelta(days=1)
    return None


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
