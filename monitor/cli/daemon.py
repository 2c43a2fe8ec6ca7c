"""`specwatch daemon`: check every source when it is due and send the digest."""

from __future__ import annotations

import click

from monitor import daemon
from monitor.cli.options import shared
from monitor.cli.state import State, pass_state
from monitor.settings import LOG_FORMATS, LogFormat


@click.command("daemon")
@click.option("--queue", is_flag=True, help="Only queue what is due, for `specwatch worker` to do; needs PostgreSQL.")
@click.option(
    "--log-format",
    type=click.Choice(LOG_FORMATS),
    help="How a line of the log is written; else as `log` of [daemon] says, which is console by default.",
)
@shared
@pass_state
def daemon_command(state: State, queue: bool, log_format: LogFormat | None) -> int:
    """Check every source when it is due and send the weekly digest, until it is told to stop.

    It stops cleanly on SIGTERM and SIGINT (Ctrl-C): what is being done is finished or undone, never left half. What
    fell due while it was not running is done once when it starts again. The configuration is read anew when it changes.
    The log goes to stderr, a line an event. `listen` of [daemon] opens a port with /metrics (Prometheus), /healthz and
    /readyz; `heartbeat_url` is asked after each good cycle.

    Of several daemons on one database one is in charge; another takes over within a minute when that one is gone.

    With --queue it checks nothing itself: what is due is queued for workers (docs/scaling.md).

    \b
    Examples:
      specwatch daemon
      specwatch --config /etc/specwatch/specwatch.toml daemon --log-format json
      specwatch daemon --queue
    """
    return daemon.run(state.settings_path(), queue=queue, log_format=log_format)
