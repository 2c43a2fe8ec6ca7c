"""`specwatch db`: the database's schema."""

from __future__ import annotations

import click

from monitor.cli.options import shared
from monitor.cli.state import State, note, pass_state
from monitor.store import open_store, upgrade_queue


@click.group("db", context_settings={"help_option_names": ["-h", "--help"]})
def db_command() -> None:
    """Bring the database to this version's schema, or show where it is.

    An SQLite file is upgraded by whichever command opens it. PostgreSQL is shared, so its schema changes only with
    `specwatch db upgrade`.

    \b
    Examples:
      specwatch db current
      specwatch db upgrade
    """


@db_command.command("upgrade")
@shared
@pass_state
def upgrade(state: State) -> None:
    """Bring the schema to the one this version needs. Doing it twice does no harm.

    On PostgreSQL, with specwatch[scale] installed, the queue's tables are made and upgraded too.
    """
    store = open_store(_url(state), upgrade=False)
    try:
        before = store.upgrade()
        if before == store.head():
            click.echo(f"The database is at {before}, which is what this version needs.")
        else:
            click.echo(f"The database was at {before or 'nothing'} and is now at {store.head()}.")
        queue = upgrade_queue(store)
        if queue is not None and queue[0] != queue[1]:
            click.echo(f"The queue for workers was at {queue[0] or 'nothing'} and is now at {queue[1]}.")
    finally:
        store.close()


@db_command.command("current")
@shared
@pass_state
def current(state: State) -> None:
    """Show which schema the database has, and which this version needs."""
    store = open_store(_url(state), upgrade=False)
    try:
        here, head = store.current(), store.head()
    finally:
        store.close()
    click.echo(f"database: {here or 'empty'}\nneeded:   {head}")
    if here != head:
        note("Next: specwatch db upgrade")


def _url(state: State) -> str:
    return state.settings().database_url(state.folder())
