"""`specwatch diff`: two documents, nothing to set up. Two plain files load neither the database nor the network."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from monitor import report
from monitor.cli.opened import Opened, own_profile
from monitor.cli.options import allow_host_option, level_option, operation_option, output_option, shared
from monitor.cli.printing import write_out
from monitor.cli.state import State, note, pass_state
from monitor.clock import system_clock
from monitor.contract.operation_patterns import OperationPattern
from monitor.errors import ConfigurationError, UsageError
from monitor.jobs import diff_documents
from monitor.policy import PromiseState, Use, Uses
from monitor.report import diff_json_pieces, diff_markdown, diff_text, marked
from monitor.report.baseline import baseline_text, read_baseline
from monitor.report.ours import unmatched_words
from monitor.report.selection import Selection
from monitor.report.text import listed, plural
from monitor.rules import Level
from monitor.settings.checks import extension, operation_pattern

if TYPE_CHECKING:
    from monitor.contract.types import OperationRef
    from monitor.jobs.comparing import Input
    from monitor.jobs.profiles import Profiles
    from monitor.policy import Removals
    from monitor.reading import Problem
    from monitor.report import ChangeEntry, DiffDocument, DiffView
    from monitor.report.diff import Grouping


PROMISE_BROKEN: Final = "promise-broken"


@contextmanager
def _without_collector() -> Iterator[None]:
    """A while without Python's cyclic garbage collector.

    A comparison makes up to a million small objects and keeps nearly all of them until it is printed, so that looking
    for cycles among them again and again finds nothing; it took a third of the time. What nobody refers to any more is
    still freed at once, and how large a comparison may get its budget says, not the collector.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


_FORMATS: Final = ("text", "json", "markdown", "html", "sarif", "junit", "github", "line")


def _also(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[tuple[str, Path], ...]:
    pairs = [text.partition("=") for text in value]
    for form, _, target in pairs:
        if form not in _FORMATS or not target:
            raise click.BadParameter(f"write it as FORMAT=FILE, with one of {', '.join(_FORMATS)}")
    return tuple((form, Path(target)) for form, _, target in pairs)


_WITHOUT_NOTES: Final = ("json", "sarif", "junit", "line")
"""What programs read: what was left out is said on stderr too."""


@click.command("diff")
@click.argument("documents", metavar="[BEFORE AFTER]", nargs=-1)
@click.option(
    "--git",
    "span",
    metavar="REV1..REV2",
    help="Compare a file in two revisions of the git repository that you stand in; its history says since when what "
    "went was deprecated.",
)
@click.option("--path", "file", metavar="FILE", help="With --git: the file.")
@click.option(
    "--client",
    metavar="PROFILE",
    help="What your code tolerates: strict (the default), tolerant-reader, codegen, or your own file.",
)
@click.option("--promise", metavar="PROFILE", help="What the provider promised: a profile's name, or your own file.")
@click.option(
    "--uses",
    "uses",
    metavar="PATTERN",
    multiple=True,
    help="An operation that your code calls, such as 'GET /v2/users/*'; as often as there are. What concerns them "
    "stands first, and --fail-on passes over what does not.",
)
@click.option(
    "--scopes-key",
    "scopes",
    metavar="KEY",
    multiple=True,
    help="An extension key with the scopes that an operation needs; as often as there are.  [default: x-rbac-scopes]",
)
@click.option(
    "--echoes-key",
    "echoes",
    metavar="KEY",
    multiple=True,
    help="An extension key that says these scopes once more.  [default: x-mint]",
)
@click.option(
    "--webhooks-key",
    "webhooks",
    metavar="KEY",
    multiple=True,
    help="An extension key of the root with payloads of webhooks.  [default: x-webhooks]",
)
@click.option(
    "--fail-on",
    type=click.Choice([*map(str, Level), PROMISE_BROKEN]),
    help="End with exit code 1 when a change is of this level or worse, or when one breaks the promise.",
)
@allow_host_option
@level_option
@operation_option
@click.option(
    "--group-by",
    "by",
    type=click.Choice(["change", "operation"]),
    default="change",
    show_default=True,
    help="Show changes by level, or by the operations that meet them.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Changes that were accepted: they are counted and fail nothing.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Accept what would fail now (without --fail-on: what is breaking, risky or a broken promise) and end with 0.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="For people, for programs, for a page or a pull request, or for a CI system.",
)
@output_option
@click.option(
    "--also",
    metavar="FORMAT=FILE",
    multiple=True,
    callback=_also,
    help="Write the same comparison in another format too; as often as needed.",
)
@shared
@pass_state
@_without_collector()
def diff_command(
    state: State,
    /,
    *,
    documents: tuple[str, ...],
    span: str | None,
    file: str | None,
    client: str | None,
    promise: str | None,
    uses: tuple[str, ...],
    fail_on: str | None,
    hosts: tuple[str, ...],
    level: Level | None,
    operations: tuple[OperationPattern, ...],
    by: Grouping,
    baseline: Path | None,
    write_baseline: Path | None,
    form: str,
    output: Path | None,
    also: tuple[tuple[str, Path], ...],
    **extensions: tuple[str, ...],
) -> int:
    """Compare two documents and say what the change means to a client.

    BEFORE and AFTER are files, URLs, or versions from the store: NAME@2026-03-01 is the last one seen by the end of
    that day (UTC), NAME@latest the newest. Versions of a source are compared with its own client, promise and extension
    keys, unless the options say otherwise.

    \b
    Examples:
      specwatch diff old.yaml new.yaml
      specwatch diff old.yaml new.yaml --client codegen --fail-on breaking
      specwatch diff old.json https://api.example.com/openapi.json --format markdown
      specwatch diff old.json https://api.example.com/openapi.json --allow-host schemas.example.com
      specwatch diff acme@2026-03-01 acme@latest
      specwatch diff old.json new.json --scopes-key x-required-permissions
      specwatch diff --git main..HEAD --path openapi.yaml --promise ./promise.toml --fail-on promise-broken
      specwatch diff acme@2026-03-01 acme@latest --format html --output changes.html
      specwatch diff old.yaml new.yaml --operation '/v1/users/**' --level risky --format line
      specwatch diff published.yaml openapi.yaml --baseline accepted.txt --fail-on breaking --format github
    """
    keys = {name: tuple(dict.fromkeys(map(_extension, said))) for name, said in extensions.items() if said}
    if hosts and span is not None:
        raise click.UsageError(
            "--allow-host is for documents that are fetched: one in git does not get out of its commit"
        )
    with Opened(state, hosts) as opened:
        pair = _revisions(documents, span, file) if span is not None else _named(opened, documents, file)
        source = opened.source(pair.before.name, pair.after.name)
        held_to = own_profile(promise) or source.promise
        if fail_on == PROMISE_BROKEN and held_to is None:
            raise click.UsageError(f"--fail-on {PROMISE_BROKEN} needs a promise: name it with --promise PROFILE")
        served: list[OperationRef] = []
        document = diff_documents(
            pair.before,
            pair.after,
            client=own_profile(client) or source.client,
            promise=held_to,
            extensions=replace(source.extensions, **keys),
            folder=opened.folder,
            known=pair.removals,
            invalid=_say_invalid,
            served=served.extend,
        )
        muted = opened.muted(source.name, system_clock().date())
    patterns = _uses(uses) or source.uses
    used = Uses.of(patterns) if patterns else None
    document = marked(document, used, muted)
    astray = () if used is None else used.unmatched(served)
    warnings = (unmatched_words(astray, "either document"),) if astray else ()
    for warning in warnings:
        note(warning)
    accepted = () if baseline is None else read_baseline(_read(baseline), str(baseline))
    _say_stale(document, accepted, baseline)
    shown, notes = Selection(level, operations, frozenset(accepted)).of(document)
    asked = _Asked(shown, (*warnings, *notes), by, fail_on, pair, file)
    for other, target in also:
        write_out(_render(state, other, asked, to_file=True), target)
    write_out(_render(state, form, asked, to_file=output is not None), output)
    if notes and form in _WITHOUT_NOTES:
        note(" ".join(notes))
    if write_baseline is not None:
        limits = (str(Level.RISKY), PROMISE_BROKEN) if fail_on is None else (fail_on,)
        taken = [change for change in document.changes if any(_reaches(change, limit) for limit in limits)]
        write_out([baseline_text(taken)], write_baseline)
        note(f"{plural(len(taken), 'change')} accepted in {write_baseline}")
        return 0
    # What was not asked for fails all the same: a filter is for the eye, the baseline alone accepts.
    judged = (change for change in document.changes if change.fingerprint not in set(accepted) and _counts(change))
    return int(fail_on is not None and any(_reaches(change, fail_on) for change in judged))


@dataclass(frozen=True)  # no slots: the view is made once, when the first form asks for it
class _Asked:
    """What is to be shown with which notes, how, and where it came from."""

    document: DiffDocument
    notes: tuple[str, ...]
    by: Grouping
    fail_on: str | None
    pair: _Pair
    file: str | None

    @cached_property
    def view(self) -> DiffView:
        """With the lines of the documents, for the forms that show them."""
        from monitor.report.excerpts import DiffView, pages

        together = (self.pair.before.together, self.pair.after.together)
        found = pages(self.document, self.pair.before.data, self.pair.after.data, self.file, together)
        return DiffView(self.document, found, self.notes, self.by)


def _render(state: State, form: str, asked: _Asked, *, to_file: bool) -> Iterable[str]:
    document, notes, by = asked.document, asked.notes, asked.by
    if form == "json":
        return diff_json_pieces(document)
    if form == "markdown":
        return [diff_markdown(document, notes=notes, by=by)]
    if form == "text":
        return [diff_text(document, width=state.width, color=state.color and not to_file, notes=notes, by=by)]
    if form == "junit":
        limit = asked.fail_on or Level.BREAKING
        return [report.diff_junit(asked.view, lambda change: _reaches(change, limit))]
    return [getattr(report, f"diff_{form}")(asked.view)]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "the baseline cannot be read",
            where=str(file),
            advice="`--write-baseline FILE` makes one of what would fail now.",
        ) from error


def _say_stale(document: DiffDocument, accepted: tuple[str, ...], baseline: Path | None) -> None:
    """What was accepted and is no longer there had better go: it would hide the same change if it came back."""
    known = {change.fingerprint for change in document.changes}
    stale = [fingerprint for fingerprint in accepted if fingerprint not in known]
    if stale:
        note(f"{baseline}: {plural(len(stale), 'entry', 'entries')} of no change any more: {listed(stale)}")


def _uses(texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(map(operation_pattern, texts))
    except ConfigurationError as error:
        raise click.UsageError(f"--uses: {error}") from error


def _say_invalid(name: str, problems: tuple[Problem, ...]) -> None:
    """An invalid document is compared as far as it is read, and its reader is told."""
    first = problems[0]
    more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
    note(f"{name} is not valid; it is compared as far as it is read. {first.pointer}: {first.message}{more}")


def _extension(key: str) -> str:
    """A key as the configuration would take it. Raises click.UsageError."""
    try:
        return extension(key)
    except ConfigurationError as error:
        raise click.UsageError(f"{error.what}. {error.advice}") from error


def _counts(change: ChangeEntry) -> bool:
    """Whether a change can fail a run: what the reader does not use, or has muted, cannot."""
    return change.use != Use.NOT_USED and change.muted is None


def _reaches(change: ChangeEntry, limit: str) -> bool:
    if limit == PROMISE_BROKEN:
        return change.promise == PromiseState.BROKEN
    return Level(change.our_level).rank <= Level(limit).rank


@dataclass(frozen=True)
class _Pair:
    """The two sides, and who is asked of what went between them."""

    before: Input
    after: Input
    removals: Callable[[Profiles], Removals | None]


def _named(opened: Opened, documents: tuple[str, ...], file: str | None) -> _Pair:
    """The two documents that are named: files, URLs or stored versions."""
    if file is not None:
        raise click.UsageError("--path goes with --git REV1..REV2")
    if len(documents) != 2:
        raise click.UsageError("name two documents, BEFORE and AFTER, or --git REV1..REV2 --path FILE")
    before, after = map(opened.find, documents)
    return _Pair(before, after, lambda profiles: opened.removals(before, after, profiles))


def _revisions(documents: tuple[str, ...], span: str, file: str | None) -> _Pair:
    """A file in two revisions."""
    from monitor.jobs.revisions import revisions  # the database's rows come with it, which two files do not need

    if documents:
        raise click.UsageError("--git names both sides: BEFORE and AFTER have no place beside it")
    if file is None:
        raise click.UsageError("--git needs the file: --path FILE")
    found = revisions(Path(), span, file)
    return _Pair(found.before, found.after, found.removals)
