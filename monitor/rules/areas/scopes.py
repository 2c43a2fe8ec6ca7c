"""Scopes that a call needs, as providers list them under extension keys beside `security`."""

from __future__ import annotations

from monitor.compare.changes import (
    RequiredScopeAdded,
    RequiredScopeRemoved,
    ScopesReworded,
    ScopesStated,
    ScopesUnstated,
)
from monitor.rules.areas.wording import ONE_WAY
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_FINE = "\nresponses: {'200': {description: A thing.}}"
_READ = "x-rbac-scopes: [things.read]" + _FINE
_READ_AND_WRITE = "x-rbac-scopes: [things.read, things.write]" + _FINE
_IN_WORDS = "x-rbac-scopes: [things.read]\nx-mint: {content: Requires the `things.read` scope.}" + _FINE


@rule(
    on=RequiredScopeAdded,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why="A key without the scope was let in and is now turned away. Where the roles of a key are fixed when it is "
    "made, no key in use can be given it.",
    advice="Make a new key that has the scope, and put it in the place of the old one.",
    example=Example.operation(before=_READ, after=_READ_AND_WRITE),
)
def required_scope_added(change: RequiredScopeAdded) -> None:
    """The scope `{scope}` is needed now (`{keyword}`)."""


@rule(
    on=RequiredScopeRemoved,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="A key that may do more than is asked for is let in.",
    advice="Nothing to do; a new key can do with less.",
    example=Example.operation(before=_READ_AND_WRITE, after=_READ),
)
def required_scope_removed(change: RequiredScopeRemoved) -> None:
    """The scope `{scope}` is no longer needed (`{keyword}`)."""


@rule(
    on=ScopesStated,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The document says which scopes a call needs, where it said nothing. That they were not needed before, nobody "
    "said: it is taken for documentation.",
    advice="See whether your keys have the scopes of the calls that you make.",
    example=Example.operation(before=_FINE, after=_READ),
)
def scope_list_added(change: ScopesStated) -> None:
    """It is said which scopes a call needs (`{keyword}`)."""


@rule(
    on=ScopesUnstated,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The document no longer says which scopes a call needs. That none is needed now, nobody said.",
    advice="Nothing to do; go on with keys that have the scopes.",
    example=Example.operation(before=_READ, after=_FINE),
)
def scope_list_removed(change: ScopesUnstated) -> None:
    """It is no longer said which scopes a call needs (`{keyword}`)."""


@rule(
    on=ScopesReworded,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="The scopes that a call needs are as they were; the words that say them once more differ.",
    advice="Nothing to do.",
    example=Example.operation(before=_READ, after=_IN_WORDS),
)
def scope_wording_changed(change: ScopesReworded) -> None:
    """The scopes that a call needs are said in other words (`{keyword}`)."""
