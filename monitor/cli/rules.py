"""`specwatch rules`: the catalogue, and one rule with its reasons."""

from __future__ import annotations

from difflib import get_close_matches

import click

from monitor.cli.options import format_option, shared
from monitor.cli.state import State, pass_state
from monitor.cli.table import Table
from monitor.errors import UsageError
from monitor.report import rule_json, rule_markdown, rule_text, rules_json, rules_markdown, rules_text
from monitor.rules import Rule, by_id, catalogue


@click.command("rules")
@click.argument("rule_id", metavar="[ID]", required=False)
@format_option
@shared
@pass_state
def rules_command(state: State, rule_id: str | None, form: str) -> None:
    """Explain a verdict: every rule with its levels, or one rule with its reasons and an example.

    The id of a rule stands behind each change of a report and of a diff.

    \b
    Examples:
      specwatch rules
      specwatch rules property-became-required
    """
    if rule_id is not None:
        one = _the(rule_id)
        click.echo({"json": rule_json, "markdown": rule_markdown, "text": rule_text}[form](one), nl=False)
    elif form == "text" and state.terminal:
        _table(catalogue()).draw(state)
    else:
        click.echo({"json": rules_json, "markdown": rules_markdown, "text": rules_text}[form](catalogue()), nl=False)


def _the(rule_id: str) -> Rule:
    try:
        return by_id()[rule_id]
    except KeyError:
        near = get_close_matches(rule_id, by_id(), n=1)
        hint = f"Did you mean {near[0]}?" if near else "`specwatch rules` lists them."
        raise UsageError(f"there is no rule {rule_id!r}", advice=hint) from None


def _table(rules: tuple[Rule, ...]) -> Table:
    rows = [(rule.id, str(rule.request), str(rule.response), rule.template) for rule in rules]
    return Table(("rule", "sent by us", "received", "what it says"), rows)
