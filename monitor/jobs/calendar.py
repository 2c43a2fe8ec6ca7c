"""When something is due: small pure functions of what ran last and of the moment it is (docs/adr/0007).

Local times are resolved by us, because schedulers skip those that a clock change swallows: a local time that does not
exist becomes the first that does, one that exists twice means its first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

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


PATIENCE = 2
"""Failures in a row after which a source is asked at its interval all the same."""
LONGEST_PAUSE = timedelta(days=1)
"""However often it failed, a source is asked once a day, or at its interval where that is longer."""
SPREAD = 0.05
"""The part of an interval over which the checks of several sources are spread."""


def next_check(
    last: datetime | None,
    every: timedelta,
    *,
    now: datetime,
    failures: int = 0,
    not_before: datetime | None = None,
    early: float = 0.0,
) -> datetime:
    """When a source falls due: `every` after its last check, at once when it has had none.

    With more than `PATIENCE` failures in a row the pause doubles with each, up to `LONGEST_PAUSE`: a circuit breaker,
    which lets one request through at the end of each pause. `early` (0 to 1) is by which part of `SPREAD` the check is
    put forward, so that sources of one interval do not ask all at once. It is never before `not_before`, which the
    provider asks for. A last check that lies in the future (a clock that was wrong) counts as one made now, so that a
    source never waits longer than its interval.
    """
    if last is None:
        return now
    pause = every * (1 - SPREAD * early)
    if failures > PATIENCE:
        pause = max(every, min(every * 2 ** min(failures - PATIENCE, 16), LONGEST_PAUSE))
    due = min(last, now) + pause
    return due if not_before is None else max(due, min(not_before, now + LONGEST_PAUSE))


def early_of(name: str, last: datetime | None) -> float:
    """How early a source is this time, from 0 to 1: by chance, and the same whenever it is asked."""
    text = f"{name} {last.isoformat() if last is not None else ''}"
    return int.from_bytes(sha256(text.encode()).digest()[:4]) / 2**32


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
