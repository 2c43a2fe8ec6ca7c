"""`specwatch backup`, `restore`, `export` and `prune`: looking after what is kept."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from monitor.cli.options import shared
from monitor.cli.state import State, note, pass_state, say
from monitor.cli.whole import whole
from monitor.clock import system_clock
from monitor.errors import ConfigurationError, UsageError
from monitor.jobs import Pruned, export_lines, prune, prune_messages, rule_of
from monitor.report.text import plural
from monitor.settings import Age, RetentionSettings, parse_age
from monitor.store import Integrity, backup, open_store, restore

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@shared
@pass_state
def backup_command(state: State, file: Path, force: bool) -> None:
    """Write the whole database into one file, as of one moment, while it is in use.

    The file is an SQLite database, also where the database is PostgreSQL. Every version in it is read again before it
    is moved to its place, and only you may read it. `specwatch restore` takes it back, into either kind.

    \b
    Examples:
      specwatch backup /backups/specwatch-2026-11-25.db
      specwatch backup latest.db --force
    """
    with closing(state.store(state.settings())) as store:
        found = backup(store, file, replace=force)
    click.echo(f"Wrote {file}: {_versions(found)}, all read again and as they were stored.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Forget what the database holds now.")
@shared
@pass_state
def restore_command(state: State, file: Path, force: bool) -> None:
    """Put a backup into the database that the configuration names: all of it, or nothing.

    It may be of an older specwatch. So a history also moves from an SQLite file to PostgreSQL, or back: name the other
    database in specwatch.toml and restore the backup, or the file itself. Your configuration is not in it.

    \b
    Examples:
      specwatch restore /backups/specwatch-2026-11-25.db
      specwatch restore /backups/specwatch-2026-11-25.db --force
    """
    settings = state.settings()
    with closing(open_store(settings.database_url(state.folder()), upgrade=False)) as store:
        store.upgrade()
        found = restore(store, file, replace=force)
        with store.reading() as uow:
            names = [source.name for source in uow.sources.all()]
    click.echo(f"Restored {file}: {plural(len(names), 'source')}, {_versions(found)}, all as they were stored.")
    missing = sorted(set(names) - {source.name for source in settings.sources})
    if missing:
        note(f"Not in your configuration: {', '.join(missing)}. The history is there; specwatch add NAME URL goes on.")


@click.command("export")
@click.option("--source", "names", metavar="NAME", multiple=True, help="Only what is known of it; may be repeated.")
@click.option("--output", type=_FILE, metavar="FILE", help="Write there instead of to stdout.")
@click.option("--without-documents", is_flag=True, help="Leave out the documents themselves.")
@shared
@pass_state
def export_command(state: State, names: tuple[str, ...], output: Path | None, without_documents: bool) -> None:
    """Write everything that is known as JSON Lines, an object a line, as of one moment.

    Documents with every byte, when each version was seen, checks, comparisons with their verdicts, the ledger,
    corrections, messages. The form is described by a JSON Schema, export-1.schema.json; the last line says how many
    there were. To move a history to another database, `specwatch backup` is the way.

    \b
    Examples:
      specwatch export > everything.jsonl
      specwatch export --source acme --without-documents --output acme.jsonl
    """
    with closing(state.store(state.settings())) as store:
        lines = export_lines(store, names, now=system_clock(), documents=not without_documents)
        if output is None:
            for line in lines:
                click.echo(line, nl=False)
            return
        click.echo(f"Wrote {output}: {plural(_written(output, lines) - 2, 'record')}.")


def _written(output: Path, lines: Iterable[str]) -> int:
    """Write lines into a file for its owner alone, whole or not at all; returns how many."""
    count = 0
    with whole(output, mode=0o600) as file:
        for line in lines:
            file.write(line.encode("ascii"))
            count += 1
    return count


class _AgeType(click.ParamType[Age]):
    """`90d`, `12w`, `6mo` or `2y`."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Age:
        if isinstance(value, Age):
            return value
        try:
            return parse_age(value)
        except ConfigurationError:
            self.fail(f"{value!r} is no age; write it as 90d, 12w, 6mo or 2y", param, ctx)


@click.command("prune")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--older-than", "age", type=_AgeType(), metavar="AGE", help="What was last seen so long ago: 90d, 6mo, 2y."
)
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="Keep the newest N versions of each source.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@shared
@pass_state
def prune_command(state: State, names: tuple[str, ...], age: Age | None, keep: int | None, dry_run: bool) -> None:
    """Forget old versions and checks that nothing rests on. Everything is kept unless you ask, here or by [retention]
    of the configuration, which holds where no option is given and which a daemon follows once a day.

    With both --older-than and --keep, both must let it go. What stays in any case: the newest version, the versions on
    both sides of a change that is breaking or against the promise, and those between which something in the ledger
    happened. A version costs about a kilobyte, so there is seldom a need; messages that were accepted before that age
    cost more, and lose their text where no source is named. An SQLite file gets no smaller by it: what became free is
    used for what comes.

    \b
    Examples:
      specwatch prune --older-than 2y --dry-run
      specwatch prune acme --keep 100
    """
    settings, now = state.settings(), system_clock()
    given = age is not None or keep is not None
    rule = rule_of(RetentionSettings(age, keep) if given else settings.retention, now)
    if rule is None:
        raise UsageError("nothing says what may go", advice="Give --older-than AGE, --keep N, or both.")
    with closing(state.store(settings)) as store:
        found = prune(store, settings, names, rule=rule, now=now, folder=state.folder(), dry_run=dry_run)
        messages = 0 if names else prune_messages(store, rule=rule, dry_run=dry_run)
    for each in found:
        say(_told(each, dry_run=dry_run))
    if messages:
        say(f"The text of {plural(messages, 'accepted message')} {'would go' if dry_run else 'went'}.")
    if not found:
        note("Nothing is stored yet.")


def _told(pruned: Pruned, *, dry_run: bool) -> str:
    verb = "would go" if dry_run else "went"
    freed = f", {pruned.freed:,} bytes of packed documents" if pruned.freed else ""
    versions = f"{pruned.versions:,} of {plural(pruned.of_versions, 'version')}"
    lines = [f"{pruned.source}: {versions} and {pruned.checks:,} of {plural(pruned.of_checks, 'check')} {verb}{freed}."]
    reasons = (("an open verdict", pruned.for_verdicts), ("the ledger", pruned.for_ledger))
    lines += [
        f"  {plural(count, 'older version')} {'stays' if count == 1 else 'stay'} for {reason}."
        for reason, count in reasons
        if count
    ]
    return "\n".join(lines)


def _versions(found: Integrity) -> str:
    return f"{plural(found.versions, 'document')} of {found.bytes:,} bytes"
