"""`specwatch deprecations`: what goes away; and `set` and `done`, by which people correct that book."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime

import click

from monitor.cli.groups import SHOW, Shown
from monitor.cli.options import format_among, said, shared, today_of, today_option, who
from monitor.cli.printing import Forms, show
from monitor.cli.progress import progress_bar
from monitor.cli.state import State, pass_state
from monitor.clock import system_clock
from monitor.jobs import Setting, deprecations, done_with, frozen_now, set_deprecation, used_operations
from monitor.ledger import Entry
from monitor.report import (
    deprecations_html,
    deprecations_ics,
    deprecations_json,
    deprecations_markdown,
    deprecations_text,
)
from monitor.report.text import plain


@click.group(
    "deprecations",
    cls=Shown,
    subcommand_metavar="[NAME]... | set NAME SUBJECT | done NAME SUBJECT",
)
def deprecations_command() -> None:
    """Show what is deprecated, until when, and what became of what was.

    A deadline is a date that the provider gave, else the end of the window that its promise profile states, counted
    from the earliest day on which it can have been deprecated: the day to plan by. What prose alone calls deprecated is
    shown as such. `specwatch deprecations show --help` has the options.

    \b
    Examples:
      specwatch deprecations
      specwatch deprecations acme --format json
      specwatch deprecations --format ics > deadlines.ics
      specwatch deprecations acme --today 2026-12-01
      specwatch deprecations set acme "GET /v1/boats" --since 2025-11-03 --why "their mail of that day"
      specwatch deprecations done acme "GET /v1/boats" --note "we call v2 since release 41"
    """


@deprecations_command.command(SHOW)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@today_option
@format_among(
    "html",
    "ics",
    help_text="What to print: for people, for programs, for a page, the page itself, or a calendar of the deadlines.",
)
@shared
@pass_state
def show_command(state: State, names: tuple[str, ...], today: date | None, form: str) -> None:
    """Show what is deprecated: what `specwatch deprecations` does without a command.

    \b
    Examples:
      specwatch deprecations show acme --format markdown
      specwatch deprecations show --format html > deprecations.html
      specwatch deprecations show --format ics > deadlines.ics
    """
    settings = state.settings()
    day = today_of(today)
    with closing(state.store(settings)) as store, progress_bar(state, "deprecations", "versions") as progress:
        entries = deprecations(store, settings, names, today=day, folder=state.folder(), progress=progress)
        still = frozen_now(store, settings, names, today=day, folder=state.folder())
    forms = Forms(deprecations_text, deprecations_markdown, deprecations_json, deprecations_html, deprecations_ics)
    show(state, form, forms, entries, day, still, used_operations(settings, names))


@deprecations_command.command("set")
@click.argument("name")
@click.argument("subject")
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it is sure to be served.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day on which it was deprecated.")
@click.option("--successor", metavar="TEXT", help="What takes its place.")
@click.option("--by", metavar="WHO", help="Who says so.  [default: your user name]")
@click.option("--why", metavar="TEXT", required=True, help="How you know; it is shown as the evidence.")
@shared
@pass_state
def set_command(
    state: State,
    /,
    name: str,
    subject: str,
    by: str | None,
    why: str,
    **days: object,
) -> None:
    """Say what you know of a deprecation that the documents do not.

    SUBJECT is written as `specwatch deprecations` writes it, or an operation as in "GET /v1/boats". What you set wins
    over the evidence, and stays when the book is made again; the last word on each thing counts.

    \b
    Examples:
      specwatch deprecations set acme "GET /v1/boats" --deadline 2027-03-01 --why "their mail of 2026-11-02"
      specwatch deprecations set acme "GET /v1/boats" --since 2025-11-03 --why "their changelog"
    """
    successor = days["successor"]
    setting = Setting(
        who(by),
        system_clock(),
        said("why", why),
        _day(days["deadline"]),
        _day(days["since"]),
        successor if isinstance(successor, str) else None,
    )
    settings = state.settings()
    with closing(state.store(settings)) as store:
        entry = set_deprecation(store, settings, name, subject, setting, folder=state.folder())
    click.echo(f"{_told(entry)}. Written down as said by {plain(setting.by)}.")


@deprecations_command.command("done")
@click.argument("name")
@click.argument("subject")
@click.option("--by", metavar="WHO", help="Who says so.  [default: your user name]")
@click.option("--note", metavar="TEXT", required=True, help="What was done about it.")
@shared
@pass_state
def done_command(state: State, name: str, subject: str, by: str | None, note: str) -> None:
    """Say that you no longer depend on something deprecated; reminders of it end.

    It stays in the book and is counted. Should it be taken back, be deprecated anew, or get another deadline, it is
    open again.

    \b
    Examples:
      specwatch deprecations done acme "GET /v1/boats" --note "we call v2 since release 41"
    """
    settings = state.settings()
    with closing(state.store(settings)) as store:
        entry = done_with(
            store,
            settings,
            name,
            subject,
            by=who(by),
            note=said("note", note),
            now=system_clock(),
            folder=state.folder(),
        )
    click.echo(f"Done with {plain(str(entry.subject))}: no more reminders, unless something happens to it.")


def _day(value: object) -> date | None:
    return value.date() if isinstance(value, datetime) else None


def _told(entry: Entry) -> str:
    deadline = "unknown" if entry.deadline is None else entry.deadline.isoformat()
    return plain(
        f"{entry.subject}: {entry.state.value.replace('_', ' ')}, deadline {deadline} ({entry.deadline_basis})"
    )
