"""`specwatch explain`: one change, from its rule to what to do."""

from __future__ import annotations

from contextlib import closing

import click

from monitor.cli.opened import Opened, own_profile
from monitor.cli.options import allow_host_option, format_option, shared
from monitor.cli.printing import Forms, show
from monitor.cli.state import State, pass_state
from monitor.jobs import explain_documents, explain_stored
from monitor.report import Explanation, explanation_json, explanation_markdown, explanation_text


@click.command("explain")
@click.argument("fingerprint", metavar="FINGERPRINT")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--before", metavar="BEFORE", help="Look between two documents: the one before, as `diff` takes it.")
@click.option("--after", metavar="AFTER", help="The one after.")
@click.option("--client", metavar="PROFILE", help="With --before and --after: as in `diff`.")
@click.option("--promise", metavar="PROFILE", help="With --before and --after: as in `diff`.")
@allow_host_option
@format_option
@shared
@pass_state
def explain_command(
    state: State,
    fingerprint: str,
    names: tuple[str, ...],
    *,
    before: str | None,
    after: str | None,
    client: str | None,
    promise: str | None,
    hosts: tuple[str, ...],
    form: str,
) -> None:
    """Tell the whole story of one change: rule, why, reach, client, promise, witness, what to do.

    FINGERPRINT stands behind the rule of each change of a diff and a report; its first digits are enough, at least
    four. Without --before and --after it is looked for in all that is stored of the named sources, or of all.

    \b
    Examples:
      specwatch explain 3f2a9c1b
      specwatch explain 3f2a9c1b acme --format json
      specwatch explain 3f2a9c1b --before old.yaml --after new.yaml
    """
    if (before is None) != (after is None):
        raise click.UsageError("--before and --after belong together.")
    if before is not None and after is not None:
        if names:
            raise click.UsageError("name sources, or two documents by --before and --after, not both.")
        told = _between(state, fingerprint, before, after, client, promise, hosts)
    elif client or promise or hosts:
        raise click.UsageError(
            "--client, --promise and --allow-host go with --before and --after: a source has its own."
        )
    else:
        settings = state.settings()
        with closing(state.store(settings)) as store:
            told = explain_stored(store, settings, fingerprint, names, folder=state.folder())
    show(state, form, Forms(explanation_text, explanation_markdown, explanation_json), told)


def _between(
    state: State,
    fingerprint: str,
    before: str,
    after: str,
    client: str | None,
    promise: str | None,
    hosts: tuple[str, ...],
) -> Explanation:
    with Opened(state, hosts) as opened:
        left, right = opened.find(before), opened.find(after)
        source = opened.source(before, after)
        return explain_documents(
            left,
            right,
            fingerprint,
            client=own_profile(client) or source.client,
            promise=own_profile(promise) or source.promise,
            extensions=source.extensions,
            folder=opened.folder,
            known=lambda profiles: opened.removals(left, right, profiles),
        )
