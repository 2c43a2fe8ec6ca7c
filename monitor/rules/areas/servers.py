"""Servers: the base URLs of calls."""

from __future__ import annotations

from monitor.compare.changes import (
    ServerAdded,
    ServerRemoved,
    ServersStated,
    ServersUnstated,
    ServerVariableDefaultChanged,
    ServerVariableEnumAdded,
    ServerVariableEnumRemoved,
    ServerVariableValueAdded,
    ServerVariableValueRemoved,
)
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
_NONE = """
    paths: {/things: {get: {responses: {"200": {description: Things.}}}}}
"""


def _varying(variable: str) -> str:
    return f"""
        servers: [{{url: "https://{{region}}.example.com", variables: {{region: {variable}}}}}]
        paths: {{/things: {{get: {{responses: {{"200": {{description: Things.}}}}}}}}}}
    """


_EU = _varying("{default: eu, enum: [eu]}")
_EU_OR_US = _varying("{default: eu, enum: [eu, us]}")
_US = _varying("{default: us, enum: [eu, us]}")
_ANY = _varying("{default: eu}")


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


@rule(
    on=ServersStated,
    request=Level.RISKY,
    response=Level.RISKY,
    why="A document that says no server means the place where it was found (OAS 3.1.1, section 4.8.1). Whether that is "
    "the server now said, it does not tell.",
    advice="Compare the base URL that the client calls with those now said, and move if it is none of them.",
    example=Example.document(before=_NONE, after=_ONE),
)
def server_list_added(change: ServersStated) -> None:
    """It is said now where calls go: {after}."""


@rule(
    on=ServersUnstated,
    request=Level.RISKY,
    response=Level.RISKY,
    why="A document that says no server means the place where it was found (OAS 3.1.1, section 4.8.1). Whether that is "
    "one of the servers that were said, it does not tell.",
    advice="Go on calling as before, and set the base URL where a generated client took it from the document.",
    example=Example.document(before=_ONE, after=_NONE),
)
def server_list_removed(change: ServersUnstated) -> None:
    """It is no longer said where calls go; it was: {before}."""


@rule(
    on=ServerVariableDefaultChanged,
    request=Level.RISKY,
    response=Level.RISKY,
    why="A client that chooses no value calls another server once it is built anew; whether the one before goes on "
    "answering is not said.",
    advice="Choose the value in the client, and ask which of them holds your data.",
    example=Example.document(before=_EU_OR_US, after=_US),
)
def server_variable_default_changed(change: ServerVariableDefaultChanged) -> None:
    """Where none is chosen, `{variable}` in {url} is {after} now and was {before}."""


@rule(
    on=ServerVariableEnumAdded,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why="Any value could stand in the base URL; calls with one that is not listed are no longer declared to be taken.",
    advice="See that the value that the client uses is listed.",
    example=Example.document(before=_ANY, after=_EU_OR_US),
)
def server_variable_enum_added(change: ServerVariableEnumAdded) -> None:
    """`{variable}` in {url} must now be one of {after}."""


@rule(
    on=ServerVariableEnumRemoved,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="The values that were listed can stand in the base URL as before.",
    advice="Nothing to do.",
    example=Example.document(before=_EU_OR_US, after=_ANY),
)
def server_variable_enum_removed(change: ServerVariableEnumRemoved) -> None:
    """`{variable}` in {url} need no longer be one of {before}."""


@rule(
    on=ServerVariableValueAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="Calls to the other base URLs are served as before.",
    advice="Nothing to do.",
    example=Example.document(before=_EU, after=_EU_OR_US),
)
def server_variable_value_added(change: ServerVariableValueAdded) -> None:
    """`{variable}` in {url} can be {after} too."""


@rule(
    on=ServerVariableValueRemoved,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why="Calls with the value go to an address that is no longer declared to answer.",
    advice="Point the client at a value that is left, and open firewalls that name hosts for it.",
    example=Example.document(before=_EU_OR_US, after=_EU),
)
def server_variable_value_removed(change: ServerVariableValueRemoved) -> None:
    """`{variable}` in {url} can no longer be {before}."""
