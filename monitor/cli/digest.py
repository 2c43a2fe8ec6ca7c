"""`specwatch digest`: look at the weekly email, or send it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import shared, today_option
from monitor.cli.state import State, note, pass_state
from monitor.clock import system_clock
from monitor.jobs import build_digest, deliver, preview_digest, send_digest

if TYPE_CHECKING:
    from monitor.jobs import Sent
    from monitor.notify import Delivered


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
        sent = send_digest(store, settings, now=now, folder=state.folder())
        delivered = deliver(store, settings, now=now, environ=os.environ)
    finally:
        store.close()
    return _say(sent, delivered)


def _say(sent: Sent, delivered: Delivered) -> int:
    """What became of it; exit code 3 when a message did not get through."""
    if not sent.claimed:
        click.echo(f"The digest of week {sent.week} went out before; it goes out once.")
    if delivered.sent:
        click.echo(f"{delivered.sent} sent.")
    if delivered.waiting:
        note(f"{delivered.waiting} could not be sent and will be tried again: {delivered.error}")
    if delivered.failed:
        note(f"{delivered.failed} could not be sent and will not be tried again: {delivered.error}")
    return 3 if delivered.waiting or delivered.failed else 0
