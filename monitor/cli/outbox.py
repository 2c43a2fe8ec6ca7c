"""`specwatch outbox`: what waits, what was accepted, what was given up; and what to do about it."""

from __future__ import annotations

import os
from contextlib import closing

import click

from monitor.cli.groups import Listed
from monitor.cli.options import format_option, shared
from monitor.cli.printing import Forms, show
from monitor.cli.state import State, note, pass_state, say
from monitor.clock import system_clock
from monitor.jobs import deliver, drop_message, outbox_items, outbox_message, retry_all, retry_message
from monitor.report import message_json, message_markdown, message_text, outbox_json, outbox_markdown, outbox_text
from monitor.report.outbox import MessageState
from monitor.report.text import plural


@click.group("outbox", cls=Listed, subcommand_metavar="[--state STATE] | show ID | retry ID|--all | drop ID")
def outbox_command() -> None:
    """Show the messages that wait, were accepted or given up: one a recipient.

    \b
    pending   not tried yet
    sending   being handed over; left behind by a kill it is sent again within the hour
    accepted  the server, or the channel, took it over
    deferred  not now (SMTP 4xx, no connection, no answer): tried again by itself, for five days
    failed    refused for good (SMTP 5xx)
    dead      given up, dropped by hand, or told in a later message

    A message keeps its bytes and its Message-ID through every attempt.

    \b
    Examples:
      specwatch outbox
      specwatch outbox --state failed --state dead --format json
      specwatch outbox show 12
      specwatch outbox retry --all
      specwatch outbox drop 12
    """


@outbox_command.command("list")
@click.option(
    "--state",
    "states",
    type=click.Choice([str(state) for state in MessageState]),
    multiple=True,
    help="Only these; as often as you like. Else what waits, and what was settled within two weeks.",
)
@format_option
@shared
@pass_state
def list_command(state: State, states: tuple[str, ...], form: str) -> None:
    """List the messages: what `specwatch outbox` does without a command."""
    wanted = [MessageState(word) for word in states]
    with closing(state.store(state.settings())) as store:
        items = outbox_items(store, states=wanted, now=system_clock())
    show(state, form, Forms(outbox_text, outbox_markdown, outbox_json), items)


@outbox_command.command("show")
@click.argument("row_id", metavar="ID", type=click.IntRange(min=1))
@format_option
@shared
@pass_state
def show_command(state: State, row_id: int, form: str) -> None:
    """Show one message: what became of it, and what it says; with `--format json` as it is handed over."""
    with closing(state.store(state.settings())) as store:
        item, message = outbox_message(store, row_id, raw=form == "json")
    show(state, form, Forms(message_text, message_markdown, message_json), item, message)


@outbox_command.command("retry")
@click.argument("row_id", metavar="[ID]", type=click.IntRange(min=1), required=False)
@click.option("--all", "everything", is_flag=True, help="All that were deferred or given up and not dropped.")
@shared
@pass_state
def retry_command(state: State, row_id: int | None, everything: bool) -> int:
    """Try a message again now, as if for the first time; ends with 3 when one was not accepted."""
    if (row_id is not None) == everything:
        raise click.UsageError("say either ID or --all")
    settings, now = state.settings(), system_clock()
    with closing(state.store(settings)) as store:
        if row_id is not None:
            retry_message(store, row_id, now=now)
        elif not retry_all(store, now=now):
            say("Nothing was deferred or given up.")
            return 0
        delivered = deliver(store, settings, now=now, environ=os.environ, folder=state.folder())
    say(f"{delivered.sent} accepted.")
    left = delivered.waiting + delivered.failed
    if left:
        note(f"{plural(left, 'message')} not accepted{f': {delivered.error}' if delivered.error else '.'}")
    return 3 if left else 0


@outbox_command.command("drop")
@click.argument("row_id", metavar="ID", type=click.IntRange(min=1))
@shared
@pass_state
def drop_command(state: State, row_id: int) -> None:
    """Give a message up: it is not sent any more, and stays listed as dead.

    When nobody accepted a week's digest, the next one covers that week too.
    """
    with closing(state.store(state.settings())) as store:
        item = drop_message(store, row_id, now=system_clock())
    say(f"Dropped message {item.id}, {item.what} to {item.recipient}.")
