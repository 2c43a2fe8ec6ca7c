"""Request bodies, media types and schemas of either."""

from __future__ import annotations

from monitor.compare.changes import (
    Effect,
    MediaTypeAdded,
    MediaTypeNarrowed,
    MediaTypeParametersChanged,
    MediaTypeRemoved,
    MediaTypeSpellingChanged,
    MediaTypeWidened,
    RequestBodyAdded,
    RequestBodyBecameOptional,
    RequestBodyBecameRequired,
    RequestBodyRemoved,
    SchemaAdded,
    SchemaRemoved,
)
from monitor.rules.areas.wording import ALWAYS_SEND, FORGIVING, IF_RECEIVED, SEND_EARLY, VALIDATE
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_NONE = "responses: {'204': {description: Done.}}"


def _body(content: str, *, required: bool = False) -> str:
    return f"requestBody:\n  required: {str(required).lower()}\n  content: {{{content}}}\n{_NONE}"


_JSON = "application/json: {schema: {type: object}}"
_XML = "application/xml: {schema: {type: object}}"


@rule(
    on=RequestBodyAdded,
    when=lambda change: change.required,
    effect=Effect.NARROWED,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller written before the change sends no body, and is now refused.",
    advice=f"Build the body by its schema. {SEND_EARLY}",
    example=Example.operation(before=_NONE, after=_body(_JSON, required=True)),
)
def required_request_body_added(change: RequestBodyAdded) -> None:
    """A request body is asked for where there was none."""


@rule(
    on=RequestBodyAdded,
    when=lambda change: not change.required,
    effect=Effect.WIDENED,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=FORGIVING,
    why="A caller written before the change sends no body, and need not.",
    advice="Nothing to do.",
    example=Example.operation(before=_NONE, after=_body(_JSON)),
)
def optional_request_body_added(change: RequestBodyAdded) -> None:
    """A request body can be sent where there was none."""


@rule(
    on=RequestBodyRemoved,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver="The receiver of a webhook or callback lost all that it was told.",
    why="A caller that sends the body is refused, or what it sends is ignored.",
    advice="Find where the operation now takes what the body carried, query parameters for instance, and send it "
    "there.",
    example=Example.operation(before=_body(_JSON), after=_NONE),
)
def request_body_removed(change: RequestBodyRemoved) -> None:
    """The request body is gone."""


@rule(
    on=RequestBodyBecameRequired,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller that leaves the body out was served, and is now refused.",
    advice=ALWAYS_SEND,
    example=Example.operation(before=_body(_JSON), after=_body(_JSON, required=True)),
)
def request_body_became_required(change: RequestBodyBecameRequired) -> None:
    """The request body that could be left out must now be sent."""


@rule(
    on=RequestBodyBecameOptional,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="Calls that send the body are served as before. A receiver of a webhook can no longer count on it.",
    advice=IF_RECEIVED,
    example=Example.operation(before=_body(_JSON, required=True), after=_body(_JSON)),
)
def request_body_became_optional(change: RequestBodyBecameOptional) -> None:
    """The request body that had to be sent can now be left out."""


@rule(
    on=MediaTypeAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver="A client names the media types it takes (Accept, RFC 9110 section 12.5.1): one more is not sent unasked.",
    why="What was sent and asked for before is served as before.",
    advice="Nothing to do. Do send Accept if you rely on one media type.",
    example=Example.operation(before=_body(_JSON), after=_body(f"{_JSON}, {_XML}")),
)
def media_type_added(change: MediaTypeAdded) -> None:
    """The media type `{media_type}` is offered now."""


@rule(
    on=MediaTypeRemoved,
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver="A client asks for one media type and reads no other: gone, nothing that it reads is left.",
    why="A client that sends it gets 415, one that asks for it gets 406 or a type that it cannot read.",
    advice="Move to another of the media types on offer before this one goes: in Content-Type and in Accept.",
    example=Example.operation(before=_body(f"{_JSON}, {_XML}"), after=_body(_JSON)),
)
def media_type_removed(change: MediaTypeRemoved) -> None:
    """The media type `{media_type}` is no longer offered."""


_PROBLEM = "application/problem+json: {schema: {type: object}}"


@rule(
    on=MediaTypeNarrowed,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="What is sent must be of the special kind now. What is received is of the same syntax as before (RFC 6839), "
    "and is read as before.",
    advice="Send the special media type. Do not compare the media type of an answer letter by letter.",
    example=Example.operation(before=_body(_JSON), after=_body(_PROBLEM)),
)
def media_type_became_narrower(change: MediaTypeNarrowed) -> None:
    """The media type `{was}` is the more special `{now}` now."""


@rule(
    on=MediaTypeWidened,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="What was sent is still accepted. What is received is no longer promised to be of the special kind.",
    advice="Have the client take the general media type, and check that a member is there before you read it.",
    example=Example.operation(before=_body(_PROBLEM), after=_body(_JSON)),
)
def media_type_became_wider(change: MediaTypeWidened) -> None:
    """The media type `{was}` is the more general `{now}` now."""


_V1 = '"application/json; version=1": {schema: {type: object}}'
_V2 = _V1.replace("version=1", "version=2")


@rule(
    on=MediaTypeParametersChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="A media type is one of its parameters: what is sent under the old ones is refused, and what comes is encoded, "
    "or versioned, otherwise.",
    advice="Let the code that reads look at the parameters of Content-Type, and send the new ones from the day of the "
    "change.",
    example=Example.operation(before=_body(_V1), after=_body(_V2)),
)
def media_type_parameters_changed(change: MediaTypeParametersChanged) -> None:
    """The media type `{was}` is `{now}` now."""


@rule(
    on=MediaTypeSpellingChanged,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="The two say the same: JSON is always UTF-8 (RFC 8259, section 8.1), case does not count, and `q` is no "
    "parameter of a media type.",
    advice="Nothing to do.",
    example=Example.operation(
        before=_body(_JSON), after=_body(_JSON.replace("application/json:", '"application/json; charset=utf-8":'))
    ),
)
def media_type_spelling_changed(change: MediaTypeSpellingChanged) -> None:
    """The media type `{was}` is written `{now}` now."""


@rule(
    on=SchemaAdded,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Any value was accepted; now only those that fit the schema are.",
    advice=VALIDATE,
    example=Example.operation(before=_body("application/json: {}"), after=_body(_JSON)),
)
def schema_added(change: SchemaAdded) -> None:
    """A schema is stated where any value was accepted."""


@rule(
    on=SchemaRemoved,
    request=Level.COMPATIBLE,
    response=Level.RISKY,
    waiver="The document fell silent, which promises nothing but announces nothing either; the field "
    "tells it as a warning.",
    why="The document no longer says what comes. It may be the same as before, and it may be anything.",
    advice="Ask the provider what comes from now on. Until you know, check what you receive against the old schema.",
    example=Example.operation(before=_body(_JSON), after=_body("application/json: {}")),
)
def schema_removed(change: SchemaRemoved) -> None:
    """The schema is no longer stated: any value fits."""
