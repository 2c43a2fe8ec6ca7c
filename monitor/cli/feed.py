"""`specwatch feed`: what became known, for a feed reader; the deadlines, for a calendar."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import click

from monitor.cli.options import shared, today_of, today_option
from monitor.cli.progress import progress_bar
from monitor.cli.state import State, note, pass_state
from monitor.cli.whole import whole
from monitor.jobs import build_calendar, build_feed
from monitor.rules import Level

_MOST = 10_000


@click.command("feed")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["atom", "ics"]),
    default="atom",
    show_default=True,
    help="What to write: Atom (RFC 4287) for a feed reader, or the deadlines as iCalendar (RFC 5545).",
)
@click.option(
    "--entries",
    type=click.IntRange(1, _MOST),
    default=100,
    show_default=True,
    metavar="N",
    help="The newest so many entries; a calendar always has all deadlines.",
)
@click.option(
    "--level",
    type=click.Choice([str(level) for level in Level]),
    default=str(Level.DOCS),
    show_default=True,
    help="Leave out versions that changed nothing of at least this level.",
)
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write into FILE, whole or not at all, where a web server finds it; else on stdout.",
)
@today_option
@shared
@pass_state
def feed_command(
    state: State, names: tuple[str, ...], form: str, entries: int, level: str, output: Path | None, today: date | None
) -> None:
    """Write what became known of all sources, or of some, as a feed to subscribe to.

    An entry for each version that changed something, with the verdicts in its title and what breaks in its content; one
    for what was deprecated, fell due, went or was taken back; and one when a source fails, or is back. An entry
    keeps its id, and bears the time at which it was seen.

    \b
    Examples:
      specwatch feed --output /srv/www/apis.atom
      specwatch feed acme --level risky --entries 20
      specwatch feed --format ics --output /srv/www/deadlines.ics
    """
    settings, day = state.settings(), today_of(today)
    with closing(state.store(settings)) as store, progress_bar(state, "feed", "comparisons") as progress:
        if form == "ics":
            data = build_calendar(store, settings, names, today=day, folder=state.folder())
        else:
            data = build_feed(
                store,
                settings,
                names,
                today=day,
                folder=state.folder(),
                most=entries,
                level=Level(level),
                progress=progress,
            )
    if output is None:
        click.echo(data, nl=False)
        return
    with whole(output, mode=0o666) as file:
        file.write(data)
    note(f"wrote {output}")
