"""`specwatch digest`: look at the weekly email, or send it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import click

from monitor.cli.options import shared, today_option
from monitor.cli.state import State, pass_state
from monitor.clock import system_clock
from monitor.jobs import build_digest, preview_digest, send_digest


@click.command("digest")
@click.option(
    "--preview",
    "target",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the email into this folder as .html, .txt and .eml; nothing is sent.",
)
@click.option("--send", is_flag=True, help="Send the last due week's digest to the recipients, unless it was sent.")
@today_option
@shared
@pass_state
def digest_command(state: State, target: Path | None, send: bool, today: date | None) -> int:
    """Look at the weekly email, or send it.

    The daemon sends it once a week by itself; --send is for whoever runs specwatch from a timer of their own. However
    often it is called, a week's digest goes out once.

    \b
    Examples:
      specwatch digest --preview ./preview
      specwatch digest --send
    """
    if (target is not None) == send:
        raise click.UsageError("say either --preview DIR or --send")
    settings = state.settings()
    now = datetime.combine(today + timedelta(days=1), time(), UTC) if today else system_clock()
    store = state.store(settings)
    try:
        if target is not None:
            built = build_digest(store, settings, now=now, folder=state.folder())
            for path in preview_digest(built, settings, target, now=now):
                click.echo(str(path))
            return 0
        sent = send_digest(store, settings, now=now, folder=state.folder(), environ=os.environ)
    finally:
        store.close()
    click.echo(str(sent))
    return 0
