"""`specwatch log`: who corrected what."""

from __future__ import annotations

from contextlib import closing

import click

from monitor.cli.options import format_option, shared
from monitor.cli.printing import Forms, show
from monitor.cli.state import State, pass_state
from monitor.jobs import read_log
from monitor.report import log_json, log_markdown, log_text


@click.command("log")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@format_option
@shared
@pass_state
def log_command(state: State, names: tuple[str, ...], form: str) -> None:
    """Show who corrected what, when and why: every `deprecations set` and `deprecations done`, the newest last.

    Nothing in it is ever changed; the last word on each thing counts.

    \b
    Examples:
      specwatch log
      specwatch log acme --format json
    """
    with closing(state.store(state.settings())) as store:
        items = read_log(store, names)
    show(state, form, Forms(log_text, log_markdown, log_json), items)
