"""`specwatch check` and `specwatch import`: new versions, from the provider and from the past."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.options import MOMENT, shared
from monitor.cli.progress import progress_bar
from monitor.cli.state import State, note, pass_state, say, worst_exit
from monitor.clock import system_clock
from monitor.jobs import (
    check_all,
    check_source,
    given_document,
    import_history,
    send_alerts,
    versions_in_files,
    versions_in_git,
)
from monitor.jobs.due import CONFIGURATION
from monitor.report.diffdoc import summary_of
from monitor.report.report import loss_object
from monitor.report.source_words import unconfirmed_words
from monitor.report.text import plural

if TYPE_CHECKING:
    from monitor.jobs.importing import ImportResult
    from monitor.jobs.taking import CheckResult
    from monitor.jobs.versions import Versions
    from monitor.settings import SourceSettings

_MOST_PROBLEMS = 5


@click.command("check")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option(
    "--input",
    "given",
    metavar="FILE",
    help="Take this document, or that on standard input (-), for what the source says now, instead of fetching it.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@shared
@pass_state
def check_command(state: State, names: tuple[str, ...], given: str | None, form: str) -> int:
    """Fetch the documents now and say what changed.

    Without a NAME all sources that are not paused are checked. One that fails does not stop the others; the exit code
    is then 3. A document that did not change costs the provider next to nothing.

    \b
    Examples:
      specwatch check
      specwatch check acme
      specwatch check acme --input build/openapi.yaml
      curl -fsS https://api.acme.example/openapi.json | specwatch check acme --input -
    """
    if given is not None and len(names) != 1:
        raise click.UsageError("--input is the document of one source: name it")
    settings = state.settings()
    if given is not None:
        return _check_given(state, settings.source(names[0]), given, form)
    with closing(state.store(settings)) as store, progress_bar(state, "check", "sources") as progress:

        def hear(result: CheckResult) -> None:
            if form != "json":
                with progress.aside():
                    _say_result(result)

        results = check_all(
            store,
            settings,
            names,
            clock=system_clock,
            folder=state.folder(),
            environ=os.environ,
            say=hear,
            progress=progress,
        )
        send_alerts(store, settings, now=system_clock(), folder=state.folder())
    if form == "json":
        _echo_results(results)
    elif not results:
        note("No source to check. Next: specwatch add NAME URL")
    return worst_exit(_exit_code(result) for result in results)


def _check_given(state: State, source: SourceSettings, given: str, form: str) -> int:
    """Check one source by a document at hand."""
    document = given_document(given, sys.stdin.buffer.read, source)
    settings = state.settings()
    with closing(state.store(settings)) as store:
        result = check_source(
            store,
            source,
            clock=system_clock,
            folder=state.folder(),
            environ=os.environ,
            given=document,
            fetching=settings.fetch,
            limit=settings.limits.opinion_time,
        )
        send_alerts(store, settings, now=system_clock(), folder=state.folder())
    if form == "json":
        _echo_results([result])
    else:
        _say_result(result)
    return _exit_code(result)


def _echo_results(results: Iterable[CheckResult]) -> None:
    click.echo(json.dumps([_result_object(result) for result in results], indent=2, ensure_ascii=False))


def _exit_code(result: CheckResult) -> int:
    if not result.failed:
        return 3 if result.uncompared else 0
    return 2 if result.category == CONFIGURATION else 3


def _say_result(result: CheckResult) -> None:
    """One source's outcome, said as soon as it is known."""
    if result.failed:
        kind = f" ({result.category})" if result.category else ""
        note(f"{result.source}: failed{kind}: {_without_label(result.source, result.message or '')}")
        return
    say(f"{result.source}: {_outcome(result)}")
    if result.crossed is None:
        for change in (change for document in result.told for change in document.changes):
            if change.level == "breaking":
                say(f"  breaking  {change.message}")
    if result.told:
        say(f"  Next: specwatch report {result.source} --since 1d")
    if result.unconfirmed is not None:
        say(f"  {unconfirmed_words(result.unconfirmed)} Nothing is told of it until a later check confirms it.")
    if result.problems and result.outcome == "new":
        places = plural(len(result.problems), "place")
        say(f"  The document is invalid at {places}; it is compared as far as it is read:")
        for problem in result.problems[:_MOST_PROBLEMS]:
            say(f"    {problem}")
        if len(result.problems) > _MOST_PROBLEMS:
            say(f"    and {len(result.problems) - _MOST_PROBLEMS} more; check --format json has all")
    if result.warning:
        say(f"  {result.warning}")


def _outcome(result: CheckResult) -> str:
    if result.baseline:
        return "first version kept; what changes from now on is compared with it"
    if result.told:
        changes = [change for document in result.told for change in document.changes]
        if not changes:
            return "new bytes that say the same"
        summary = summary_of(changes)
        counts = (
            f"{summary.breaking} breaking",
            f"{summary.risky} risky",
            f"{summary.compatible} compatible",
            f"{summary.docs} docs",
        )
        what = "what was suspect is confirmed" if result.confirmed else "a new version"
        return f"{what}: {', '.join(counts)}"
    return "a new version" if result.outcome == "new" else "unchanged"


def _result_object(result: CheckResult) -> dict[str, object]:
    summary = summary_of(change for document in result.told for change in document.changes) if result.told else None
    return {
        "source": result.source,
        "outcome": result.outcome,
        "at": result.at.isoformat(),
        "category": result.category,
        "message": result.message,
        "warning": result.warning,
        "failures": result.failures,
        "moved_to": result.moved_to,
        "baseline": result.baseline,
        "problems": list(result.problems),
        "confirmed": bool(result.confirmed),
        "unconfirmed": loss_object(result.unconfirmed),
        "summary": None
        if summary is None
        else {
            "breaking": summary.breaking,
            "risky": summary.risky,
            "compatible": summary.compatible,
            "docs": summary.docs,
        },
    }


@click.command("import")
@click.argument("name")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--git",
    "repository",
    metavar="REPO",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A git repository: every version of one file in its history, with its commit's date.",
)
@click.option("--path", "file", metavar="FILE", help="With --git: the file, as the repository names it.")
@click.option("--date", "moment", type=MOMENT, metavar="DATE", help="The date of a file that has none in its name.")
@shared
@pass_state
def import_command(
    state: State,
    name: str,
    paths: tuple[Path, ...],
    repository: Path | None,
    file: str | None,
    moment: datetime | None,
) -> int:
    """Read older versions of a source from files, a folder or a git history.

    The date of a version stands in the name of its file (2026-07-31T1732_anything.json or 2026-07-31.yaml), is given
    with --date, or is its commit's. What is known already is passed over, so an import can be run again at any time;
    versions may come in any order. Files that cannot be read are named and left out; the exit code is then 3.

    \b
    Examples:
      specwatch import acme ./versions
      specwatch import acme 2026-01-31_openapi.json 2026-02-28_openapi.json
      specwatch import acme --git ../acme-docs --path openapi.yaml
      specwatch import acme old.json --date 2025-11-03
    """
    versions = _versions(paths, repository, file, moment)
    settings = state.settings()
    source = settings.source(name)
    with closing(state.store(settings)) as store, progress_bar(state, f"import {name}", "versions") as progress:
        result = import_history(
            store,
            source,
            versions,
            now=system_clock(),
            folder=state.folder(),
            progress=progress,
            limit=settings.limits.opinion_time,
        )
    _say_import(result)
    return 3 if result.refused or result.warnings else 0


def _versions(paths: tuple[Path, ...], repository: Path | None, file: str | None, moment: datetime | None) -> Versions:
    """What is to be imported. Raises click.UsageError for options that do not go together."""
    if repository is not None:
        if not file:
            raise click.UsageError("--git needs --path FILE: which file of the repository is the document?")
        if paths or moment is not None:
            raise click.UsageError("--git takes its versions and dates from the history: leave out PATH and --date")
        return versions_in_git(repository, file)
    if file is not None:
        raise click.UsageError("--path belongs to --git REPO; files and folders are given as they are")
    if not paths:
        raise click.UsageError("nothing to import: give files or a folder, or --git REPO --path FILE")
    if moment is not None and (len(paths) != 1 or paths[0].is_dir()):
        raise click.UsageError("--date gives the date of one file; of several each needs its own in its name")
    return versions_in_files(paths, date=moment.astimezone(UTC) if moment else None)


def _say_import(result: ImportResult) -> None:
    known = f", {result.already} known already" if result.already else ""
    say(f"{result.source}: {plural(result.new, 'new version')}{known}; {result.snapshots} in all.")
    if result.flaps:
        lacks, them = ("lacks", "it") if result.flaps == 1 else ("lack", "them")
        say(
            f"  {result.flaps} of them {lacks} what the versions around {them} have: taken for a slip of the provider,"
            " not for a change."
        )
    for refused in result.refused:
        note(f"  left out {refused.label}: {_without_label(refused.label, str(refused.error))}")
    for warning in result.warnings:
        note(f"  {warning}")
    say(f"  Next: specwatch report {result.source} --since 2020-01-01, or specwatch deprecations {result.source}")


def _without_label(label: str, words: str) -> str:
    """The words of an error without the name that stands before them already."""
    return words.removeprefix(f"{label}: ")
