"""`specwatch daemon`: check every source at its interval and send the digest."""

from __future__ import annotations

import click

from monitor import daemon
from monitor.cli.options import shared
from monitor.cli.state import State, pass_state


@click.command("daemon")
@shared
@pass_state
def daemon_command(state: State) -> int:
    """Check every source at its interval and send the weekly digest, until it is told to stop.

    It stops cleanly on SIGTERM and SIGINT (Ctrl-C): what is being done is finished or undone, never left half. What
    fell due while it was not running is done once when it starts again. The configuration is read anew when it changes.
    The log goes to stderr, a line an event.

    \b
    Examples:
      specwatch daemon
      specwatch --config /etc/specwatch/specwatch.toml daemon
    """
    return daemon.run(state.settings_path())
