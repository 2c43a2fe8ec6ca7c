"""`specwatch worker`: do what `specwatch daemon --queue` has queued."""

from __future__ import annotations

from datetime import timedelta

import click

from monitor.cli.options import shared
from monitor.cli.state import State, pass_state
from monitor.settings import checks


@click.command("worker")
@click.option(
    "--jobs",
    type=click.IntRange(1, 32),
    default=8,
    show_default=True,
    help="Jobs at once; they wait for servers mostly.",
)
@click.option(
    "--drain",
    type=click.IntRange(0, 3600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How long the jobs in hand may take once it is told to stop.",
)
@click.option("--listen", metavar="HOST:PORT", help="Where to serve /metrics, /healthz and /readyz; not by default.")
@shared
@pass_state
def worker_command(state: State, jobs: int, drain: int, listen: str | None) -> int:
    """Do what `specwatch daemon --queue` has queued, beside other workers, until it is told to stop.

    For more sources than one process can check; it needs PostgreSQL and specwatch[scale] (docs/scaling.md). Start one
    for each core, on as many machines as you like; every one needs the configuration and its secrets. What a worker
    that dies has begun is done by another one.

    On SIGTERM and SIGINT (Ctrl-C) it takes nothing more and finishes what it has in hand.

    \b
    Examples:
      specwatch db upgrade
      specwatch daemon --queue
      specwatch worker --jobs 16 --listen 127.0.0.1:9465
    """
    from monitor import worker

    address = None if listen is None else checks.listen(listen)
    return worker.run(state.settings_path(), jobs=jobs, drain=timedelta(seconds=drain), listen=address)
