"""`specwatch successor`: what takes the place of an operation, and what to change in order to move over."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import click

from monitor.cli.options import format_option, shared, today_of, today_option
from monitor.cli.printing import Forms, show
from monitor.cli.state import State, pass_state
from monitor.jobs import migration_to_successor
from monitor.report import migration_json, migration_markdown, migration_text


@click.command("successor")
@click.argument("name")
@click.argument("operation")
@click.option("--to", metavar="OPERATION", help="The successor, where you know it better.")
@today_option
@format_option
@shared
@pass_state
def successor_command(state: State, name: str, operation: str, to: str | None, today: date | None, form: str) -> None:
    """Show what takes the place of an operation, and every difference for whoever moves over.

    The successor is the one that the provider names, else the same resource under a higher version. The differences are
    judged for the source's own client; in Markdown each is a box to tick.

    \b
    Examples:
      specwatch successor acme "GET /v1/users"
      specwatch successor acme "GET /v1/users" --format markdown
      specwatch successor acme "GET /v1/users" --to "GET /v2/people"
    """
    settings = state.settings()
    with closing(state.store(settings)) as store:
        migration = migration_to_successor(
            store, settings, name, operation, to=to, today=today_of(today), folder=state.folder()
        )
    show(state, form, Forms(migration_text, migration_markdown, migration_json), migration)
