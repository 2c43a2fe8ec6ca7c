"""`specwatch ack`, `mute` and `unmute`: of which changes nobody needs to be told any more."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import click

from monitor.cli.options import DAY, said, shared, who
from monitor.cli.state import State, pass_state
from monitor.clock import system_clock
from monitor.jobs import acknowledge, mute, unmute
from monitor.report.text import listed, plain, short

_source = click.option(
    "--source", "names", metavar="NAME", multiple=True, help="Only of this source.  [default: all that have the change]"
)
_by = click.option("--by", metavar="WHO", help="Who says so.  [default: your user name]")


@click.command("ack")
@click.argument("fingerprint")
@_by
@click.option("--note", required=True, help="What was done about it, or who looks after it.")
@_source
@shared
@pass_state
def ack_command(state: State, fingerprint: str, by: str | None, note: str, names: tuple[str, ...]) -> None:
    """Say of a change that it was seen: it is counted from now on, and told no more.

    The same change, made again later, is told again. FINGERPRINT is what reports show behind the rule; its first digits
    will do.

    \b
    Examples:
      specwatch ack 1a2b3c4d --note "fixed in release 41"
      specwatch ack 1a2b3c4d --by ada --note "ticket 17" --source acme
    """
    with closing(state.store(state.settings())) as store:
        done = acknowledge(store, fingerprint, names, by=who(by), note=said("note", note), now=system_clock())
    click.echo(f"{short(done.fingerprint)} is acknowledged in {_listed(done.sources)}.")


@click.command("mute")
@click.argument("fingerprint")
@click.option("--reason", required=True, help="Why nobody needs to be told.")
@click.option("--until", type=DAY, required=True, metavar="DATE", help="The last day on which it is muted.")
@_by
@_source
@shared
@pass_state
def mute_command(
    state: State, fingerprint: str, reason: str, until: date, by: str | None, names: tuple[str, ...]
) -> None:
    """Tell no more of a change until a day: it is counted, and never gone.

    \b
    Examples:
      specwatch mute 1a2b3c4d --reason "we do not send this field" --until 2027-01-31
    """
    why = said("reason", reason)
    with closing(state.store(state.settings())) as store:
        done = mute(store, fingerprint, names, by=who(by), reason=why, until=until, now=system_clock())
    click.echo(f"{short(done.fingerprint)} is muted in {_listed(done.sources)} until {until}.")


@click.command("unmute")
@click.argument("fingerprint")
@_by
@click.option("--reason", default="", help="Why it is told again.")
@_source
@shared
@pass_state
def unmute_command(state: State, fingerprint: str, by: str | None, reason: str, names: tuple[str, ...]) -> None:
    """Tell of a change again that was muted or acknowledged.

    \b
    Examples:
      specwatch unmute 1a2b3c4d --reason "we send it after all"
    """
    with closing(state.store(state.settings())) as store:
        done = unmute(store, fingerprint, names, by=who(by), reason=reason, now=system_clock())
    click.echo(f"{short(done.fingerprint)} is told again in {_listed(done.sources)}.")


def _listed(names: tuple[str, ...]) -> str:
    return listed([plain(name) for name in names])
