"""The full report as a file that goes along with the digest: every change, and totals that are exact."""

from __future__ import annotations

from typing import Final

from monitor.report.diff import diff_text
from monitor.report.report import report_text
from monitor.report.text import plain
from monitor.report.view import Report

_WIDTH: Final = 100
LARGEST: Final = 2_000_000
"""Characters after which comparisons are named only: a mail server refuses what is too large, and all else with it."""


def full_text(report: Report) -> str:
    """The report of the span, then each comparison that it is made from in full, as `specwatch diff` tells it."""
    parts = [report_text(report, width=_WIDTH)]
    room = LARGEST
    for view in report.sources:
        for each in view.comparisons:
            head = plain(f"{view.name}: {each.before_name} and {each.after_name}")
            body = diff_text(each.document, width=_WIDTH)
            if len(body) > room:
                body = f"Too large to go along: specwatch diff {each.before_name} {each.after_name}\n"
            room -= len(body)
            parts.append(f"{head}\n{'=' * min(len(head), _WIDTH)}\n{body}")
    return "\n\n".join(parts)
