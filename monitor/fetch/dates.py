"""The date that a file's name begins with, as in `2026-07-31T1732_openapi.json`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_TIME = r"(?P<hour>\d\d)(?P<s>[:.-]?)(?P<minute>\d\d)"
_SECONDS = r"(?P=s)(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,6}))?"
# Without the colon `-0200` would be what follows the time, not its zone.
_ZONE = r"(?P<zone>Z|\+\d\d:?\d\d|-\d\d:\d\d)?"
_END = r"(?![0-9])"
_DATE = re.compile(r"(?P<year>\d{4})(?P<d>-?)(?P<month>\d\d)(?P=d)(?P<day>\d\d)(?!\d(?!\d{5}(?!\d)))", re.ASCII)
# A `T` or a digit says that a time follows; after `_`, `-` or a space only six digits are taken for one.
_CERTAIN = re.compile(rf"[Tt]{_TIME}(?:{_SECONDS})?{_ZONE}{_END}", re.ASCII)
_LIKELY = re.compile(rf"[_ -]?{_TIME}{_SECONDS}{_ZONE}{_END}", re.ASCII)
_SURE = re.compile(r"[Tt]?\d", re.ASCII)
_LONGEST = timedelta(hours=14)


def date_of_name(name: str) -> datetime | None:
    """The moment in UTC with which a file's name begins; None where there is none, or none that exists.

    `2026-07-31_x.json` and `20260731.yaml` are the begin of that day; a time follows after `T` (`T17:32`, `T1732`,
    `T173205Z`, `T17:32+02:00`), with seconds also after `_`, `-`, a space or nothing (`20260731_173205`). A date
    elsewhere in the name is often a version of the API and is not taken.
    """
    date = _DATE.match(name)
    if date is None:
        return None
    rest = name[date.end() :]
    sure = _SURE.match(rest) is not None
    time = _CERTAIN.match(rest) or _LIKELY.match(rest)
    if sure and time is None:
        return None
    try:
        return _moment(date, time)
    except (ValueError, OverflowError):
        if sure:
            return None
    try:
        return _moment(date, None)  # `_999999` is a number of something else
    except ValueError:
        return None


def _moment(date: re.Match[str], time: re.Match[str] | None) -> datetime:
    day = datetime(int(date["year"]), int(date["month"]), int(date["day"]), tzinfo=UTC)
    if time is None:
        return day
    moment = day.replace(
        hour=int(time["hour"]),
        minute=int(time["minute"]),
        second=int(time["second"] or 0),
        microsecond=int((time["fraction"] or "0").ljust(6, "0")),
        tzinfo=_zone(time["zone"]),
    )
    return moment.astimezone(UTC)


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    if int(digits[2:]) > 59:
        raise ValueError(text)
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset > _LONGEST:
        raise ValueError(text)
    return timezone(-offset if text[0] == "-" else offset)
