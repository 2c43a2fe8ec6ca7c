"""`specwatch digest`: look at the weekly email, or send it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import day_end, shared, today_option
from monitor.cli.progress import progress_bar
from monitor.cli.state import State, note, pass_state
from monitor.clock import system_clock
from monitor.errors import ConfigurationError
from monitor.jobs import build_digest, deliver, outbox_items, preview_digest, send_digest, send_subscriptions
from monitor.report.outbox import MessageState
from monitor.report.text import plural
from monitor.store import UNSETTLED

if TYPE_CHECKING:
    from monitor.jobs import Sent
    from monitor.report import OutboxItem


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
    often it is called, a week's digest goes out once, and so does what is due of the daily and weekly subscriptions.

    \b
    Examples:
      specwatch digest --preview ./preview
      specwatch digest --send
    """
    if (target is not None) == send:
        raise click.UsageError("say either --preview DIR or --send")
    if send and today is not None:
        raise click.UsageError("--today is for looking: what is sent is sent now")
    settings = state.settings()
    # The last moment of the day: what fell due on it has, and it is that day still.
    now = system_clock() if today is None else day_end(today)
    with closing(state.store(settings)) as store, progress_bar(state, "digest", "comparisons") as progress:
        if target is not None:
            built = build_digest(store, settings, now=now, folder=state.folder(), progress=progress)
            for path in preview_digest(built, settings, target, now=now):
                click.echo(str(path))
            return 0
        earlier = 0
        with suppress(ConfigurationError):  # it comes again below, where the digest no longer depends on it
            # What waits goes out as it is, before this digest tells it again.
            earlier = deliver(store, settings, now=now, environ=os.environ, folder=state.folder()).sent
        sent = send_digest(store, settings, now=now, folder=state.folder(), progress=progress)
        send_subscriptions(store, settings, now=now, folder=state.folder())
        delivered = deliver(store, settings, now=now, environ=os.environ, folder=state.folder())
        items = outbox_items(store, week=sent.week, now=now)
    return _say(sent, earlier + delivered.sent, items)


def _say(sent: Sent, accepted: int, items: Sequence[OutboxItem]) -> int:
    """What became of it, for each recipient; exit code 3 while a message of that week waits or was given up."""
    if not sent.claimed:
        click.echo(f"The digest that fell due in week {sent.week} was made before; it goes out once.")
    if accepted:
        click.echo(f"{accepted} sent.")
    waiting = [item for item in items if item.state in UNSETTLED]
    given_up = [item for item in items if item.state in (MessageState.FAILED, MessageState.DEAD)]
    for left, what in ((waiting, "yet and will be tried again"), (given_up, "and will not be tried again")):
        if left:
            note(f"{plural(len(left), 'message')} could not be sent {what}:")
        for item in left:
            note(f"  {_why(item)}")
    if waiting or given_up:
        note("Next: specwatch outbox")
        return 3
    return 0


def _why(item: OutboxItem) -> str:
    """Who has not got it, and why; a channel's errors name it already."""
    error = "\n    ".join((item.error or "not tried: the one before it found nobody there").splitlines())
    return error if error.startswith(item.recipient) else f"{item.recipient}: {error}"
