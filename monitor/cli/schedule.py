"""`specwatch schedule`: what is to be done next."""

from __future__ import annotations

from contextlib import closing

import click

from monitor.cli.options import format_option, shared
from monitor.cli.printing import Forms, show
from monitor.cli.state import State, pass_state
from monitor.clock import system_clock


@click.command("schedule")
@format_option
@shared
@pass_state
def schedule_command(state: State, form: str) -> None:
    """Show what is to be done next and when: each source's check, comparisons that are tried again, the digest.

    Times are UTC. A schedule with a time zone (`at`, `cron`) follows its clock: a time that a change to summer time
    leaves out comes right after it, one that comes twice counts the first time.

    \b
    Examples:
      specwatch schedule
      specwatch schedule --format json
    """
    from monitor.jobs import upcoming
    from monitor.report import schedule_json, schedule_markdown, schedule_text

    settings = state.settings()
    with closing(state.store(settings)) as store:
        coming = upcoming(store, settings, now=system_clock())
    show(state, form, Forms(schedule_text, schedule_markdown, schedule_json), coming)
