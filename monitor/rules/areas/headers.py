"""Headers of responses, and of parts of multipart bodies. Answering a webhook, it is the client that sends them."""

from __future__ import annotations

from monitor.compare.changes import HeaderAdded, HeaderBecameOptional, HeaderBecameRequired, HeaderRemoved
from monitor.rules.areas.wording import CLOSING, SEARCH_AND_REPLACE
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _with(header: str) -> str:
    return f"responses:\n  '200':\n    description: Things.\n    headers: {{{header}}}"


_NONE = _with("")
_OPTIONAL = _with("X-Total: {schema: {type: integer}}")
_REQUIRED = _with("X-Total: {required: true, schema: {type: integer}}")


@rule(
    on=HeaderAdded,
    when=lambda change: change.required,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A client reads the headers that it knows. Only where the client sends it, answering a "
    "webhook or with a part of a body, is it asked for more.",
    advice="If you send it, answering a webhook or with a part of a body, add the header. Callers need do nothing.",
    example=Example.operation(before=_NONE, after=_REQUIRED),
)
def required_header_added(change: HeaderAdded) -> None:
    """The header `{name}` is new and always there."""


@rule(
    on=HeaderAdded,
    when=lambda change: not change.required,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver="A header that may be left out asks nothing of who sends it.",
    why="A client reads the headers that it knows.",
    advice="Nothing to do.",
    example=Example.operation(before=_NONE, after=_OPTIONAL),
)
def optional_header_added(change: HeaderAdded) -> None:
    """The header `{name}` is new and may be absent."""


@rule(
    on=HeaderRemoved,
    when=lambda change: change.required,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="The header was always there, and a client that reads it now finds nothing.",
    advice=SEARCH_AND_REPLACE,
    example=Example.operation(before=_REQUIRED, after=_NONE),
)
def required_header_removed(change: HeaderRemoved) -> None:
    """The header `{name}` that was always there is gone."""


@rule(
    on=HeaderRemoved,
    when=lambda change: not change.required,
    request=Level.COMPATIBLE,
    response=Level.RISKY,
    waiver=f"{CLOSING} A client already had to allow for its absence.",
    why="A client had to allow for the absence of the header, but perhaps not for it never coming again.",
    advice=SEARCH_AND_REPLACE,
    example=Example.operation(before=_OPTIONAL, after=_NONE),
)
def optional_header_removed(change: HeaderRemoved) -> None:
    """The header `{name}` is gone."""


@rule(
    on=HeaderBecameRequired,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="The provider promises more than before.",
    advice="If you send it, answering a webhook or with a part of a body, send it every time. Callers need do nothing.",
    example=Example.operation(before=_OPTIONAL, after=_REQUIRED),
)
def header_became_required(change: HeaderBecameRequired) -> None:
    """The header `{name}` that may have been absent is now always there."""


@rule(
    on=HeaderBecameOptional,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client that counts on the header fails on the first answer without it.",
    advice="Read the header with something to fall back on when it is absent.",
    example=Example.operation(before=_REQUIRED, after=_OPTIONAL),
)
def header_became_optional(change: HeaderBecameOptional) -> None:
    """The header `{name}` that was always there may now be absent."""
