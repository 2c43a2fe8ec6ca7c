"""Days and lengths of time in English sentences."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from monitor.ledger.dates import add_months

Unit = Literal["days", "months"]


@dataclass(frozen=True, slots=True)
class Duration:
    """So many days or calendar months."""

    count: int
    unit: Unit

    def after(self, day: date) -> date:
        """The day so much later. Raises ValueError or OverflowError beyond the year 9999."""
        return add_months(day, self.count) if self.unit == "months" else day + timedelta(days=self.count)

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count != 1 else self.unit[:-1]}"


@dataclass(frozen=True, slots=True)
class Span:
    """A date in a text: where it stands, and its first and last day where it names a month, a quarter or a year."""

    start: int
    end: int
    day: date
    last: date


_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR: Final = r"(?P<year>20\d\d)"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\b(?P<year>20\d\d)[-/.](?P<number>\d{1,2})[-/.](?P<day>\d{1,2})(?:T[\d:.]+Z?)?\b",
        rf"\b{_DAY}(?: of)?[ -]{_MONTH},?[ -]{_YEAR}\b",
        rf"\b{_MONTH} {_DAY},? {_YEAR}\b",
        rf"\b(?P<end>end of )?{_MONTH},? {_YEAR}\b",
        r"\b(?P<end>end of )?Q(?P<quarter>[1-4])[ /,-]?(?:of )?(?P<year>20\d\d)\b",
        r"\b(?P<end>end of )(?:the year )?(?P<year>20\d\d)\b",
    )
)
_NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"a": 1, "an": 1, "eighteen": 18, "thirty": 30, "sixty": 60, "ninety": 90}
_DURATION: Final = re.compile(
    rf"\b(?:in|within|after|for|over)(?: the next| another| about| approximately| at least)? "
    rf"(?P<count>\d{{1,4}}|{'|'.join(_NUMBERS)})[ -](?P<unit>day|week|month|year)s?\b(?! of\b)",
    re.IGNORECASE,
)


def dates_in(text: str) -> tuple[Span, ...]:
    """The dates of a text in its order; those with day and month in an order that may be either are passed over."""
    found: list[Span] = []
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if all(match.end() <= start or match.start() >= end for start, end in taken):
                # A day that the calendar does not have is not read as its month.
                taken.append(match.span())
                span = _span(match)
                found.extend(() if span is None else (span,))
    return tuple(sorted(found, key=lambda span: span.start))


def durations_in(text: str) -> tuple[tuple[int, int, Duration], ...]:
    """The lengths of time that a text names as such ("in six months"): start, end, length."""
    return tuple((match.start(), match.end(), _duration(match)) for match in _DURATION.finditer(text))


def _duration(match: re.Match[str]) -> Duration:
    word = match["count"].lower()
    count = int(word) if word.isdecimal() else _NUMBERS[word]
    unit = match["unit"].lower()
    if unit in ("month", "year"):
        return Duration(count * (12 if unit == "year" else 1), "months")
    return Duration(count * (7 if unit == "week" else 1), "days")


def _span(match: re.Match[str]) -> Span | None:
    parts = match.groupdict()
    year = int(parts["year"])
    if parts.get("day"):
        month = int(parts["number"]) if parts.get("number") else _month(parts["month"])
        try:
            day = date(year, month, int(parts["day"]))
        except ValueError:
            return None
        return Span(match.start(), match.end(), day, day)
    if parts.get("month"):
        first, last = _month(parts["month"]), _month(parts["month"])
    elif parts.get("quarter"):
        last = int(parts["quarter"]) * 3
        first = last - 2
    else:
        first, last = 1, 12
    begin, end = date(year, first, 1), date(year, last, monthrange(year, last)[1])
    return Span(match.start(), match.end(), end if parts.get("end") else begin, end if parts.get("end") else begin)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
