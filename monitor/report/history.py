"""What `specwatch history` prints: every version of a source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from monitor.report.deprecations import COLOURS
from monitor.report.deprecations_view import own_deadline_words, own_deadlines
from monitor.report.diffdoc import Summary
from monitor.report.ours import MUTED
from monitor.report.report_object import json_text, stamp
from monitor.report.text import Style, clip, escape, loosened, plain, plural, wrap
from monitor.report.view import History, HistoryEvent, HistoryItem
from monitor.rules import Level
from monitor.values import JsonObject

_LEVELS: Final = tuple(str(level) for level in Level)
_YOURS: Final = "yours, breaking"
YOURS_LEGEND: Final = "Yours are the breaking changes that you meet."
"""What a row or column of numbers says that is headed `yours` alone."""
_SHORTER: Final = {"yours": "own", "breaking": "break", "risky": "risk", "compatible": "comp"}
"""Headings where lines are short."""
_LEAST: Final = 24
"""Columns that the origin gets at least; where there are not so many it is left out."""


def history_text(history: History, *, width: int = 100, color: bool = False, headed: bool = True) -> str:
    """For people: a line for each version, oldest first, with the changes against the one before in counts.

    Where a line has no room for the origin, what is to be said of a version stands below it, and the page has the rest.
    Not `headed`, it goes on where the plot ends, which has the same head.
    """
    style = Style(color)
    name = plain(history.source)
    lines = wrap(head_of(history), width)
    lines[0] = lines[0].replace(name, style.bold(name), 1)
    lines += [style.bold(line) for words in history_opening(history) for line in wrap(words, width)]
    lines = lines if headed else []
    if not history.items:
        return "".join(f"{line}\n" for line in lines)
    rows = [columns_of(history), *(cells_of(history, item, short=True) for item in history.items)]
    rows[0] = ["yours" if cell == _YOURS else cell for cell in rows[0]]  # the origin needs the room
    narrow = width - _taken(rows) < _LEAST
    if narrow:
        rows = [[*row[:-1], ""] for row in rows]
    if _taken(rows) > width:
        rows[0] = [_SHORTER.get(cell, cell) for cell in rows[0]]
    widths = _widths(rows)
    numbers = len(_LEVELS) + 1 + (history.uses is not None)
    heading, *aligned = [_row(row, widths, max(width - _taken(rows), _LEAST), numbers) for row in rows]
    lines += ["", style.dim(heading.upper())]
    waiting = list(history.events)
    later = [item.seen_at.date() for item in history.items[1:]]
    for item, line, until in zip(history.items, aligned, [*later, None], strict=True):
        counted = item.summary if item.yours is None else item.yours
        lines.append(style.word("breaking", line) if counted and counted.breaking else line)
        notes = "; ".join(_notes(item)) if narrow else ""
        lines += wrap(notes, width, first=" " * (widths[0] + 2)) if notes else []
        while waiting and (until is None or waiting[0].day < until):
            lines += _event(waiting.pop(0), widths[0] + 2, width, style)
    if headed and history.uses is not None:
        lines += ["", *(style.dim(line) for line in wrap(YOURS_LEGEND, width))]
    return "\n".join(lines) + "\n"


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """How wide each column is but the last."""
    return [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]


def _taken(rows: Sequence[Sequence[str]]) -> int:
    """Columns of the terminal that stand before the last one of the table."""
    return sum(width + 2 for width in _widths(rows))


def _event(event: HistoryEvent, indent: int, width: int, style: Style) -> list[str]:
    """A line between the versions: its day stands under theirs."""
    first = f"{' ' * indent}{event.day}  "
    lines = wrap(loosened(event.words, width - len(first)), width, first=first)
    return [style.word(COLOURS.get(event.kind, ""), line) for line in lines]


def history_markdown(history: History) -> str:
    """A page: a table of the versions, and a list of what happened to what was deprecated or went."""
    parts = [f"# {escape(history.source)}: every version", f"{escape(head_of(history))}."]
    parts += [f"**{words}**" for words in history_opening(history)]
    if history.items:
        columns = columns_of(history)
        rows = [[escape(cell) for cell in cells_of(history, item)] for item in history.items]
        parts.append("\n".join(f"| {' | '.join(row)} |" for row in [columns, ["---"] * len(columns), *rows]))
    if history.events:
        parts.append("## What became of what")
        parts.append("\n".join(f"- {event.day}: {escape(event.words)}" for event in history.events))
    return "\n\n".join(parts) + "\n"


def history_json(history: History) -> str:
    """Everything known of each version and the events of the ledger, oldest first."""
    return json_text(
        {
            "source": history.source,
            "url": history.url,
            **({} if history.uses is None else {"uses": list(history.uses.texts), "yours": _yours(history)}),
            "versions": [_object(item) for item in history.items],
            "events": [
                {
                    "day": each.day,
                    "kind": each.kind,
                    "subjects": list(each.subjects),
                    "words": plain(each.words),
                    **({} if each.use is None else {"use": str(each.use)}),
                }
                for each in history.events
            ],
        }
    )


def head_of(history: History) -> str:
    """Which source it is, how many versions are known, and from when until when they were seen."""
    name = f"{plain(history.source)}, {plain(history.url)}"
    if not history.items:
        return f"{name}: no version is known yet; specwatch check {plain(history.source)}"
    first, last = history.items[0].seen_at, max(item.last_seen_at for item in history.items)
    return f"{name}: {plural(len(history.items), 'version')}, seen from {first:%Y-%m-%d} to {last:%Y-%m-%d}"


def history_opening(history: History) -> list[str]:
    """`Yours: 3 breaking, 2 deadlines.`, over all versions, where it is known what is used; and how much is muted."""
    muted = sum(item.muted for item in history.items)
    lines = [f"{MUTED}: {plural(muted, 'change')}."] if muted else []
    if history.uses is None:
        return lines
    own = _yours(history)
    due = own_deadline_words([(history.deprecated, history.uses)])
    return [f"Yours: {own['breaking']:,} breaking, {due}.", *lines]


def _yours(history: History) -> dict[str, int]:
    """How many breaking changes there ever were that the reader's own code meets, and how many deadlines there are."""
    breaking = sum(item.yours.breaking for item in history.items if item.yours is not None and not item.another_url)
    deadlines, _, _ = own_deadlines(history.deprecated, history.uses)
    return {"breaking": breaking, "deadlines": deadlines}


def columns_of(history: History) -> list[str]:
    """The headings. A version's own number is left out where every version has the same; `yours, breaking` are the
    breaking changes that the reader's own code meets."""
    version = ["version"] if _versions_differ(history) else []
    yours = [] if history.uses is None else [_YOURS]
    return ["no.", "seen (UTC)", *version, "ops", *yours, *_LEVELS, "origin"]


def cells_of(history: History, item: HistoryItem, *, short: bool = False) -> list[str]:
    """A version under those headings; `short`: of its origin only what a line has room for."""
    version = [clip(plain(item.version or "-"), 16)] if _versions_differ(history) else []
    counts = [] if history.uses is None else [_count(item.yours, str(Level.BREAKING))]
    counts += [_count(item.summary, level) for level in _LEVELS]
    origin = "; ".join([*_notes(item), _origin(history, item, short=short)])
    return [f"{item.sequence:,}", f"{item.seen_at:%Y-%m-%d %H:%M}", *version, f"{item.operations:,}", *counts, origin]


def _versions_differ(history: History) -> bool:
    return len({item.version for item in history.items}) > 1


def _count(summary: Summary | None, level: str) -> str:
    """A count that is there stands out from those that are not."""
    return f"{getattr(summary, level):,}" if summary is not None and getattr(summary, level) else "-"


def _notes(item: HistoryItem) -> list[str]:
    """What a reader must know of a version before its origin."""
    notes = []
    if item.unconfirmed:
        notes.append("lacks much, not yet confirmed")
    elif item.suspect:
        notes.append("taken for a slip")
    elif item.same_as is not None:
        notes.append(f"the same as no. {item.same_as:,}")
    elif item.summary is None:
        notes.append("first version" if item.sequence == 1 else "not compared")
    if item.muted:
        notes.append(f"{item.muted:,} muted")
    if item.another_url:
        notes.append("from another URL, no changes of the API")
    if item.invalid:
        notes.append(f"invalid, {plural(item.invalid, 'problem')}")
    return notes


def _origin(history: History, item: HistoryItem, *, short: bool) -> str:
    """The origin; `short`: of a path its last step, and without the URL that stands above the table."""
    origin = plain(item.origin)
    if not short:
        return origin
    how, _, place = origin.removesuffix(f" from {plain(history.url)}").partition(" from ")
    return f"{how} {place.rpartition('/')[2]}".rstrip()


def _row(cells: Sequence[str], widths: Sequence[int], room: int, counts: int) -> str:
    """Aligned cells, numbers to the right, of which so many stand before the origin; one that is too long is cut."""
    numbers = {0, *range(len(widths) - counts, len(widths))}
    aligned = [
        cell.rjust(wide) if place in numbers else cell.ljust(wide)
        for place, (cell, wide) in enumerate(zip(cells[:-1], widths, strict=True))
    ]
    return "  ".join([*aligned, clip(cells[-1], room)]).rstrip()


def _object(item: HistoryItem) -> JsonObject:
    return {
        "sequence": item.sequence,
        "seen_at": stamp(item.seen_at),
        "last_seen_at": stamp(item.last_seen_at),
        "sha256": item.sha256,
        "size": item.size,
        "origin": item.origin,
        "openapi": item.openapi,
        "title": item.title,
        "version": item.version,
        "operations": item.operations,
        "problems": item.invalid,
        "suspect": item.suspect,
        "unconfirmed": item.unconfirmed,
        "same_as": item.same_as,
        "summary": None if item.summary is None else msgspec.to_builtins(item.summary),
        **({} if item.yours is None else {"yours": msgspec.to_builtins(item.yours)}),
        "muted": item.muted,
    }
