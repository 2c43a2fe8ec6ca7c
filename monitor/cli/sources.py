"""`specwatch add`, `list`, `set`, `pause`, `resume`, `rename` and `remove`: which APIs are watched."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from monitor.cli.options import allow_host_option, format_option, select_options, shared
from monitor.cli.printing import Forms, show
from monitor.cli.state import State, note, pass_state
from monitor.clock import system_clock
from monitor.errors import ConfigurationError, FetchError, StoreError, UsageError
from monitor.settings import SourceSettings

if TYPE_CHECKING:
    from monitor.jobs.discovering import Candidate
    from monitor.report.view import SourceStatus
    from monitor.settings.editing import Value
    from monitor.store import Store

_CLIENT = "What your code tolerates: strict, tolerant-reader, codegen, or the path of your own profile."
_PROMISE = "What the provider promised: incident-io, github, stripe, or the path of your own profile."
_PRIVATE = "Let it reach one's own networks: loopback, private and link-local addresses."
_DISCOVER = "The URL is a documentation page: find the document behind it."

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _schedule_options(command: _Command) -> _Command:
    """The options that say when a source is checked, and by whom it is looked after."""
    for option in reversed(
        (
            click.option("--every", metavar="INTERVAL", help="How often to check: 90m, 6h, 1d, 2w.  [default: 6h]"),
            click.option("--cron", metavar="EXPRESSION", help="When to check: '30 6 * * mon-fri'."),
            click.option("--at", metavar="HH:MM", multiple=True, help="The times of day to check at."),
            click.option("--day", metavar="DAY", multiple=True, help="The days on which --at holds.  [default: all]"),
            click.option(
                "--timezone", metavar="ZONE", help="The zone of --cron and --at: Europe/London.  [default: UTC]"
            ),
            click.option("--jitter", metavar="INTERVAL", help="A delay of its own, up to this, on each check."),
            click.option("--confirm-after", metavar="INTERVAL", help="How long a document that lacks much is suspect."),
            click.option("--confirm-checks", metavar="N", type=int, help="Or after how many checks it is believed."),
            click.option("--owner", metavar="NAME", help="Who looks after it."),
        )
    ):
        command = option(command)
    return command


def _given(options: Mapping[str, Any]) -> dict[str, Value]:
    """The options that were given, as the configuration writes them; of several times one is a text."""
    found: dict[str, Value] = {}
    for key, value in options.items():
        if isinstance(value, tuple):
            if value:
                found[key] = value[0] if len(value) == 1 else value
        elif value is not None:
            found[key] = value
    return found


@click.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--promise", metavar="PROFILE", help=_PROMISE)
@click.option("--client", metavar="PROFILE", help=f"{_CLIENT}  [default: strict]")
@_schedule_options
@click.option("--allow-private", is_flag=True, help=_PRIVATE)
@allow_host_option
@click.option("--discover", is_flag=True, help=_DISCOVER)
@shared
@pass_state
def add_command(
    state: State,
    /,
    name: str,
    url: str,
    *,
    promise: str | None,
    client: str | None,
    allow_private: bool,
    hosts: tuple[str, ...],
    discover: bool,
    **schedule: Any,
) -> int:
    """Watch an API's OpenAPI document.

    NAME is what you call it from now on; URL is where the document is: http, https, file, a path relative to the
    configuration (a folder's too), or a file in a git repository: git+https://HOST/PATH.git@BRANCH#FILE, or
    git+file:PATH#FILE for one on this machine. It is written into specwatch.toml, whose comments stay. Nothing is
    fetched yet, unless --discover looks for the document behind a documentation page: one is added, several are listed
    to choose from and the exit code is 2, none is 3. Where a promise profile fits the provider, it is proposed and not
    set.

    \b
    Examples:
      specwatch add acme https://api.acme.example/openapi.json
      specwatch add acme https://api.acme.example/openapi.json --client tolerant-reader --every 2h
      specwatch add acme https://api.acme.example/openapi.json --at 08:00 --day monday --timezone Europe/London
      specwatch add billing ../billing/openapi.yaml
      specwatch add acme https://api.acme.example/openapi.json --allow-host schemas.acme.example
      specwatch add acme https://docs.acme.example --discover
      specwatch add acme git+https://git.acme.example/api.git@main#openapi.yaml
    """
    from monitor.jobs.sources import add_source

    path = state.settings_path()
    if discover:
        found = _discovered(state, SourceSettings(name, url, allow_private=allow_private, allow_hosts=hosts))
        if found is None:
            return 2
        url = found
    source = add_source(
        path,
        name=name,
        url=url,
        promise=promise,
        client=client,
        allow_private=allow_private or None,
        allow_hosts=hosts or None,
        **_given(schedule),
    )
    click.echo(f"{_described(source)} Written into {path}.")
    at_hand = _store_at_hand(state)
    with closing(at_hand) if at_hand is not None else nullcontext() as store:
        _say_first_look(state, source, store)
        _say_known(source, store)
    click.echo(f"Next: specwatch check {name}")
    return 0


def _discovered(state: State, source: SourceSettings) -> str | None:
    """The address of the document behind a page; None when there are several, which are then listed.

    Raises FetchError when there is none.
    """
    from monitor.jobs.discovering import discover_document

    fetching = state.settings().fetch if state.settings_path().exists() else None
    discovery = discover_document(source, folder=state.folder(), environ=os.environ, fetching=fetching)
    if len(discovery.found) == 1:
        (candidate,) = discovery.found
        note(f"Found {_about(candidate)}, because {candidate.how}.")
        return candidate.url
    for candidate in discovery.found:
        click.echo(f"{candidate.url}  {_about(candidate)}")
    if discovery.found:
        note(f"There are {len(discovery.found)} documents behind {source.url}. Nothing was changed; choose one:")
        note(f"  specwatch add {source.name} URL, or for a source that there is: specwatch set {source.name} --url URL")
        return None
    named = "".join(f"\n  {other.url}: {other.fault}" for other in discovery.others)
    requests = "1 request" if discovery.requests == 1 else f"{discovery.requests} requests"
    raise FetchError(
        f"no OpenAPI document was found behind this page ({requests})" + (f". It names:{named}" if named else ""),
        category="not openapi",
        where=source.url,
        advice="Ask the provider for its address, or look at what the page loads in a browser's network tools.",
    )


def _about(candidate: Candidate) -> str:
    """A document in a few words of its own."""
    title = " ".join(part for part in (candidate.name or candidate.title, candidate.version) if part)
    return f"{title or 'a document'} (OpenAPI {candidate.openapi})"


def _described(source: SourceSettings) -> str:
    promise = f", promise {source.promise}" if source.promise else ""
    paused = "; it is paused" if source.paused else ""
    private = ", private addresses allowed" if source.allow_private else ""
    hosts = f", parts from {', '.join(source.allow_hosts)} too" if source.allow_hosts else ""
    rhythm = f"every {source.rhythm}" if source.cron is None and not source.at else source.rhythm
    return f"{source.name}: {source.url}, {rhythm}, client {source.client}{promise}{private}{hosts}{paused}."


def _store_at_hand(state: State) -> Store | None:
    """The database, if there is one that answers: a new source needs none, and `add` works offline."""
    try:
        settings = state.settings()
        file = settings.database_file(state.folder())
        return None if file is not None and not file.exists() else state.store(settings)
    except (StoreError, ConfigurationError) as error:
        note(f"What is known of it cannot be told now: {error}")
        return None


def _say_first_look(state: State, source: SourceSettings, store: Store | None) -> None:
    from monitor.jobs.sources import look_at

    look = look_at(source, folder=state.folder(), store=store)
    if look.warning is not None:
        note(f"It cannot be read yet. {look.warning}")
    if look.unreachable is not None:
        note(f"{look.unreachable}, and specwatch goes there only where it is told to:")
        note(f"  specwatch set {source.name} --allow-private")
    if look.promise is not None and source.promise is None:
        click.echo(f"A promise profile fits: {look.promise.title}. To hold the provider to its words:")
        click.echo(f"  specwatch set {source.name} --promise {look.promise.name}")


def _say_known(source: SourceSettings, store: Store | None) -> None:
    from monitor.jobs.reporting import known_now

    known = None if store is None else known_now(store, source)
    if known is None or known.snapshots == 0:
        click.echo("Nothing is known of it yet.")
        return
    count = "1 version" if known.snapshots == 1 else f"{known.snapshots} versions"
    click.echo(
        f"Known of it from before: {count}, {_day(known.first_seen)} to {_day(known.last_seen)};"
        f" {known.standing} deprecated and still served."
    )


def _day(moment: datetime | None) -> str:
    return "?" if moment is None else f"{moment:%Y-%m-%d}"


@click.command("list")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@select_options
@format_option
@shared
@pass_state
def list_command(
    state: State, names: tuple[str, ...], owner: str | None, labels: tuple[tuple[str, str], ...], form: str
) -> None:
    """Show what is watched and how it is doing: the last check, the next one, how many versions are kept.

    \b
    Examples:
      specwatch list
      specwatch list acme
      specwatch list --owner payments --label tier=1
      specwatch list --format json
    """
    from monitor.jobs.reporting import list_sources
    from monitor.report import sources_json, sources_markdown, sources_text

    settings = state.settings()
    names = settings.selected(names, owner=owner, labels=dict(labels))
    with closing(state.store(settings)) as store:
        sources = list_sources(store, settings, names, now=system_clock())
    if form == "text" and not sources:
        note("Nothing is watched yet. Next: specwatch add NAME URL")
    elif form == "text" and state.terminal:
        _draw(state, sources)
    else:
        show(state, form, Forms(sources_text, sources_markdown, sources_json), sources)


def _draw(state: State, sources: tuple[SourceStatus, ...]) -> None:
    from monitor.cli.table import Table
    from monitor.report.sources import sayings

    columns = ("name", "state", "checked (UTC)", "next (UTC)", "every", "versions", "url")
    Table(columns, [_row(source) for source in sources], frozenset({"versions"})).draw(state)
    for source in sources:
        for said in sayings(source):
            note(f"{source.name}: {said}")


def _row(source: SourceStatus) -> tuple[str, ...]:
    doing = "paused" if source.paused else source.outcome or "never"
    times = (_minute(source.checked_at), _minute(source.next_check))
    return (source.name, doing, *times, source.every, str(source.snapshots), source.url)


def _minute(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


@click.command("set")
@click.argument("name")
@click.option("--url", metavar="URL", help="Where the document is now; the history stays.")
@click.option("--discover", is_flag=True, help=_DISCOVER)
@click.option("--promise", metavar="PROFILE", help=_PROMISE)
@click.option("--no-promise", is_flag=True, help="Hold the provider to nothing.")
@click.option("--client", metavar="PROFILE", help=_CLIENT)
@_schedule_options
@click.option("--allow-private/--no-allow-private", default=None, help=_PRIVATE)
@allow_host_option
@click.option(
    "--no-allow-hosts", is_flag=True, help="Parts come from its own host alone, and from what --allow-host says."
)
@shared
@pass_state
def set_command(
    state: State,
    /,
    name: str,
    *,
    url: str | None,
    discover: bool,
    promise: str | None,
    no_promise: bool,
    client: str | None,
    allow_private: bool | None,
    hosts: tuple[str, ...],
    no_allow_hosts: bool,
    **schedule: Any,
) -> int:
    """Change the URL, promise, client or schedule of a source, or what it may reach.

    What is not named stays as it is, and so does the history: a source is its name. Of --every, --cron and --at a new
    one takes the place of the one before; --allow-host names one host more. What else a source can be told is written
    into specwatch.toml.

    \b
    Examples:
      specwatch set acme --every 2h
      specwatch set acme --cron '30 6 * * mon-fri' --timezone Europe/London
      specwatch set acme --url https://api.acme.example/v2/openapi.json
      specwatch set acme --promise incident-io --client tolerant-reader
    """
    from monitor.jobs.sources import set_source

    if promise is not None and no_promise:
        raise click.UsageError("--promise and --no-promise exclude each other")
    changes = _given({"url": url, "promise": promise, "client": client, **schedule})
    if no_promise:
        changes["promise"] = None
    if allow_private is not None:
        changes["allow_private"] = allow_private or None
    if hosts or no_allow_hosts:
        before = () if no_allow_hosts else state.settings().source(name).allow_hosts
        changes["allow_hosts"] = tuple(dict.fromkeys((*before, *hosts))) or None
    if not changes and not discover:
        raise click.UsageError("nothing to set: name at least one of its options, as in --url or --every")
    if discover:
        source = state.settings().source(name)
        private = source.allow_private if allow_private is None else allow_private
        found = _discovered(state, replace(source, url=url or source.url, allow_private=private))
        if found is None:
            return 2
        changes["url"] = found
    source = set_source(state.settings_path(), name, **changes)
    click.echo(_described(source))
    return 0


@click.command("pause")
@click.argument("name")
@shared
@pass_state
def pause_command(state: State, name: str) -> None:
    """Stop checking a source for a while. Reports still show it; `specwatch check NAME` still checks it.

    \b
    Examples:
      specwatch pause acme
    """
    from monitor.jobs.sources import pause_source

    done = pause_source(state.settings_path(), name)
    click.echo(f"{name} is paused{'' if done else ' already'}. To go on: specwatch resume {name}")


@click.command("resume")
@click.argument("name")
@shared
@pass_state
def resume_command(state: State, name: str) -> None:
    """Check a paused source again.

    \b
    Examples:
      specwatch resume acme
    """
    from monitor.jobs.sources import resume_source

    done = resume_source(state.settings_path(), name)
    click.echo(f"{name} is checked again." if done else f"{name} was not paused.")
    click.echo(f"Next: specwatch check {name}")


@click.command("rename")
@click.argument("old")
@click.argument("new")
@shared
@pass_state
def rename_command(state: State, old: str, new: str) -> None:
    """Give a source another name; its history stays with it.

    Who has changed the name in specwatch.toml by hand runs this too, and the history follows.

    \b
    Examples:
      specwatch rename acme acme-payments
    """
    from monitor.jobs.sources import rename_source

    with closing(state.store(state.settings())) as store:
        rename_source(store, state.settings_path(), old, new)
    click.echo(f"{old} is called {new} now; its history is with it.")


@click.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
@pass_state
def remove_command(state: State, name: str, yes: bool) -> int:
    """Forget a source and everything known of it: its versions, its changes, its deprecations. It asks first.

    To leave a source alone and keep what is known, pause it.

    \b
    Examples:
      specwatch remove acme
      specwatch remove acme --yes
    """
    from monitor.jobs.sources import remove_source, stored_snapshots

    path = state.settings_path()
    with closing(state.store(state.settings())) as store:
        snapshots = stored_snapshots(store, path, name)
        if not yes and not _confirmed(name, snapshots):
            note(f"Nothing was removed. To leave {name} alone and keep its history: specwatch pause {name}")
            return 2
        remove_source(store, path, name)
    click.echo(f"{name} is forgotten.")
    return 0


def _confirmed(name: str, snapshots: int) -> bool:
    """Ask a person. Raises UsageError when there is nobody to answer."""
    versions = "1 version" if snapshots == 1 else f"{snapshots} versions"
    kept = f"{versions} and what follows from them" if snapshots else "nothing is known of it"
    try:
        return click.confirm(f"Forget {name} for good ({kept})?", err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise  # Ctrl-C
        click.echo(err=True)
        raise UsageError(
            f"{name} was not removed: nobody said yes", advice=f"Without being asked: specwatch remove {name} --yes"
        ) from None
