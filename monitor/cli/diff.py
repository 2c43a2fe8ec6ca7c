"""`specwatch diff`: two documents, nothing to set up. Two plain files load neither the database nor the network."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from monitor.cli.opened import Opened, own_profile
from monitor.cli.options import format_option, shared
from monitor.cli.printing import Forms, show
from monitor.cli.state import State, note, pass_state
from monitor.errors import ConfigurationError
from monitor.jobs import diff_documents
from monitor.report import diff_json_pieces, diff_markdown, diff_text
from monitor.rules import Level
from monitor.settings.checks import extension

if TYPE_CHECKING:
    from monitor.reading import Problem
    from monitor.report import DiffDocument


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
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
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
    type=click.Choice([str(level) for level in Level]),
    help="End with exit code 1 when a change is of this level or worse.",
)
@format_option
@shared
@pass_state
@_without_collector()
def diff_command(
    state: State,
    /,
    before: str,
    after: str,
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
    """
    keys = {name: tuple(dict.fromkeys(map(_extension, said))) for name, said in extensions.items() if said}
    with Opened(state) as opened:
        left, right = opened.find(before), opened.find(after)
        source = opened.source(before, after)
        document = diff_documents(
            left,
            right,
            client=own_profile(client) or source.client,
            promise=own_profile(promise) or source.promise,
            extensions=replace(source.extensions, **keys),
            folder=opened.folder,
            known=lambda profiles: opened.removals(left, right, profiles),
            invalid=_say_invalid,
        )
    show(state, form, Forms(diff_text, diff_markdown, diff_json_pieces), document)
    return int(fail_on is not None and _reached(document, Level(fail_on)))


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


def _reached(document: DiffDocument, level: Level) -> bool:
    return any(Level(change.level).rank <= level.rank for change in document.changes)
