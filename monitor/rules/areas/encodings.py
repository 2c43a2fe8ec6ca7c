"""How the parts of multipart bodies and the fields of forms are written (Encoding Objects)."""

from __future__ import annotations

from monitor.compare.changes import (
    PartContentTypeChanged,
    PartContentTypeNarrowed,
    PartContentTypeWidened,
    PartSerializationChanged,
)
from monitor.rules.areas.wording import READ_BOTH
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _with(encoding: str, *, media_type: str = "multipart/form-data", schema: str = "type: string") -> str:
    return (
        f"requestBody:\n  content:\n    {media_type}:\n"
        f"      schema: {{type: object, properties: {{file: {{{schema}}}}}}}\n"
        f"      encoding: {{file: {{{encoding}}}}}\n"
        "responses: {'204': {description: Done.}}"
    )


_ONE = _with("contentType: image/png")
_TWO = _with("contentType: 'image/png, image/jpeg'")
_LIST = "type: array, items: {type: string}"
_FORM = "application/x-www-form-urlencoded"


@rule(
    on=PartContentTypeNarrowed,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A part of a media type that was accepted is refused now. What is received is of one of those known before.",
    advice="Send the part in one of the media types that are left. They are taken today already.",
    example=Example.operation(before=_TWO, after=_ONE),
)
def part_content_type_became_narrower(change: PartContentTypeNarrowed) -> None:
    """The part is of fewer media types: {was} became {now}."""


@rule(
    on=PartContentTypeWidened,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="What was sent is still accepted. A part that is received may be of a media type that no client knew of.",
    advice="Look at the Content-Type of each part before you read it, and pass over those that you do not know.",
    example=Example.operation(before=_ONE, after=_TWO),
)
def part_content_type_became_wider(change: PartContentTypeWidened) -> None:
    """The part may be of more media types: {was} became {now}."""


@rule(
    on=PartContentTypeChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="A part of the old media type is refused in a request, and no longer comes in a response.",
    advice=READ_BOTH,
    example=Example.operation(before=_ONE, after=_with("contentType: image/jpeg")),
)
def part_content_type_changed(change: PartContentTypeChanged) -> None:
    """The part is of another media type: {was} became {now}."""


@rule(
    on=PartSerializationChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="The same value is written differently in the body: what a caller sends is read as something else.",
    advice="Generate the client anew, or change the code that writes the body, and switch on the day of the change.",
    example=Example.operation(
        before=_with("style: spaceDelimited", media_type=_FORM, schema=_LIST),
        after=_with("style: pipeDelimited", media_type=_FORM, schema=_LIST),
    ),
)
def part_serialization_changed(change: PartSerializationChanged) -> None:
    """The part is written differently: `{keyword}` was {before} and is {after}."""
