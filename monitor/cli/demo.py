"""`specwatch demo`: a bundled history of eight months goes through every part, the same way each time."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from monitor import resources
from monitor import settings as configuration
from monitor.cli.options import shared
from monitor.cli.state import State, pass_state
from monitor.clock import fixed_clock
from monitor.errors import UsageError
from monitor.jobs import (
    build_digest,
    build_report,
    check_all,
    deprecations,
    import_history,
    preview_digest,
    versions_in_files,
)
from monitor.report import deprecations_text, report_text
from monitor.store import open_store

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store import Store

NAME: Final = "quayside"
NOW: Final = datetime(2026, 8, 10, 8, tzinfo=UTC)
"""The demo's present: the Monday after its last version."""
SINCE: Final = datetime(2025, 12, 8, tzinfo=UTC)
_FILES: Final = ("specwatch.toml", "quayside.toml")

_INTRODUCTION = """\
Quayside is an invented API: berths and bookings of a harbour. Its provider promises that nothing breaks within a
service, and three months between deprecating a service and removing it. Here are eight months of its documents, as
specwatch sees them on Monday, 10 August 2026.
"""


@click.command("demo")
@click.option(
    "--output",
    "target",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep everything there: configuration, versions, database and digest. Else nothing is kept.",
)
@shared
@pass_state
def demo_command(state: State, target: Path | None) -> None:
    """Watch eight months of an invented harbour's API go by: import, check, report, deprecations, digest.

    Nothing is fetched and nothing is sent. The dates are fixed, so the output is the same each time.

    \b
    Examples:
      specwatch demo
      specwatch demo --output ./demo
    """
    if target is not None:
        _refuse_to_overwrite(target)
    with tempfile.TemporaryDirectory(prefix="specwatch-demo-") as name:
        folder = Path(name)
        _lay_out(folder)
        settings = configuration.load(folder / "specwatch.toml")
        store = open_store(settings.database_url(folder))
        try:
            _show(state, settings, store, folder)
        finally:
            store.close()
        _finish(folder, target)


def _refuse_to_overwrite(target: Path) -> None:
    """A folder with a configuration that is not the demo's belongs to somebody."""
    mine = resources.text("demo", "specwatch.toml")
    theirs = target / "specwatch.toml"
    if theirs.exists() and theirs.read_text(encoding="utf-8") != mine:
        raise UsageError(
            "this folder has a specwatch.toml of its own, which the demo would overwrite",
            where=str(target),
            advice="Name another folder.",
        )


def _lay_out(folder: Path) -> None:
    source = resources.folder("demo")
    for file in _FILES:
        shutil.copyfile(source / file, folder / file)
    shutil.copytree(source / "versions", folder / "versions")


def _show(state: State, settings: Settings, store: Store, folder: Path) -> None:
    """Every step, with the command that does it on a real API."""
    click.echo(_INTRODUCTION)
    _command(f"specwatch import {NAME} versions")
    versions = versions_in_files([folder / "versions"])
    imported = import_history(store, settings.source(NAME), versions, now=NOW, folder=folder, progress=None)
    click.echo(f"{imported.new} versions read.\n")

    _command(f"specwatch check {NAME}")
    for result in check_all(store, settings, (), clock=fixed_clock(NOW), folder=folder, environ={}):
        click.echo(f"{result.source}: {result.outcome}.\n")

    _command(f"specwatch report {NAME} --since {SINCE:%Y-%m-%d} --today {NOW:%Y-%m-%d}")
    report = build_report(store, settings, (), since=SINCE, until=NOW, today=NOW.date(), folder=folder)
    click.echo(report_text(report, width=state.width, color=state.color))

    _command(f"specwatch deprecations {NAME} --today {NOW:%Y-%m-%d}")
    entries = deprecations(store, settings, (), today=NOW.date(), folder=folder)
    click.echo(deprecations_text(entries, NOW.date(), width=state.width, color=state.color))

    _command("specwatch digest --preview digest")
    built = build_digest(store, settings, now=NOW, folder=folder)
    preview_digest(built, settings, folder / "digest", now=NOW)
    click.echo(f"Subject: {built.digest.subject}")


def _command(line: str) -> None:
    click.echo(f"$ {line}")


def _finish(folder: Path, target: Path | None) -> None:
    """Say what was made; copy it to where the reader wants it."""
    made = sorted((folder / "digest").iterdir())
    if target is None:
        click.echo(f"{', '.join(path.name for path in made)}: to keep and open them, specwatch demo --output DIR")
        return
    shutil.copytree(folder, target, dirs_exist_ok=True)
    for path in made:
        click.echo(f"wrote {target / 'digest' / path.name}".replace(os.sep, "/"))
    click.echo(f"\nAll of it is kept in {target}: go there and try the commands above.")
