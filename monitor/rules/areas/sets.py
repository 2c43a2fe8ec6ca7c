"""What becomes of the values of a definition where no other change says it: found by the algebra (docs/adr/0009)."""

from __future__ import annotations

from monitor.compare.changes import AcceptedValuesChanged
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _counts(more: str) -> str:
    return (
        f"{{properties: {{id: {{type: integer}}{more}}}, "
        "anyOf: [{additionalProperties: {type: integer}}, {properties: {name: {type: string}}}]}"
    )


@rule(
    on=AcceptedValuesChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="Each edit of the schema looks harmless by itself, and together they are not: the witness was accepted and is "
    "refused, or can come now and could not.",
    advice="Read the witness: look for such values where you send or read this schema.",
    unseen="It is told in the direction in which a value shows it. In the example that is the request: less can come.",
    example=Example.of(before=_counts(""), after=_counts(", size: {type: string}")),
)
def accepted_values_changed(change: AcceptedValuesChanged) -> None:
    """Other values are accepted than before, though no single edit of the schema says so."""
