"""The audit as one HTML page: nothing is loaded from elsewhere, no script, and a timeline as inline SVG."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment

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
from monitor.report.timeline_markup import TableRow, chart, mark


def _service_row(each: ServiceAudit) -> TableRow:
    names = tuple((row.operation, row.successor) for row in each.operations)
    return TableRow(names, each.state, each.seen, each.deadline, each.ended)


def _part_row(each: PartsAudit) -> TableRow:
    return TableRow(parts_names(each), *each.facts)


def audit_html(audit: Audit) -> str:
    """The page. The same audit gives the same bytes; it is read in light and dark, on a telephone and on paper."""
    return (
        _environment()
        .get_template("audit.html.j2")
        .render(
            audit=audit,
            title=title(audit),
            about=about(audit),
            chart=chart(audit.timeline),
            parts_chart=chart(audit.parts_timeline),
            parts_title=PARTS,
            service_rows=tuple(map(_service_row, audit.services)),
            part_rows=tuple(map(_part_row, audit.parts)),
            css=style_sheet("audit/audit.css") + style_sheet("shared/timeline.css"),
            sections=SECTIONS,
            words=WORD,
        )
    )


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
        mark=mark,
        listed=lambda items: listed_words(items, say=plain),
    )
    return made
