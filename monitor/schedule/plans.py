"""What a schedule may be: an interval, times of the calendar, a cron expression; and the delay of each occasion."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from monitor.schedule.cron import Cron
from monitor.schedule.local import first_after

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The days of the week as one writes them; the first is number 1, as in ISO 8601."""


class Plan(Protocol):
    """A rule that names moments."""

    def following(self, moment: datetime, /) -> datetime:
        """The first moment after another one that it names, in UTC."""


@dataclass(frozen=True, slots=True)
class Every:
    """So long after the last time."""

    interval: timedelta

    def following(self, moment: datetime) -> datetime:
        """The moment an interval later, in UTC."""
        return moment.astimezone(UTC) + self.interval


@dataclass(frozen=True, slots=True)
class Calendar:
    """On these days of the week (1 is Monday, 7 is Sunday) at these local times, in ascending order."""

    days: frozenset[int]
    times: tuple[time, ...]
    zone: ZoneInfo

    @classmethod
    def named(cls, days: Iterable[str], times: Iterable[str], timezone: str) -> Calendar:
        """From the words of the configuration: `monday`, `08:00`, `Europe/London`; no day means all of them.

        Raises ValueError (of a day or an hour) and zoneinfo.ZoneInfoNotFoundError.
        """
        numbers = frozenset(DAYS.index(day) + 1 for day in days) or frozenset(range(1, 8))
        return cls(numbers, tuple(sorted({time.fromisoformat(at) for at in times})), ZoneInfo(timezone))

    def on(self, day: date) -> bool:
        """Whether a day matches."""
        return day.isoweekday() in self.days

    def following(self, moment: datetime) -> datetime:
        """The first moment after another one that it names, in UTC."""
        found = first_after(moment, on=self.on, at=self.times, zone=self.zone)
        assert found is not None, "every week has all days"
        return found


def growing_delay(failures: int) -> timedelta:
    """How long to wait after so many failures in a row before trying again: a minute, then twice as long each time, a
    day at most."""
    return min(timedelta(minutes=1 << min(failures - 1, 11)), timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time that a schedule names. `named` is the plan's moment, which no delay moves; `due` when it falls due."""

    named: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """A plan whose occasions come up to `jitter` later, so that many sources do not ask one provider in one second."""

    plan: Every | Calendar | Cron
    jitter: timedelta = timedelta()

    def following(self, moment: datetime, key: str) -> Occasion:
        """The first occasion after a moment. `key` says whose: the delay of the same occasion is always the same."""
        return self.occasion(self.plan.following(moment), key)

    def occasion(self, named: datetime, key: str) -> Occasion:
        """A moment that the plan names, with its delay."""
        digest = hashlib.sha256(f"{key}\0{named.astimezone(UTC).isoformat()}".encode()).digest()
        delay = int.from_bytes(digest[:8]) % (int(self.jitter.total_seconds()) + 1)
        return Occasion(named, named + timedelta(seconds=delay))

    @property
    def shortest(self) -> timedelta:
        """The least time between two occasions; a jitter must be shorter, or one would be passed over."""
        if isinstance(self.plan, Every):
            return self.plan.interval
        times = self.plan.times if isinstance(self.plan, Calendar) else self.plan.at
        midnight = datetime(2000, 1, 1, tzinfo=UTC)
        moments = [datetime.combine(midnight, at, UTC) for at in times]
        return min(later - earlier for earlier, later in pairwise([*moments, moments[0] + timedelta(days=1)]))
