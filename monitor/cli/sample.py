"""`specwatch sample`: what an operation sends or receives, for the tests of whoever calls it."""

from __future__ import annotations

import click

from monitor.cli.opened import Opened, own_profile
from monitor.cli.options import allow_host_option, shared
from monitor.cli.state import State, note, pass_state
from monitor.jobs import Drawn, Wanted, newest, sample_operation
from monitor.report import alterations_text, sample_json, sample_text


@click.command("sample")
@click.argument("document", metavar="NAME")
@click.argument("operation", metavar="OPERATION", nargs=-1, required=True)
@click.option("--request", is_flag=True, help="The body to send, instead of the one that comes back.")
@click.option("--future", is_flag=True, help="What may come tomorrow: permitted, and hard on a brittle client.")
@click.option("--status", metavar="STATUS", help="Of this response.  [default: the first success with JSON]")
@click.option("--media-type", metavar="TYPE", help="Of this media type.  [default: the first JSON]")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Draw another one; the same for the same number.")
@click.option("--full", is_flag=True, help="With all optional properties.")
@click.option(
    "--client", metavar="PROFILE", help="With --future: what your code tolerates, where no promise says more."
)
@click.option("--promise", metavar="PROFILE", help="With --future: what the provider reserves the right to do.")
@allow_host_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="The value alone, or an object with the value and what was done to it.",
)
@shared
@pass_state
def sample_command(
    state: State,
    document: str,
    operation: tuple[str, ...],
    *,
    request: bool,
    future: bool,
    status: str | None,
    media_type: str | None,
    seed: int | None,
    full: bool,
    client: str | None,
    promise: str | None,
    hosts: tuple[str, ...],
    form: str,
) -> None:
    """Show a JSON body of an operation, for your own tests.

    NAME is a watched source, a version of it (NAME@2026-03-01), a file or a URL; OPERATION a method and a path, or
    `webhook NAME`. The value is made of the document's own examples, the same at every run, and valid: an independent
    validator says so.

    With --future it is one that may come but that your code may not expect: a property absent, null, another order, an
    ID longer than usual; and, where the promise reserves it or the client profile tolerates it, an unknown value of a
    list, or a longer ID than is stated. What was done to it, and why that is permitted, is told on stderr.

    \b
    Examples:
      specwatch sample acme "GET /v1/orders/{id}"
      specwatch sample acme "GET /v1/orders/{id}" --future --seed 7 > tomorrow.json
      specwatch sample acme "POST /v1/orders" --request --full
      specwatch sample openapi.yaml webhook order.paid --future --promise ./promise.toml
    """
    reference = newest(document)
    with Opened(state, hosts) as opened:
        given = opened.find(reference)
        source = opened.source(reference)
        sampled = sample_operation(
            given,
            " ".join(operation),
            Wanted(sent=request, status=status, media_type=media_type),
            Drawn(seed=seed, full=full, future=future),
            client=own_profile(client) or source.client,
            promise=own_profile(promise) or source.promise,
            extensions=source.extensions,
            folder=opened.folder,
        )
    if form == "json":
        click.echo(sample_json(sampled.value, sampled.changes), nl=False)
        return
    if future:
        note(alterations_text(sampled.changes) or "The contract and the promise permit nothing else here.")
    click.echo(sample_text(sampled.value), nl=False)
