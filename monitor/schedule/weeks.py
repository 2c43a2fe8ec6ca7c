"""Once in every ISO week: the digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.schedule.local import instant

_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One ISO 8601 week: `Week(2026, 31)` is the week of Monday, 27 July 2026."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that a day lies in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> Week:
        """The week written as `2026-W31`. Raises ValueError when the text is no week."""
        year, separator, number = text.partition("-W")
        if not separator:
            raise ValueError(f"not an ISO week: {text!r}")
        week = cls(int(year), int(number))
        week.day(1)  # raises ValueError for a week that the year does not have
        return week

    def day(self, weekday: int) -> date:
        """The date of a day of the week; 1 is Monday, 7 is Sunday."""
        return date.fromisocalendar(self.year, self.number, weekday)

    def before(self) -> Week:
        """The week before."""
        return Week.of(self.day(1) - timedelta(days=7))

    def after(self) -> Week:
        """The week after."""
        return Week.of(self.day(1) + timedelta(days=7))

    def __str__(self) -> str:
        return f"{self.year:04d}-W{self.number:02d}"


@dataclass(frozen=True, slots=True)
class Weekly:
    """Once in every ISO week: on `weekday` (1 is Monday) at the local time `at` in `zone`."""

    weekday: int
    at: time
    zone: ZoneInfo

    @classmethod
    def named(cls, day: str, at: str, timezone: str) -> Weekly:
        """From the words of the configuration: `monday`, `08:00`, `Europe/London`.

        Raises ValueError (of the day or hour) and zoneinfo.ZoneInfoNotFoundError.
        """
        return cls(_DAY_NAMES.index(day.strip().lower()) + 1, time.fromisoformat(at), ZoneInfo(timezone))

    def moment(self, week: Week) -> datetime:
        """When it falls due in that week, in UTC."""
        return instant(datetime.combine(week.day(self.weekday), self.at), self.zone)

    def latest(self, now: datetime) -> Week:
        """The last week whose moment is not after `now`."""
        week = Week.of(now.astimezone(self.zone).date())
        # Around a clock change and at the ends of the year the guess can be one too late, never one too early.
        while self.moment(week) > now:
            week = week.before()
        return week

    def due(self, now: datetime, *, last: Week | None, started: datetime) -> Week | None:
        """The week that is to be done now, or None.

        `last` is the last week that was done, `started` when the watching began: what fell due before that is nobody's
        debt. After a long sleep only the newest week is due, once.
        """
        week = self.latest(now)
        if last is not None and week <= last:
            return None
        return week if self.moment(week) > started else None

    def following(self, now: datetime) -> datetime:
        """The next moment after `now` at which it falls due, in UTC."""
        return self.moment(self.latest(now).after())
