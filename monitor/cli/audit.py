"""`specwatch audit`: whether a provider kept its promise."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import click

from monitor.cli.options import EDGE, FIRST, Edge, page_format_option, shared, span_of, today_option, until_option
from monitor.cli.printing import Forms, show
from monitor.cli.progress import progress_bar
from monitor.cli.state import State, note, pass_state
from monitor.jobs import build_audit, write_bundle
from monitor.report import audit_html, audit_json, audit_markdown, audit_text
from monitor.report.text import plural

_BEGINNING = Edge(moment=datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC))


@click.command("audit")
@click.argument("name")
@click.option(
    "--since", type=EDGE, metavar="7d|DATE", help="Begin here, inclusive; else with the first version that is stored."
)
@until_option
@today_option
@page_format_option
@click.option(
    "--bundle",
    metavar="FILE.zip",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the evidence too: the originals, the promise, and the commands that reproduce each verdict offline.",
)
@shared
@pass_state
def audit_command(
    state: State, name: str, since: Edge | None, until: Edge | None, today: date | None, form: str, bundle: Path | None
) -> None:
    """Say whether a provider kept its promise: what was kept, what was broken, with the evidence.

    The promise is that of the source's profile. It is judged as a strict client meets it, from all versions that are
    stored; there are counts and no score. What documents cannot tell is said.

    \b
    Examples:
      specwatch audit acme
      specwatch audit acme --since 2026-01-01 --until 2026-07-01
      specwatch audit acme --format html > audit.html
      specwatch audit acme --bundle acme-evidence.zip
    """
    span = span_of(since or _BEGINNING, until, today)
    settings = state.settings()
    with closing(state.store(settings)) as store, progress_bar(state, f"audit {name}", "comparisons") as progress:
        audit = build_audit(
            store,
            settings,
            name,
            since=span.since,
            until=span.until,
            today=span.today,
            folder=state.folder(),
            progress=progress,
        )
        bundled = None if bundle is None else write_bundle(store, settings, audit, bundle, folder=state.folder())
    show(state, form, Forms(audit_text, audit_markdown, audit_json, audit_html), audit)
    if bundled is not None:
        originals, verdicts = plural(bundled.originals, "original"), plural(bundled.verdicts, "verdict")
        note(f"wrote {bundled.path}: {originals}, the evidence of {verdicts}")
