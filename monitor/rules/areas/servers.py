"""Servers: the base URLs of calls."""

from __future__ import annotations

from monitor.compare.changes import ServerAdded, ServerRemoved
from monitor.rules.areas.wording import ONE_WAY
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_ONE = """
    servers: [{url: "https://api.example.com"}]
    paths: {/things: {get: {responses: {"200": {description: Things.}}}}}
"""
_TWO = """
    servers: [{url: "https://api.example.com"}, {url: "https://api.example.org"}]
    paths: {/things: {get: {responses: {"200": {description: Things.}}}}}
"""


@rule(
    on=ServerAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="Calls to the other base URLs are served as before.",
    advice="Nothing to do.",
    example=Example.document(before=_ONE, after=_TWO),
)
def server_added(change: ServerAdded) -> None:
    """Calls are taken at {url} too."""


@rule(
    on=ServerRemoved,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why="Calls go to an address that is no longer declared to answer.",
    advice="Point the client at a base URL that is left, and open firewalls that name hosts for it.",
    example=Example.document(before=_TWO, after=_ONE),
)
def server_removed(change: ServerRemoved) -> None:
    """Calls are no longer taken at {url}."""
