"""A history at a glance for a terminal: rows of block characters, as wide as the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from typing import Final

from monitor.report.history import YOURS_LEGEND, head_of, history_opening
from monitor.report.history_glance import Glance, WeekView, facts, glance
from monitor.report.text import Style, plain, wrap
from monitor.report.view import History

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_LABEL: Final = 10
_COLOUR: Final = {"yours": "breaking"}
"""A row whose name is no word that has a colour of its own."""
_LEAST: Final = 12
"""Columns that a plot has at least, however narrow the terminal."""

Columns = Sequence[Sequence[WeekView]]
"""The weeks that one character each stands for."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row: its name, its blocks, and what they come to in words. The name of a level is its colour too."""

    label: str
    blocks: str
    words: str


def history_plot(history: History, *, width: int = 100, color: bool = False) -> str:
    """The plot, with a line that says how to read it; the head alone where no version is known."""
    style = Style(color)
    name = plain(history.source)
    lines = wrap(head_of(history), width)
    lines[0] = lines[0].replace(name, style.bold(name), 1)
    lines += [style.bold(line) for words in history_opening(history) for line in wrap(words, width)]
    drawn = glance(history)
    if drawn is not None:
        lines += ["", *_plot(drawn, width, style)]
    return "\n".join(lines) + "\n"


def _plot(drawn: Glance, width: int, style: Style) -> list[str]:
    told = facts(drawn)
    room = max(width - _LABEL - max(map(len, told.values())) - 4, _LEAST)
    share = ceil(len(drawn.weeks) / room)
    columns = [drawn.weeks[place : place + share] for place in range(0, len(drawn.weeks), share)]
    rows = [_Row(label, _blocks(label, drawn, columns), words) for label, words in told.items()]
    weeks = "a week" if share == 1 else f"{share} weeks"
    legend = (
        f"A column is {weeks}. The height of changes is the square root of their number; · is a time in which there "
        "were none, a blank one in which nobody looked: what changed then stands where it was seen."
        f"{f' {YOURS_LEGEND}' if drawn.ours_known else ''}"
    )
    return [
        style.dim(f"{'':{_LABEL}}  {_years(columns)}".rstrip()),
        *(
            f"{row.label:{_LABEL}}  {style.word(_COLOUR.get(row.label, row.label), row.blocks)}  {row.words}".rstrip()
            for row in rows
        ),
        "",
        *(style.dim(line) for line in wrap(legend, width)),
    ]


def _blocks(label: str, drawn: Glance, columns: Columns) -> str:
    if label == "operations":
        return _heights(_held([(step.day, step.operations) for step in drawn.growth], columns))
    if label == "deprecated":
        return _heights(_held([(step.day, step.open) for step in drawn.standing], columns))
    counts = [sum(getattr(week, label) for week in column) for column in columns]
    empty = ["·" if any(week.looked for week in column) else " " for column in columns]
    drawn_counts = _heights([sqrt(count) for count in counts])
    return "".join(block if count else none for block, count, none in zip(drawn_counts, counts, empty, strict=True))


def _held(steps: Sequence[tuple[date, int]], columns: Columns) -> list[int]:
    """What held at the end of each column, by the steps that it changed in."""
    ends = (column[-1].monday + timedelta(days=6) for column in columns)
    return [max(((day, count) for day, count in steps if day <= end), default=(end, 0))[1] for end in ends]


def _heights(values: Sequence[float]) -> str:
    """A block for each value, of eighths of the greatest; a blank for nothing."""
    top = max(values, default=0) or 1
    return "".join(_BLOCKS[max(round(value / top * len(_BLOCKS)), 1) - 1] if value else " " for value in values)


def _years(columns: Columns) -> str:
    """Each year over the column in which it begins, as far as there is room."""
    line = ""
    before = None
    for place, column in enumerate(columns):
        year = column[-1].monday.isocalendar().year
        if year != before and len(line) <= place and (before is not None or place == 0):
            line = f"{line:{place}}{year} "
        before = year
    return line.rstrip()
