"""The options that several commands share, and how their words become values."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.cli.state import State
from monitor.clock import system_clock
from monitor.contract.operation_patterns import OperationPattern
from monitor.errors import ConfigurationError, UsageError
from monitor.rules.levels import Level
from monitor.settings.checks import host

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("text", "json", "markdown")

_SPAN = re.compile(r"([1-9][0-9]{0,4})([dw])")
_DAYS = {"d": 1, "w": 7}
_MOST_DAYS = 20_000


FIRST, LAST = date(1980, 1, 1), date(2999, 12, 31)
"""No API document was seen before or will be after; arithmetic with days stays within what a date can be."""


def bounded(day: date) -> date:
    """The day itself. Raises ValueError when it lies outside of all that can be meant."""
    if not FIRST <= day <= LAST:
        raise ValueError(f"{day.year:04d} is no year to look at")
    return day


def day_end(day: date) -> datetime:
    """The last moment of a day, UTC."""
    return datetime.combine(day, time.max, UTC)


class _Day(click.ParamType[date]):
    """A date as in 2026-08-10."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return bounded(date.fromisoformat(value))
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-08-10", param, ctx)


@dataclass(frozen=True)
class Edge:
    """One end of a span of time: a moment, or so many days before now."""

    moment: datetime | None = None
    days: int = 0

    def at(self, now: datetime) -> datetime:
        """The moment meant, UTC and aware."""
        return self.moment if self.moment is not None else now - timedelta(days=self.days)


class _EdgeType(click.ParamType[Edge]):
    """`7d`, `2w`, a date (its beginning, UTC) or a timestamp (UTC where it names no zone)."""

    name = "7d|date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Edge:
        if isinstance(value, Edge):
            return value
        span = _SPAN.fullmatch(value)
        if span:
            return Edge(days=min(int(span[1]) * _DAYS[span[2]], _MOST_DAYS))
        try:
            return Edge(moment=_utc(datetime.fromisoformat(value)))
        except ValueError:
            self.fail(f"{value!r} is neither a span such as 7d or 2w nor a date such as 2026-08-10", param, ctx)


class _MomentType(click.ParamType[datetime]):
    """A date (its beginning, UTC) or a timestamp (UTC where it names no zone)."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return _utc(datetime.fromisoformat(value))
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-08-10 or 2026-08-10T14:15", param, ctx)


DAY = _Day()
EDGE = _EdgeType()
MOMENT = _MomentType()


def _utc(moment: datetime) -> datetime:
    bounded(moment.date())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True)
class Span:
    """The half-open span [since, until) in UTC, and the day that counts as today."""

    since: datetime
    until: datetime
    today: date


def span_of(since: Edge, until: Edge | None, today: date | None) -> Span:
    """The span that the options mean. With `--today`, now is the end of that day.

    Raises click.UsageError when it ends before it begins.
    """
    now = datetime.combine(today + timedelta(days=1), time(), UTC) if today else system_clock()
    begin, end = since.at(now), until.at(now) if until else now
    if end <= begin:
        raise click.UsageError(f"--until {end:%Y-%m-%d} lies before --since {begin:%Y-%m-%d}: nothing is between them")
    return Span(begin, end, today or now.date())


def today_of(today: date | None) -> date:
    """`--today`, or the day it is now (UTC)."""
    return today or system_clock().date()


def _remember_config(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(State).config = value


def _remember_plain(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(State).plain = True


def shared(command: Command) -> Command:
    """`--config` and `--plain`, which may stand before or behind the command's name."""
    config = click.option(
        "--config",
        metavar="FILE",
        expose_value=False,
        callback=_remember_config,
        help="The configuration; else $SPECWATCH_CONFIG, else ./specwatch.toml.",
    )
    plain = click.option(
        "--plain",
        is_flag=True,
        expose_value=False,
        callback=_remember_plain,
        help="Plain text without colours and tables.",
    )
    return config(plain(command))


def format_among(*more: str, help_text: str) -> Callable[[Command], Command]:
    """The option --format of a command that prints more forms than most."""
    return click.option(
        "--format", "form", type=click.Choice([*FORMATS, *more]), default="text", show_default=True, help=help_text
    )


format_option = format_among(help_text="What to print: for people, for programs, or for a page.")
page_format_option = format_among(
    "html", help_text="What to print: for people, for programs, for a page, or the page itself."
)


class _LabelType(click.ParamType[tuple[str, str]]):
    """`KEY=VALUE`."""

    name = "key=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        key, separator, text = value.partition("=")
        if not (key and separator and text):
            self.fail(f"{value!r} is no label; write it as tier=1", param, ctx)
        return key, text


def select_options(command: Command) -> Command:
    """`--owner` and `--label`, which choose sources by what the configuration says of them."""
    owner = click.option("--owner", metavar="OWNER", help="Only sources of this owner.")
    labels = click.option(
        "--label",
        "labels",
        type=_LabelType(),
        multiple=True,
        metavar="KEY=VALUE",
        help="Only sources with this label; of several, with all of them.",
    )
    return owner(labels(command))


today_option = click.option(
    "--today", type=DAY, metavar="DATE", help="Look at it as on that day (UTC) instead of now; for tests and the past."
)


def _level(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Level | None:
    return None if value is None else Level(value)


def patterns(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[OperationPattern, ...]:
    """The patterns of operations that were written. Raises click.BadParameter."""
    try:
        return tuple(map(OperationPattern.parse, value))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


level_option = click.option(
    "--level",
    type=click.Choice([*map(str, Level)]),
    callback=_level,
    help="Show what is of this level or worse; the rest is counted.",
)
operation_option = click.option(
    "--operation",
    "operations",
    metavar="PATTERN",
    multiple=True,
    callback=patterns,
    help="Show what these operations meet: 'GET /v1/users/*' or a path alone; ** is any number of segments.",
)


def _hosts(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(map(host, value)))
    except ConfigurationError as error:
        raise click.BadParameter(f"{error.what}. {error.advice}") from error


allow_host_option = click.option(
    "--allow-host",
    "hosts",
    metavar="HOST",
    multiple=True,
    callback=_hosts,
    help="Another host that parts of a document may come from; as often as there are.",
)
output_option = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to a file instead of stdout.",
)


def since_option(default: str) -> Callable[[Command], Command]:
    """`--since`, inclusive, with the command's own default."""
    return click.option(
        "--since",
        type=EDGE,
        default=default,
        show_default=True,
        metavar="7d|DATE",
        help="Begin here, inclusive: days or weeks back (7d, 2w), or a date (UTC).",
    )


until_option = click.option("--until", type=EDGE, metavar="7d|DATE", help="End here, exclusive; else now.")


def who(by: str | None) -> str:
    """Who says something: as the option has it, else the user. Raises UsageError where nobody knows."""
    if by is not None:
        return said("by", by)
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise UsageError("nobody knows who you are", advice="Say it with --by.") from None


def said(option: str, text: str) -> str:
    """What an option says, on one line. Raises UsageError where that is nothing."""
    if not text.strip():
        raise UsageError(f"--{option} says nothing")
    return " ".join(text.split())
