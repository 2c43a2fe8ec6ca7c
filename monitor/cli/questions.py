"""`specwatch report` and `history`: what changed, what there was."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import (
    Edge,
    level_option,
    operation_option,
    output_option,
    page_format_option,
    patterns,
    select_options,
    shared,
    since_option,
    span_of,
    today_of,
    today_option,
    until_option,
)
from monitor.cli.printing import Forms, rendered, show, write_out
from monitor.cli.progress import progress_bar
from monitor.cli.state import State, note, pass_state
from monitor.contract.operation_patterns import OperationPattern
from monitor.jobs import build_report, source_history
from monitor.jobs.locating import pages_of
from monitor.report import (
    history_html,
    history_json,
    history_markdown,
    history_plot,
    history_text,
    report_html,
    report_json,
    report_markdown,
    report_text,
)
from monitor.report.arrangement import ARRANGEMENTS
from monitor.report.selection import Selection
from monitor.rules import Level

if TYPE_CHECKING:
    from monitor.report.arrangement import Arrangement


@click.command("report")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@since_option("7d")
@until_option
@today_option
@select_options
@level_option
@operation_option
@click.option(
    "--path", "paths", metavar="PATTERN", multiple=True, callback=patterns, help="As --operation, by path alone."
)
@click.option(
    "--group-by",
    "by",
    type=click.Choice(ARRANGEMENTS),
    default="source",
    show_default=True,
    help="Show changes by source and version, by level, or by the operations that meet them; JSON has its own order.",
)
@page_format_option
@output_option
@shared
@pass_state
def report_command(
    state: State,
    /,
    *,
    names: tuple[str, ...],
    owner: str | None,
    labels: tuple[tuple[str, str], ...],
    since: Edge,
    until: Edge | None,
    today: date | None,
    level: Level | None,
    operations: tuple[OperationPattern, ...],
    paths: tuple[OperationPattern, ...],
    by: Arrangement,
    form: str,
    output: Path | None,
) -> None:
    """Show the changes of a span of time, what to act on first.

    The span is half-open and in UTC: --since 2026-08-01 --until 2026-09-01 is August. What counts is when a version
    was first seen (of an imported one, its own date).

    \b
    Examples:
      specwatch report
      specwatch report acme --since 30d
      specwatch report --owner payments --label tier=1
      specwatch report acme --since 2026-08-01 --until 2026-09-01 --format markdown
      specwatch report acme --since 90d --path '/v2/incidents/**' --level risky
      specwatch report --since 30d --format html --output report.html
    """
    if by != "source" and form == "json":
        raise click.UsageError("--group-by is for people: the JSON has every comparison of every source in its order")
    span = span_of(since, until, today)
    settings = state.settings()
    names = settings.selected(names, owner=owner, labels=dict(labels))
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
        told, notes = Selection(level, (*operations, *paths)).of_report(report)
        if form == "html":
            written: Iterable[str] = [report_html(told, lambda each: pages_of(store, each), notes=notes, by=by)]
        else:
            arranged = partial(report_text, notes=notes, by=by), partial(report_markdown, notes=notes, by=by)
            forms = Forms(*arranged, report_json)
            written = rendered(state, form, forms, told, to_file=output is not None)
    write_out(written, output)
    if notes and form == "json":
        note(" ".join(notes))


@click.command("history")
@click.argument("name")
@today_option
@page_format_option
@click.option(
    "--plot/--no-plot",
    default=None,
    help="The plot alone, or the list alone; else a terminal shows both, the plot first, and a pipe the list.",
)
@shared
@pass_state
def history_command(state: State, name: str, today: date | None, form: str, plot: bool | None) -> None:
    """Show every version of a source: when it was seen, where it came from, what it changed.

    Between the versions stands what happened to what is deprecated: when it was flagged, when its deadline was near or
    passed, when it was removed or taken back. The plot has all of it at a glance: what each week changed, how many
    operations there were, and how many of them were deprecated and still served; so has the page, with tables.

    \b
    Examples:
      specwatch history acme
      specwatch history acme --plot
      specwatch history acme --format html > acme.html
      specwatch history acme --format json
    """
    if plot and form != "text":
        raise click.UsageError(f"--plot is for a terminal, not for --format {form}; --format html draws it too")
    settings = state.settings()
    with closing(state.store(settings)) as store, progress_bar(state, "history", "comparisons") as progress:
        history = source_history(store, settings, name, today=today_of(today), folder=state.folder(), progress=progress)
    drawn = form == "text" and (state.draws if plot is None else plot)
    if drawn:
        click.echo(history_plot(history, width=state.width, color=state.color), nl=False)
    if not plot:
        text = partial(history_text, headed=not drawn)
        show(state, form, Forms(text, history_markdown, history_json, history_html), history)
