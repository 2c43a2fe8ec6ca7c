"""Cron expressions: five fields as in crontab(5), read in a time zone of their own.

Steps (`*/15`, `8-18/2`), lists, ranges, English names of months and days (`jan`, `mon`), Sunday as 0 and as 7, and the
words `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. As there, a day matches when either the day of the month or
the day of the week does, where both are restricted (a field that begins with `*` is not).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from monitor.schedule.local import first_after

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_WORDS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_PART: Final = re.compile(r"(?:(?P<all>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[0-9]{1,4}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five: how people call it, and its bounds, both included; `names` count from `low`."""

    title: str
    low: int
    high: int
    names: tuple[str, ...] = ()

    def read(self, text: str) -> frozenset[int]:
        """The numbers that it means. Raises ValueError."""
        found: set[int] = set()
        for part in text.split(","):
            match = _PART.fullmatch(part)
            if match is None:
                raise ValueError(f"{part!r} cannot stand for the {self.title}")
            found.update(self._numbers(match))
        return frozenset(found)

    def _numbers(self, match: re.Match[str]) -> range:
        step = 1 if match["step"] is None else int(match["step"])
        if step == 0:
            raise ValueError(f"a step of 0 leads nowhere, in the {self.title}")
        if match["all"]:
            return range(self.low, self.high + 1, step)
        first = self._number(match["first"])
        if match["last"] is not None:
            last = self._number(match["last"])
        else:
            last = first if match["step"] is None else self.high  # `5/15` is `5-59/15`, as cron itself has it
        if last < first:
            raise ValueError(f"the {self.title} goes backwards from {match['first']} to {match['last']}")
        return range(first, last + 1, step)

    def _number(self, text: str) -> int:
        if text.lower() in self.names:
            return self.names.index(text.lower()) + self.low
        if not text.isdecimal() or not self.low <= int(text) <= self.high:
            raise ValueError(f"{text!r} is none of the {self.title}: {self.low} to {self.high}")
        return int(text)


_FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 7, _WEEKDAYS),
)


@dataclass(frozen=True)
class Cron:
    """A cron expression in a time zone. Make it with `parse`."""

    text: str
    zone: ZoneInfo
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday, 6 is Saturday."""
    either: bool
    """Whether one of day of the month and day of the week is enough."""

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo) -> Cron:
        """From its text. Raises ValueError with words for a person, also where no day ever matches."""
        words = text.split()
        if len(words) == 1 and words[0].startswith("@"):
            if words[0].lower() not in _WORDS:
                raise ValueError(f"{text!r} is none of {', '.join(_WORDS)}")
            words = _WORDS[words[0].lower()].split()
        if len(words) != len(_FIELDS):
            raise ValueError(f"{text!r} has {len(words)} fields, and cron has five: minute hour day month weekday")
        minutes, hours, days, months, weekdays = (field.read(word) for field, word in zip(_FIELDS, words, strict=True))
        either = not words[2].startswith("*") and not words[4].startswith("*")
        cron = cls(text, zone, minutes, hours, days, months, frozenset(day % 7 for day in weekdays), either)
        if first_after(datetime(2000, 1, 1, tzinfo=UTC), on=cron.on, at=cron.at, zone=zone) is None:
            raise ValueError(f"{text!r} never comes: no such month has such a day")
        return cron

    @cached_property
    def at(self) -> tuple[time, ...]:
        """The local times of a day that matches, in order."""
        return tuple(time(hour, minute) for hour in sorted(self.hours) for minute in sorted(self.minutes))

    def on(self, day: date) -> bool:
        """Whether a day matches."""
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return of_month or of_week if self.either else of_month and of_week

    def following(self, moment: datetime) -> datetime:
        """The first moment after another one that it names, in UTC."""
        found = first_after(moment, on=self.on, at=self.at, zone=self.zone)
        assert found is not None, "parse refuses what never comes"
        return found
