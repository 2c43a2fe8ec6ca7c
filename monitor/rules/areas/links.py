"""Links: what a response says of the operations that one may go on to."""

from __future__ import annotations

from monitor.compare.changes import LinkAdded, LinkChanged, LinkRemoved
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _with(links: str) -> str:
    return f"responses:\n  '200':\n    description: A thing.\n    links: {{{links}}}"


_NONE = _with("")
_OWNER = _with("owner: {operationId: getUser, parameters: {id: $response.body#/owner_id}}")
_WHY = "A link says how operations hang together, and is not sent (OAS 3.0.4, section 4.8.20): calls stay as they are."


@rule(
    on=LinkAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    affects="docs",
    why=_WHY,
    advice="Nothing to do.",
    example=Example.operation(before=_NONE, after=_OWNER),
)
def link_added(change: LinkAdded) -> None:
    """The link `{name}` is new."""


@rule(
    on=LinkRemoved,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    affects="docs",
    why=_WHY,
    advice="If your code follows links by the document, find the operation yourself.",
    example=Example.operation(before=_OWNER, after=_NONE),
)
def link_removed(change: LinkRemoved) -> None:
    """The link `{name}` is gone."""


@rule(
    on=LinkChanged,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    affects="docs",
    why=_WHY,
    advice="If your code follows links by the document, see where this one leads now.",
    example=Example.operation(before=_OWNER, after=_OWNER.replace("getUser", "getMember")),
)
def link_changed(change: LinkChanged) -> None:
    """The link `{name}` leads elsewhere, or is written otherwise."""
