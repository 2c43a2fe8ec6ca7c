"""The audit as one HTML page: nothing is loaded from elsewhere, no script, and a timeline as inline SVG."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment
from markupsafe import Markup

from monitor.report.audit_timeline import Bar, EndKind, SegmentKind, Timeline
from monitor.report.audit_view import Audit, PartsAudit, ServiceAudit
from monitor.report.audit_words import (
    PARTS,
    SECTIONS,
    WORD,
    about,
    command,
    parts_names,
    place_words,
    rows,
    service_facts,
    sight_words,
    successor_words,
    title,
)
from monitor.report.html_pages import environment, style_sheet
from monitor.report.text import listed as listed_words
from monitor.report.text import plain

_TOP: Final = 20
_ROW: Final = 44

_MARKS: Final[dict[EndKind, str]] = {
    "removed": '<rect class="end" x="-4" y="-8" width="8" height="16"/>',
    "removed early": '<path class="end-bad" d="M-6 -6L6 6M-6 6L6 -6"/>',
    "reinstated": '<circle class="end" r="6"/>',
}


@dataclass(frozen=True, slots=True)
class _Chart:
    """Where the rows of the timeline stand, in pixels; `ends`, `kinds` and `deadlines` are what the legend explains."""

    top: int
    height: int
    bars: tuple[tuple[int, Bar], ...]
    ends: tuple[EndKind, ...]
    kinds: frozenset[SegmentKind]
    deadlines: bool


@dataclass(frozen=True, slots=True)
class _TableRow:
    """A bar of a timeline as a row of a table: the things with what takes their place, and what is said of them."""

    names: tuple[tuple[str, str | None], ...]
    state: str
    seen: str
    deadline: str
    ended: str


def _service_row(each: ServiceAudit) -> _TableRow:
    names = tuple((row.operation, row.successor) for row in each.operations)
    return _TableRow(names, each.state, each.seen, each.deadline, each.ended)


def _part_row(each: PartsAudit) -> _TableRow:
    return _TableRow(parts_names(each), *each.facts)


def audit_html(audit: Audit) -> str:
    """The page. The same audit gives the same bytes; it is read in light and dark, on a telephone and on paper."""
    return (
        _environment()
        .get_template("audit.html.j2")
        .render(
            audit=audit,
            title=title(audit),
            about=about(audit),
            chart=_chart(audit.timeline),
            parts_chart=_chart(audit.parts_timeline),
            parts_title=PARTS,
            service_rows=tuple(map(_service_row, audit.services)),
            part_rows=tuple(map(_part_row, audit.parts)),
            css=style_sheet("audit/audit.css"),
            sections=SECTIONS,
            words=WORD,
        )
    )


def _chart(of: Timeline) -> _Chart:
    placed = tuple((_TOP + 16 + _ROW * number, bar) for number, bar in enumerate(of.bars))
    used = {bar.end.kind for bar in of.bars if bar.end is not None}
    kinds = frozenset(segment.kind for bar in of.bars for segment in bar.segments)
    deadlines = any(bar.deadline is not None for bar in of.bars)
    ends = tuple(kind for kind in _MARKS if kind in used)
    return _Chart(_TOP, _TOP + _ROW * len(of.bars), placed, ends, kinds, deadlines)


@cache
def _environment() -> Environment:
    made = environment("audit")
    made.globals.update(
        rows=rows,
        command=command,
        facts=service_facts,
        sight_words=sight_words,
        place_words=place_words,
        successor_words=successor_words,
        mark=lambda kind: Markup(_MARKS[kind]),  # noqa: S704  # no word in it is a stranger's
        listed=lambda items: listed_words(items, say=plain),
    )
    return made
