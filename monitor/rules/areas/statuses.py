"""Response statuses."""

from __future__ import annotations

from monitor.compare.changes import (
    ResponseStatusAdded,
    ResponseStatusNarrowed,
    ResponseStatusRemoved,
    ResponseStatusWidened,
)
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _with(*statuses: str) -> str:
    return "responses:" + "".join(f"\n  '{status}': {{description: So it went.}}" for status in statuses)


@rule(
    on=ResponseStatusAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver="No list of statuses is complete: a client must read an unknown one as the x00 of its "
    "class (RFC 9110, section "
    "15), and the field agrees.",
    why="A client must be ready for any status of a class that it knows.",
    advice="Nothing to do; give the status a thought if it is a success.",
    example=Example.operation(before=_with("200"), after=_with("200", "404")),
)
def status_added(change: ResponseStatusAdded) -> None:
    """A response with status {status} is documented now."""


@rule(
    on=ResponseStatusRemoved,
    when=lambda change: change.success,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver="A client waits for its success: without it, what tells it that the call went well is gone.",
    why="A client that waits for this status to know that the call went well never sees it.",
    advice="Take any 2xx as success rather than this number, and see which one came in its place.",
    example=Example.operation(before=_with("200", "201"), after=_with("200")),
)
def success_status_removed(change: ResponseStatusRemoved) -> None:
    """The success status {status} is no longer documented."""


@rule(
    on=ResponseStatusRemoved,
    when=lambda change: not change.success,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver="One way less to fail takes nothing from anybody.",
    why="A client that handles the status waits for something that no longer comes, which hurts nobody.",
    advice="Nothing to do.",
    example=Example.operation(before=_with("200", "404"), after=_with("200")),
)
def non_success_status_removed(change: ResponseStatusRemoved) -> None:
    """The status {status} is no longer documented."""


@rule(
    on=ResponseStatusWidened,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver="No list of statuses is complete: a client must read an unknown one as the x00 of its class (RFC 9110, "
    "section 15), and the status that it knows is of the range.",
    why="The status may come as before. Where its body differs from that of the range, that is told by itself.",
    advice="Nothing to do. Do look at the class of a status (2xx, 4xx) rather than at its number.",
    example=Example.operation(before=_with("200", "404"), after=_with("200", "4XX")),
)
def status_became_wider(change: ResponseStatusWidened) -> None:
    """The status {was} is documented as {now} now."""


@rule(
    on=ResponseStatusNarrowed,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A client that is ready for the range is ready for each of its statuses. Only a client that answers, "
    "to a webhook, may no longer answer with any other.",
    advice="If you answer, to a webhook, use one of the statuses that are left. Callers need do nothing.",
    example=Example.operation(before=_with("200", "4XX"), after=_with("200", "404")),
)
def status_became_narrower(change: ResponseStatusNarrowed) -> None:
    """The status {was} is documented as {now} now."""
