"""What `specwatch list` prints: the watched sources and how each of them is doing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from monitor.report.report_object import json_text, stamp
from monitor.report.text import Style, clip, code, escape, plain, wrap
from monitor.report.view import SourceStatus
from monitor.values import JsonObject

NOBODY: Final = "No source is watched yet: specwatch add NAME URL"
_COLUMNS: Final = ("name", "state", "checked (UTC)", "next (UTC)", "every", "versions", "promise", "url")
_MESSAGE: Final = 300


def sources_text(sources: Sequence[SourceStatus], *, width: int = 100, color: bool = False) -> str:
    """For people: a line for each, its URL whole, then why the last check of one failed."""
    if not sources:
        return f"{NOBODY}\n"
    style = Style(color)
    rows = [_cells(source) for source in sources]
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)][:-1]
    lines = [style.dim(_row([column.upper() for column in _COLUMNS], widths))]
    for cells in rows:
        line = _row(cells, widths)
        lines.append(style.word(cells[1], line) if cells[1] == "failed" else line)
    for source in sources:
        for said in sayings(source):
            lines += wrap(f"{plain(source.name)}: {said}", width, rest="  ")
    return "\n".join(lines) + "\n"


def sources_markdown(sources: Sequence[SourceStatus]) -> str:
    """A page: one table, and why the last check of one failed."""
    parts = ["# Watched sources"]
    if not sources:
        return "\n\n".join([*parts, "No source is watched yet: `specwatch add NAME URL`"]) + "\n"
    rows = [f"| {' | '.join(_page_cells(source))} |" for source in sources]
    parts.append("\n".join([f"| {' | '.join(_COLUMNS)} |", f"|{' --- |' * len(_COLUMNS)}", *rows]))
    failed = [f"- **{escape(source.name)}**: {escape(said)}" for source in sources for said in sayings(source)]
    return "\n\n".join([*parts, *(["\n".join(failed)] if failed else [])]) + "\n"


def sources_json(sources: Sequence[SourceStatus]) -> str:
    """A list of objects, in the order of the configuration."""
    return json_text([_object(source) for source in sources])


def sayings(source: SourceStatus) -> tuple[str, ...]:
    """Why the last check of a source failed and since when, and that its URL is out of date."""
    said = []
    if source.outcome == "failed" and source.message:
        times = f"failed {source.failures} times in a row, " if source.failures > 1 else ""
        good = f"last success {_minute(source.last_good)}" if source.last_good else "never checked successfully"
        category = f" ({plain(source.category)})" if source.category else ""
        said.append(f"{times}{good}{category}: {clip(plain(source.message), _MESSAGE)}")
    if source.moved_to is not None:
        said.append(
            f"it has moved for good to {clip(plain(source.moved_to), _MESSAGE)}; "
            f"to follow: specwatch set {plain(source.name)} --url URL"
        )
    return tuple(said)


def _cells(source: SourceStatus) -> tuple[str, ...]:
    return (
        plain(source.name),
        "paused" if source.paused else plain(source.outcome or "never checked"),
        _minute(source.checked_at),
        _minute(source.next_check),
        plain(source.every),
        f"{source.snapshots:,}",
        plain(source.promise or "-"),
        plain(source.url),
    )


def _minute(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [cell.ljust(wide) for cell, wide in zip(cells[:-1], widths, strict=True)]
    return "  ".join([*aligned, cells[-1]]).rstrip()


def _page_cells(source: SourceStatus) -> tuple[str, ...]:
    *cells, url = _cells(source)
    return (*(escape(cell) for cell in cells), code(url, cell=True))


def _object(source: SourceStatus) -> JsonObject:
    return {
        "name": source.name,
        "url": source.url,
        "promise": source.promise,
        "client": source.client,
        "every": source.every,
        "paused": source.paused,
        "snapshots": source.snapshots,
        "first_seen": stamp(source.first_seen),
        "last_seen": stamp(source.last_seen),
        "checked_at": stamp(source.checked_at),
        "outcome": source.outcome,
        "message": source.message,
        "category": source.category,
        "request_id": source.request_id,
        "last_good": stamp(source.last_good),
        "failures": source.failures,
        "moved_to": source.moved_to,
        "next_check": stamp(source.next_check),
        "owner": source.owner,
        "labels": dict(sorted(source.labels.items())),
    }
