"""Tags: the groups in which a document presents its operations."""

from __future__ import annotations

from monitor.compare.changes import OperationTagsChanged, TagAdded, TagChanged, TagRemoved
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _tagged(*tags: str) -> str:
    return f"""
        tags: [{", ".join(tags)}]
        paths:
          /things:
            get:
              responses: {{"200": {{description: Things.}}}}
    """


_THINGS = "{name: Things, description: What there is.}"
_PARTS = "{name: Parts, description: What things are made of.}"


@rule(
    on=TagAdded,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="A group of operations is described for people; which operations are in it is told by other changes.",
    advice="Nothing to do.",
    example=Example.document(before=_tagged(_THINGS), after=_tagged(_THINGS, _PARTS)),
)
def tag_added(change: TagAdded) -> None:
    """The tag `{name}` is described now."""


@rule(
    on=TagRemoved,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="A group of operations is no longer described; which operations are in it is told by other changes.",
    advice="Nothing to do.",
    example=Example.document(before=_tagged(_THINGS, _PARTS), after=_tagged(_THINGS)),
)
def tag_removed(change: TagRemoved) -> None:
    """The tag `{name}` is no longer described."""


@rule(
    on=TagChanged,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="What is written of a group of operations is for people.",
    advice="Worth a glance: deprecations of a whole group, and what comes in its place, are often told there first.",
    example=Example.document(before=_tagged(_THINGS), after=_tagged(_THINGS.replace("is", "was"))),
)
def tag_changed(change: TagChanged) -> None:
    """The tag `{name}` is described otherwise (`{keyword}`)."""


@rule(
    on=OperationTagsChanged,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="The wire does not carry tags; generators make classes of them, and put each operation into that of its first.",
    advice="Regenerating the client moves functions to other classes: expect compile errors at their callers.",
    example=Example.operation(
        before="tags: [Things]\nresponses: {'200': {description: A thing.}}",
        after="tags: [Parts]\nresponses: {'200': {description: A thing.}}",
    ),
)
def operation_tags_changed(change: OperationTagsChanged) -> None:
    """Operations are grouped differently: the tags were {was} and are {now}."""
