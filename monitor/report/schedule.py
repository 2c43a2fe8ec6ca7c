"""What `specwatch schedule` prints: what is to be done next, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from monitor.report.report_object import json_text, stamp
from monitor.report.text import Style, clip, code, escape, plain, wrap
from monitor.report.view import Upcoming
from monitor.values import JsonObject

NOTHING: Final = "Nothing is watched yet: specwatch add NAME URL"
_COLUMNS: Final = ("due (UTC)", "what", "of", "schedule", "state")
_MESSAGE: Final = 300


def schedule_text(coming: Sequence[Upcoming], *, width: int = 100, color: bool = False) -> str:
    """For people: a line for each, the next first, then why something is tried again."""
    if not coming:
        return f"{NOTHING}\n"
    style = Style(color)
    rows = [_cells(each) for each in coming]
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)][:-1]
    lines = [style.dim(_row([column.upper() for column in _COLUMNS], widths))]
    lines += [_row(cells, widths) for cells in rows]
    for each in coming:
        if each.error:
            lines += wrap(f"{plain(each.name)}: {clip(plain(each.error), _MESSAGE)}", width, rest="  ")
    return "\n".join(lines) + "\n"


def schedule_markdown(coming: Sequence[Upcoming]) -> str:
    """A page: one table."""
    if not coming:
        return "# Schedule\n\nNothing is watched yet: `specwatch add NAME URL`\n"
    rows = [
        f"| {' | '.join((*map(escape, cells[:3]), code(cells[3], cell=True), escape(cells[4])))} |"
        for cells in map(_cells, coming)
    ]
    return "\n".join(["# Schedule", "", f"| {' | '.join(_COLUMNS)} |", f"|{' --- |' * len(_COLUMNS)}", *rows]) + "\n"


def schedule_json(coming: Sequence[Upcoming]) -> str:
    """A list of objects, the next first."""
    return json_text([_object(each) for each in coming])


def _cells(each: Upcoming) -> tuple[str, str, str, str, str]:
    return (_minute(each.due), each.job, plain(each.name), plain(each.schedule), plain(_state(each)))


def _state(each: Upcoming) -> str:
    if each.due is None:
        return "paused"
    if each.by is not None:
        return f"being done by {each.by}"
    if each.failures:
        return f"failed {each.failures} times" if each.failures > 1 else "failed once"
    return "waiting"


def _minute(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [cell.ljust(wide) for cell, wide in zip(cells[:-1], widths, strict=True)]
    return "  ".join([*aligned, cells[-1]]).rstrip()


def _object(each: Upcoming) -> JsonObject:
    return {
        "job": each.job,
        "name": each.name,
        "schedule": each.schedule,
        "named": stamp(each.named),
        "due": stamp(each.due),
        "by": each.by,
        "failures": each.failures,
        "error": each.error,
    }
