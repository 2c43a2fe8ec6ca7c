"""`specwatch report` and `history`: what changed, what there was."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import click

from monitor.cli.options import Edge, format_option, shared, since_option, span_of, today_of, today_option, until_option
from monitor.cli.printing import Forms, show
from monitor.cli.progress import progress_bar
from monitor.cli.state import State, pass_state
from monitor.jobs import build_report, source_history
from monitor.report import (
    history_json,
    history_markdown,
    history_text,
    report_json,
    report_markdown,
    report_text,
)


@click.command("report")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@since_option("7d")
@until_option
@today_option
@format_option
@shared
@pass_state
def report_command(
    state: State,
    names: tuple[str, ...],
    since: Edge,
    until: Edge | None,
    today: date | None,
    form: str,
) -> None:
    """Show the changes of a span of time, what to act on first.

    The span is half-open and in UTC: --since 2026-08-01 --until 2026-09-01 is August. What counts is when a version
    was first seen (of an imported one, its own date).

    \b
    Examples:
      specwatch report
      specwatch report acme --since 30d
      specwatch report acme --since 2026-08-01 --until 2026-09-01 --format markdown
    """
    span = span_of(since, until, today)
    settings = state.settings()
    with closing(state.store(settings)) as store, progress_bar(state, "report", "comparisons") as progress:
        report = build_report(
            store,
            settings,
            names,
            since=span.since,
            until=span.until,
            today=span.today,
            folder=state.folder(),
            progress=progress,
        )
    show(state, form, Forms(report_text, report_markdown, report_json), report)


@click.command("history")
@click.argument("name")
@today_option
@format_option
@shared
@pass_state
def history_command(state: State, name: str, today: date | None, form: str) -> None:
    """Show every version of a source: when it was seen, where it came from, what it changed.

    Between the versions stands what happened to what is deprecated: when it was flagged, when its deadline was near or
    passed, when it was removed or taken back.

    \b
    Examples:
      specwatch history acme
      specwatch history acme --format json
    """
    settings = state.settings()
    with closing(state.store(settings)) as store, progress_bar(state, "history", "comparisons") as progress:
        history = source_history(store, settings, name, today=today_of(today), folder=state.folder(), progress=progress)
    show(state, form, Forms(history_text, history_markdown, history_json), history)
