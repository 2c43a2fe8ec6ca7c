"""A history as one HTML page: what is drawn has a table that says the same; nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import sqrt
from typing import Final

from jinja2 import Environment

from monitor.report.audit_timeline import Scale, Tick, ticks_of
from monitor.report.deprecations_words import by_key
from monitor.report.history import cells_of, columns_of, head_of, history_opening
from monitor.report.history_glance import Glance, WeekView, facts, glance
from monitor.report.html_pages import environment, style_sheet
from monitor.report.text import long_day, plain, plural
from monitor.report.view import History

_WEEKS: Final = 53
"""Weeks that a year has room for (ISO 8601 counts 52 or 53)."""
_HIGH: Final = 40
"""Pixels from the line to the largest week, up and down."""
_LEAST: Final = 2
"""Pixels of a bar at least, so that a single change is seen."""
_GAP: Final = 0.25
"""The part of a week's width that is left free."""
_FACTS: Final = {
    "yours": "breaking changes that are yours",
    "breaking": "breaking changes",
    "risky": "risky changes",
    "compatible": "compatible changes",
    "operations": "operations",
    "deprecated": "deprecated and still served",
}
_MONTHS: Final = "JFMAMJJASOND"


@dataclass(frozen=True, slots=True)
class Bar:
    """What one week changed. `x` and `width` are in per cent of the year, `y` and `height` in pixels from its line."""

    kind: str
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class WeekMark:
    """A week of the strip: its words, its bars, and where its piece of the line is, if somebody looked in it."""

    title: str
    x: float
    width: float
    looked: bool
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """A row of the strip, its line from `x1` to `x2`, in per cent; `months` are the letters of its months."""

    number: int
    label: str
    x1: float
    x2: float
    months: tuple[Tick, ...]
    weeks: tuple[WeekMark, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """Steps as an area: an SVG path over a box of 100 by 100."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers over time; `top` is the greatest of them, `label` says all of it in words."""

    label: str
    top: int
    areas: tuple[Area, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What a chart shows, in words: headings and rows; the first cell of a row is its heading."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def history_html(history: History) -> str:
    """The page. The same history gives the same bytes; it is read in light and dark, on a telephone and on paper."""
    drawn = glance(history)
    charts = {} if drawn is None else _charts(drawn)
    return (
        _environment()
        .get_template("history.html.j2")
        .render(
            title=_title(history),
            head=f"{head_of(history)}.",
            opening=history_opening(history),
            history=history,
            glance=drawn,
            **charts,
            versions=Table(tuple(columns_of(history)), tuple(tuple(cells_of(history, item)) for item in history.items)),
            days=by_key(history.events, lambda event: event.day),
            css=style_sheet("history/history.css"),
        )
    )


@cache
def _environment() -> Environment:
    made = environment("history")
    made.globals.update(line=_HIGH, box=2 * _HIGH)
    made.filters.update(words=lambda text: plain(text.replace("\xa0", " ")))
    return made


def _title(history: History) -> str:
    as_of = "" if history.today is None else f", as of {long_day(history.today)}"
    return f"{plain(history.source)} at a glance{as_of}"


def _charts(drawn: Glance) -> dict[str, object]:
    scale = Scale(drawn.first, max(drawn.last, drawn.first + timedelta(days=1)))
    sizes = [step.operations for step in drawn.growth]
    return {
        "facts": tuple((_FACTS[name], words) for name, words in facts(drawn).items()),
        "years": _years(drawn.weeks),
        "weeks": _weeks_table(drawn.weeks),
        "growth": Chart(
            f"From {plural(sizes[0], 'operation')} to {sizes[-1]:,}",
            max(sizes),
            (_area("size", [(step.day, step.operations) for step in drawn.growth], max(sizes), scale),),
            ticks_of(scale),
        ),
        "growth_table": _growth_table(drawn),
        "standing": _standing(drawn, scale),
        "standing_table": Table(
            ("From", "Still served", "Past the deadline"),
            tuple((str(step.day), f"{step.open:,}", f"{step.late:,}") for step in drawn.standing),
        ),
    }


def _years(weeks: Sequence[WeekView]) -> tuple[Year, ...]:
    most = max((max(week.breaking, week.risky + week.compatible) for week in weeks), default=0) or 1
    grouped = by_key(weeks, lambda week: week.monday.isocalendar().year)
    return tuple(_year(number, members, most) for number, members in grouped)


def _year(number: int, weeks: Sequence[WeekView], most: int) -> Year:
    width = round(100 / _WEEKS, 3)
    marks = []
    for week in weeks:
        x = round(100 * (week.monday.isocalendar().week - 1) / _WEEKS, 3)
        marks.append(WeekMark(week_words(week), x, width, week.looked, tuple(_bars(week, x, width, most))))
    # The letter of a month stands over the week in which its first day lies.
    firsts = ((month, date(number, month, 1).isocalendar()) for month in range(1, 13))
    months = [
        Tick(_MONTHS[month - 1], round(100 * (day.week - 1) / _WEEKS, 3) if day.year == number else 0.0)
        for month, day in firsts
    ]
    total = sum(week.breaking for week in weeks)
    label = f"{number}: {total:,} breaking in {plural(sum(week.breaking > 0 for week in weeks), 'week')}"
    return Year(number, label, marks[0].x, round(marks[-1].x + width, 3), tuple(months), tuple(marks))


def _bars(week: WeekView, x: float, width: float, most: int) -> Iterator[Bar]:
    """Breaking above the line; below it risky, then compatible."""
    left, wide = round(x + width * _GAP / 2, 3), round(width * (1 - _GAP), 3)
    if week.breaking:
        height = _height(week.breaking, most)
        yield Bar("breaking", left, wide, _HIGH - height, height)
    both = week.risky + week.compatible
    if both:
        height = _height(both, most)
        risky = round(height * week.risky / both, 1)
        if week.risky:
            yield Bar("risky", left, wide, _HIGH, risky)
        if week.compatible:
            yield Bar("compatible", left, wide, _HIGH + risky, round(height - risky, 1))


def _height(count: int, most: int) -> float:
    """The square root of the count: one large release does not flatten all the others."""
    return max(round(_HIGH * sqrt(count / most), 1), _LEAST)


def week_words(week: WeekView) -> str:
    """`week of 2026-06-29: 106 breaking, 74 risky, 198 compatible, 613 docs`."""
    return f"week of {week.monday}: {_changed_words(week)}"


def _changed_words(week: WeekView) -> str:
    if not week.looked:
        return "nobody looked"
    told = [(week.breaking, "breaking"), (week.risky, "risky"), (week.compatible, "compatible"), (week.docs, "docs")]
    return ", ".join(f"{count:,} {name}" for count, name in told if count) or "no changes"


def _weeks_table(weeks: Iterable[WeekView]) -> Table:
    """A row for each week that changed something; of those between that did not, a row for as many as are alike."""
    rows: list[tuple[str, ...]] = []
    alike: list[WeekView] = []

    def told() -> None:
        if alike:
            last = alike[-1].monday
            weeks = f"{alike[0].monday}" if len(alike) == 1 else f"{alike[0].monday} to {last}"
            rows.append((weeks, *("-",) * 4, _changed_words(alike[0])))
            alike.clear()

    for week in weeks:
        if alike and (week.changed or alike[0].looked != week.looked):
            told()
        if week.changed:
            counts = (week.breaking, week.risky, week.compatible, week.docs)
            cells = (f"{count:,}" if count else "-" for count in counts)
            rows.append((str(week.monday), *cells, plural(week.versions, "new version")))
        else:
            alike.append(week)
    told()
    return Table(("Week of", "Breaking", "Risky", "Compatible", "Docs", ""), tuple(rows))


def _growth_table(drawn: Glance) -> Table:
    rows, before = [], None
    for step in drawn.growth:
        rows.append((str(step.day), f"{step.operations:,}", "" if before is None else f"{step.operations - before:+,}"))
        before = step.operations
    return Table(("From", "Operations", "Difference"), tuple(rows))


def _standing(drawn: Glance, scale: Scale) -> Chart | None:
    """None where nothing was ever deprecated."""
    top = max(step.open for step in drawn.standing)
    if not top:
        return None
    last = drawn.standing[-1]
    return Chart(
        f"{last.open:,} deprecated and still served on {drawn.last}, {last.late:,} of them past the deadline",
        top,
        (
            _area("open", [(step.day, step.open) for step in drawn.standing], top, scale),
            _area("late", [(step.day, step.late) for step in drawn.standing], top, scale),
        ),
        ticks_of(scale),
    )


def _area(kind: str, steps: Sequence[tuple[date, int]], top: int, scale: Scale) -> Area:
    """An area under steps: each holds until the next, the last until the end."""
    path = [f"M{scale.of(steps[0][0])} 100"]
    for day, count in steps:
        path += [f"H{scale.of(day)}", f"V{round(100 - 100 * count / (top or 1), 2)}"]
    return Area(kind, "".join([*path, f"H{scale.of(scale.last)}", "V100Z"]))
