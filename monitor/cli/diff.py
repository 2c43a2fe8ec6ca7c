"""`specwatch diff`: two documents, nothing to set up. Two plain files load neither the database nor the network."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from monitor.cli.opened import Opened, own_profile
from monitor.cli.options import format_option, shared
from monitor.cli.printing import Forms, show
from monitor.cli.state import State, note, pass_state
from monitor.errors import ConfigurationError
from monitor.jobs import diff_documents
from monitor.policy import PromiseState
from monitor.report import diff_json_pieces, diff_markdown, diff_text
from monitor.rules import Level
from monitor.settings.checks import extension

if TYPE_CHECKING:
    from monitor.jobs.comparing import Input
    from monitor.jobs.profiles import Profiles
    from monitor.policy import Removals
    from monitor.reading import Problem
    from monitor.report import DiffDocument


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
@format_option
@shared
@pass_state
@_without_collector()
def diff_command(
    state: State,
    /,
    documents: tuple[str, ...],
    span: str | None,
    file: str | None,
    client: str | None,
    promise: str | None,
    fail_on: str | None,
    form: str,
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
      specwatch diff acme@2026-03-01 acme@latest
      specwatch diff old.json new.json --scopes-key x-required-permissions
      specwatch diff --git main..HEAD --path openapi.yaml --promise ./promise.toml --fail-on promise-broken
    """
    keys = {name: tuple(dict.fromkeys(map(_extension, said))) for name, said in extensions.items() if said}
    with Opened(state) as opened:
        pair = _revisions(documents, span, file) if span is not None else _named(opened, documents, file)
        source = opened.source(pair.before.name, pair.after.name)
        held_to = own_profile(promise) or source.promise
        if fail_on == PROMISE_BROKEN and held_to is None:
            raise click.UsageError(f"--fail-on {PROMISE_BROKEN} needs a promise: name it with --promise PROFILE")
        document = diff_documents(
            pair.before,
            pair.after,
            client=own_profile(client) or source.client,
            promise=held_to,
            extensions=replace(source.extensions, **keys),
            folder=opened.folder,
            known=pair.removals,
            invalid=_say_invalid,
        )
    show(state, form, Forms(diff_text, diff_markdown, diff_json_pieces), document)
    return int(fail_on is not None and _reached(document, fail_on))


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


def _reached(document: DiffDocument, limit: str) -> bool:
    if limit == PROMISE_BROKEN:
        return any(change.promise == PromiseState.BROKEN for change in document.changes)
    return any(Level(change.level).rank <= Level(limit).rank for change in document.changes)


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
